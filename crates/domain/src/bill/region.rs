//! Billing codes of regions (`USE1`) and the regions they stand for. A line's own region column is preferred; the code is the fallback.

/// AWS's billing codes. `EU` and `EUW1` are both Ireland; `APS1` is Singapore and `APS3` Mumbai, whatever their numbers suggest.
const CODES: [(&str, &str); 38] = [
    ("USE1", "us-east-1"),
    ("USE2", "us-east-2"),
    ("USW1", "us-west-1"),
    ("USW2", "us-west-2"),
    ("UGW1", "us-gov-west-1"),
    ("UGE1", "us-gov-east-1"),
    ("CAN1", "ca-central-1"),
    ("CAN2", "ca-west-1"),
    ("MXC1", "mx-central-1"),
    ("SAE1", "sa-east-1"),
    ("EU", "eu-west-1"),
    ("EUW1", "eu-west-1"),
    ("EUW2", "eu-west-2"),
    ("EUW3", "eu-west-3"),
    ("EUC1", "eu-central-1"),
    ("EUC2", "eu-central-2"),
    ("EUN1", "eu-north-1"),
    ("EUS1", "eu-south-1"),
    ("EUS2", "eu-south-2"),
    ("APN1", "ap-northeast-1"),
    ("APN2", "ap-northeast-2"),
    ("APN3", "ap-northeast-3"),
    ("APS1", "ap-southeast-1"),
    ("APS2", "ap-southeast-2"),
    ("APS3", "ap-south-1"),
    ("APS4", "ap-southeast-3"),
    ("APS5", "ap-south-2"),
    ("APS6", "ap-southeast-4"),
    ("APS7", "ap-southeast-5"),
    ("APS8", "ap-southeast-6"),
    ("APS9", "ap-southeast-7"),
    ("APE1", "ap-east-1"),
    ("APE2", "ap-east-2"),
    ("MES1", "me-south-1"),
    ("MEC1", "me-central-1"),
    ("ILC1", "il-central-1"),
    ("AFS1", "af-south-1"),
    ("CNN1", "cn-north-1"),
];

/// `USE1` → `us-east-1`.
#[must_use]
pub fn of_code(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, region)| *region)
}

/// `us-east-1` → `USE1`; Ireland is written `EU`, as on most bills.
#[must_use]
pub fn code_of(region: &str) -> Option<&'static str> {
    CODES.iter().find(|(_, known)| *known == region).map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_that_mislead_are_read_as_aws_means_them() {
        assert_eq!((of_code("APS1"), of_code("APS3")), (Some("ap-southeast-1"), Some("ap-south-1")));
        assert_eq!((of_code("EU"), of_code("EUW1"), code_of("eu-west-1")), (Some("eu-west-1"), Some("eu-west-1"), Some("EU")));
        assert_eq!((of_code("APE9"), of_code("us-east-1")), (None, None));
    }

    #[test]
    fn every_region_leads_back_to_itself() {
        for (_, region) in CODES {
            assert_eq!(code_of(region).and_then(of_code), Some(region));
        }
    }
}
