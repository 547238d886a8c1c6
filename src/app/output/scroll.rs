//! Moving about in an output: which rows of the screen there are, and where the first one is. Lines of streams that are
//! not shown have no rows; wrapped ones have several.

use super::{Anchor, OutputRow, OutputView};
use crate::app::text;
use crate::model::text::StyledLine;
use std::ops::Range;

impl OutputView {
    /// The rows on the screen, from the top.
    pub fn rows(&self) -> Vec<OutputRow<'_>> {
        let mut rows = Vec::new();
        if self.wanted.is_some() {
            return rows;
        }
        let Some((mut number, mut row)) = self.top() else {
            return rows;
        };
        while rows.len() < self.page {
            let Some((stream, line)) = self.line(number) else { break };
            if self.streams.shows(stream) {
                let parts = self.parts(line);
                let at = self.time(number, stream);
                let parts = parts.into_iter().skip(row);
                rows.extend(parts.map(|part| OutputRow { stream, line, part, at }));
            }
            row = 0;
            number += 1;
        }
        rows.truncate(self.page);
        rows
    }

    pub(in crate::app) fn toggle_follow(&mut self) {
        self.anchor = match (self.anchor, self.top()) {
            (Anchor::End, Some((line, row))) => Anchor::At { line, row },
            _ => Anchor::End,
        };
    }

    /// To the first line that was read.
    pub(in crate::app) fn go_to_top(&mut self) {
        self.anchor = Anchor::At {
            line: self.first,
            row: 0,
        };
        self.settle();
    }

    pub(in crate::app) fn go_to_end(&mut self) {
        self.anchor = Anchor::End;
    }

    /// Scrolls by rows of the screen; down to the end it begins to follow.
    pub(in crate::app) fn scroll(&mut self, rows: isize) {
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

    fn parts(&self, line: &StyledLine) -> Vec<Range<usize>> {
        if self.wrap {
            text::wrap(line.text(), self.columns)
        } else {
            std::iter::once(0..line.text().len()).collect()
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
    pub(super) fn top(&self) -> Option<(u64, usize)> {
        match self.anchor {
            Anchor::At { line, row } => self.line(line).map(|_| (line, row)),
            Anchor::End => self.last_top(),
        }
    }

    /// The first row of the screen that shows the end.
    fn last_top(&self) -> Option<(u64, usize)> {
        let behind = self.behind_whole() + self.unfinished().count() as u64;
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
    pub(super) fn rows_after_top(&self, most: usize) -> usize {
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
    pub(super) fn settle(&mut self) {
        if self.anchor != Anchor::End && !self.more && self.rows_after_top(self.page + 1) <= self.page {
            self.anchor = Anchor::End;
        }
    }
}
