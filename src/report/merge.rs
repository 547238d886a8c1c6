//! Both streams of an attempt put together again, line by line, in the order in which the lines ended. Read from the run
//! directory in chunks, so that output of any size takes little memory.

use super::feed::CHUNK;
use crate::model::event::Stream;
use crate::rundir::{Fill, IndexEntry, OutputReader};
use std::io;

/// A chunk of merged output: whole lines, or a part of a long one.
#[derive(Debug)]
pub(super) struct Chunk<'a> {
    pub(super) stream: Stream,
    pub(super) bytes: &'a [u8],
    /// Whether the stream has nothing more: a line without an end ends here.
    pub(super) last: bool,
}

/// Takes the chunks.
pub(super) type Sink<'a> = dyn FnMut(Chunk<'_>) -> io::Result<()> + 'a;

/// The place of a stream that the merge has come to.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Everything before this offset has been handed out.
    given: u64,
    /// Everything before this offset has been looked at.
    seen: u64,
}

/// Hands out all the output of an attempt; returns how many bytes of it are not on record.
pub(super) fn all(reader: &OutputReader, sink: &mut Sink<'_>) -> io::Result<u64> {
    let (entries, _) = reader.index(0)?;
    Merge {
        reader,
        places: [Place::default(); 2],
        lost: 0,
    }
    .run(&entries, sink)
}

/// How many bytes of the output of an attempt are not on record.
pub(super) fn lost(reader: &OutputReader) -> io::Result<u64> {
    let (entries, _) = reader.index(0)?;
    let holes = entries.iter().filter(|entry| entry.fill == Fill::Hole);
    Ok(holes.map(|entry| entry.bytes).sum())
}

/// Hands out the whole lines in the last `bytes` of the output of an attempt.
pub(super) fn tail(reader: &OutputReader, bytes: u64, sink: &mut Sink<'_>) -> io::Result<u64> {
    let (mut entries, _) = reader.index(0)?;
    let total: u64 = entries.iter().map(|entry| entry.bytes).sum();
    let mut skip = total.saturating_sub(bytes);
    let mut starts = [0; 2];
    for entry in &mut entries {
        let skipped = skip.min(entry.bytes);
        skip -= skipped;
        entry.bytes -= skipped;
        starts[entry.stream as usize] += skipped;
    }
    let mut places = [Place::default(); 2];
    for stream in [Stream::Stdout, Stream::Stderr] {
        let seen = starts[stream as usize];
        let given = line_start(reader, stream, seen)?;
        places[stream as usize] = Place { given, seen };
    }
    Merge {
        reader,
        places,
        lost: 0,
    }
    .run(&entries, sink)
}

/// Where the first line at or after an offset begins; the offset itself when there is no line end near it.
fn line_start(reader: &OutputReader, stream: Stream, offset: u64) -> io::Result<u64> {
    let Some(before) = offset.checked_sub(1) else {
        return Ok(0);
    };
    let bytes = reader.read(stream, before, CHUNK)?;
    let line_end = bytes.iter().position(|byte| *byte == b'\n');
    Ok(line_end.map_or(offset, |at| before + at as u64 + 1))
}

struct Merge<'a> {
    reader: &'a OutputReader,
    places: [Place; 2],
    /// How many bytes are not on record.
    lost: u64,
}

impl Merge<'_> {
    fn run(mut self, entries: &[IndexEntry], sink: &mut Sink<'_>) -> io::Result<u64> {
        for entry in entries {
            match entry.fill {
                Fill::Bytes => self.advance(entry.stream, entry.bytes, sink)?,
                Fill::Hole => self.skip(entry.stream, entry.bytes, sink)?,
            }
        }
        for stream in [Stream::Stdout, Stream::Stderr] {
            let end = self.reader.len(stream)?;
            self.give(stream, end, true, sink)?;
        }
        Ok(self.lost)
    }

    /// Leaves a hole out. A line that it cuts ends there.
    fn skip(&mut self, stream: Stream, bytes: u64, sink: &mut Sink<'_>) -> io::Result<()> {
        let Place { given, seen } = self.places[stream as usize];
        if given < seen {
            self.give(stream, seen, false, sink)?;
            sink(Chunk {
                stream,
                bytes: b"\n",
                last: false,
            })?;
        }
        let place = &mut self.places[stream as usize];
        place.seen += bytes;
        place.given = place.given.max(place.seen);
        self.lost += bytes;
        Ok(())
    }

    /// Looks at the next bytes of a stream and hands out the lines that end in them.
    fn advance(&mut self, stream: Stream, bytes: u64, sink: &mut Sink<'_>) -> io::Result<()> {
        let end = self.places[stream as usize].seen + bytes;
        while self.places[stream as usize].seen < end {
            let Place { given, seen } = self.places[stream as usize];
            let most = (end - seen).min(CHUNK as u64) as usize;
            let read = self.reader.read(stream, seen, most)?;
            if read.is_empty() {
                // The index was written and the bytes were not: the machine stopped in between.
                self.lost += end - seen;
                return Ok(());
            }
            self.places[stream as usize].seen += read.len() as u64;
            let Some(line_end) = read.iter().rposition(|byte| *byte == b'\n') else {
                continue;
            };
            if given == seen {
                let bytes = &read[..=line_end];
                self.places[stream as usize].given += bytes.len() as u64;
                sink(Chunk {
                    stream,
                    bytes,
                    last: false,
                })?;
            } else {
                self.give(stream, seen + line_end as u64 + 1, false, sink)?;
            }
        }
        Ok(())
    }

    /// Hands out a stream up to an offset.
    fn give(&mut self, stream: Stream, end: u64, last: bool, sink: &mut Sink<'_>) -> io::Result<()> {
        let place = &mut self.places[stream as usize];
        while place.given < end {
            let most = (end - place.given).min(CHUNK as u64) as usize;
            let bytes = self.reader.read(stream, place.given, most)?;
            if bytes.is_empty() {
                return Ok(());
            }
            place.given += bytes.len() as u64;
            sink(Chunk {
                stream,
                bytes: &bytes,
                last: last && place.given >= end,
            })?;
        }
        Ok(())
    }
}
