use super::{Store, StoreError};
use agent_bill_domain::ids::PersonId;
use agent_bill_domain::money::NanoUsd;
pub struct NewCall {
    pub id: String,
    pub at: String,
    pub person: PersonId,
    pub conversation: String,
    pub model: String,
    pub worst_tokens: i64,
    pub worst_cost: Option<NanoUsd>,
}
pub struct Caps {
    pub person_day_usd: NanoUsd,
    pub person_day_tokens: i64,
    pub month_usd: NanoUsd,
    pub month_tokens: i64,
}
pub enum Admission {
    Admitted,
    Refused(Cap),
}
pub enum Cap {
    PersonDayUsd,
    PersonDayTokens,
    MonthUsd,
    MonthTokens,
}
pub struct Settled {
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
    pub cost: Option<NanoUsd>,
    pub estimated: bool,
    pub answered: bool,
    pub outcome: String,
    pub duration_ms: i64,
}
pub async fn admit(_: &Store, _: &NewCall, _: &Caps) -> Result<Admission, StoreError> {
    Ok(Admission::Admitted)
}
pub async fn settle(_: &Store, _: &str, _: &Settled) -> Result<bool, StoreError> {
    Ok(true)
}
