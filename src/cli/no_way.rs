//! Why a run that exists has no runner to talk to.

use crate::link::dial::DialError;
use crate::model::id::RunId;

/// Why there is no way to the runner of a run.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// It has ended its run.
    #[error("run {0} is over; heeler show {0} shows it")]
    Over(RunId),
    /// It is gone without having ended its run.
    #[error("run {0} was interrupted: its runner is gone; heeler show {0} shows it, heeler resume {0} finishes it")]
    Interrupted(RunId),
    /// It lives on another machine.
    #[error("the runner of {run} is on {machine}, and this is {here}; use heeler there")]
    Elsewhere {
        /// Which run.
        run: RunId,
        /// The runner's machine.
        machine: String,
        /// This machine.
        here: String,
    },
    /// It lives, but cannot be talked to.
    #[error("the runner of {run}{} lives, but {error}", process(*.pid))]
    Deaf {
        /// Which run.
        run: RunId,
        /// The runner's process, where it is known.
        pid: Option<u32>,
        /// Why not.
        error: DialError,
    },
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}
