//! What is searched for in an output, which lines have it, and going from one to the next. The hits of the whole file
//! come from a search through it; in the lines that this has not come to, and in the unfinished ones, which still
//! change, the view looks by itself. A hit is known by its place: the offset of its line's end.

use super::place::unfinished_place;
use super::{Anchor, OutputView};
use crate::app::message::Found;
use crate::app::search::Search;
use crate::model::event::Stream;

impl OutputView {
    /// How many lines have it, and which of them was gone to, from 1.
    pub fn hits(&self) -> (usize, Option<usize>) {
        let at = self.hit.and_then(|hit| self.all_hits().position(|other| other == hit));
        (self.all_hits().count(), at.map(|at| at + 1))
    }

    /// Whether the file is still being searched.
    pub fn is_searching(&self) -> bool {
        self.hunt.goes_on
    }

    /// Searches anew, and goes to the hit nearest to the top of the screen, if it is known already.
    pub(in crate::app) fn search_for(&mut self, search: Option<Search>, ticket: u64) {
        self.hunt.goes_on = search.is_some();
        self.search = search;
        self.hunt.ticket = ticket;
        self.hunt.found.clear();
        self.hunt.to = 0;
        self.count_hits();
        let seen = self.seen();
        let below = self.all_hits().find(|hit| *hit >= seen);
        self.hit = below.or_else(|| self.all_hits().next_back());
        if let Some(hit) = self.hit {
            self.go_to_place(hit, self.page / 3);
        }
    }

    /// Takes in what the search through the file has found. The first hit is gone to where none was near the screen; then
    /// its place is returned if it is not in memory.
    pub(in crate::app) fn take_found(&mut self, found: Found) -> Option<u64> {
        if found.ticket != self.hunt.ticket || self.search.is_none() {
            return None;
        }
        self.hunt.goes_on = found.more;
        self.hunt.found.extend(found.hits);
        self.hunt.to = found.to;
        if self.hit.is_some() {
            return None;
        }
        let seen = self.seen();
        let near = self.all_hits().find(|hit| *hit >= seen);
        // A later one may still be found: only when all is searched the last one before is the nearest.
        let before = || {
            (!self.hunt.goes_on)
                .then(|| self.all_hits().rev().find(|hit| *hit < seen))
                .flatten()
        };
        let hit = near.or_else(before)?;
        self.hit = Some(hit);
        (!self.go_to_place(hit, self.page / 3)).then_some(hit)
    }

    /// Which search is under way, when its file has grown and nobody searches it.
    pub(in crate::app) fn wants_search(&mut self) -> Option<u64> {
        let wanted = self.search.is_some() && !self.hunt.goes_on;
        self.hunt.goes_on |= wanted;
        wanted.then_some(self.hunt.ticket)
    }

    /// The next hit, or the one before, and whether the search had to begin again at the other end for it.
    pub(in crate::app) fn next_hit(&mut self, forward: bool) -> Option<(u64, bool)> {
        let from = self.hit.unwrap_or_else(|| self.seen());
        let next = {
            let mut all = self.all_hits();
            if forward {
                all.find(|hit| *hit > from)
            } else {
                all.rfind(|hit| *hit < from)
            }
        };
        let hit = next.or_else(|| {
            let mut all = self.all_hits();
            if forward { all.next() } else { all.next_back() }
        })?;
        self.hit = Some(hit);
        Some((hit, next.is_none()))
    }

    /// The place of the first line on the screen.
    fn seen(&self) -> u64 {
        let top = self.top().and_then(|(number, _)| self.place(number));
        top.unwrap_or_default()
    }

    /// The places of all lines that have it, from the first to the last.
    fn all_hits(&self) -> impl DoubleEndedIterator<Item = u64> {
        let found = self.hunt.found.iter().filter(|(_, stream)| self.streams.shows(*stream));
        let unsearched = self.hits.iter().copied().filter(|place| *place >= self.hunt.to);
        found
            .map(|(place, _)| *place)
            .chain(unsearched)
            .chain(self.unfinished_hits())
    }

    fn unfinished_hits(&self) -> Vec<u64> {
        // While more is to be read it may only be unfinished here, not in the file.
        let Some(search) = self.search.as_ref().filter(|_| !self.more) else {
            return Vec::new();
        };
        self.unfinished()
            .filter(|(stream, line)| self.streams.shows(*stream) && search.hits(line.text()))
            .map(|(stream, _)| unfinished_place(stream))
            .collect()
    }

    /// Goes to the line that ends at a place, with so many rows above it; says whether it is in memory.
    pub(in crate::app) fn go_to_place(&mut self, place: u64, above: usize) -> bool {
        let line = if place >= unfinished_place(Stream::Stdout) {
            let mut unfinished = self.unfinished();
            let at = unfinished.position(|(stream, _)| unfinished_place(stream) == place);
            at.map(|at| self.behind_whole() + at as u64)
        } else {
            let at = self.lines.partition_point(|line| line.place < place);
            let is_there = self.lines.get(at).is_some_and(|line| line.place == place);
            is_there.then_some(self.first + at as u64)
        };
        let Some(line) = line else { return false };
        self.anchor = Anchor::At { line, row: 0 };
        self.scroll(-isize::try_from(above).unwrap_or_default());
        self.settle();
        true
    }

    pub(super) fn count_hits(&mut self) {
        self.hit = None;
        self.hits.clear();
        let Some(search) = &self.search else { return };
        self.hits = self
            .lines
            .iter()
            .filter(|line| self.streams.shows(line.stream) && search.hits(line.text.text()))
            .map(|line| line.place)
            .collect();
    }
}
