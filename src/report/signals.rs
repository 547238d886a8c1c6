//! What the signals mean to a front-end without a screen. The ladder is pure; around it is a thin shell that waits for
//! the signals.

use crate::model::exit::ExitStatus;
use std::fs;
use std::io;
use std::time::Duration;
use tokio::signal::unix::{Signal as Listener, SignalKind, signal};

/// A second ^C counts as one when it comes so soon after the first.
const TWICE_WITHIN: Duration = Duration::from_secs(1);

/// A signal that asks for the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// INT, mostly ^C.
    Interrupt,
    /// TERM.
    Terminate,
    /// HUP: the terminal was closed.
    HangUp,
}

/// What a signal leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Tell how the run stands, and how to end it.
    Status,
    /// End the run: TERM, grace, KILL.
    Cancel,
    /// End the run with KILL at once.
    Kill,
}

/// What has been asked for so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Whether somebody sits at a terminal and may just want to know.
    interactive: bool,
    last_interrupt: Option<Duration>,
    cancelled_by: Option<Signal>,
}

impl Ladder {
    /// The bottom of the ladder.
    pub fn new(interactive: bool) -> Self {
        Self {
            interactive,
            last_interrupt: None,
            cancelled_by: None,
        }
    }

    /// A signal comes at `now`. At a terminal the first ^C asks for the status and a second within a second cancels;
    /// every other signal cancels at once. After that INT and TERM kill.
    pub fn climb(&mut self, signal: Signal, now: Duration) -> Action {
        if self.cancelled_by.is_some() {
            return match signal {
                Signal::Interrupt | Signal::Terminate => Action::Kill,
                // A closed terminal may send it more than once.
                Signal::HangUp => Action::Nothing,
            };
        }
        if signal == Signal::Interrupt && self.interactive {
            let last = self.last_interrupt.replace(now);
            if last.is_none_or(|last| now.saturating_sub(last) > TWICE_WITHIN) {
                return Action::Status;
            }
        }
        self.cancelled_by = Some(signal);
        Action::Cancel
    }

    /// The exit status of a program that a signal ended while its run goes on.
    pub fn left(&self) -> ExitStatus {
        match self.cancelled_by {
            Some(Signal::HangUp) => ExitStatus::HungUp,
            _ => ExitStatus::LeftRunning,
        }
    }

    /// The exit status of a run that a signal ended.
    pub fn exit(&self) -> Option<ExitStatus> {
        self.cancelled_by.map(|signal| match signal {
            Signal::Interrupt => ExitStatus::Interrupted,
            Signal::Terminate => ExitStatus::Terminated,
            Signal::HangUp => ExitStatus::HungUp,
        })
    }
}

/// The signals as they come.
#[derive(Debug)]
pub struct Signals {
    interrupt: Option<Listener>,
    terminate: Option<Listener>,
    hang_up: Option<Listener>,
}

impl Signals {
    /// Listens from now on. A signal that the program was started with ignored (`nohup`, a shell's `&`) stays ignored.
    pub fn listen() -> io::Result<Self> {
        let ignored = ignored_signals();
        let listen = |kind: SignalKind| {
            let bit = 1_u64 << (kind.as_raw_value() - 1);
            if ignored & bit == 0 {
                signal(kind).map(Some)
            } else {
                Ok(None)
            }
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    /// The next signal. Cancel safe.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            () = heard(&mut self.interrupt) => Signal::Interrupt,
            () = heard(&mut self.terminate) => Signal::Terminate,
            () = heard(&mut self.hang_up) => Signal::HangUp,
        }
    }
}

async fn heard(listener: &mut Option<Listener>) {
    let heard = match listener {
        Some(listener) => listener.recv().await,
        None => None,
    };
    if heard.is_none() {
        std::future::pending::<()>().await;
    }
}

/// The set of signals that this process ignores, a bit each. Only Linux tells; elsewhere none is known.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Action::{Cancel, Kill, Nothing, Status};
    use super::Signal::{HangUp, Interrupt, Terminate};
    use super::*;

    fn climbed(interactive: bool, signals: &[(Signal, u64)]) -> (Vec<Action>, Option<ExitStatus>) {
        let mut ladder = Ladder::new(interactive);
        let actions = signals
            .iter()
            .map(|(signal, millis)| ladder.climb(*signal, Duration::from_millis(*millis)))
            .collect();
        (actions, ladder.exit())
    }

    #[test]
    fn at_a_terminal_the_first_interrupt_only_asks() {
        for (signals, actions, exit) in [
            (&[(Interrupt, 0)][..], &[Status][..], None),
            (&[(Interrupt, 0), (Interrupt, 1001)], &[Status, Status], None),
            (
                &[(Interrupt, 0), (Interrupt, 1000)],
                &[Status, Cancel],
                Some(ExitStatus::Interrupted),
            ),
            (
                &[
                    (Interrupt, 0),
                    (Interrupt, 5000),
                    (Interrupt, 5500),
                    (Interrupt, 60_000),
                ],
                &[Status, Status, Cancel, Kill],
                Some(ExitStatus::Interrupted),
            ),
            (
                &[(Terminate, 0), (Interrupt, 9)],
                &[Cancel, Kill],
                Some(ExitStatus::Terminated),
            ),
            (
                &[(HangUp, 0), (HangUp, 1), (HangUp, 2)],
                &[Cancel, Nothing, Nothing],
                Some(ExitStatus::HungUp),
            ),
        ] {
            assert_eq!(climbed(true, signals), (actions.to_vec(), exit), "{signals:?}");
        }
    }

    #[test]
    fn without_a_terminal_the_first_signal_cancels() {
        for (signal, exit) in [
            (Interrupt, ExitStatus::Interrupted),
            (Terminate, ExitStatus::Terminated),
            (HangUp, ExitStatus::HungUp),
        ] {
            assert_eq!(climbed(false, &[(signal, 0)]), (vec![Cancel], Some(exit)));
        }
        assert_eq!(climbed(false, &[(Interrupt, 0), (Terminate, 1)]).0, [Cancel, Kill]);
        assert_eq!(climbed(false, &[]), (vec![], None));
    }
}
