//! Bills delivered as files: Data Exports (CUR 2.0) and older Cost and Usage Reports.

mod attributes;
mod csv;
mod format;
mod layout;
mod manifest;
mod parquet;
mod read;
mod time;

use agent_bill_domain::period::Month;
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::{BillSource, Contents, Delivery, Kind};
use crate::daily::{Daily, build};
use crate::place::Place;
use crate::{BillingError, PARSER_VERSION};
use manifest::{Manifest, Places};

/// Takes whatever no other kind takes.
pub const KIND: Kind = Kind {
    takes: |_| true,
    open: |address, threads| Ok(Box::new(Files { given: address.display().to_string(), folder: Place::parse(address)?, threads })),
};

/// One file, and how errors call it.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    pub(crate) place: Place,
    pub(crate) name: String,
}

/// A folder with deliveries below it.
pub struct Files {
    /// As the user wrote it.
    given: String,
    folder: Place,
    threads: usize,
}

impl Files {
    /// The deliveries below `folder`, read by at most `threads` threads.
    #[must_use]
    pub fn below(folder: Place, threads: usize) -> Self {
        Self { given: folder.to_string(), folder, threads }
    }

    async fn discover(&self) -> Result<Vec<FileDelivery>, BillingError> {
        let found = layout::discover(&self.folder).await?;
        if found.is_empty() {
            return Err(BillingError::NoExport(self.given.clone()));
        }
        Ok(found.into_iter().map(|period| FileDelivery { period, given: self.folder.clone(), threads: self.threads }).collect())
    }
}

#[async_trait]
impl BillSource for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    async fn deliveries(&self) -> Result<Vec<Box<dyn Delivery>>, BillingError> {
        let boxed = |delivery| Box::new(delivery) as Box<dyn Delivery>;
        Ok(self.discover().await?.into_iter().map(boxed).collect())
    }
}

struct FileDelivery {
    period: layout::Period,
    given: Place,
    threads: usize,
}

impl FileDelivery {
    /// Reads the manifest and finds its files. `None` while there is no manifest.
    async fn look(&self) -> Result<Option<FileContents>, BillingError> {
        let Some(manifest) = &self.period.manifest else { return Ok(None) };
        let manifest = Manifest::read(manifest).await?;
        let places = Places { data: self.period.data.as_ref(), roots: vec![&self.period.root, &self.given] };
        let mut hash = Sha256::new();
        hash.update(PARSER_VERSION);
        hash.update(&manifest.bytes);
        let mut files: Vec<DataFile> = Vec::new();
        for key in &manifest.keys {
            let (file, details) = places.locate(key).await?;
            if files.iter().any(|known| known.place == file.place) {
                continue;
            }
            hash.update(format!("{key}\n{}\n{}\n", details.bytes, details.changed_at_nanos));
            if let Some(tag) = details.tag {
                hash.update(format!("{tag}\n"));
            }
            files.push(file);
        }
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let fingerprint = format!("{}@{digest}", self.period.export);
        Ok(Some(FileContents { files, fingerprint, threads: self.threads }))
    }
}

#[async_trait]
impl Delivery for FileDelivery {
    fn export(&self) -> &str {
        &self.period.export
    }

    fn period(&self) -> Month {
        self.period.month
    }

    async fn contents(&self) -> Result<Option<Box<dyn Contents>>, BillingError> {
        Ok(self.look().await?.map(|contents| Box::new(contents) as Box<dyn Contents>))
    }
}

struct FileContents {
    files: Vec<DataFile>,
    fingerprint: String,
    threads: usize,
}

#[async_trait]
impl Contents for FileContents {
    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    async fn read(&self, first_principal_elsewhere: &str) -> Result<Daily, BillingError> {
        let (files, threads, handle) = (self.files.clone(), self.threads, Handle::current());
        let elsewhere = first_principal_elsewhere.to_owned();
        let read = move || build(read::read(&files, threads, &handle)?, &elsewhere);
        tokio::task::spawn_blocking(read).await.map_err(|_| BillingError::Stopped)?
    }
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
