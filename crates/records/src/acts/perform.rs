//! How every act is performed: authority, one transaction, one audit event.

use agent_bill_domain::clock::SharedClock;
use serde::Serialize;

use super::act::{Act, Checked, Context};
use super::actor::require_one_of;
use super::{ActError, Actor};
use crate::audit::AuditEvent;
use crate::{Store, WriteTx};

/// The door through which records of the organisation and of governance are changed.
#[derive(Clone)]
pub struct Acts {
    store: Store,
    clock: SharedClock,
    company: Option<String>,
}

/// An act that was performed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done<O> {
    pub event: &'static str,
    /// The id of the record it is about.
    pub subject: String,
    pub outcome: O,
}

impl Acts {
    /// `company` is the name of the root of the hierarchy, for imports; `None` keeps the one that is there.
    #[must_use]
    pub fn new(store: Store, clock: SharedClock, company: Option<String>) -> Self {
        Self { store, clock, company }
    }

    /// What the act would change, without changing it.
    ///
    /// # Errors
    /// [`ActError`], as [`Acts::perform`] would fail.
    pub async fn check<A: Act>(&self, actor: &Actor, act: &A) -> Result<Checked<A>, ActError> {
        let mut tx = self.store.begin_serialised().await?;
        let checked = self.checked(&mut tx, actor, act).await?;
        tx.rollback().await?;
        Ok(checked)
    }

    /// Checks and applies the act. Everything it decides on is read inside the transaction that writes, so that no two acts can pass a check together
    /// that only one of them may pass.
    ///
    /// # Errors
    /// [`ActError`]; then nothing has changed.
    pub async fn perform<A: Act>(&self, actor: &Actor, act: &A) -> Result<Done<A::Outcome>, ActError> {
        let mut tx = self.store.begin_serialised().await?;
        let checked = self.checked(&mut tx, actor, act).await?;
        let applied = A::apply(&checked, &mut self.context(&mut tx, actor)).await?;
        let detail = A::detail(&checked, &applied.outcome);
        tx.append_audit(&AuditEvent {
            at: self.clock.now_text(),
            actor: actor.audit_name().to_owned(),
            event: A::EVENT,
            subject: applied.subject.clone(),
            detail,
        })
        .await?;
        tx.commit().await?;
        Ok(Done { event: A::EVENT, subject: applied.subject, outcome: applied.outcome })
    }

    async fn checked<A: Act>(&self, tx: &mut WriteTx, actor: &Actor, act: &A) -> Result<Checked<A>, ActError> {
        let today = self.clock.today();
        act.validate(today)?;
        require_one_of(tx, actor, act.permissions(today), A::OPERATOR_MAY).await?;
        act.check(&mut self.context(tx, actor)).await
    }

    fn context<'c>(&'c self, tx: &'c mut WriteTx, actor: &'c Actor) -> Context<'c> {
        Context { tx, actor, clock: self.clock.as_ref(), company: self.company.as_deref() }
    }
}
