//! The full output of one attempt, as far as it has been read from the run directory: a bounded window of lines that
//! grows at its end and loses at its beginning, where the eye is in it, and what is searched for.

mod hits;
mod place;
mod scroll;
mod streams;

use super::message::{Load, Loaded, Read};
use super::search::Search;
use crate::model::event::Stream;
use crate::model::id::{AttemptNo, JobId};
use crate::model::stamp::Stamp;
use crate::model::text::{LineReader, StyledLine};
use place::unfinished_place;
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
    /// When its end came, or its last byte where it has no end yet.
    pub at: Stamp,
}

/// Whether each line says when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    Hidden,
    Shown,
}

/// A search through the whole file.
#[derive(Debug, Default)]
struct Hunt {
    ticket: u64,
    goes_on: bool,
    /// The lines that have it, in order, as far as it has come.
    found: Vec<(u64, Stream)>,
    /// Up to which place it has come.
    to: u64,
}

/// What is being gone to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Whoever reads will say where it is.
    Unplaced,
    /// The line that ends at this place, or the next one.
    Place(u64),
}

/// A whole line.
#[derive(Debug)]
struct Line {
    stream: Stream,
    text: StyledLine,
    /// The place of its end: how many bytes of both streams came before that.
    place: u64,
    at: Stamp,
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
    /// When the last byte of each unfinished line came.
    touched: [Stamp; 2],
    /// The place of the next byte to be read.
    place: u64,
    lines: VecDeque<Line>,
    first: u64,
    bytes: u64,
    streams: Streams,
    wrap: bool,
    times: Times,
    anchor: Anchor,
    /// What is to be gone to once it is read, and how many rows are to stand above it.
    wanted: Option<(Wanted, usize)>,
    search: Option<Search>,
    hunt: Hunt,
    /// The lines in memory that have it.
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
            touched: [Stamp::default(); 2],
            place: 0,
            lines: VecDeque::new(),
            first: 0,
            bytes: 0,
            streams: Streams::default(),
            wrap: false,
            times: Times::Hidden,
            anchor: Anchor::End,
            wanted: None,
            search: None,
            hunt: Hunt::default(),
            hits: VecDeque::new(),
            hit: None,
            columns: 0,
            page: 0,
        }
    }

    /// The same settings over another attempt, or over another part of the same, whose hits stay known.
    pub(in crate::app) fn reopened(&mut self, attempt: AttemptNo, ticket: u64, anchor: Anchor) -> Self {
        let is_same = attempt == self.attempt;
        let hunt = std::mem::take(&mut self.hunt);
        Self {
            streams: self.streams,
            wrap: self.wrap,
            times: self.times,
            search: self.search.clone(),
            hunt: if is_same { hunt } else { Hunt::default() },
            hit: self.hit.filter(|_| is_same),
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

    /// Whether each line says when it came.
    pub fn shows_times(&self) -> bool {
        self.times == Times::Shown
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
        let near_end = self.wanted.is_some()
            || self.anchor == Anchor::End
            || self.rows_after_top(3 * self.page.max(1)) < 3 * self.page.max(1);
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
            self.place = loaded.skipped;
        }
        if let (Some((wanted @ Wanted::Unplaced, _)), Some(place)) = (&mut self.wanted, loaded.spot) {
            *wanted = Wanted::Place(place);
        }
        for stream in loaded.cut {
            self.readers[stream as usize].skip_to_line_end();
        }
        for piece in loaded.pieces {
            self.read(&piece);
        }
        self.trim();
        self.go_to_wanted();
    }

    fn read(&mut self, piece: &Read) {
        let mut read = 0;
        for part in piece.bytes.split_inclusive(|byte| *byte == b'\n') {
            read += part.len();
            let (end, at) = (self.place + read as u64 - 1, piece.time_of(read - 1));
            self.touched[piece.stream as usize] = at;
            let mut finished = None;
            self.readers[piece.stream as usize].feed(part, &mut |line| finished = Some(line));
            if let Some(text) = finished {
                self.push(Line {
                    stream: piece.stream,
                    text,
                    place: end,
                    at,
                });
            }
        }
        self.place += piece.bytes.len() as u64;
    }

    /// Waits for the line that ends at a place, or for what the reader will name, to be read, and goes there then.
    pub(in crate::app) fn want(&mut self, place: Option<u64>, above: usize) {
        self.wanted = Some((place.map_or(Wanted::Unplaced, Wanted::Place), above));
    }

    /// Goes to what is wanted, if it was read or nothing more is to be read.
    fn go_to_wanted(&mut self) {
        let Some((wanted, above)) = self.wanted else { return };
        let behind = match wanted {
            Wanted::Place(place) => self.lines.partition_point(|line| line.place < place),
            // The reader has named nothing: there is nothing so late.
            Wanted::Unplaced => self.lines.len(),
        };
        if behind == self.lines.len() && self.more && wanted != Wanted::Unplaced {
            return;
        }
        self.wanted = None;
        if behind == self.lines.len() {
            self.anchor = Anchor::End;
            return;
        }
        let line = self.first + behind as u64;
        self.anchor = Anchor::At { line, row: 0 };
        self.scroll(-isize::try_from(above).unwrap_or_default());
        self.settle();
    }

    /// The place of the first line in memory, where something before it is not and the screen shows it.
    pub(in crate::app) fn place_at_brink(&self) -> Option<u64> {
        let is_there = self.earlier > 0 && self.top() == Some((self.first, 0));
        is_there.then(|| self.lines.front().map(|line| line.place)).flatten()
    }

    pub(in crate::app) fn toggle_times(&mut self) {
        self.times = match self.times {
            Times::Hidden => Times::Shown,
            Times::Shown => Times::Hidden,
        };
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

    fn push(&mut self, line: Line) {
        let hit = self.search.as_ref().is_some_and(|search| search.hits(line.text.text()));
        if hit && self.streams.shows(line.stream) {
            self.hits.push_back(line.place);
        }
        self.bytes += line.text.text().len() as u64 + 1;
        self.lines.push_back(line);
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
        let kept = self.lines.front().map_or(0, |line| line.place);
        while self.hits.front().is_some_and(|hit| *hit < kept) {
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

    /// The place of a line by its number.
    fn place(&self, number: u64) -> Option<u64> {
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        match self.lines.get(at) {
            Some(line) => Some(line.place),
            None => self
                .unfinished()
                .nth(at - self.lines.len())
                .map(|(stream, _)| unfinished_place(stream)),
        }
    }

    /// When a line came, by its number and its stream.
    fn time(&self, number: u64, stream: Stream) -> Stamp {
        let at = number.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        let line = at.and_then(|at| self.lines.get(at));
        line.map_or(self.touched[stream as usize], |line| line.at)
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
