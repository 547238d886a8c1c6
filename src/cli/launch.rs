//! A runner that this program has started: what binds the two, and how its end is waited for.

use super::errand::Errand;
use super::error::CliError;
use super::spawn::Spawned;
use crate::model::bond::{Bond, Tie};
use crate::model::exit::ExitStatus;
use crate::rundir::RunDir;
use std::time::Duration;

/// How long the runner may take to close what is left when its run is over, where it ends with this program.
const CLOSING: Duration = Duration::from_secs(10);
/// The same where it does not.
const CLOSING_FREE: Duration = Duration::from_secs(1);

/// A runner of our own.
pub(super) struct Driven {
    spawned: Spawned,
    tie: Tie,
}

impl Driven {
    /// Starts the runner of a run whose plan is written, and waits until viewers can come.
    pub(super) async fn start(dir: &RunDir, tie: Tie, errand: Errand) -> Result<Self, CliError> {
        let spawned = Spawned::start(dir, tie, errand).await?;
        Ok(Self { spawned, tie })
    }

    /// What the end of this program means to its run.
    pub(super) fn bond(&self) -> Bond {
        bond(self.tie)
    }

    /// Lets a tied run end, as nobody is there any more for whom it could go on.
    pub(super) fn let_go(&mut self) {
        self.spawned.let_go();
    }

    /// Its run was left, or is over: waits for its end where that is due.
    pub(super) async fn settle(mut self, shown: &Result<ExitStatus, CliError>) {
        if shown.is_err() {
            self.let_go();
        }
        match (self.tie, shown) {
            (Tie::Starter, _) => self.spawned.ended(CLOSING).await,
            // Somebody else may keep the run open.
            (_, Ok(status)) if !matches!(status, ExitStatus::LeftRunning | ExitStatus::HungUp) => {
                self.spawned.ended(CLOSING_FREE).await;
            }
            _ => {}
        }
    }
}

/// What the end of the program that starts a run means to it.
pub(super) fn bond(tie: Tie) -> Bond {
    match tie {
        Tie::Starter => Bond::Tied,
        Tie::Free => Bond::Free,
    }
}
