//! A small organisation with billed usage, for the tests of the writes.

use jiff::Timestamp;

use std::sync::Arc;

use agent_bill_domain::clock::FixedClock;

use crate::Store;
use crate::acts::{Act, ActError, Actor, Acts, Done, ImportOrganisation};
use crate::import::Source;
use crate::testing::execute;

const HIERARCHY: &str = "Unit,Portfolio,Product\nDigital,Alpha,Shop\nDigital,Beta,Desk\n";
const PEOPLE: &str = "name,email,role,node\nAnn Lee,ann@x.io,product_owner,Shop\nBob Ray,bob@x.io,product_owner,Desk\n\
                      Pam Poe,pam@x.io,portfolio_manager,Alpha\nGrace Lin,grace@x.io,finops_lead,\nOmar Haq,omar@x.io,cloud_engineer,\n\
                      Adam Min,adam@x.io,admin,\n";
const ACCOUNTS: &str = "account_id,name,node,percent,effective_from\n111122223333,prod,Alpha,100,2026-01-01\n";
const WORKLOADS: &str =
    "product,name,description,id\nShop,Checkout,,checkout\nDesk,Help Bot,,help-bot\nDesk,Twin,,twin-1\nShop,Twin,,twin-2\n";

/// Principals with one billed row each.
const USAGE: &str = "INSERT INTO usage_daily (billing_period, usage_date, payer_account_id, account_id, region, channel, principal_key, line_kind,
    usage_type, pricing_unit, operation, token_class, tier, routing, surface, context, model_key, profile_arn, has_principal_data, unit_suspect,
    unblended_nano, net_nano, public_nano, tokens, lines, sessions, last_usage_end)
    SELECT '2026-11', '2026-11-20', '111122223333', '111122223333', 'us-east-1', 'native', k.principal_key, 'usage', 'USE1-x', 'Units', 'Invoke',
    'input', 'standard', 'regional', 'runtime', 'default', '', '', 1, 0, 5, 5, 5, 1, 1, 1, '' FROM principals k";
const PRINCIPALS: &str = "INSERT INTO principals (principal_key, account_id, kind, name, name_folded, broad_reason) VALUES
    ('aws:111122223333:role/app', '111122223333', 'role', 'app', 'app', ''),
    ('aws:111122223333:role/busy', '111122223333', 'role', 'busy', 'busy', 'many_sessions'),
    ('aws:111122223333:role/AWSReservedSSO_Dev_0123456789abcdef', '111122223333', 'role', 'AWSReservedSSO_Dev_0123456789abcdef', 'x', 'sso_role'),
    ('aws:111122223333:user/ci', '111122223333', 'user', 'ci', 'ci', '')";

pub(super) const APP: &str = "arn:aws:iam::111122223333:role/app";

pub(super) fn clock() -> FixedClock {
    at("2026-11-23T09:00:00Z")
}

pub(super) fn at(instant: &str) -> FixedClock {
    FixedClock(instant.parse::<Timestamp>().unwrap())
}

pub(super) fn acts(store: &Store, clock: FixedClock) -> Acts {
    Acts::new(store.clone(), Arc::new(clock), None)
}

/// Performs an act for a person of the organisation.
pub(super) async fn perform<A: Act>(store: &Store, who: &str, act: &A) -> Result<Done<A::Outcome>, ActError> {
    acts(store, clock()).perform(&person(store, who).await, act).await
}

pub(super) async fn organisation(store: &Store) {
    let files = ImportOrganisation {
        hierarchy: Some(Source::text("hierarchy.csv", HIERARCHY)),
        people: Some(Source::text("people.csv", PEOPLE)),
        accounts: Some(Source::text("accounts.csv", ACCOUNTS)),
        workloads: Some(Source::text("workloads.csv", WORKLOADS)),
    };
    acts(store, clock()).perform(&Actor::operator(), &files).await.unwrap();
    execute(store, PRINCIPALS).await;
    execute(store, USAGE).await;
}

pub(super) async fn person(store: &Store, name: &str) -> Actor {
    Actor::by_operator(store, name).await.unwrap()
}
