//! What is known of the columns that are read out of the outputs, what is being read, and what is to be read.

use crate::model::board::{Board, Row};
use crate::model::field::{Field, Value};
use crate::model::id::{AttemptNo, JobId};
use crate::model::stamp::Stamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often the columns are worked out anew at most.
const PACE: Duration = Duration::from_millis(250);

/// Outputs that are to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quest {
    /// For which set of fields; answers for an earlier one are dropped.
    pub series: u64,
    /// What is looked for.
    pub fields: Vec<Field>,
    /// Whose output, of which attempt.
    pub jobs: Vec<(JobId, AttemptNo)>,
}

/// What was found in some of them.
#[derive(Debug)]
pub struct Measured {
    /// For which set of fields.
    pub series: u64,
    /// The values of each, in the order of the fields; none where the output cannot be read.
    pub jobs: Vec<(JobId, AttemptNo, Vec<Option<Value>>)>,
}

/// What has been read, and what is being read.
#[derive(Debug, Default)]
pub(super) struct Measures {
    pub(super) series: u64,
    /// The attempts that are over and were read.
    pub(super) known: BTreeMap<JobId, AttemptNo>,
    /// Those that ran, and had printed something, before anybody looked.
    pub(super) behind: BTreeSet<JobId>,
    /// How many are being read.
    pub(super) asked: usize,
    /// To whom something happened, so that there may be more to read: with each event only these are looked at.
    pub(super) changed: BTreeSet<JobId>,
    /// Jobs that have printed something since their last lines were looked at.
    pub(super) loud: BTreeSet<JobId>,
    /// Values have come since the columns were worked out.
    pub(super) unsettled: bool,
    pub(super) settled: Option<Stamp>,
}

impl Measures {
    /// Of a run of which nothing has been read.
    pub(super) fn of(board: &Board, series: u64) -> Self {
        let has_printed = |row: &&Row| !row.phase.is_done() && row.printed != [0; 2];
        Self {
            series,
            behind: board.rows().iter().filter(has_printed).map(|row| row.job).collect(),
            changed: Self::all(board),
            ..Self::default()
        }
    }

    /// All jobs, where anything is looked for in their outputs.
    fn all(board: &Board) -> BTreeSet<JobId> {
        if board.fields().is_empty() {
            return BTreeSet::new();
        }
        board.rows().iter().map(|row| row.job).collect()
    }

    /// Notes that a job may have ended.
    pub(super) fn note_change(&mut self, job: JobId, board: &Board) {
        if !board.fields().is_empty() {
            self.changed.insert(job);
        }
    }

    /// Notes that any of them may have.
    pub(super) fn note_all(&mut self, board: &Board) {
        self.changed.extend(Self::all(board));
    }

    /// When the columns are worked out anew by themselves.
    pub(super) fn due(&self) -> Option<Stamp> {
        self.settled.filter(|_| self.unsettled).map(|settled| settled + PACE)
    }

    /// Whether the columns are worked out anew at `now`.
    pub(super) fn is_due(&self, now: Stamp) -> bool {
        self.unsettled && self.settled.is_none_or(|settled| settled + PACE <= now)
    }
}
