use agent_bill_domain::consumption::{AgentLimits, Consumption};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;
use async_trait::async_trait;
use jiff::civil::Date;

use super::FakeView;
use crate::view::{BaseView, Me, Settings, ViewError};

#[async_trait]
impl BaseView for FakeView {
    fn today(&self) -> Date {
        self.today
    }

    fn settings(&self) -> Settings {
        let of = |usd: i64, tokens: i64| Consumption { usd: NanoUsd::from_usd(usd), tokens };
        let agent_limits = AgentLimits { turn: of(1, 400_000), person_day: of(5, 4_000_000), month: of(500, 400_000_000) };
        Settings { healthy_cache_permille: 400, cache_reuse: 5, net_cost: false, agent_limits }
    }

    fn require(&self, action: Action) -> Result<(), ViewError> {
        if self.roles.iter().any(|role| role.may(action)) { Ok(()) } else { Err(ViewError::RoleDenied { action }) }
    }

    async fn me(&self) -> Result<Me, ViewError> {
        Ok(self.me.clone())
    }
}
