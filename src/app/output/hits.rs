//! What is searched for in an output, which lines have it, and going from one to the next.

use super::{Anchor, OutputView};
use crate::app::search::Search;

impl OutputView {
    /// Searches anew, and goes to the hit nearest to the end of the screen.
    pub(in crate::app) fn search_for(&mut self, search: Option<Search>) {
        self.search = search;
        self.count_hits();
        let seen = self.top().map_or(0, |(line, _)| line);
        let below = self.hits.iter().find(|hit| **hit >= seen).copied();
        self.hit = below.or_else(|| self.hits.back().copied());
        self.go_to_hit();
    }

    /// To the next hit, or to the one before; says whether it had to begin again at the other end.
    pub(in crate::app) fn step_hit(&mut self, forward: bool) -> bool {
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

    pub(super) fn count_hits(&mut self) {
        self.hit = None;
        self.hits.clear();
        let Some(search) = &self.search else { return };
        let numbered = (self.first..).zip(&self.lines);
        self.hits = numbered
            .filter(|(_, line)| self.streams.shows(line.stream) && search.hits(line.text.text()))
            .map(|(number, _)| number)
            .collect();
    }
}
