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
    #[error("the runner of {run}{} lives, but {error}{}", process(*.pid), advice(*.pid, .error))]
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

/// What can be done where the runner's process is known.
fn advice(pid: Option<u32>, error: &DialError) -> String {
    match (pid, error) {
        (Some(pid), DialError::Dead(_)) => format!("; kill -TERM {pid} ends the run"),
        (Some(pid), DialError::Silent) => format!("; if it is, kill -CONT {pid} lets it go on"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn where_nobody_listens_it_is_said_how_to_end_the_run() {
        let deaf = |pid, error| ReachError::Deaf {
            run: RunId("20260102T030405Z-abcdef".into()),
            pid,
            error,
        };
        let nobody = || DialError::Dead(io::ErrorKind::NotFound.into());
        let told = deaf(Some(4711), nobody()).to_string();
        assert!(
            told.contains("(process 4711) lives") && told.ends_with("; kill -TERM 4711 ends the run"),
            "{told}"
        );
        let told = deaf(Some(4711), DialError::Silent).to_string();
        assert!(
            told.ends_with("it may be stopped; if it is, kill -CONT 4711 lets it go on"),
            "{told}"
        );
        let told = deaf(None, nobody()).to_string();
        assert!(!told.contains("kill"), "{told}");
    }
}
