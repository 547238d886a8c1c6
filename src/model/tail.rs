//! The last lines of a job's output, kept in memory within fixed bounds; everything else is on disk. Bytes are made
//! harmless here, once, as they enter.

use super::event::Stream;
use super::text::{LineReader, StyledLine};
use std::collections::VecDeque;

/// How many whole lines are kept.
const LINES: usize = 12;

/// The newest lines of both streams, in the order in which they were read.
#[derive(Debug, Default)]
pub struct Tail {
    readers: [LineReader; 2],
    lines: VecDeque<StyledLine>,
    latest: Option<Stream>,
}

impl Tail {
    /// Takes in bytes of one stream.
    pub fn push(&mut self, stream: Stream, bytes: &[u8]) {
        self.latest = Some(stream);
        let lines = &mut self.lines;
        self.readers[stream as usize].feed(bytes, &mut |line| {
            if lines.len() == LINES {
                lines.pop_front();
            }
            lines.push_back(line);
        });
    }

    /// Notes that bytes were left out here: what was begun is dropped, so that no line is shown that never was.
    pub fn skip(&mut self, stream: Stream) {
        self.readers[stream as usize] = LineReader::default();
        self.readers[stream as usize].skip_to_line_end();
    }

    /// The line to show in a row: the unfinished one of the stream that spoke last if it has any text, otherwise the
    /// last whole one that is not blank.
    pub fn last(&self) -> Option<&StyledLine> {
        self.latest
            .and_then(|stream| self.readers[stream as usize].partial())
            .filter(|line| !line.is_blank())
            .or_else(|| self.lines.iter().rev().find(|line| !line.is_blank()))
    }

    /// The last whole lines, oldest first, and then the unfinished ones.
    pub fn lines(&self) -> impl Iterator<Item = &StyledLine> {
        self.lines
            .iter()
            .chain(self.readers.iter().filter_map(LineReader::partial))
    }
}
