//! Which lines of the bill are Bedrock's. The only place that decides it.
//!
//! Bedrock is billed through three channels with different product codes, so no single column tells. The last arm (the line names a principal) is a
//! safety net: today only Bedrock fills that column, and lines that nothing else catches are counted and reported.

const CODES: [&str; 4] = ["AmazonBedrock", "AmazonBedrockService", "AmazonBedrockFoundationModels", "AmazonBedrockAgentCore"];

/// `line_item_product_code` or `product_servicecode`.
#[must_use]
pub fn is_bedrock_code(code: &str) -> bool {
    CODES.contains(&code)
}

/// `product_product_family`
#[must_use]
pub fn is_bedrock_family(family: &str) -> bool {
    family == "Amazon Bedrock"
}

/// `bill_billing_entity`
#[must_use]
pub fn is_marketplace(entity: &str) -> bool {
    entity == "AWS Marketplace"
}

/// `product['product_name'] LIKE '%(Amazon Bedrock Edition)%'`
#[must_use]
pub fn is_bedrock_edition(product_name: &str) -> bool {
    product_name.contains("(Amazon Bedrock Edition)")
}

/// `line_item_resource_id LIKE 'arn:aws%:bedrock:%'`
#[must_use]
pub fn is_bedrock_resource(resource_id: &str) -> bool {
    resource_id.strip_prefix("arn:aws").is_some_and(|rest| rest.contains(":bedrock:"))
}

/// Operations of split cost allocation: they repeat, by pod or task, what other lines bill.
#[must_use]
pub fn is_split_cost(operation: &str) -> bool {
    matches!(operation, "EKSPod-EC2" | "ECSTask-EC2")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Other,
    Bedrock,
    /// Only the principal arm caught the line.
    BedrockByPrincipalOnly,
}

/// The arms of the predicate, evaluated for one line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Arms {
    pub code: bool,
    pub family: bool,
    pub marketplace: bool,
    /// The name is needed only when `marketplace` holds.
    pub edition: bool,
    pub resource: bool,
    pub principal: bool,
}

impl Arms {
    #[must_use]
    pub fn verdict(self) -> Verdict {
        if self.code || self.family || self.resource || (self.marketplace && self.edition) {
            Verdict::Bedrock
        } else if self.principal {
            Verdict::BedrockByPrincipalOnly
        } else {
            Verdict::Other
        }
    }

    /// Whether the line can be Bedrock's as far as is known without its product name.
    #[must_use]
    pub fn is_possible(self) -> bool {
        Self { edition: true, ..self }.verdict() != Verdict::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_arm_alone_catches_a_line_and_a_marketplace_line_needs_its_edition() {
        let none = Arms::default();
        assert_eq!(none.verdict(), Verdict::Other);
        for arms in [Arms { code: true, ..none }, Arms { family: true, ..none }, Arms { resource: true, ..none }] {
            assert_eq!(arms.verdict(), Verdict::Bedrock);
        }
        assert_eq!(Arms { principal: true, ..none }.verdict(), Verdict::BedrockByPrincipalOnly);
        let other_product = Arms { marketplace: true, ..none };
        assert_eq!((other_product.verdict(), other_product.is_possible()), (Verdict::Other, true));
        assert_eq!(Arms { edition: true, ..other_product }.verdict(), Verdict::Bedrock);
        assert_eq!(Arms { edition: true, ..none }.verdict(), Verdict::Other);
    }

    #[test]
    fn patterns_match_like_their_sql_counterparts() {
        assert!(is_bedrock_resource("arn:aws:bedrock:us-east-1::foundation-model/x"));
        assert!(is_bedrock_resource("arn:aws-us-gov:bedrock:us-gov-west-1:1:y"));
        assert!(!is_bedrock_resource("arn:aws:bedrock-agentcore:us-east-1:1:runtime/x"));
        assert!(!is_bedrock_resource("i-0abc:bedrock:"));
        assert!(is_bedrock_edition("Claude Sonnet 4.6 (Amazon Bedrock Edition)") && !is_bedrock_edition("Bedrock Linux"));
        assert!(!is_bedrock_code("amazonbedrock") && is_bedrock_code("AmazonBedrockAgentCore"));
    }
}
