//! What every part of an attempt has in common: which it is, what it may use, and whom it hears and tells.

use super::clock::Clock;
use super::pool::Pool;
use super::recorder::Journal;
use super::scheduler::Input;
use crate::model::event::Change;
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::CancelledBy;
use crate::model::phase::StopReason;
use crate::model::plan::Plan;
use crate::transport::Transport;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What the dispatcher tells a job's task.
#[derive(Clone, Copy, Debug)]
pub(super) enum JobOrder {
    /// There is a run slot.
    Run,
    /// End, wherever you are.
    Stop(StopReason, CancelledBy),
}

/// What a job's task needs to know.
pub(super) struct Job<T: Transport> {
    pub(super) plan: Arc<Plan>,
    pub(super) pool: Arc<Pool<T>>,
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) id: JobId,
    pub(super) attempt: AttemptNo,
    pub(super) orders: mpsc::UnboundedReceiver<JobOrder>,
    pub(super) news: mpsc::UnboundedSender<Input>,
}

impl<T: Transport> Job<T> {
    /// Records a change of this job.
    pub(super) fn change(&self, change: Change) {
        self.journal.change(&self.plan, (self.id, self.attempt), change);
    }

    /// Tells the dispatcher.
    pub(super) fn tell(&self, input: Input) {
        if self.news.send(input).is_err() {
            tracing::debug!("the dispatcher has ended before a job");
        }
    }
}
