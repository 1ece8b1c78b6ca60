//! Where bills lie: a file or folder, on this machine or in a bucket.
//!
//! Whatever stores objects is an [`ObjectStore`]; nothing above this module knows which one. A place prints itself as its owner knows it.

mod content;

use std::ffi::OsStr;
use std::fmt;
use std::io::{Error as IoError, ErrorKind};
use std::path::Path as LocalPath;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetResultPayload, ObjectMeta, ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;

pub use content::{Content, Ranges, unpacked};

use crate::BillingError;

/// Longest text of a store that is repeated.
const STORE_TEXT: usize = 160;

/// A file or folder. Cheap to clone.
#[derive(Clone)]
pub struct Place {
    bucket: Arc<Bucket>,
    path: Path,
}

struct Bucket {
    store: Arc<dyn ObjectStore>,
    /// What stands before the first `/`: `s3://bucket`, or nothing for the files of this machine.
    name: String,
    /// The store's tags follow the content. Those of a file system follow the inode, which a copy changes.
    tags_follow_content: bool,
}

/// What a store says of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub bytes: u64,
    /// Nanoseconds since 1970; 0 when unknown.
    pub changed_at_nanos: u128,
    /// Only where it follows the content.
    pub tag: Option<String>,
}

/// What lies directly in a folder, by name.
#[derive(Debug, Default)]
pub struct Listing {
    pub folders: Vec<Place>,
    pub files: Vec<Place>,
}

impl Place {
    /// The place a user names: a folder of this machine.
    ///
    /// # Errors
    /// [`BillingError::NoStore`] for an address in a bucket, else as [`Place::folder`].
    pub fn parse(address: &OsStr) -> Result<Self, BillingError> {
        match address.to_str() {
            Some(text) if text.contains("://") => Err(BillingError::NoStore(text.to_owned())),
            _ => Self::folder(address),
        }
    }

    /// A folder of this machine.
    ///
    /// # Errors
    /// [`BillingError::Io`] when it is no folder or cannot be read.
    pub fn folder(folder: impl AsRef<LocalPath>) -> Result<Self, BillingError> {
        let folder = folder.as_ref();
        let unreadable = |source| BillingError::Io { place: folder.display().to_string(), source };
        std::fs::read_dir(folder).map_err(unreadable)?;
        Self::on_this_machine(folder).map_err(unreadable)
    }

    fn on_this_machine(path: &LocalPath) -> Result<Self, IoError> {
        let path = Path::from_filesystem_path(path).map_err(|error| IoError::new(ErrorKind::InvalidInput, error.to_string()))?;
        // The whole file system, so that what lies beside the folder given is found, too.
        let bucket = Bucket { store: Arc::new(LocalFileSystem::new()), name: String::new(), tags_follow_content: false };
        Ok(Self { bucket: Arc::new(bucket), path })
    }

    /// A place in any store. `name` is what the user calls the store (`s3://bucket`), `key` the place in it.
    ///
    /// # Errors
    /// [`BillingError::Io`] when `key` can be no key.
    pub fn in_store(name: &str, store: Arc<dyn ObjectStore>, key: &str) -> Result<Self, BillingError> {
        let unreadable = |error: object_store::path::Error| BillingError::Io {
            place: format!("{name}/{key}"),
            source: IoError::new(ErrorKind::InvalidInput, error.to_string()),
        };
        let path = Path::parse(key).map_err(unreadable)?;
        Ok(Self { bucket: Arc::new(Bucket { store, name: name.to_owned(), tags_follow_content: true }), path })
    }

    /// The last part: the file's or folder's own name; empty for a whole store.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.filename().unwrap_or_default()
    }

    /// The folder around this place; itself for a whole store.
    #[must_use]
    pub fn parent(&self) -> Self {
        self.at(self.path.parent().unwrap_or_default())
    }

    /// A place below this one; `None` when a part can be no name.
    #[must_use]
    pub fn below(&self, parts: &[&str]) -> Option<Self> {
        let path = format!("{}/{}", self.path, parts.join("/"));
        Path::parse(path).ok().map(|path| self.at(path))
    }

    fn at(&self, path: Path) -> Self {
        Self { bucket: Arc::clone(&self.bucket), path }
    }

    /// What lies directly in this folder.
    ///
    /// # Errors
    /// [`BillingError::Io`].
    pub async fn list(&self) -> Result<Listing, BillingError> {
        let listed = self.bucket.store.list_with_delimiter(Some(&self.path)).await.map_err(|error| self.unreadable(&error))?;
        let sorted = |mut paths: Vec<Path>| {
            paths.sort();
            paths.into_iter().map(|path| self.at(path)).collect()
        };
        Ok(Listing {
            folders: sorted(listed.common_prefixes),
            files: sorted(listed.objects.into_iter().map(|object| object.location).collect()),
        })
    }

    /// Every file below this folder, at most `depth` folders down, in the order of a walk by name.
    ///
    /// # Errors
    /// [`BillingError::Io`].
    pub async fn files_below(&self, depth: usize) -> Result<Vec<Self>, BillingError> {
        let objects: Vec<ObjectMeta> =
            self.bucket.store.list(Some(&self.path)).try_collect().await.map_err(|error| self.unreadable(&error))?;
        let deepest = self.path.parts_count() + depth + 1;
        let mut paths: Vec<Path> = objects.into_iter().map(|object| object.location).filter(|path| path.parts_count() <= deepest).collect();
        paths.sort_by(|one, other| one.as_ref().split('/').cmp(other.as_ref().split('/')));
        Ok(paths.into_iter().map(|path| self.at(path)).collect())
    }

    /// What the store says of this object; `None` when there is none.
    ///
    /// # Errors
    /// [`BillingError::Io`].
    pub async fn details(&self) -> Result<Option<Details>, BillingError> {
        match self.bucket.store.head(&self.path).await {
            Ok(meta) => Ok(Some(self.details_of(meta))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.unreadable(&error)),
        }
    }

    fn details_of(&self, meta: ObjectMeta) -> Details {
        Details {
            bytes: meta.size,
            changed_at_nanos: meta.last_modified.timestamp_nanos_opt().and_then(|nanos| u128::try_from(nanos).ok()).unwrap_or_default(),
            tag: meta.e_tag.filter(|_| self.bucket.tags_follow_content),
        }
    }

    /// All of a small object.
    ///
    /// # Errors
    /// [`BillingError::Io`].
    pub async fn bytes(&self) -> Result<Bytes, BillingError> {
        let read = async { self.bucket.store.get(&self.path).await?.bytes().await };
        read.await.map_err(|error| self.unreadable(&error))
    }

    /// Opens the object for a thread that may block. A file of this machine is read as one; anything else by ranges, through `handle`.
    ///
    /// # Errors
    /// Of kind [`ErrorKind::NotFound`] when there is no such object.
    pub fn open(&self, handle: &Handle) -> Result<Content, IoError> {
        // Asked for the head only, a store of this machine still gives the file, and another one does not begin to send it.
        let head = GetOptions { head: true, ..GetOptions::default() };
        let got = handle.block_on(self.bucket.store.get_opts(&self.path, head)).map_err(|error| io_error(&error))?;
        let bytes = got.meta.size;
        Ok(match got.payload {
            GetResultPayload::File(file, _) => Content::File(file),
            GetResultPayload::Stream(_) => {
                Content::Ranges(Ranges::new(Arc::clone(&self.bucket.store), self.path.clone(), bytes, handle.clone()))
            }
        })
    }

    fn unreadable(&self, error: &object_store::Error) -> BillingError {
        self.io(io_error(error))
    }

    pub(crate) fn io(&self, source: IoError) -> BillingError {
        BillingError::Io { place: self.to_string(), source }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.bucket.name, self.path)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Place({self})")
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.bucket.name == other.bucket.name && self.path == other.path
    }
}

impl Eq for Place {}

/// What the operating system said, when it was that; else what the store said, on one line. The place is named by whoever reports it.
pub(crate) fn io_error(error: &object_store::Error) -> IoError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<IoError>() {
            return IoError::new(io.kind(), io.to_string());
        }
        cause = error.source();
    }
    let text = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    let kind = if matches!(error, object_store::Error::NotFound { .. }) { ErrorKind::NotFound } else { ErrorKind::Other };
    IoError::new(kind, text.chars().take(STORE_TEXT).collect::<String>())
}

fn is_missing(error: &object_store::Error) -> bool {
    matches!(io_error(error).kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
}

#[cfg(test)]
mod tests;
