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

#[cfg(test)]
mod tests {
    use super::*;
    use OutcomeClass::{Cancelled, Exit, Lost, Ok, Signal, Skipped, TimedOut, Unreachable};

    #[test]
    fn of_several_the_largest_wins() {
        let cases: [(&[OutcomeClass], u8); 12] = [
            (&[], 0),
            (&[Ok, Ok], 0),
            (&[Ok, Exit], 1),
            (&[Signal], 1),
            (&[TimedOut], 3),
            (&[Exit, Cancelled], 3),
            (&[Unreachable], 4),
            (&[Lost, TimedOut], 4),
            (&[Skipped], 5),
            (&[Unreachable, Skipped, Exit], 5),
            (&[Cancelled, Lost, Ok], 4),
            (&OutcomeClass::ALL, 5),
        ];
        for (classes, code) in cases {
            let mut tally = Tally::default();
            for class in classes {
                tally.enter(Standing::Done(*class));
            }
            assert_eq!(ExitStatus::of_tally(&tally).code(), code, "{classes:?}");
        }
    }

    #[test]
    fn whoever_leaves_before_the_end_is_told_so() {
        for standing in Standing::all().filter(|standing| !matches!(standing, Standing::Done(_))) {
            let mut tally = Tally::default();
            tally.enter(Standing::Done(Skipped));
            tally.enter(standing);
            assert_eq!(ExitStatus::of_tally(&tally), ExitStatus::LeftRunning, "{standing:?}");
            assert_eq!(ExitStatus::LeftRunning.code(), 6);
        }
    }
}
