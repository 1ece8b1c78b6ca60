use agent_bill_domain::ids::NodeId;
use async_trait::async_trait;

use super::FakeView;
use crate::view::{OrgSlice, OrganisationView, ViewError};

impl FakeView {
    pub(super) fn within(&self, node: Option<&NodeId>, top: &NodeId) -> bool {
        let mut current = node.cloned();
        while let Some(id) = current {
            if id == *top {
                return true;
            }
            current = self.org.nodes.iter().find(|node| node.id == id).and_then(|node| node.parent.clone());
        }
        false
    }
}

#[async_trait]
impl OrganisationView for FakeView {
    async fn org(&self) -> Result<OrgSlice, ViewError> {
        Ok(self.org.clone())
    }
}
