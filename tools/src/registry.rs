//! All tools, in the order in which a model reads them.

use std::sync::Arc;

use crate::compare::Compare;
use crate::contract::{AnyTool, Registered};
use crate::data_status::DataStatus;
use crate::estimate_status::EstimateStatus;
use crate::model_catalog::ModelCatalog;
use crate::model_drift::ModelDrift;
use crate::spend::Spend;
use crate::unclaimed_principals::UnclaimedPrincipals;
use crate::whoami::Whoami;

#[must_use]
pub fn registry() -> Vec<Arc<dyn AnyTool>> {
    vec![
        Registered::shared(Whoami),
        Registered::shared(Spend),
        Registered::shared(Compare),
        Registered::shared(EstimateStatus),
        Registered::shared(UnclaimedPrincipals),
        Registered::shared(ModelCatalog),
        Registered::shared(ModelDrift),
        Registered::shared(DataStatus),
    ]
}
