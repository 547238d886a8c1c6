//! Where each job is, as far as slots are concerned, and whether there are any to be had.

use crate::model::event::Ending;
use crate::model::id::AttemptNo;
use crate::model::outcome::OutcomeClass;
use crate::model::phase::PauseReason;
use crate::model::stamp::Stamp;

/// Where a job is, as far as slots are concerned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    /// Waits to be begun.
    Waiting,
    /// Waits for the moment of its next attempt.
    Backoff { until: Stamp },
    /// Holds a connect slot and connects.
    Connecting,
    /// Holds a connect slot, is connected, and waits for a run slot; `told` when the row says so.
    Connected { told: bool },
    /// Holds a run slot; `since` when its command runs.
    Running { since: Option<Stamp>, slow: bool },
    /// Holds a run slot until it has ended.
    Stopping,
    /// Over.
    Done(OutcomeClass),
}

/// What the scheduler knows of one job.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) place: Place,
    pub(super) attempt: AttemptNo,
    /// Retries that followed by themselves since the operator last asked for one.
    pub(super) retries_used: u32,
    /// What the operator wants to follow the attempt under way.
    pub(super) wish: Wish,
    /// How the attempt before the backoff ended.
    pub(super) last: Option<Ending>,
}

/// What the operator wants to follow an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wish {
    /// Nothing was said: what the settings say.
    #[default]
    None,
    /// It was cancelled: nothing more.
    End,
    /// Another attempt.
    Again,
}

/// Whether new jobs are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intake {
    Open,
    Paused(PauseReason),
    /// Nothing new for the rest of the run.
    Closed,
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            place: Place::Waiting,
            attempt: AttemptNo::FIRST,
            retries_used: 0,
            wish: Wish::None,
            last: None,
        }
    }
}
