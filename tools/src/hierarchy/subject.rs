//! What a question is about: everything in scope, or a part of it.

use std::collections::BTreeSet;

use agent_bill_domain::ids::{NodeId, WorkloadId};

/// What is summed: everything in scope, or some of it.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    Everything,
    Part(Part),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    pub label: String,
    /// The one node that holds all of it, for a narrower query.
    pub root: Option<NodeId>,
    pub(super) nodes: BTreeSet<NodeId>,
    pub(super) workloads: BTreeSet<WorkloadId>,
}

impl Subject {
    /// Whether a sum with this workload or, without one, with this node belongs to the subject.
    pub fn holds(&self, workload: Option<&WorkloadId>, node: Option<&NodeId>) -> bool {
        match self {
            Self::Everything => true,
            Self::Part(part) => part.holds(workload, node),
        }
    }

    pub fn root(&self) -> Option<NodeId> {
        match self {
            Self::Everything => None,
            Self::Part(part) => part.root.clone(),
        }
    }

    pub const fn is_everything(&self) -> bool {
        matches!(self, Self::Everything)
    }
}

impl Part {
    pub fn holds(&self, workload: Option<&WorkloadId>, node: Option<&NodeId>) -> bool {
        match workload {
            Some(workload) => self.workloads.contains(workload),
            None => node.is_some_and(|node| self.nodes.contains(node)),
        }
    }
}
