//! The rows of the table: which are shown, in which order, which are marked, and where the cursor is. All of it belongs
//! to jobs; places are worked out anew whenever the order changes.

use super::filter::Filter;
use super::lag::Pack;
use super::order::{Sort, arrange};
use crate::model::board::{Board, Row};
use crate::model::id::JobId;
use crate::model::stamp::Stamp;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

/// How long rows stand still after a key.
const HAND: Duration = Duration::from_secs(2);
/// A cursor that moved by itself within this time may not be where the operator saw it.
const SLIP: Duration = Duration::from_secs(1);

/// Certain jobs, whatever becomes of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Only {
    /// What they had in common when they were chosen.
    pub words: String,
    /// Which they are.
    pub jobs: BTreeSet<JobId>,
}

/// The state of the table.
#[derive(Debug, Default)]
pub struct Table {
    order: Vec<JobId>,
    /// Of every job whether it is shown.
    shown: Vec<bool>,
    cursor: Option<JobId>,
    /// The cursor's place in the order.
    place: usize,
    top: usize,
    marks: BTreeSet<JobId>,
    range_from: Option<JobId>,
    sort: Sort,
    reversed: bool,
    filter: Filter,
    stragglers: bool,
    only: Option<Only>,
    /// Nobody has moved the cursor yet: it stays on the first row.
    steered: bool,
    /// When the cursor last came to another job without a key.
    slid: Option<Stamp>,
    /// How many changes have come since the rows were put in order; `None` while their order is right.
    unsorted: Option<usize>,
    /// The last key.
    hand: Option<Stamp>,
}

impl Table {
    /// The jobs shown, in order.
    pub fn order(&self) -> &[JobId] {
        &self.order
    }

    /// The job under the cursor; none when no row is shown.
    pub fn cursor(&self) -> Option<JobId> {
        self.cursor
    }

    /// The place of the cursor among the rows shown.
    pub fn place(&self) -> usize {
        self.place
    }

    /// The place of the first row on the screen.
    pub fn top(&self) -> usize {
        self.top
    }

    /// By what the rows are sorted, and whether the other way round.
    pub fn sort(&self) -> (Sort, bool) {
        (self.sort, self.reversed)
    }

    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether only stragglers are shown.
    pub fn stragglers_only(&self) -> bool {
        self.stragglers
    }

    /// The jobs to which the rows are narrowed down, if they are.
    pub fn only(&self) -> Option<&Only> {
        self.only.as_ref()
    }

    /// Whether a range of marks is being drawn.
    pub fn is_ranging(&self) -> bool {
        self.range_from.is_some()
    }

    /// How many changes wait for the rows to be sorted again.
    pub fn changes(&self) -> usize {
        self.unsorted.unwrap_or_default()
    }

    /// Every marked job, those of the range being drawn included.
    pub fn marked(&self) -> BTreeSet<JobId> {
        let mut marked = self.marks.clone();
        let drawn = self.range().and_then(|range| self.order.get(range));
        marked.extend(drawn.unwrap_or_default());
        marked
    }

    /// Whether any job is marked.
    pub fn has_marks(&self) -> bool {
        !self.marks.is_empty() || self.range().is_some_and(|range| self.order.get(range).is_some())
    }

    /// How many jobs are marked, those of the range being drawn included; and how many of them are not shown.
    pub fn count_marks(&self) -> (usize, usize) {
        let drawn = self.range().and_then(|range| self.order.get(range)).unwrap_or_default();
        let new = drawn.iter().filter(|job| !self.marks.contains(job)).count();
        (self.marks.len() + new, self.hidden(&self.marks))
    }

    /// The places between the beginning of the range and the cursor.
    pub fn range(&self) -> Option<RangeInclusive<usize>> {
        let from = self.range_from.and_then(|job| self.place_of(job))?;
        Some(from.min(self.place)..=from.max(self.place))
    }

    /// Whether a job is marked, the range being drawn apart.
    pub fn is_marked(&self, job: JobId) -> bool {
        self.marks.contains(&job)
    }

    /// Whether not all jobs are shown, or only those happen to be that fit.
    pub fn is_narrowed(&self) -> bool {
        !self.filter.is_empty() || self.stragglers || self.only.is_some()
    }

    /// How many of these jobs are not shown.
    pub fn hidden<'a>(&self, jobs: impl IntoIterator<Item = &'a JobId>) -> usize {
        if !self.is_narrowed() {
            return 0;
        }
        let is_shown = |job: &JobId| self.shown.get(job.index()).copied().unwrap_or_default();
        jobs.into_iter().filter(|job| !is_shown(job)).count()
    }

    /// Whether a row is among those that are to be shown, whatever is on the screen just now.
    pub(super) fn lets_through(&self, row: &Row, pack: &Pack) -> bool {
        self.only.as_ref().is_none_or(|only| only.jobs.contains(&row.job))
            && self.filter.lets_through(row, pack)
            && (!self.stragglers || pack.lag(row).is_some())
    }

    /// Whether the rows stand still at `now`, an overlay apart.
    pub fn is_held(&self, now: Stamp) -> bool {
        !self.marks.is_empty() || self.range_from.is_some() || self.hand_lifts(now).is_some()
    }

    /// When the last key will be long enough ago, if it is not yet.
    pub(super) fn hand_lifts(&self, now: Stamp) -> Option<Stamp> {
        self.hand.map(|hand| hand + HAND).filter(|lifts| *lifts > now)
    }

    /// Whether the order may not be right any more.
    pub(super) fn is_stale(&self) -> bool {
        self.unsorted.is_some()
    }

    /// Whether the cursor came to its job by itself so lately that the operator may mean another.
    pub(super) fn has_slipped(&self, now: Stamp) -> bool {
        self.slid.is_some_and(|slid| now.since(slid) < SLIP)
    }

    /// Notes that a job changed.
    pub(super) fn note_change(&mut self) {
        self.unsorted = Some(self.changes() + 1);
    }

    /// Notes that time or output may have changed what is shown.
    pub(super) fn note_drift(&mut self) {
        self.unsorted.get_or_insert(0);
    }

    /// Notes a key.
    pub(super) fn touch(&mut self, now: Stamp) {
        self.hand = Some(now);
    }

    /// Puts the rows in order. The cursor stays with its job if that is still shown, unless nobody has moved it yet:
    /// then it stays on the first row.
    pub(super) fn arrange(&mut self, board: &Board, now: Stamp) {
        let pack = Pack::of(board, now);
        let rows = board.rows().iter();
        let shown = rows.filter(|row| self.lets_through(row, &pack));
        self.order = arrange(shown, self.sort, self.reversed, &pack);
        self.shown.clear();
        self.shown.resize(board.rows().len(), false);
        for job in &self.order {
            self.shown[job.index()] = true;
        }
        self.unsorted = None;
        let before = self.cursor;
        let kept = before.filter(|_| self.steered).and_then(|job| self.place_of(job));
        let place = kept.unwrap_or(if self.steered { self.place } else { 0 });
        self.set_place(place);
        if self.cursor != before && before.is_some() {
            self.slid = Some(now);
        }
    }

    /// Scrolls so that the cursor is among `page` rows.
    pub(super) fn show_cursor(&mut self, page: usize) {
        let page = page.max(1);
        let last_top = self.order.len().saturating_sub(page);
        self.top = self
            .top
            .clamp(self.place.saturating_sub(page - 1), self.place)
            .min(last_top);
    }

    /// Moves the cursor to a place.
    pub(super) fn move_to(&mut self, place: usize) {
        self.steered = true;
        self.slid = None;
        self.set_place(place);
    }

    /// Moves the cursor by so many places.
    pub(super) fn move_by(&mut self, places: isize) {
        self.move_to(self.place.saturating_add_signed(places));
    }

    /// Keeps the cursor on its job from now on.
    pub(super) fn steer(&mut self) {
        self.steered = true;
    }

    /// Lets the cursor go back to the first row and stay there.
    pub(super) fn let_go(&mut self) {
        self.move_to(0);
        self.steered = false;
    }

    pub(super) fn toggle_mark(&mut self) {
        let Some(job) = self.cursor else { return };
        if !self.marks.remove(&job) {
            self.marks.insert(job);
        }
    }

    /// Marks these jobs; removes their marks if all of them have one.
    pub(super) fn mark_together(&mut self, jobs: &[JobId]) {
        if jobs.iter().all(|job| self.marks.contains(job)) {
            for job in jobs {
                self.marks.remove(job);
            }
        } else {
            self.marks.extend(jobs);
        }
    }

    pub(super) fn toggle_range(&mut self) {
        if self.range_from.is_some() {
            self.marks = self.marked();
            self.range_from = None;
        } else {
            self.range_from = self.cursor;
        }
    }

    /// Gives up the range being drawn; says whether there was one.
    pub(super) fn drop_range(&mut self) -> bool {
        self.range_from.take().is_some()
    }

    pub(super) fn mark_all(&mut self) {
        self.range_from = None;
        self.marks.extend(self.order.iter().copied());
    }

    pub(super) fn unmark(&mut self) {
        self.range_from = None;
        self.marks.clear();
    }

    /// Marks these as well.
    pub(super) fn mark(&mut self, jobs: impl IntoIterator<Item = JobId>) {
        self.marks.extend(jobs);
    }

    /// What is shown is marked where it was not, and not where it was; what is hidden stays as it is.
    pub(super) fn invert(&mut self) {
        self.marks = self.marked();
        self.range_from = None;
        for job in &self.order {
            if !self.marks.remove(job) {
                self.marks.insert(*job);
            }
        }
    }

    pub(super) fn set_sort(&mut self, sort: Sort, reversed: bool) {
        (self.sort, self.reversed) = (sort, reversed);
    }

    pub(super) fn set_filter(&mut self, filter: Filter) {
        self.filter = filter;
    }

    pub(super) fn set_only(&mut self, only: Option<Only>) {
        self.only = only;
    }

    /// Moves the cursor to a job, if it is shown.
    pub(super) fn point_at(&mut self, job: JobId) {
        if let Some(place) = self.place_of(job) {
            self.move_to(place);
        }
    }

    pub(super) fn set_stragglers(&mut self, only: bool) {
        self.stragglers = only;
    }

    pub(super) fn next_sort(&mut self, fields: usize) {
        self.sort = self.sort.next(fields);
    }

    pub(super) fn reverse(&mut self) {
        self.reversed = !self.reversed;
    }

    fn set_place(&mut self, place: usize) {
        self.place = place.min(self.order.len().saturating_sub(1));
        self.cursor = self.order.get(self.place).copied();
    }

    fn place_of(&self, job: JobId) -> Option<usize> {
        self.order.iter().position(|other| *other == job)
    }
}
