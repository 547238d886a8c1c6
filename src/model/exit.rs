//! What a run's outcomes mean for the exit status of the program.

use super::outcome::OutcomeClass;
use super::tally::{Standing, Tally};

/// The exit statuses of heeler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitStatus {
    /// Every job ended well.
    AllOk = 0,
    /// A job failed: exit code or signal.
    Failed = 1,
    /// The arguments or the configuration cannot be used; nothing was started.
    Usage = 2,
    /// A job ran into a limit or was cancelled.
    Stopped = 3,
    /// A host was unreachable, or the end of a job is not known.
    Unreachable = 4,
    /// Not everything was started.
    NotStarted = 5,
    /// The operator left while jobs still ran.
    LeftRunning = 6,
    /// A terminal was closed (128 + SIGHUP).
    HungUp = 129,
    /// Interrupted (128 + SIGINT).
    Interrupted = 130,
    /// Asked to terminate (128 + SIGTERM).
    Terminated = 143,
}

impl ExitStatus {
    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What one outcome asks for.
    pub fn of_class(class: OutcomeClass) -> Self {
        match class {
            OutcomeClass::Ok => Self::AllOk,
            OutcomeClass::Exit | OutcomeClass::Signal => Self::Failed,
            OutcomeClass::TimedOut | OutcomeClass::Cancelled => Self::Stopped,
            OutcomeClass::Unreachable | OutcomeClass::Lost => Self::Unreachable,
            OutcomeClass::Skipped => Self::NotStarted,
        }
    }

    /// The largest of what all outcomes ask for; [`ExitStatus::LeftRunning`] while a job is not over.
    pub fn of_tally(tally: &Tally) -> Self {
        if tally.done() < tally.total() {
            return Self::LeftRunning;
        }
        OutcomeClass::ALL
            .into_iter()
            .filter(|class| tally.count(Standing::Done(*class)) > 0)
            .map(Self::of_class)
            .max()
            .unwrap_or(Self::AllOk)
    }
}
