//! Where a job is: one enum, with the times inside the variants and the outcome inside the last. Elapsed time, colour
//! and counts are derived from it; there is no second account of a job's state anywhere.

use super::outcome::Outcome;
use super::stamp::Stamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// What a queued job waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A place among the connects under way.
    ConnectSlot,
    /// A place among the running jobs; the host is connected.
    RunSlot,
    /// The run is paused.
    Pause,
    /// The password for `sudo`, which somebody has to give.
    Password,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConnectSlot => "connect slot",
            Self::RunSlot => "run slot",
            Self::Pause => "paused",
            Self::Password => "sudo password",
        })
    }
}

/// Why a run is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PauseReason {
    /// Somebody asked for it.
    Asked,
    /// The ssh agent that lived when the run began is gone, and a host refused us for want of a key.
    AgentGone,
}

impl fmt::Display for PauseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asked => "paused",
            Self::AgentGone => "paused: the ssh agent is gone",
        })
    }
}

/// Why a job is being stopped, weakest first; a weaker reason never replaces a stronger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// A limit was reached.
    Timeout,
    /// The operator cancelled it: TERM, grace, KILL.
    Cancel,
    /// The run is being ended: TERM, grace, KILL.
    Quit,
    /// KILL at once.
    Kill,
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "timeout",
            Self::Cancel => "cancel",
            Self::Quit => "quit",
            Self::Kill => "kill",
        })
    }
}

/// Where a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not started; waits.
    Queued {
        /// Since when.
        since: Stamp,
        /// For what.
        why: Why,
    },
    /// The connection, the session and the shim are being set up; nothing has been started on the host.
    Connecting {
        /// Since when.
        since: Stamp,
    },
    /// The command runs.
    Running {
        /// Since when.
        since: Stamp,
        /// When it passed the soft limit, if it has.
        slow: Option<Stamp>,
        /// When it passed a hard limit, if it has and is to finish all the same.
        overdue: Option<Stamp>,
    },
    /// It was told to end and has not yet.
    Stopping {
        /// Since when the command runs.
        since: Stamp,
        /// Why it must end.
        reason: StopReason,
        /// When KILL follows; `None` when it has been sent.
        kill_at: Option<Stamp>,
    },
    /// An attempt failed and the next one comes by itself.
    Backoff {
        /// When.
        until: Stamp,
        /// How the last attempt ended.
        last: Outcome,
    },
    /// Over.
    Done {
        /// When it ended.
        at: Stamp,
        /// How long the command ran, or, where none was started, how long the attempt took.
        elapsed: Duration,
        /// How it ended.
        outcome: Outcome,
        /// The command ended but a process it left behind still held its output when the drain time was over.
        leaked: bool,
    },
}

impl Phase {
    /// The outcome of a job that is over.
    pub fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Done { outcome, .. } => Some(outcome),
            _ => None,
        }
    }

    /// Whether the job is over.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }

    /// Whether a command of this job is alive on its host, as far as is known.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Running { .. } | Self::Stopping { .. })
    }

    /// The time to show in the row at `now`: of the command while and after it ran, of the connect before; none while
    /// the job waits.
    pub fn elapsed(&self, now: Stamp) -> Option<Duration> {
        match self {
            Self::Queued { .. } | Self::Backoff { .. } => None,
            Self::Connecting { since } | Self::Running { since, .. } | Self::Stopping { since, .. } => {
                Some(now.since(*since))
            }
            Self::Done { elapsed, .. } => Some(*elapsed),
        }
    }
}
