//! An open object, read by threads that may block.

use std::fs::File;
use std::io::{BufRead, BufReader, Error as IoError, Read};
use std::ops::Range;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use flate2::read::MultiGzDecoder;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;

use super::io_error;

const BUFFER: usize = 1 << 16;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What a store gave for an object.
pub enum Content {
    File(File),
    Ranges(Ranges),
}

/// An object that is asked for piece by piece.
#[derive(Clone)]
pub struct Ranges {
    store: Arc<dyn ObjectStore>,
    path: Path,
    bytes: u64,
    handle: Handle,
}

impl Content {
    /// The first bytes, at most `length`.
    ///
    /// # Errors
    /// When the object cannot be read.
    pub fn start(self, length: u64) -> Result<Bytes, IoError> {
        match self {
            Self::File(file) => {
                let mut start = Vec::new();
                file.take(length).read_to_end(&mut start)?;
                Ok(start.into())
            }
            Self::Ranges(ranges) if ranges.bytes == 0 => Ok(Bytes::new()),
            Self::Ranges(ranges) => ranges.fetch(0..length.min(ranges.bytes)),
        }
    }

    /// The whole object from its start, as it arrives.
    ///
    /// # Errors
    /// When the object cannot be asked for.
    pub fn stream(self) -> Result<Box<dyn Read>, IoError> {
        Ok(match self {
            Self::File(file) => Box::new(file),
            Self::Ranges(ranges) => Box::new(ranges.stream()?),
        })
    }
}

impl Ranges {
    pub(super) fn new(store: Arc<dyn ObjectStore>, path: Path, bytes: u64, handle: Handle) -> Self {
        Self { store, path, bytes, handle }
    }

    /// Size of the object in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.bytes
    }

    /// One piece.
    ///
    /// # Errors
    /// When the object cannot be read.
    pub fn fetch(&self, range: Range<u64>) -> Result<Bytes, IoError> {
        self.handle.block_on(self.store.get_range(&self.path, range)).map_err(|error| io_error(&error))
    }

    /// Several pieces in one go; the store puts close ones together.
    ///
    /// # Errors
    /// When the object cannot be read.
    pub fn fetch_all(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, IoError> {
        self.handle.block_on(self.store.get_ranges(&self.path, ranges)).map_err(|error| io_error(&error))
    }

    fn stream(self) -> Result<Arriving, IoError> {
        let got = self.handle.block_on(self.store.get(&self.path)).map_err(|error| io_error(&error))?;
        Ok(Arriving { stream: got.into_stream(), piece: Bytes::new(), handle: self.handle })
    }
}

/// Bytes as a store sends them.
struct Arriving {
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    piece: Bytes,
    handle: Handle,
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, IoError> {
        while self.piece.is_empty() {
            match self.handle.block_on(self.stream.next()) {
                Some(piece) => self.piece = piece.map_err(|error| io_error(&error))?,
                None => return Ok(0),
            }
        }
        (&mut self.piece).reader().read(buffer)
    }
}

/// Reads through gzip when the bytes begin like it.
///
/// # Errors
/// When the first bytes cannot be read.
pub fn unpacked(packed: Box<dyn Read>) -> Result<Box<dyn Read>, IoError> {
    let mut buffered = BufReader::with_capacity(BUFFER, packed);
    let is_gzip = buffered.fill_buf()?.starts_with(&GZIP);
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(buffered)) } else { Box::new(buffered) })
}
