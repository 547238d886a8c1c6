//! Why a run cannot be taken up or run again.

use crate::model::id::RunId;
use crate::rundir::Holder;
use std::path::PathBuf;

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum AgainError {
    /// There is nothing to finish.
    #[error("run {0} is over; heeler retry {0} runs again what failed in it")]
    Over(RunId),
    /// It has a runner.
    #[error("run {run} is alive{}; heeler attach {run} shows it", held_by(.holder.as_ref()))]
    Alive {
        /// Which run.
        run: RunId,
        /// Its runner, if it left its name.
        holder: Option<Holder>,
    },
    /// It is not over yet.
    #[error(
        "run {0} was interrupted; heeler resume {0} finishes it, or say with --only which of its hosts to run again"
    )]
    Interrupted(RunId),
    /// What was asked is not what was run.
    #[error(
        "{} was changed after the run began: {problem}; put back what stood there, or start a new run with heeler run",
        path.display()
    )]
    Changed {
        /// The plan.
        path: PathBuf,
        /// In what.
        problem: String,
    },
    /// Nobody knows when it began.
    #[error("{} holds no time of its start: {time:?}; correct it", path.display())]
    NoTime {
        /// The plan.
        path: PathBuf,
        /// What stands there.
        time: String,
    },
}

fn held_by(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| {
        format!(": its runner is process {} on {}", holder.pid, holder.machine)
    })
}
