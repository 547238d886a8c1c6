//! What a job printed, as far as that makes it like others: read whole from the run directory.

use crate::model::event::Stream;
use crate::model::host::HostName;
use crate::model::likeness::{Digest, Likeness};
use crate::rundir::{Fill, OutputReader};
use std::io;

/// How much is read at a time.
const CHUNK: usize = 256 * 1024;

/// What was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// Nothing.
    Nothing,
    /// A text with this digest.
    Text(Digest),
    /// A part of it is not on record: nobody knows whether it is like another.
    NotWhole,
}

/// Reads the output of an attempt on this host, of which at least so many bytes of each stream were printed.
///
/// # Errors
/// When it cannot be read.
pub fn printed(reader: &OutputReader, host: &HostName, told: [u64; 2]) -> io::Result<Printed> {
    let mut likeness = Likeness::on(host);
    let mut is_empty = true;
    for stream in [Stream::Stdout, Stream::Stderr] {
        let mut offset = 0;
        loop {
            let bytes = reader.read(stream, offset, CHUNK)?;
            if bytes.is_empty() {
                break;
            }
            likeness.feed(stream, &bytes);
            offset += bytes.len() as u64;
        }
        is_empty &= offset == 0;
        if offset < told[stream as usize] {
            return Ok(Printed::NotWhole);
        }
    }
    if is_empty {
        return Ok(Printed::Nothing);
    }
    let (entries, _) = reader.index(0)?;
    if entries.iter().any(|entry| entry.fill == Fill::Hole) {
        return Ok(Printed::NotWhole);
    }
    Ok(Printed::Text(likeness.finish()))
}
