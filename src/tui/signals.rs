//! The signals that concern a terminal program: closed terminal, termination, interruption from outside, continuation
//! after a stop, and the stop itself.

use rustix::process::{self, Signal};
use std::io;
use tokio::signal::unix::{self, SignalKind};

/// What a signal means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The terminal was closed.
    HangUp,
    /// Somebody wants us to end.
    Terminate,
    /// Somebody interrupts us: in raw mode ^C is a key, so this one was sent by somebody, or typed at another program.
    Interrupted,
    /// We were stopped and go on.
    Continued,
}

/// Listens for signals.
#[derive(Debug)]
pub(super) struct Signals {
    hang_up: unix::Signal,
    terminate: unix::Signal,
    interrupt: unix::Signal,
    continued: unix::Signal,
}

impl Signals {
    /// Begins to listen. From now on these signals do not end the process by themselves.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            hang_up: unix::signal(SignalKind::hangup())?,
            terminate: unix::signal(SignalKind::terminate())?,
            interrupt: unix::signal(SignalKind::interrupt())?,
            continued: unix::signal(SignalKind::from_raw(Signal::CONT.as_raw()))?,
        })
    }

    /// The next signal. Cancel safe.
    pub(super) async fn next(&mut self) -> Heard {
        tokio::select! {
            _ = self.hang_up.recv() => Heard::HangUp,
            _ = self.terminate.recv() => Heard::Terminate,
            _ = self.interrupt.recv() => Heard::Interrupted,
            _ = self.continued.recv() => Heard::Continued,
        }
    }

    /// Stops this process until it is continued, and with it whatever else the shell started with it: a script that
    /// waits for us would keep the shell waiting, too.
    pub(super) async fn stop_self(&mut self) -> io::Result<()> {
        // SIGTSTP sent to oneself is lost in an orphaned process group; SIGSTOP is not.
        process::kill_current_process_group(Signal::STOP)?;
        // The signal may reach another thread first: this one waits until the process goes on.
        self.continued.recv().await;
        Ok(())
    }
}

/// Whether somebody is there to continue us after a stop: a shell with job control gives each job a group of its own. In
/// the group of the session's leader we are that leader, or a script that is has started us.
pub(super) fn can_stop() -> bool {
    process::getsid(None).is_ok_and(|session| session != process::getpgrp())
}
