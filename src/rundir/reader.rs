//! Reading the output of one attempt back, by ranges, so that a file of any size opens at once.

use super::index::{IndexEntry, parse_index};
use super::layout::RunDir;
use crate::model::event::Stream;
use crate::model::id::AttemptNo;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The output of one attempt at one job, whether still being written or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputReader {
    dir: RunDir,
    label: String,
    attempt: AttemptNo,
}

impl OutputReader {
    /// The output of an attempt at the job with this label.
    pub fn new(dir: &RunDir, label: &str, attempt: AttemptNo) -> Self {
        Self {
            dir: dir.clone(),
            label: label.to_owned(),
            attempt,
        }
    }

    /// How many bytes a stream has so far; a silent stream has none.
    pub fn len(&self, stream: Stream) -> io::Result<u64> {
        match self.dir.output(&self.label, self.attempt, stream).metadata() {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// At most `most` bytes of a stream, from `offset` on; fewer at the end of the file, none beyond it.
    pub fn read(&self, stream: Stream, offset: u64, most: usize) -> io::Result<Vec<u8>> {
        read_range(&self.dir.output(&self.label, self.attempt, stream), offset, most)
    }

    /// The pieces of the index from byte `offset` of it on, and the offset from which to go on later.
    pub fn index(&self, offset: u64) -> io::Result<(Vec<IndexEntry>, u64)> {
        self.index_part(offset, usize::MAX)
    }

    /// As [`OutputReader::index`], but reads at most `most` bytes of it, for those who may not be held up.
    pub fn index_part(&self, offset: u64, most: usize) -> io::Result<(Vec<IndexEntry>, u64)> {
        let bytes = read_range(&self.dir.index(&self.label, self.attempt), offset, most)?;
        let (entries, whole) = parse_index(&String::from_utf8_lossy(&bytes));
        Ok((entries, offset + whole as u64))
    }
}

fn read_range(path: &std::path::Path, offset: u64, most: usize) -> io::Result<Vec<u8>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
