//! What every part of an attempt has in common: which it is, what it may use, and whom it hears and tells.

use super::caution::Caution;
use super::clock::Clock;
use super::keeper::Keeper;
use super::pool::Pool;
use super::recorder::Journal;
use super::scheduler::Input;
use crate::model::event::Change;
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::{CancelledBy, Fate};
use crate::model::phase::StopReason;
use crate::model::plan::Plan;
use crate::model::request::Adjust;
use crate::model::signal::Sig;
use crate::model::stamp::Stamp;
use crate::transport::Transport;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// What the dispatcher tells a job's task.
#[derive(Clone, Debug)]
pub(super) enum JobOrder {
    /// There is a connect slot again.
    Connect,
    /// There is a run slot.
    Run,
    /// End, wherever you are.
    Stop(StopReason, CancelledBy),
    /// End unless the host has the whole program: then the command is to finish.
    CallOff,
    /// The same, but do not wait for the command: let go of it.
    LetGo,
    /// Send the command a signal.
    Signal(Sig),
    /// Change the limit on the run time.
    Limit(Adjust),
    /// This is the most time by what the other jobs took.
    Peers(Duration),
    /// Tell which processes are alive.
    Look,
    /// Kill these processes, as far as they are the job's.
    KillLeft(Vec<u32>),
}

/// What a job's task needs to know.
pub(super) struct Job<T: Transport> {
    pub(super) plan: Arc<Plan>,
    pub(super) pool: Arc<Pool<T>>,
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) keeper: Keeper,
    pub(super) id: JobId,
    pub(super) attempt: AttemptNo,
    /// What must be looked for before anything is started.
    pub(super) caution: Caution,
    /// The mark of this attempt, once its host is given the program.
    pub(super) mark: Option<String>,
    /// Its first process on the host, and when it began.
    pub(super) command: Option<(u32, Stamp)>,
    pub(super) orders: mpsc::UnboundedReceiver<JobOrder>,
    pub(super) news: mpsc::UnboundedSender<Input>,
}

impl<T: Transport> Job<T> {
    /// Records a change of this job.
    pub(super) fn change(&self, change: Change) {
        self.journal.change(&self.plan, (self.id, self.attempt), change);
    }

    /// Records and tells what became of an earlier attempt at this job.
    pub(super) fn found(&self, attempt: AttemptNo, fate: Fate) {
        let change = Change::Found { fate: fate.clone() };
        self.journal.change(&self.plan, (self.id, attempt), change);
        self.tell(Input::Found(self.id, attempt, fate));
    }

    /// Tells the dispatcher.
    pub(super) fn tell(&self, input: Input) {
        if self.news.send(input).is_err() {
            tracing::debug!("the dispatcher has ended before a job");
        }
    }
}
