//! Where each job is, as far as slots are concerned, and whether there are any to be had.

use crate::model::doubt::Doubt;
use crate::model::event::Ending;
use crate::model::id::AttemptNo;
use crate::model::outcome::OutcomeClass;
use crate::model::phase::PauseReason;
use crate::model::stamp::Stamp;
use crate::runner::caution::IfRunning;
use std::time::Duration;

/// Where a job is, as far as slots are concerned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    /// Waits to be begun.
    Waiting,
    /// Waits for the moment of its next attempt.
    Backoff { until: Stamp },
    /// Holds a connect slot and connects.
    Connecting,
    /// Its host wants a password that nobody has typed yet; holds no slot.
    Asking,
    /// Has the password and waits for a connect slot again.
    Answered,
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
    /// The mark of the attempt under way, once its host was given the program.
    pub(super) cookie: Option<String>,
    /// The most time for the attempt under way that it was told of, by what the other jobs took.
    pub(super) peers: Option<Duration>,
    /// Its first process on the host, and when the command began.
    pub(super) command: Option<(u32, Stamp)>,
    /// Earlier attempts of which something may still run.
    pub(super) doubts: Vec<Doubt>,
    /// The last attempt that ended and is in no doubt: what it left on purpose can still be found.
    pub(super) ended: Option<Doubt>,
    /// What to do when something of them is found.
    pub(super) if_running: IfRunning,
}

impl Slot {
    /// The attempt is over; where something of it may live on, that is kept in mind.
    pub(super) fn settle(&mut self, may_live_on: bool) {
        let (cookie, command) = (self.cookie.take(), self.command.take());
        let Some(cookie) = cookie else { return };
        let doubt = Doubt::new(self.attempt, cookie, command);
        if may_live_on {
            self.doubts.push(doubt);
        } else {
            self.ended = Some(doubt);
        }
    }

    /// By what the processes of the attempt under way are found, once its command runs.
    pub(super) fn mark(&self) -> Option<Doubt> {
        let runs = matches!(self.place, Place::Running { since: Some(_), .. } | Place::Stopping);
        let cookie = self.cookie.clone().filter(|_| runs)?;
        Some(Doubt::new(self.attempt, cookie, self.command))
    }

    /// All attempts that are over and of which something may be looked for.
    pub(super) fn traces(&self) -> Vec<Doubt> {
        self.doubts.iter().chain(&self.ended).cloned().collect()
    }
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
            cookie: None,
            peers: None,
            command: None,
            doubts: Vec::new(),
            ended: None,
            if_running: IfRunning::default(),
        }
    }
}
