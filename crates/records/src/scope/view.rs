//! The view handed to tool bodies: every method reads through the scope of its own permission. One file of this folder implements one area.

use agent_bill_domain::clock::SharedClock;
use agent_bill_domain::permission::Action;
use agent_bill_tools::view::{BaseView, Me, Settings, ViewError};
use async_trait::async_trait;
use jiff::civil::Date;

use super::ReadSettings;
use super::Scope;
use crate::{Store, StoreError};

/// Settings behind a view, the same for everybody.
#[derive(Debug, Clone)]
pub struct ViewSettings {
    pub answers: Settings,
    pub reads: ReadSettings,
}

/// Rows of one person, for one request.
pub struct ScopedView {
    pub(super) scope: Scope,
    pub(super) store: Store,
    pub(super) clock: SharedClock,
    pub(super) settings: ViewSettings,
}

impl ScopedView {
    #[must_use]
    pub fn new(scope: Scope, store: Store, clock: SharedClock, settings: ViewSettings) -> Self {
        Self { scope, store, clock, settings }
    }
}

/// The cause is logged here, once; the answer learns only that it failed.
pub(super) fn unavailable(read: &'static str) -> impl Fn(StoreError) -> ViewError {
    move |error| {
        tracing::error!(read, error = &error as &dyn std::error::Error, "a scoped read failed");
        ViewError::Unavailable
    }
}

#[async_trait]
impl BaseView for ScopedView {
    fn today(&self) -> Date {
        self.clock.today()
    }

    fn settings(&self) -> Settings {
        self.settings.answers
    }

    fn require(&self, action: Action) -> Result<(), ViewError> {
        if self.scope.may(action) { Ok(()) } else { Err(ViewError::RoleDenied { action }) }
    }

    /// Reads under nothing: the asker's own name and grants, which `Scope` holds.
    async fn me(&self) -> Result<Me, ViewError> {
        Ok(Me { name: self.scope.name.clone(), grants: self.scope.grants.clone(), company_wide: self.scope.company_wide() })
    }
}
