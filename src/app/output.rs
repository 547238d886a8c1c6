//! The full output of one attempt, as far as it has been read from the run directory: a bounded window of lines that
//! grows at its end and loses at its beginning, where the eye is in it, and what is searched for.

use super::message::{Load, Loaded};
use super::search::Search;
use super::text;
use crate::model::event::Stream;
use crate::model::id::{AttemptNo, JobId};
use crate::model::text::{LineReader, StyledLine};
use std::collections::VecDeque;
use std::ops::Range;

/// The most lines, and the most bytes of text, that are kept in memory.
const MOST_LINES: u64 = 100_000;
const MOST_BYTES: u64 = 8 << 20;

/// Which streams are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Streams {
    /// Both, in the order in which they came.
    #[default]
    Both,
    /// Standard output only.
    Stdout,
    /// Standard error only.
    Stderr,
}

impl Streams {
    fn next(self) -> Self {
        match self {
            Self::Both => Self::Stdout,
            Self::Stdout => Self::Stderr,
            Self::Stderr => Self::Both,
        }
    }

    fn shows(self, stream: Stream) -> bool {
        match self {
            Self::Both => true,
            Self::Stdout => stream == Stream::Stdout,
            Self::Stderr => stream == Stream::Stderr,
        }
    }

    /// Its words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Both => "stdout and stderr",
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

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
    hits: VecDeque<u64>,
    hit: Option<u64>,
    columns: usize,
    page: usize,
}

impl OutputView {
    /// An empty view that shows the end of the output as it is read.
    pub(super) fn new(job: JobId, attempt: AttemptNo, ticket: u64) -> Self {
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
    pub(super) fn reopened(&self, attempt: AttemptNo, ticket: u64, anchor: Anchor) -> Self {
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

    /// How many lines have it, and which of them was gone to, from 1.
    pub fn hits(&self) -> (usize, Option<usize>) {
        let at = self.hit.and_then(|hit| self.hits.binary_search(&hit).ok());
        (self.hits.len(), at.map(|at| at + 1))
    }

    /// The rows on the screen, from the top.
    pub fn rows(&self) -> Vec<OutputRow<'_>> {
        let mut rows = Vec::new();
        let Some((mut number, mut row)) = self.top() else {
            return rows;
        };
        while rows.len() < self.page {
            let Some((stream, line)) = self.line(number) else { break };
            if self.streams.shows(stream) {
                let parts = self.parts(line);
                rows.extend(parts.into_iter().skip(row).map(|part| OutputRow { stream, line, part }));
            }
            row = 0;
            number += 1;
        }
        rows.truncate(self.page);
        rows
    }

    pub(super) fn ticket(&self) -> u64 {
        self.ticket
    }

    pub(super) fn resize(&mut self, columns: usize, page: usize) {
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
    pub(super) fn note_growth(&mut self) {
        self.more = true;
    }

    /// The wish to read on, when what is there will not last.
    pub(super) fn wish(&mut self) -> Option<Load> {
        let near_end = self.anchor == Anchor::End || self.rows_after_top(3 * self.page.max(1)) < 3 * self.page.max(1);
        let wanted = self.more && !self.loading && near_end;
        self.loading |= wanted;
        wanted.then_some(Load::More { ticket: self.ticket })
    }

    /// Takes in what was read.
    pub(super) fn take(&mut self, loaded: Loaded) {
        self.loading = false;
        self.more = loaded.more;
        self.error = loaded.error;
        if loaded.skipped > 0 {
            self.earlier = loaded.skipped;
            self.readers.iter_mut().for_each(LineReader::skip_to_line_end);
        }
        for (stream, bytes) in loaded.pieces {
            let mut finished = Vec::new();
            self.readers[stream as usize].feed(&bytes, &mut |line| finished.push(line));
            finished.into_iter().for_each(|line| self.push(stream, line));
        }
        self.trim();
    }

    pub(super) fn next_streams(&mut self) {
        self.streams = self.streams.next();
        self.count_hits();
        self.settle();
    }

    pub(super) fn toggle_wrap(&mut self) {
        self.wrap = !self.wrap;
        if let Anchor::At { line, .. } = self.anchor {
            self.anchor = Anchor::At { line, row: 0 };
        }
        self.settle();
    }

    pub(super) fn toggle_follow(&mut self) {
        self.anchor = match (self.anchor, self.top()) {
            (Anchor::End, Some((line, row))) => Anchor::At { line, row },
            _ => Anchor::End,
        };
    }

    /// To the first line that was read.
    pub(super) fn to_top(&mut self) {
        self.anchor = Anchor::At {
            line: self.first,
            row: 0,
        };
        self.settle();
    }

    pub(super) fn to_end(&mut self) {
        self.anchor = Anchor::End;
    }

    /// Scrolls by rows of the screen; down to the end it begins to follow.
    pub(super) fn scroll(&mut self, rows: isize) {
        let Some(mut at) = self.top() else { return };
        for _ in 0..rows.unsigned_abs() {
            let next = if rows < 0 { self.before(at) } else { self.after(at) };
            let Some(next) = next else { break };
            at = next;
        }
        self.anchor = Anchor::At { line: at.0, row: at.1 };
        if rows > 0 {
            self.settle();
        }
    }

    /// Searches anew, and goes to the hit nearest to the end of the screen.
    pub(super) fn search_for(&mut self, search: Option<Search>) {
        self.search = search;
        self.count_hits();
        let seen = self.top().map_or(0, |(line, _)| line);
        let below = self.hits.iter().find(|hit| **hit >= seen).copied();
        self.hit = below.or_else(|| self.hits.back().copied());
        self.go_to_hit();
    }

    /// To the next hit, or to the one before; says whether it had to begin again at the other end.
    pub(super) fn step_hit(&mut self, forward: bool) -> bool {
        let from = self.hit.unwrap_or_else(|| self.top().map_or(0, |(line, _)| line));
        let next = if forward {
            self.hits.iter().find(|hit| **hit > from)
        } else {
            self.hits.iter().rev().find(|hit| **hit < from)
        };
        let wrapped = next.is_none();
        let other_end = if forward { self.hits.front() } else { self.hits.back() };
        self.hit = next.or(other_end).copied();
        self.go_to_hit();
        wrapped && self.hit.is_some()
    }

    fn go_to_hit(&mut self) {
        let Some(hit) = self.hit else { return };
        self.anchor = Anchor::At { line: hit, row: 0 };
        let above = isize::try_from(self.page / 3).unwrap_or_default();
        self.scroll(-above);
        self.settle();
    }

    fn count_hits(&mut self) {
        self.hit = None;
        self.hits.clear();
        let Some(search) = &self.search else { return };
        let numbered = (self.first..).zip(&self.lines);
        self.hits = numbered
            .filter(|(_, line)| self.streams.shows(line.stream) && search.hits(line.text.text()))
            .map(|(number, _)| number)
            .collect();
    }

    fn push(&mut self, stream: Stream, text: StyledLine) {
        let hit = self.search.as_ref().is_some_and(|search| search.hits(text.text()));
        if hit && self.streams.shows(stream) {
            self.hits.push_back(self.first + self.lines.len() as u64);
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
        let unfinished = [Stream::Stdout, Stream::Stderr]
            .into_iter()
            .filter_map(|stream| Some((stream, self.readers[stream as usize].partial()?)));
        unfinished.into_iter().nth(place - self.lines.len())
    }

    fn parts(&self, line: &StyledLine) -> Vec<Range<usize>> {
        if self.wrap {
            text::wrap(line.text(), self.columns)
        } else {
            vec![0..line.text().len()]
        }
    }

    fn row_count(&self, number: u64) -> Option<usize> {
        let (stream, line) = self.line(number)?;
        Some(match (self.streams.shows(stream), self.wrap) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => text::rows(line.text(), self.columns.max(2)),
        })
    }

    /// The first row on the screen.
    fn top(&self) -> Option<(u64, usize)> {
        match self.anchor {
            Anchor::At { line, row } => self.line(line).map(|_| (line, row)),
            Anchor::End => self.last_top(),
        }
    }

    /// The first row of the screen that shows the end.
    fn last_top(&self) -> Option<(u64, usize)> {
        let unfinished = self.readers.iter().filter(|reader| reader.partial().is_some()).count();
        let behind = self.first + (self.lines.len() + unfinished) as u64;
        let mut at = (behind, 0);
        for _ in 0..self.page {
            match self.before(at) {
                Some(before) => at = before,
                None => break,
            }
        }
        (at.0 < behind).then_some(at)
    }

    /// The row before a row.
    fn before(&self, (mut number, row): (u64, usize)) -> Option<(u64, usize)> {
        if row > 0 {
            return Some((number, row - 1));
        }
        while number > self.first {
            number -= 1;
            match self.row_count(number)? {
                0 => {}
                count => return Some((number, count - 1)),
            }
        }
        None
    }

    /// The row after a row.
    fn after(&self, (mut number, row): (u64, usize)) -> Option<(u64, usize)> {
        if row + 1 < self.row_count(number)? {
            return Some((number, row + 1));
        }
        loop {
            number += 1;
            if self.row_count(number)? > 0 {
                return Some((number, 0));
            }
        }
    }

    /// How many rows there are from the top of the screen on, counted up to `most`.
    fn rows_after_top(&self, most: usize) -> usize {
        let mut at = self.top();
        let mut count = 0;
        while let Some(row) = at
            && count < most
        {
            count += 1;
            at = self.after(row);
        }
        count
    }

    /// Keeps the screen full; where it shows the end of everything, it follows.
    fn settle(&mut self) {
        if self.anchor != Anchor::End && !self.more && self.rows_after_top(self.page + 1) <= self.page {
            self.anchor = Anchor::End;
        }
    }
}
