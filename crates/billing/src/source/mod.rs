//! Where bills come from. A kind of source is a folder here and a line in [`KINDS`].
//!
//! One kind gives files, which are read and folded here; another may give rows that are folded already. Either way a period arrives as a [`Daily`], and
//! whoever stores it needs to know no more than the three traits below.

pub mod files;

use std::ffi::OsStr;

use agent_bill_domain::period::Month;
use async_trait::async_trait;

use crate::BillingError;
use crate::daily::Daily;

/// Delivers bills, period by period.
#[async_trait]
pub trait BillSource: Send + Sync {
    /// The kind of source, for logs.
    fn name(&self) -> &'static str;

    /// Every billing period there is, by period, then export.
    ///
    /// # Errors
    /// Nothing that could be a bill is found, or it cannot be looked at.
    async fn deliveries(&self) -> Result<Vec<Box<dyn Delivery>>, BillingError>;
}

/// One billing period of one export.
#[async_trait]
pub trait Delivery: Send + Sync {
    /// Name of the export. Two exports over one period count the same money twice.
    fn export(&self) -> &str;

    fn period(&self) -> Month;

    /// What is delivered at this moment; `None` while the delivery is not complete.
    ///
    /// # Errors
    /// It is complete but cannot be made out, or a part of it is missing.
    async fn contents(&self) -> Result<Option<Box<dyn Contents>>, BillingError>;
}

/// A delivery as it was when it was looked at.
#[async_trait]
pub trait Contents: Send + Sync {
    /// `<export>@<what identifies the content and its reader>`: equal exactly when reading again would give the same rows.
    fn fingerprint(&self) -> &str;

    /// The period's rows, without regard to whether the delivery stays as it is meanwhile. `first_principal_elsewhere` is the first day with a principal in
    /// other loaded periods, or empty.
    ///
    /// # Errors
    /// Any part that cannot be read: there are no rows of half a period.
    async fn read(&self, first_principal_elsewhere: &str) -> Result<Daily, BillingError>;
}

/// A kind of source and the addresses it takes.
pub struct Kind {
    pub takes: fn(&OsStr) -> bool,
    pub open: Open,
}

/// Opens the source at an address, to be read by so many threads at most.
pub type Open = fn(&OsStr, usize) -> Result<Box<dyn BillSource>, BillingError>;

/// The first that takes an address opens it.
pub const KINDS: [Kind; 1] = [files::KIND];

/// The source at an address, as users write it after `--export`.
///
/// # Errors
/// Nothing can be read there.
pub fn open(address: impl AsRef<OsStr>, threads: usize) -> Result<Box<dyn BillSource>, BillingError> {
    let address = address.as_ref();
    let kind = KINDS.iter().find(|kind| (kind.takes)(address));
    kind.map_or_else(|| Err(BillingError::NoExport(address.display().to_string())), |kind| (kind.open)(address, threads))
}
