//! Who called: the IAM principal of a billed line or of a claim, folded to the one key both share.
//!
//! The bill names sessions (`arn:aws:sts::…:assumed-role/ROLE/SESSION`), people paste role ARNs (`arn:aws:iam::…:role/path/ROLE`). STS drops the
//! role's path, so neither string contains the other; they meet in partition, account, kind and name. Role names are unique within an account
//! whatever their path, which is why the path is kept but is not part of the key.

use crate::ids::PrincipalKey;
use crate::words::Words;

/// Sessions of one principal from which on a claim on it probably covers more than one team.
pub const MANY_SESSIONS: i64 = 100;

/// Session names that an agent runtime makes up per run: they say nothing about how many people share the role.
const RUN_SESSION_PREFIX: &str = "BedrockAgentCore-";

words! {
    /// What kind of principal it is, as written in its key and in the `principals` table.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum PrincipalKind: "kind of principal" {
        Role = "role",
        User = "user",
        Federated = "federated-user",
        Root = "root",
        /// Not empty, but none of the known forms; the raw string is its name.
        Other = "other",
    }
}

/// One principal. `account` is the account of the role or user, which is not always the account that is billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// `aws`, `aws-us-gov`, …; empty for [`PrincipalKind::Other`].
    pub partition: String,
    /// Twelve digits; empty for [`PrincipalKind::Other`].
    pub account: String,
    pub kind: PrincipalKind,
    pub name: String,
    /// Path of a role or user ARN with its slashes, `/service-role/`; `None` without one and for sessions.
    pub path: Option<String>,
    /// Often an e-mail address: personal data.
    pub session: Option<String>,
    /// Name of the permission set when the role belongs to IAM Identity Center.
    pub sso_permission_set: Option<String>,
    /// A long-term Bedrock API key (AWS keeps each as an IAM user).
    pub is_api_key: bool,
    /// `{partition}:{account}:{kind}/{name}`; `{partition}:{account}:root` for the root user; `::other/{raw}` for anything else.
    pub key: PrincipalKey,
}

/// Reads what the bill or a person wrote: session ARN, role ARN with or without path, user ARN, federated user, root, or a key as
/// printed by [`Principal::key`]. `None` only for an empty string, which on the bill means "no principal".
#[must_use]
pub fn parse(text: &str) -> Option<Principal> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    Some(parse_arn(trimmed).or_else(|| parse_key(trimmed)).unwrap_or_else(|| other(trimmed)))
}

fn parse_arn(text: &str) -> Option<Principal> {
    let mut parts = text.splitn(6, ':');
    if parts.next()? != "arn" {
        return None;
    }
    let (partition, service, region, account, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if !is_partition(partition) || !region.is_empty() || !is_account(account) {
        return None;
    }
    let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
    match (service, kind) {
        ("sts", "assumed-role") => {
            let (role, session) = rest.split_once('/')?;
            let valid = is_name(role) && !session.is_empty() && !session.contains('/');
            valid.then(|| named(partition, account, PrincipalKind::Role, role, None, Some(session)))
        }
        ("sts", "federated-user") => is_name(rest).then(|| named(partition, account, PrincipalKind::Federated, rest, None, None)),
        ("iam", "role") => with_path(partition, account, PrincipalKind::Role, rest),
        ("iam", "user") => with_path(partition, account, PrincipalKind::User, rest),
        ("iam", "root") if rest.is_empty() => Some(root(partition, account)),
        _ => None,
    }
}

fn parse_key(text: &str) -> Option<Principal> {
    if let Some(raw) = text.strip_prefix("::other/").filter(|raw| !raw.trim().is_empty()) {
        return Some(other(raw));
    }
    let mut parts = text.splitn(3, ':');
    let (partition, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    if !is_partition(partition) || !is_account(account) {
        return None;
    }
    if resource == "root" {
        return Some(root(partition, account));
    }
    let (kind, name) = resource.split_once('/')?;
    let kind = PrincipalKind::from_word(kind)
        .filter(|kind| matches!(kind, PrincipalKind::Role | PrincipalKind::User | PrincipalKind::Federated))?;
    is_name(name).then(|| named(partition, account, kind, name, None, None))
}

fn with_path(partition: &str, account: &str, kind: PrincipalKind, rest: &str) -> Option<Principal> {
    let (path, name) = rest.rsplit_once('/').map_or((None, rest), |(path, name)| (Some(format!("/{path}/")), name));
    is_name(name).then(|| named(partition, account, kind, name, path, None))
}

fn named(partition: &str, account: &str, kind: PrincipalKind, name: &str, path: Option<String>, session: Option<&str>) -> Principal {
    Principal {
        partition: partition.to_owned(),
        account: account.to_owned(),
        kind,
        name: name.to_owned(),
        path,
        session: session.map(str::to_owned),
        sso_permission_set: (kind == PrincipalKind::Role).then(|| sso_permission_set(name)).flatten(),
        is_api_key: kind == PrincipalKind::User && name.starts_with("BedrockAPIKey-"),
        key: PrincipalKey(format!("{partition}:{account}:{}/{name}", kind.key())),
    }
}

fn root(partition: &str, account: &str) -> Principal {
    let mut principal = named(partition, account, PrincipalKind::Root, "root", None, None);
    principal.key = PrincipalKey(format!("{partition}:{account}:root"));
    principal
}

fn other(raw: &str) -> Principal {
    named("", "", PrincipalKind::Other, raw, None, None)
}

/// `AWSReservedSSO_<PermissionSet>_<16 hex digits>`.
fn sso_permission_set(role: &str) -> Option<String> {
    let (set, suffix) = role.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
    let is_suffix = suffix.len() == 16 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_suffix && !set.is_empty()).then(|| set.to_owned())
}

fn is_partition(text: &str) -> bool {
    matches!(text, "aws" | "aws-us-gov" | "aws-cn" | "aws-eusc")
        || text.strip_prefix("aws-iso").is_some_and(|rest| rest.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The characters IAM allows in names.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}

impl Principal {
    /// Whether a claim on this principal would probably attribute several teams' spend to one owner, and why:
    /// `sso_role`, `admin_role`, `api_key`, `many_sessions`, or an empty string.
    #[must_use]
    pub fn broad_reason(&self, distinct_sessions: i64) -> &'static str {
        let name = self.name.to_ascii_lowercase();
        if self.sso_permission_set.is_some() {
            "sso_role"
        } else if self.kind == PrincipalKind::Root || name.contains("administrator") || name.contains("poweruser") {
            "admin_role"
        } else if self.is_api_key {
            "api_key"
        } else if distinct_sessions >= MANY_SESSIONS {
            "many_sessions"
        } else {
            ""
        }
    }

    /// False for sessions that a runtime names afresh at each run; those are not counted against [`MANY_SESSIONS`].
    #[must_use]
    pub fn session_names_a_caller(&self) -> bool {
        self.session.as_deref().is_some_and(|session| !session.starts_with(RUN_SESSION_PREFIX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Principal {
        parse(text).unwrap()
    }

    #[test]
    fn a_session_a_role_arn_and_a_role_arn_with_a_path_share_one_key() {
        let session = read("arn:aws:sts::123456789012:assumed-role/Role-1/user-1@acme.org");
        assert_eq!(session.key.as_str(), "aws:123456789012:role/Role-1");
        assert_eq!(session.session.as_deref(), Some("user-1@acme.org"));
        let path = read(" arn:aws:iam::123456789012:role/service-role/Role-1\n");
        assert_eq!((path.key, path.path.as_deref()), (session.key.clone(), Some("/service-role/")));
        assert_eq!(read("arn:aws:iam::123456789012:role/Role-1").key, session.key);
        assert_eq!(read("aws:123456789012:role/Role-1").key, session.key);
    }

    #[test]
    fn partition_account_kind_and_case_of_the_name_separate_keys() {
        let base = read("arn:aws:sts::123456789012:assumed-role/R/s").key;
        for other in [
            "arn:aws-us-gov:sts::123456789012:assumed-role/R/s",
            "arn:aws:sts::123456789013:assumed-role/R/s",
            "arn:aws:iam::123456789012:user/R",
            "arn:aws:sts::123456789012:assumed-role/r/s",
        ] {
            assert_ne!(read(other).key, base, "{other}");
        }
    }

    #[test]
    fn users_keys_federated_users_and_root_are_told_apart() {
        let alice = read("arn:aws:iam::123456789012:user/div/alice");
        assert_eq!((alice.key.as_str(), alice.is_api_key), ("aws:123456789012:user/alice", false));
        let key = read("arn:aws:iam::123456789012:user/BedrockAPIKey-ab12");
        assert!(key.is_api_key);
        assert_eq!(key.broad_reason(1), "api_key");
        assert_eq!(read("arn:aws:sts::123456789012:federated-user/bob").key.as_str(), "aws:123456789012:federated-user/bob");
        assert_eq!(read("arn:aws:iam::123456789012:root").key.as_str(), "aws:123456789012:root");
    }

    #[test]
    fn an_identity_center_role_shows_its_permission_set_and_is_broad() {
        let sso = read("arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Dev_Team_0123456789abcdef/bob@x.io");
        assert_eq!(sso.sso_permission_set.as_deref(), Some("Dev_Team"));
        assert_eq!(sso.broad_reason(1), "sso_role");
        let claimed = read("arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_Team_0123456789abcdef");
        assert_eq!(claimed.key, sso.key);
        assert!(read("arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Dev_0123/bob").sso_permission_set.is_none());
    }

    #[test]
    fn sessions_named_by_an_agent_run_do_not_name_callers() {
        let run = read("arn:aws:sts::123456789012:assumed-role/R/BedrockAgentCore-0b425b4e-1111-2222-3333-444455556666");
        assert_eq!(run.key.as_str(), "aws:123456789012:role/R");
        assert!(!run.session_names_a_caller());
        assert_eq!(run.broad_reason(MANY_SESSIONS), "many_sessions");
        assert_eq!(run.broad_reason(MANY_SESSIONS - 1), "");
        assert_eq!(read("arn:aws:iam::123456789012:role/OrgAdministratorAccess").broad_reason(1), "admin_role");
    }

    #[test]
    fn a_malformed_arn_keeps_its_text_and_an_empty_one_is_no_principal() {
        assert_eq!(parse("  "), None);
        for odd in [
            "arn:aws:sts::12345678901:assumed-role/R/s",
            "arn:aws:sts::123456789012:assumed-role/R",
            "arn:aws:sts::123456789012:assumed-role/R/",
            "arn:aws:sts::123456789012:assumed-role/R/s/t",
            "arn:aws:iam::123456789012:role/",
            "arn:evil:iam::123456789012:role/R",
            "AIDAEXAMPLE",
        ] {
            let principal = read(odd);
            assert_eq!((principal.kind, principal.name.as_str()), (PrincipalKind::Other, odd));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic_and_its_key_reads_back_to_itself(text in "\\PC{0,80}") {
            if let Some(principal) = parse(&text) {
                prop_assert_eq!(parse(principal.key.as_str()).map(|again| again.key), Some(principal.key));
            }
        }

        #[test]
        fn the_session_never_changes_the_key(role in "[A-Za-z0-9_+=,.@-]{1,64}", session in "[A-Za-z0-9_+=,.@-]{2,64}", account in "[0-9]{12}") {
            let by_session = read(&format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"));
            let by_role = read(&format!("arn:aws:iam::{account}:role/any/path/{role}"));
            prop_assert_eq!(by_session.key, by_role.key);
        }
    }
}
