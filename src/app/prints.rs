//! What is known of the outputs of jobs that are over: each is read once, whole, when somebody wants to know which are
//! the same. Nothing is read as long as nobody looks.

use crate::model::board::{Board, Row};
use crate::model::event::Stream;
use crate::model::id::{AttemptNo, JobId};
use crate::model::likeness::Digest;
use crate::model::outcome::OutcomeClass;
use std::collections::{BTreeMap, BTreeSet};

/// What a job printed, as far as that makes it like others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Print {
    /// Nothing.
    Nothing,
    /// A text with this digest.
    Text(Digest),
    /// A part of it is not on record: nobody knows whether it is like another.
    NotWhole(JobId),
    /// It could not be read.
    Unreadable(JobId),
}

/// An output that is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Whose.
    pub job: JobId,
    /// Of which attempt.
    pub attempt: AttemptNo,
    /// How many bytes were printed, as far as was told.
    pub printed: [u64; 2],
}

/// What an output was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// Whose.
    pub job: JobId,
    /// Of which attempt.
    pub attempt: AttemptNo,
    /// What it is.
    pub print: Print,
}

/// What is known so far.
#[derive(Debug, Default)]
pub struct Prints {
    known: BTreeMap<JobId, (AttemptNo, Print)>,
    /// How many are being read.
    asked: usize,
    /// To whom something happened, so that there may be more to read: with each event only these are looked at.
    changed: BTreeSet<JobId>,
}

/// How many are asked for at once.
const BATCH: usize = 1024;

impl Prints {
    /// What a job printed; `None` while it is not over, or not read yet.
    pub fn of(&self, row: &Row) -> Option<Print> {
        let outcome = row.phase.outcome()?;
        if matches!(outcome.class(), OutcomeClass::Unreachable | OutcomeClass::Skipped) {
            return Some(Print::Nothing);
        }
        let (attempt, print) = self.known.get(&row.job)?;
        (*attempt == row.attempt).then_some(*print)
    }

    /// Notes that a job may have ended.
    pub(super) fn note_change(&mut self, job: JobId) {
        self.changed.insert(job);
    }

    /// Notes that any of them may have.
    pub(super) fn note_all(&mut self, board: &Board) {
        self.changed.extend(board.rows().iter().map(|row| row.job));
    }

    /// What is to be read next, the shortest first; once, until that is known.
    pub(super) fn wish(&mut self, board: &Board) -> Option<Vec<Wanted>> {
        if self.asked > 0 || self.changed.is_empty() {
            return None;
        }
        let changed = std::mem::take(&mut self.changed);
        let rows = changed.iter().filter_map(|job| board.row(*job));
        let unknown = rows.filter(|row| row.phase.is_done() && self.of(row).is_none());
        let mut wanted: Vec<Wanted> = unknown
            .map(|row| Wanted {
                job: row.job,
                attempt: row.attempt,
                printed: [row.printed(Stream::Stdout), row.printed(Stream::Stderr)],
            })
            .collect();
        wanted.sort_by_key(|wanted| wanted.printed.iter().sum::<u64>());
        let rest = wanted.split_off(wanted.len().min(BATCH));
        self.changed = rest.into_iter().map(|wanted| wanted.job).collect();
        self.asked = wanted.len();
        (!wanted.is_empty()).then_some(wanted)
    }

    /// Takes in what was read.
    pub(super) fn take(&mut self, sketches: &[Sketch]) {
        self.asked = self.asked.saturating_sub(sketches.len());
        for sketch in sketches {
            self.known.insert(sketch.job, (sketch.attempt, sketch.print));
        }
    }

    /// Whether everything that is over has been read.
    pub(super) fn is_complete(&self) -> bool {
        self.asked == 0 && self.changed.is_empty()
    }
}
