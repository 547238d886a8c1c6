//! The scheduler's language: what it is told, and what it orders.

use crate::model::doubt::Doubt;
use crate::model::event::{Ending, Event};
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::{CancelledBy, Fate};
use crate::model::phase::StopReason;
use crate::model::request::{Adjust, Request};
use crate::model::signal::Sig;
use crate::model::stamp::Stamp;
use std::time::Duration;

/// What the scheduler is told.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::runner) enum Input {
    /// The host of a job is connected; it waits for its run slot.
    Connected(JobId),
    /// The host of a job wants a password, which somebody must type.
    Asking(JobId),
    /// The password of a job is there, and it goes on with connecting.
    Answered(JobId),
    /// The host is given the program of a job, whose processes carry this mark.
    Starting(JobId, String),
    /// The command of a job runs; this is its first process on the host.
    Running(JobId, u32),
    /// It was looked what became of an earlier attempt at a job.
    Found(JobId, AttemptNo, Fate),
    /// A job was told to end.
    Stopping(JobId),
    /// An attempt is over.
    Ended(JobId, Ending),
    /// An attempt is over because the ssh agent is gone: nothing was started, and it is no fault of the host.
    Keyless(JobId, Ending),
    /// For so long nobody watched: it counts towards no limit.
    Slept(Duration),
    /// A front-end wants something.
    Request(Request),
    /// The front-end is gone without a word.
    Deserted,
    /// The moment named by [`Scheduler::wake`](super::Scheduler::wake) has come.
    Tick,
}

/// What it orders.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::runner) enum Order {
    /// Begin an attempt: connect.
    Begin(JobId, AttemptNo),
    /// Let a job go on with connecting that has waited for a password.
    Connect(JobId),
    /// Let a connected job run.
    Run(JobId),
    /// End a job, wherever it is.
    Stop(JobId, StopReason, CancelledBy),
    /// End a job unless its command may run.
    CallOff(JobId),
    /// The same, but let go of a command that may run.
    LetGo(JobId),
    /// Send a signal to a command that runs.
    Signal(JobId, Sig),
    /// Change the limit on the run time of a command that runs.
    Limit(JobId, Adjust),
    /// This is the most time for a command that runs, by what the other jobs took.
    Peers(JobId, Duration),
    /// Let a command that runs tell what is alive of it.
    Look(JobId),
    /// Let a command that runs kill these processes of its own.
    KillLeft(JobId, Vec<u32>),
    /// Look at the host what is alive of these attempts, which are over, after KILL to these of its processes.
    Search(JobId, Vec<Doubt>, Vec<u32>),
    /// Look at the host of a job, whose attempt runs with this mark; without one nothing of it runs.
    Probe(JobId, AttemptNo, Option<Doubt>),
    /// Record an event.
    Record(Event),
    /// The run is over.
    Finish,
}

/// One call of the scheduler: its time, and what it has ordered so far.
pub(super) struct Turn {
    pub(super) now: Stamp,
    pub(super) orders: Vec<Order>,
}

impl Turn {
    /// A call at this moment, with nothing ordered yet.
    pub(super) fn at(now: Stamp) -> Self {
        Self {
            now,
            orders: Vec::new(),
        }
    }
}
