//! The bytes of a Parquet file: those of a file as they are asked for, those of anything else a column chunk at a time.

use std::fs::File;
use std::io::{BufReader, Error as IoError, Read};
use std::ops::Range;
use std::sync::OnceLock;

use bytes::{Buf, Bytes};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use crate::place::{Content, Ranges};

/// Read at once from the end of a file that is fetched: it holds the footer of most.
const END: u64 = 1 << 16;

pub(super) enum Chunks {
    File(File),
    Fetched(Fetched),
}

/// Pieces of a file, each group fetched when a byte of it is first needed.
pub(super) struct Fetched {
    ranges: Ranges,
    groups: Vec<Group>,
}

struct Group {
    ranges: Vec<Range<u64>>,
    pieces: OnceLock<Vec<Bytes>>,
}

impl Chunks {
    /// To read the footer.
    pub(super) fn of_footer(content: Content) -> Self {
        Self::of_groups(content, |size| vec![vec![size.saturating_sub(END)..size]])
    }

    /// To read row groups: `groups` are byte ranges that are needed together.
    pub(super) fn of_groups(content: Content, groups: impl FnOnce(u64) -> Vec<Vec<Range<u64>>>) -> Self {
        match content {
            Content::File(file) => Self::File(file),
            Content::Ranges(ranges) => {
                let groups = groups(ranges.size()).into_iter().map(|ranges| Group { ranges, pieces: OnceLock::new() }).collect();
                Self::Fetched(Fetched { ranges, groups })
            }
        }
    }
}

impl Fetched {
    /// From `start` to the end of the piece it lies in; `None` when it is in none.
    fn rest_of_piece(&self, start: u64) -> Result<Option<Bytes>> {
        for group in &self.groups {
            let Some(index) = group.ranges.iter().position(|range| range.contains(&start)) else { continue };
            let pieces = match group.pieces.get() {
                Some(pieces) => pieces,
                None => {
                    let pieces = self.ranges.fetch_all(&group.ranges)?;
                    group.pieces.get_or_init(|| pieces)
                }
            };
            let from = group.ranges.get(index).and_then(|range| usize::try_from(start - range.start).ok());
            return Ok(pieces.get(index).zip(from).filter(|(piece, from)| *from <= piece.len()).map(|(piece, from)| piece.slice(from..)));
        }
        Ok(None)
    }

    fn bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if let Some(piece) = self.rest_of_piece(start)?.filter(|piece| piece.len() >= length) {
            return Ok(piece.slice(..length));
        }
        let end = u64::try_from(length).ok().and_then(|length| start.checked_add(length)).filter(|end| *end <= self.ranges.size());
        let end = end.ok_or_else(|| ParquetError::EOF(format!("{length} bytes at {start} lie beyond the end of the file")))?;
        if length == 0 {
            return Ok(Bytes::new());
        }
        Ok(self.ranges.fetch(start..end)?)
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        match self {
            Self::File(file) => file.len(),
            Self::Fetched(fetched) => fetched.ranges.size(),
        }
    }
}

impl ChunkReader for Chunks {
    type T = Pages;

    fn get_read(&self, start: u64) -> Result<Pages> {
        match self {
            Self::File(file) => Ok(Pages::File(file.get_read(start)?)),
            Self::Fetched(fetched) => match fetched.rest_of_piece(start)? {
                Some(piece) => Ok(Pages::Fetched(piece)),
                None => Ok(Pages::Fetched(fetched.ranges.fetch(start..fetched.ranges.size())?)),
            },
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        match self {
            Self::File(file) => file.get_bytes(start, length),
            Self::Fetched(fetched) => fetched.bytes(start, length),
        }
    }
}

/// Bytes one after another.
pub(super) enum Pages {
    File(BufReader<File>),
    Fetched(Bytes),
}

impl Read for Pages {
    fn read(&mut self, buffer: &mut [u8]) -> std::result::Result<usize, IoError> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Fetched(bytes) => bytes.reader().read(buffer),
        }
    }
}
