//! The full output of one attempt, as far as it has been read from the run directory: a bounded window of lines that
//! grows at its end and loses at its beginning, where the eye is in it, and what is searched for.

mod hits;
mod scroll;
mod streams;

use super::message::{Load, Loaded};
use super::search::Search;
use crate::model::event::Stream;
use crate::model::id::{AttemptNo, JobId};
use crate::model::text::{LineReader, StyledLine};
use std::collections::VecDeque;
use std::ops::Range;

pub use streams::Streams;

/// The most lines, and the most bytes of text, that are kept in memory.
const MOST_LINES: u64 = 100_000;
const MOST_BYTES: u64 = 8 << 20;

/// Where the eye is. Lines are numbered from the first one ever read, so that losing some moves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anchor {
    /// A row of a line is the first on the screen.
    At {
        /// The number of the line.
        line: u64,
        /// Which of its rows, when it is wrapped.
        row: usize,
    },
    /// The end is shown, also when it grows.
    End,
}

/// One row of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputRow<'a> {
    /// The stream of the line.
    pub stream: Stream,
    /// The line.
    pub line: &'a StyledLine,
    /// Which bytes of it stand in this row.
    pub part: Range<usize>,
}

/// A whole line.
#[derive(Debug)]
struct Line {
    stream: Stream,
    text: StyledLine,
}

/// The output of one attempt.
#[derive(Debug)]
pub struct OutputView {
    job: JobId,
    attempt: AttemptNo,
    ticket: u64,
    loading: bool,
    more: bool,
    /// Bytes before the first line: left out at opening, or lost since.
    earlier: u64,
    error: Option<String>,
    readers: [LineReader; 2],
    lines: VecDeque<Line>,
    first: u64,
    bytes: u64,
    streams: Streams,
    wrap: bool,
    anchor: Anchor,
    search: Option<Search>,
    /// The whole lines that have it.
    hits: VecDeque<u64>,
    hit: Option<u64>,
    columns: usize,
    page: usize,
}

impl OutputView {
    /// An empty view that shows the end of the output as it is read.
    pub(in crate::app) fn new(job: JobId, attempt: AttemptNo, ticket: u64) -> Self {
        Self {
            job,
            attempt,
            ticket,
            loading: true,
            more: false,
            earlier: 0,
            error: None,
            readers: [LineReader::default(), LineReader::default()],
            lines: VecDeque::new(),
            first: 0,
            bytes: 0,
            streams: Streams::default(),
            wrap: false,
            anchor: Anchor::End,
            search: None,
            hits: VecDeque::new(),
            hit: None,
            columns: 0,
            page: 0,
        }
    }

    /// The same settings over another attempt, or over the same from its start.
    pub(in crate::app) fn reopened(&self, attempt: AttemptNo, ticket: u64, anchor: Anchor) -> Self {
        Self {
            streams: self.streams,
            wrap: self.wrap,
            search: self.search.clone(),
            columns: self.columns,
            page: self.page,
            anchor,
            ..Self::new(self.job, attempt, ticket)
        }
    }

    /// Whose output it is.
    pub fn job(&self) -> JobId {
        self.job
    }

    /// Of which attempt.
    pub fn attempt(&self) -> AttemptNo {
        self.attempt
    }

    /// Which streams are shown.
    pub fn streams(&self) -> Streams {
        self.streams
    }

    /// Whether long lines are wrapped.
    pub fn wraps(&self) -> bool {
        self.wrap
    }

    /// Whether the end is shown, also when it grows.
    pub fn follows(&self) -> bool {
        self.anchor == Anchor::End
    }

    /// How many bytes lie before the first line that was read.
    pub fn earlier(&self) -> u64 {
        self.earlier
    }

    /// Whether there is more to read.
    pub fn has_more(&self) -> bool {
        self.more || self.loading
    }

    /// Why it could not be read.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// What is searched for.
    pub fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    pub(in crate::app) fn ticket(&self) -> u64 {
        self.ticket
    }

    pub(in crate::app) fn resize(&mut self, columns: usize, page: usize) {
        if (columns, page) == (self.columns, self.page) {
            return;
        }
        self.columns = columns;
        self.page = page;
        if let Anchor::At { line, .. } = self.anchor {
            self.anchor = Anchor::At { line, row: 0 };
        }
    }

    /// Notes that the file has grown.
    pub(in crate::app) fn note_growth(&mut self) {
        self.more = true;
    }

    /// The wish to read on, when what is there will not last.
    pub(in crate::app) fn wish(&mut self) -> Option<Load> {
        let near_end = self.anchor == Anchor::End || self.rows_after_top(3 * self.page.max(1)) < 3 * self.page.max(1);
        let wanted = self.more && !self.loading && near_end;
        self.loading |= wanted;
        wanted.then_some(Load::More { ticket: self.ticket })
    }

    /// Takes in what was read.
    pub(in crate::app) fn take(&mut self, loaded: Loaded) {
        self.loading = false;
        self.more = loaded.more;
        self.error = loaded.error;
        if loaded.skipped > 0 {
            self.earlier = loaded.skipped;
        }
        for stream in loaded.cut {
            self.readers[stream as usize].skip_to_line_end();
        }
        for (stream, bytes) in loaded.pieces {
            let mut finished = Vec::new();
            self.readers[stream as usize].feed(&bytes, &mut |line| finished.push(line));
            for line in finished {
                self.push(stream, line);
            }
        }
        self.trim();
    }

    pub(in crate::app) fn next_streams(&mut self) {
        self.streams = self.streams.next();
        self.count_hits();
        self.settle();
    }

    pub(in crate::app) fn toggle_wrap(&mut self) {
        self.wrap = !self.wrap;
        if let Anchor::At { line, .. } = self.anchor {
            self.anchor = Anchor::At { line, row: 0 };
        }
        self.settle();
    }

    fn push(&mut self, stream: Stream, text: StyledLine) {
        let hit = self.search.as_ref().is_some_and(|search| search.hits(text.text()));
        if hit && self.streams.shows(stream) {
            self.hits.push_back(self.behind_whole());
        }
        self.bytes += text.text().len() as u64 + 1;
        self.lines.push_back(Line { stream, text });
    }

    /// Forgets the first lines when there are too many.
    fn trim(&mut self) {
        while self.lines.len() as u64 > MOST_LINES || self.bytes > MOST_BYTES {
            let Some(line) = self.lines.pop_front() else { break };
            let size = line.text.text().len() as u64 + 1;
            self.bytes = self.bytes.saturating_sub(size);
            self.earlier += size;
            self.first += 1;
        }
        while self.hits.front().is_some_and(|hit| *hit < self.first) {
            self.hits.pop_front();
        }
        if let Anchor::At { line, .. } = self.anchor
            && line < self.first
        {
            self.anchor = Anchor::At {
                line: self.first,
                row: 0,
            };
        }
    }

    /// A line by its number; behind the whole ones come the unfinished ones of both streams.
    fn line(&self, number: u64) -> Option<(Stream, &StyledLine)> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        if let Some(line) = self.lines.get(place) {
            return Some((line.stream, &line.text));
        }
        self.unfinished().nth(place - self.lines.len())
    }

    /// The lines without an end: at most one of each stream.
    fn unfinished(&self) -> impl Iterator<Item = (Stream, &StyledLine)> {
        [Stream::Stdout, Stream::Stderr]
            .into_iter()
            .filter_map(|stream| Some((stream, self.readers[stream as usize].partial()?)))
    }

    /// The number of the first line that is not a whole one.
    fn behind_whole(&self) -> u64 {
        self.first + self.lines.len() as u64
    }
}
