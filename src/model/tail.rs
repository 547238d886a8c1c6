//! The last lines of a job's output, kept in memory within fixed bounds; everything else is on disk. Bytes are made
//! harmless here, once, as they enter.

use super::event::Stream;
use super::prompt::is_prompt;
use super::text::{LineReader, StyledLine};
use std::collections::VecDeque;

/// The newest lines of both streams, in the order in which they were read.
#[derive(Debug, Default)]
pub struct Tail {
    /// Of a stream on which nothing came there is none: they are large, and many hosts say nothing.
    readers: [Option<Box<LineReader>>; 2],
    lines: VecDeque<(Stream, StyledLine)>,
    latest: Option<Stream>,
    asks: bool,
}

impl Tail {
    /// How many whole lines are kept.
    pub const LINES: usize = 12;

    /// Takes in bytes of one stream.
    pub fn push(&mut self, stream: Stream, bytes: &[u8]) {
        self.latest = Some(stream);
        let lines = &mut self.lines;
        let reader = self.readers[stream as usize].get_or_insert_default();
        reader.feed_newest(Self::LINES, bytes, &mut |line| {
            if lines.len() == Self::LINES {
                lines.pop_front();
            }
            lines.push_back((stream, line));
        });
        self.asks = self.unfinished().is_some_and(|line| is_prompt(line.text()));
    }

    /// Notes that bytes were left out here: what was begun is dropped, so that no line is shown that never was.
    pub fn skip(&mut self, stream: Stream) {
        let mut reader = LineReader::default();
        reader.skip_to_line_end();
        self.readers[stream as usize] = Some(Box::new(reader));
        self.asks = false;
    }

    /// The line to show in a row: the unfinished one of the stream that spoke last if it has any text, otherwise the
    /// last whole one that is not blank.
    pub fn last(&self) -> Option<&StyledLine> {
        self.unfinished()
            .filter(|line| !line.is_blank())
            .or_else(|| self.lines.iter().map(|(_, line)| line).rfind(|line| !line.is_blank()))
    }

    /// The last line of standard error that is not blank: where a command failed, that is mostly why.
    pub fn complaint(&self) -> Option<&StyledLine> {
        let unfinished = self.readers[Stream::Stderr as usize]
            .as_ref()
            .and_then(|reader| reader.partial());
        let whole = self.lines.iter().rev().filter(|(stream, _)| *stream == Stream::Stderr);
        let lines = unfinished.into_iter().chain(whole.map(|(_, line)| line));
        lines.into_iter().find(|line| !line.is_blank())
    }

    /// The unfinished line of the stream that spoke last.
    pub fn unfinished(&self) -> Option<&StyledLine> {
        let stream = self.latest?;
        self.readers[stream as usize].as_ref()?.partial()
    }

    /// Whether the unfinished line reads like a question. It is read once, when it comes, not with every frame.
    pub fn asks(&self) -> bool {
        self.asks
    }

    /// The last whole lines, oldest first, and then the unfinished ones.
    pub fn lines(&self) -> impl Iterator<Item = &StyledLine> {
        self.lines
            .iter()
            .map(|(_, line)| line)
            .chain(self.readers.iter().flatten().filter_map(|reader| reader.partial()))
    }
}

#[cfg(test)]
mod tests {
    use super::Stream::{Stderr, Stdout};
    use super::*;

    fn lines(tail: &Tail) -> Vec<&str> {
        tail.lines().map(StyledLine::text).collect()
    }

    fn last(tail: &Tail) -> Option<&str> {
        tail.last().map(StyledLine::text)
    }

    #[test]
    fn the_complaint_is_the_last_of_standard_error() {
        let mut tail = Tail::default();
        let complaint = |tail: &Tail| tail.complaint().map(|line| line.text().to_owned());
        tail.push(Stdout, b"reading\n");
        assert_eq!(complaint(&tail), None);
        tail.push(Stderr, b"E: no package\n\n");
        tail.push(Stdout, b"bye\n");
        assert_eq!(complaint(&tail), Some("E: no package".to_owned()));
        tail.push(Stderr, b"gave up");
        assert_eq!(complaint(&tail), Some("gave up".to_owned()));
    }

    #[test]
    fn the_newest_whole_lines_are_kept() {
        let mut tail = Tail::default();
        assert_eq!(last(&tail), None);
        for n in 0..40 {
            tail.push(Stdout, format!("{n}\n").as_bytes());
        }
        let newest: Vec<String> = (28..40).map(|n| n.to_string()).collect();
        assert_eq!(lines(&tail), newest);
    }

    #[test]
    fn the_line_of_a_row_is_what_was_printed_last() {
        let mut tail = Tail::default();
        tail.push(Stdout, b"whole\nha");
        assert_eq!(last(&tail), Some("ha"));
        tail.push(Stdout, b"lf");
        assert_eq!(last(&tail), Some("half"));
        tail.push(Stderr, b"error\n\n  \n");
        assert_eq!(
            last(&tail),
            Some("error"),
            "not a blank one, nor the other stream's beginning"
        );
        assert_eq!(lines(&tail), ["whole", "error", "", "  ", "half"]);
        tail.push(Stdout, b"\x1b[31m!\n");
        assert_eq!(last(&tail), Some("half!"), "no escape sequence comes through");
    }

    #[test]
    fn after_a_gap_the_next_whole_line_is_shown() {
        let mut tail = Tail::default();
        tail.push(Stdout, b"begun");
        tail.push(Stderr, b"other");
        tail.skip(Stdout);
        tail.push(Stdout, b"the rest of some line");
        assert_eq!(lines(&tail), ["other"]);
        tail.push(Stdout, b"\nnext\n");
        assert_eq!(lines(&tail), ["next", "other"]);
    }
}
