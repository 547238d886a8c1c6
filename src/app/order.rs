//! The order of the rows: what needs a human first, or the plan, or the state, or the time.

use super::lag::{Lag, Pack};
use crate::model::board::Row;
use crate::model::id::JobId;
use crate::model::outcome::OutcomeClass;
use crate::model::phase::Phase;
use crate::model::tally::Standing;
use std::time::Duration;

/// By what the rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// What needs a human first: what lags behind, by its reason, then what ended badly, then what runs (longest first),
    /// what is on its way, and what is over.
    #[default]
    Attention,
    /// As the hosts were named.
    Plan,
    /// By state, in the order of a job's life.
    State,
    /// The longest first.
    Elapsed,
    /// By what was read out of the output, for the field at this place: the highest first, none last.
    Value(usize),
}

impl Sort {
    /// The next one, round and round, where there are so many fields.
    #[must_use]
    pub fn next(self, fields: usize) -> Self {
        match self {
            Self::Attention => Self::Plan,
            Self::Plan => Self::State,
            Self::State => Self::Elapsed,
            Self::Elapsed if fields > 0 => Self::Value(0),
            Self::Value(place) if place + 1 < fields => Self::Value(place + 1),
            Self::Elapsed | Self::Value(_) => Self::Attention,
        }
    }

    /// Its word; a field has a name of its own.
    pub fn word(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Plan => "hosts as named",
            Self::State => "state",
            Self::Elapsed => "elapsed",
            Self::Value(_) => "field",
        }
    }
}

/// The rows in their order.
pub(super) fn arrange<'a>(rows: impl Iterator<Item = &'a Row>, sort: Sort, reversed: bool, pack: &Pack) -> Vec<JobId> {
    if let Sort::Value(place) = sort {
        return by_value(rows, place, reversed);
    }
    let mut keys: Vec<u128> = rows.map(|row| key(row, sort, pack)).collect();
    keys.sort_unstable();
    let jobs = keys.into_iter().map(|key| JobId(key as u32));
    if reversed { jobs.rev().collect() } else { jobs.collect() }
}

/// The rows by their value, the highest first; those without one last, whichever way round.
fn by_value<'a>(rows: impl Iterator<Item = &'a Row>, place: usize, reversed: bool) -> Vec<JobId> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for row in rows {
        match row.values.get(place).and_then(Option::as_ref) {
            Some(value) => with.push((value, row.job)),
            None => without.push(row.job),
        }
    }
    with.sort_by(|(left, left_job), (right, right_job)| {
        let order = left.compare(right);
        let order = if reversed { order } else { order.reverse() };
        order.then(left_job.cmp(right_job))
    });
    let with = with.into_iter().map(|(_, job)| job);
    with.chain(without).collect()
}

/// What is compared, as one number: a rank, then the time (the longest first), then the number of the job.
fn key(row: &Row, sort: Sort, pack: &Pack) -> u128 {
    let elapsed = || row.phase.elapsed(pack.now()).unwrap_or_default();
    let (rank, longest) = match sort {
        Sort::Plan | Sort::Value(_) => (0, Duration::ZERO),
        Sort::Elapsed => (0, elapsed()),
        Sort::State => (Standing::of(&row.phase).place(), elapsed()),
        Sort::Attention if row.phase.is_done() => (attention(&row.phase), Duration::ZERO),
        Sort::Attention => (
            pack.lag(row).map_or_else(|| attention(&row.phase), Lag::rank),
            elapsed(),
        ),
    };
    let shortest = u64::MAX - u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX);
    ((rank as u128) << 96) | (u128::from(shortest) << 32) | u128::from(row.job.0)
}

fn attention(phase: &Phase) -> usize {
    let after_lags = match Standing::of(phase) {
        Standing::Done(OutcomeClass::Lost) => 0,
        Standing::Done(OutcomeClass::TimedOut) => 1,
        Standing::Done(OutcomeClass::Unreachable) => 2,
        Standing::Done(OutcomeClass::Signal) => 3,
        Standing::Done(OutcomeClass::Exit) => 4,
        Standing::Stopping | Standing::Slow | Standing::Running => 5,
        Standing::Connecting => 6,
        Standing::Backoff => 7,
        Standing::Queued => 8,
        Standing::Done(OutcomeClass::Cancelled) => 9,
        Standing::Done(OutcomeClass::Skipped) => 10,
        Standing::Done(OutcomeClass::Ok) => 11,
    };
    Lag::RANKS + after_lags
}
