//! The order of the rows: what needs attention first, or the plan, or the state, or the time.

use crate::model::board::Row;
use crate::model::id::JobId;
use crate::model::outcome::OutcomeClass;
use crate::model::phase::Phase;
use crate::model::stamp::Stamp;
use crate::model::tally::Standing;
use std::cmp::Reverse;
use std::time::Duration;

/// By what the rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// What needs a human first: stopping, slow and out of touch, running (longest first), connecting, failed, waiting, done.
    #[default]
    Attention,
    /// As the hosts were named.
    Plan,
    /// By state, in the order of a job's life.
    State,
    /// The longest first.
    Elapsed,
}

impl Sort {
    /// The next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Attention => Self::Plan,
            Self::Plan => Self::State,
            Self::State => Self::Elapsed,
            Self::Elapsed => Self::Attention,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Plan => "hosts as named",
            Self::State => "state",
            Self::Elapsed => "elapsed",
        }
    }
}

/// The rows in their order at `now`.
pub(super) fn arrange<'a>(rows: impl Iterator<Item = &'a Row>, sort: Sort, reversed: bool, now: Stamp) -> Vec<JobId> {
    let mut keyed: Vec<(Key, JobId)> = rows.map(|row| (key(row, sort, now), row.job)).collect();
    keyed.sort_unstable();
    let jobs = keyed.into_iter().map(|(_, job)| job);
    if reversed { jobs.rev().collect() } else { jobs.collect() }
}

/// What is compared, before the number of the job: a rank, and a time.
type Key = (usize, Reverse<Duration>);

fn key(row: &Row, sort: Sort, now: Stamp) -> Key {
    let elapsed = row.phase.elapsed(now).unwrap_or_default();
    match sort {
        Sort::Plan => (0, Reverse(Duration::ZERO)),
        Sort::Elapsed => (0, Reverse(elapsed)),
        Sort::State => (state_rank(&row.phase), Reverse(elapsed)),
        Sort::Attention if row.phase.is_done() => (attention(&row.phase), Reverse(Duration::ZERO)),
        Sort::Attention if row.phase.is_live() && row.link_silent.is_some() => (0, Reverse(elapsed)),
        Sort::Attention => (attention(&row.phase), Reverse(elapsed)),
    }
}

fn state_rank(phase: &Phase) -> usize {
    let standing = Standing::of(phase);
    Standing::all().position(|other| other == standing).unwrap_or_default()
}

fn attention(phase: &Phase) -> usize {
    match Standing::of(phase) {
        Standing::Stopping | Standing::Slow => 0,
        Standing::Running => 1,
        Standing::Connecting => 2,
        Standing::Backoff => 3,
        Standing::Done(OutcomeClass::TimedOut) => 4,
        Standing::Done(OutcomeClass::Lost) => 5,
        Standing::Done(OutcomeClass::Unreachable) => 6,
        Standing::Done(OutcomeClass::Exit) => 7,
        Standing::Done(OutcomeClass::Signal) => 8,
        Standing::Done(OutcomeClass::Cancelled) => 9,
        Standing::Queued => 10,
        Standing::Done(OutcomeClass::Skipped) => 11,
        Standing::Done(OutcomeClass::Ok) => 12,
    }
}
