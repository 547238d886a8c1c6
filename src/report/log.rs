//! The output of one attempt, both streams in the order in which they were printed, or one of them. It can be read on
//! while the attempt still prints.

use super::feed::CHUNK;
use super::rendering::{Lines, Rendering};
use crate::model::event::Stream;
use crate::model::stamp::Stamp;
use crate::rundir::{Fill, IndexEntry, OutputReader};
use std::collections::VecDeque;
use std::io;
use std::mem;

/// How much of the index is read at a time.
const INDEX_CHUNK: usize = 256 * 1024;
const STREAMS: [Stream; 2] = [Stream::Stdout, Stream::Stderr];

/// How an output is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOptions {
    /// One stream only.
    pub only: Option<Stream>,
    /// Whether each line tells when it came.
    pub timestamps: bool,
    /// What the output takes.
    pub rendering: Rendering,
}

/// An output being read.
#[derive(Debug)]
pub struct Log {
    reader: OutputReader,
    options: LogOptions,
    /// Up to where the index was read, in its bytes.
    index_at: u64,
    /// Read from the index, and not yet from the streams.
    pending: VecDeque<IndexEntry>,
    /// Up to where each stream was read.
    offsets: [u64; 2],
    /// Lines that were begun and must not be broken by one of the other stream.
    held: [Vec<u8>; 2],
    lines: [Lines; 2],
    newest: Stamp,
    /// How many bytes could not be written when they were read.
    holes: u64,
}

impl Log {
    /// Reads from the beginning.
    pub fn new(reader: OutputReader, options: LogOptions) -> Self {
        Self {
            reader,
            options,
            index_at: 0,
            pending: VecDeque::new(),
            offsets: [0; 2],
            held: [Vec::new(), Vec::new()],
            lines: [options.rendering.lines(), options.rendering.lines()],
            newest: Stamp::default(),
            holes: 0,
        }
    }

    /// The next part of the text, of a few hundred kilobytes at most; `None` when there is no more for now.
    ///
    /// # Errors
    /// When the output cannot be read.
    pub fn read_on(&mut self) -> io::Result<Option<Vec<u8>>> {
        while let Some(entry) = self.next_entry()? {
            let offset = self.offsets[entry.stream as usize];
            let bytes = self.reader.read(entry.stream, offset, entry.bytes as usize)?;
            self.offsets[entry.stream as usize] += bytes.len() as u64;
            self.newest = entry.at;
            let mut text = Vec::new();
            self.show(entry.stream, entry.at, &bytes, &mut text);
            if !text.is_empty() {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// What is left when the attempt is over: bytes that the index does not name, and lines without an end.
    ///
    /// # Errors
    /// When the output cannot be read.
    pub fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let at = self.newest;
        let only = self.options.only;
        for stream in STREAMS
            .into_iter()
            .filter(|stream| only.is_none_or(|only| only == *stream))
        {
            let bytes = self.reader.read(stream, self.offsets[stream as usize], usize::MAX)?;
            self.offsets[stream as usize] += bytes.len() as u64;
            self.show(stream, at, &bytes, &mut text);
            if !self.is_raw() {
                let prefix = self.prefix(at);
                let held = mem::take(&mut self.held[stream as usize]);
                let lines = &mut self.lines[stream as usize];
                lines.push(&held, &prefix, &mut text);
                lines.end(&prefix, &mut text);
            }
        }
        Ok(text)
    }

    /// How many of the bytes so far could not be recorded: zeros stand in their place.
    pub fn holes(&self) -> u64 {
        self.holes
    }

    /// Whether the bytes go out as they are.
    fn is_raw(&self) -> bool {
        self.options.rendering == Rendering::Exact && !self.options.timestamps
    }

    fn prefix(&self, at: Stamp) -> String {
        if self.options.timestamps {
            format!("+{:.3}s ", at.0.as_secs_f64())
        } else {
            String::new()
        }
    }

    fn show(&mut self, stream: Stream, at: Stamp, bytes: &[u8], text: &mut Vec<u8>) {
        if self.is_raw() {
            text.extend_from_slice(bytes);
            return;
        }
        let prefix = self.prefix(at);
        let held = &mut self.held[stream as usize];
        held.extend_from_slice(bytes);
        let line_end = held.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
        let end = line_end.or_else(|| (held.len() > CHUNK).then_some(held.len()));
        if let Some(end) = end {
            let rest = held.split_off(end);
            let whole = mem::replace(held, rest);
            self.lines[stream as usize].push(&whole, &prefix, text);
        }
    }

    /// The next piece to read, of a bounded size. Pieces of one stream that follow each other are read as one where
    /// nobody asks when each of them came.
    fn next_entry(&mut self) -> io::Result<Option<IndexEntry>> {
        let most = CHUNK as u64;
        while self.pending.is_empty() {
            let (entries, at) = self.reader.index_part(self.index_at, INDEX_CHUNK)?;
            if at == self.index_at {
                break;
            }
            self.index_at = at;
            let only = self.options.only;
            let wanted = entries
                .into_iter()
                .filter(|entry| only.is_none_or(|only| only == entry.stream));
            self.pending.extend(wanted.filter(|entry| entry.bytes > 0));
        }
        let Some(mut entry) = self.pending.pop_front() else {
            return Ok(None);
        };
        let lacks = |entry: &IndexEntry| if entry.fill == Fill::Hole { entry.bytes } else { 0 };
        self.holes += lacks(&entry);
        while !self.options.timestamps
            && let Some(next) = self.pending.front()
            && next.stream == entry.stream
            && entry.bytes + next.bytes <= most
        {
            self.holes += lacks(next);
            entry.bytes += next.bytes;
            self.pending.pop_front();
        }
        if entry.bytes > most {
            let bytes = entry.bytes - most;
            let fill = Fill::Bytes; // It is counted already.
            self.pending.push_front(IndexEntry { bytes, fill, ..entry });
            entry.bytes = most;
        }
        Ok(Some(entry))
    }
}

#[cfg(test)]
mod tests;
