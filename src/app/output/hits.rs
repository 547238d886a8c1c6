//! What is searched for in an output, which lines have it, and going from one to the next. The hits in whole lines are
//! kept; the unfinished lines, which still change, are looked at anew whenever somebody asks.

use super::{Anchor, OutputView};
use crate::app::search::Search;

impl OutputView {
    /// How many lines have it, and which of them was gone to, from 1.
    pub fn hits(&self) -> (usize, Option<usize>) {
        let unfinished = self.unfinished_hits();
        let at = self.hit.and_then(|hit| {
            let behind = || Some(self.hits.len() + unfinished.iter().position(|other| *other == hit)?);
            self.hits.binary_search(&hit).ok().or_else(behind)
        });
        (self.hits.len() + unfinished.len(), at.map(|at| at + 1))
    }

    /// Searches anew, and goes to the hit nearest to the end of the screen.
    pub(in crate::app) fn search_for(&mut self, search: Option<Search>) {
        self.search = search;
        self.count_hits();
        let seen = self.top().map_or(0, |(line, _)| line);
        let below = self.all_hits().find(|hit| *hit >= seen);
        self.hit = below.or_else(|| self.all_hits().next_back());
        self.go_to_hit();
    }

    /// To the next hit, or to the one before; says whether it had to begin again at the other end.
    pub(in crate::app) fn step_hit(&mut self, forward: bool) -> bool {
        let from = self.hit.unwrap_or_else(|| self.top().map_or(0, |(line, _)| line));
        let next = if forward {
            self.all_hits().find(|hit| *hit > from)
        } else {
            self.all_hits().rev().find(|hit| *hit < from)
        };
        let wrapped = next.is_none();
        let other_end = || {
            let mut all = self.all_hits();
            if forward { all.next() } else { all.next_back() }
        };
        self.hit = next.or_else(other_end);
        self.go_to_hit();
        wrapped && self.hit.is_some()
    }

    /// The numbers of all lines that have it, from the first to the last.
    fn all_hits(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.hits.iter().copied().chain(self.unfinished_hits())
    }

    fn unfinished_hits(&self) -> Vec<u64> {
        let Some(search) = &self.search else { return Vec::new() };
        (self.behind_whole()..)
            .zip(self.unfinished())
            .filter(|(_, (stream, line))| self.streams.shows(*stream) && search.hits(line.text()))
            .map(|(number, _)| number)
            .collect()
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
