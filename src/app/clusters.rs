//! Jobs that have something in common, as rows of a view, and where the cursor is among them. The cursor stays with its
//! cluster as long as there is one like it, otherwise with its job; the rows stand still while the operator's hand is on
//! the keyboard.

use super::prints::Print;
use crate::model::id::JobId;
use crate::model::outcome::Outcome;
use crate::model::stamp::Stamp;
use std::time::Duration;

/// How long rows stand still after a key.
const HAND: Duration = Duration::from_secs(2);
/// A cursor that moved by itself within this time may not be where the operator saw it.
const SLIP: Duration = Duration::from_secs(1);
/// How often the rows are formed anew at most: folding the names of thousands takes its time.
const PACE: Duration = Duration::from_millis(250);

/// What the jobs of a cluster have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Common {
    /// They ended like this, in words, and printed this.
    Printed(String, Print),
    /// They ended like this, in words.
    Ended(String),
    /// Their last attempt ended like this, in words, and the next one comes by itself.
    Retrying(String),
    /// What was read out of their output for this field falls into this bucket.
    Bucket(String, String),
    /// Nothing was found in their output.
    NoValue,
    /// They are over, and their output is not read yet.
    Unread,
    /// Their command runs.
    Running,
    /// Their turn is to come.
    Waiting,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// What they have in common.
    pub common: Common,
    /// How they ended, if they did.
    pub outcome: Option<Outcome>,
    /// Which they are, in the order of the plan.
    pub jobs: Vec<JobId>,
    /// Their hosts, folded.
    pub hosts: String,
    /// Far fewer than the commonest.
    pub is_outlier: bool,
    /// The last line of their output, or the words that stand in for it.
    pub says: String,
    /// What may help.
    pub cure: String,
    /// The length of a bar, in hundredths of the longest one.
    pub bar: Option<u8>,
}

impl Cluster {
    /// In words.
    pub fn words(&self) -> String {
        match &self.common {
            Common::Printed(words, _) | Common::Ended(words) | Common::Bucket(_, words) => words.clone(),
            Common::NoValue => "no value".to_owned(),
            Common::Retrying(words) => format!("to be retried: {words}"),
            Common::Unread => "over, being read".to_owned(),
            Common::Running => "running".to_owned(),
            Common::Waiting => "not started".to_owned(),
        }
    }

    /// The same where no head says what it is about.
    pub fn words_alone(&self) -> String {
        match &self.common {
            Common::Bucket(field, words) => format!("{field} {words}"),
            _ => self.words(),
        }
    }

    /// Whether its jobs printed something that could be compared.
    pub fn is_compared(&self) -> bool {
        matches!(self.common, Common::Printed(_, Print::Nothing | Print::Text(_)))
    }
}

/// The columns before the words of a row.
pub const BEFORE_WORDS: usize = 13;

/// How many columns the words of a row get, and how many the hosts behind them.
pub fn rooms(columns: usize, words: usize) -> (usize, usize) {
    let left = columns.saturating_sub(BEFORE_WORDS + 2);
    let words = words.min(left * 2 / 3);
    (words, left - words)
}

/// The rows and the cursor.
#[derive(Debug, Default)]
pub struct Clusters {
    rows: Vec<Cluster>,
    /// How many jobs would be in a row if nothing were filtered.
    hidden: usize,
    place: usize,
    job: Option<JobId>,
    top: usize,
    /// Somebody has moved the cursor.
    steered: bool,
    slid: Option<Stamp>,
    changes: Option<usize>,
    hand: Option<Stamp>,
    formed: Option<Stamp>,
}

impl Clusters {
    /// The rows.
    pub fn rows(&self) -> &[Cluster] {
        &self.rows
    }

    /// How many jobs are in no row because of the filter.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// The place of the cursor.
    pub fn place(&self) -> usize {
        self.place
    }

    /// The place of the first row on the screen.
    pub fn top(&self) -> usize {
        self.top
    }

    /// The row under the cursor.
    pub fn at_hand(&self) -> Option<&Cluster> {
        self.rows.get(self.place)
    }

    /// The job that stands for the row under the cursor.
    pub fn cursor(&self) -> Option<JobId> {
        self.at_hand().and(self.job)
    }

    /// How many changes wait for the rows to be formed anew.
    pub fn changes(&self) -> usize {
        self.changes.unwrap_or_default()
    }

    /// Whether somebody has moved the cursor.
    pub(super) fn is_steered(&self) -> bool {
        self.steered
    }

    /// Whether the rows stand still at `now`, marks and overlays apart.
    pub(super) fn is_held(&self, now: Stamp) -> bool {
        self.hand_lifts().is_some_and(|lifts| lifts > now)
    }

    pub(super) fn has_slipped(&self, now: Stamp) -> bool {
        self.slid.is_some_and(|slid| now.since(slid) < SLIP)
    }

    /// Whether the rows are to be formed anew at `now`, if nothing holds them.
    pub(super) fn is_due(&self, now: Stamp) -> bool {
        self.changes.is_some() && self.formed.is_none_or(|formed| formed + PACE <= now)
    }

    /// When that will be, where nothing but time is waited for.
    pub(super) fn due(&self) -> Option<Stamp> {
        self.changes?;
        self.formed.map(|formed| formed + PACE).max(self.hand_lifts())
    }

    pub(super) fn note_change(&mut self) {
        self.changes = Some(self.changes() + 1);
    }

    /// Time or output may have changed which jobs are shown.
    pub(super) fn note_drift(&mut self) {
        self.changes.get_or_insert(0);
    }

    /// Forms the rows anew; so many jobs are in none of them because of the filter.
    pub(super) fn form(&mut self, rows: Vec<Cluster>, hidden: usize, now: Stamp) {
        let job = self.job;
        let mut old = std::mem::replace(&mut self.rows, rows);
        let before = (self.place < old.len()).then(|| old.swap_remove(self.place));
        self.hidden = hidden;
        self.changes = None;
        self.formed = Some(now);
        let alike = before
            .as_ref()
            .and_then(|before| self.place_of(|row| row.common == before.common));
        let with_job = || job.and_then(|job| self.place_of(|row| row.jobs.contains(&job)));
        let kept = if self.steered { alike.or_else(with_job) } else { Some(0) };
        self.set_place(kept.unwrap_or(self.place));
        // Other jobs that have the same in common are others, too.
        let is_same = |before: &Cluster| {
            let after = self.at_hand();
            after.is_some_and(|after| after.common == before.common && after.jobs == before.jobs)
        };
        if before.as_ref().is_some_and(|before| !is_same(before)) {
            self.slid = Some(now);
        }
    }

    /// Lets the next change be shown at once, however soon it comes.
    pub(super) fn hurry(&mut self) {
        self.formed = None;
    }

    /// Scrolls so that the cursor is among `page` rows.
    pub(super) fn show_cursor(&mut self, page: usize) {
        let page = page.max(1);
        let last_top = self.rows.len().saturating_sub(page);
        self.top = self
            .top
            .clamp(self.place.saturating_sub(page - 1), self.place)
            .min(last_top);
    }

    /// Notes a key, whatever it does.
    pub(super) fn hold(&mut self, now: Stamp) {
        self.hand = Some(now);
    }

    /// Notes a key that is about the rows.
    pub(super) fn touch(&mut self, now: Stamp) {
        self.hold(now);
        self.steered = true;
        self.slid = None;
    }

    pub(super) fn move_to(&mut self, place: usize) {
        self.set_place(place);
    }

    /// Moves the cursor to the row of a job, if there is one.
    pub(super) fn move_to_job(&mut self, job: JobId) {
        if let Some(place) = self.place_of(|row| row.jobs.contains(&job)) {
            self.set_place(place);
        }
    }

    pub(super) fn move_by(&mut self, places: isize) {
        self.set_place(self.place.saturating_add_signed(places));
    }

    fn hand_lifts(&self) -> Option<Stamp> {
        self.hand.map(|hand| hand + HAND)
    }

    fn set_place(&mut self, place: usize) {
        self.place = place.min(self.rows.len().saturating_sub(1));
        let jobs = self.at_hand().map(|cluster| &cluster.jobs);
        if !jobs.is_some_and(|jobs| self.job.is_some_and(|job| jobs.contains(&job))) {
            self.job = jobs.and_then(|jobs| jobs.first().copied());
        }
    }

    fn place_of(&self, fits: impl Fn(&Cluster) -> bool) -> Option<usize> {
        self.rows.iter().position(fits)
    }
}
