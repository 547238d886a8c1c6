//! The question for the password of `sudo` on the terminal, without a screen: what is typed is not shown, and the terminal
//! is as before when the question is over, however that comes. ^C stays what it is.

use crate::model::secret::Secret;
use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, read, write};
use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use std::os::fd::OwnedFd;
use std::time::Duration;
use tokio::time::sleep;
use zeroize::Zeroizing;

/// Between two looks for what was typed. Not every system can wait for a terminal together with other things.
const LOOK: Duration = Duration::from_millis(50);

/// The special character of a terminal that is none (`_POSIX_VDISABLE`).
const DISABLED: u8 = if cfg!(target_os = "linux") { 0 } else { 0xff };

/// What came of the question.
#[derive(Debug)]
pub(super) enum Typed {
    /// A password.
    Password(Secret),
    /// An empty line, or the end of the input: nobody is going to give one.
    Nothing,
}

/// The question, while it stands on the terminal.
#[derive(Debug)]
pub(super) struct Prompt {
    terminal: OwnedFd,
    question: String,
    /// The terminal as it was before; nothing while we are in the background and must not touch it.
    before: Option<Termios>,
    line: Zeroizing<Vec<u8>>,
}

impl Prompt {
    /// Asks on our terminal for so many hosts; `None` where there is none.
    pub(super) fn open(hosts: usize) -> Option<Self> {
        let hosts = if hosts == 1 {
            "1 host".to_owned()
        } else {
            format!("{hosts} hosts")
        };
        // Opened anew: that it does not wait is then true for nobody else.
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let terminal = open("/dev/tty", flags, Mode::empty()).ok()?;
        Some(Self {
            terminal,
            question: format!("[heeler] sudo password for {hosts}: "),
            before: None,
            line: Zeroizing::new(Vec::with_capacity(4096)),
        })
    }

    /// Waits for a line. Cancel safe.
    pub(super) async fn typed(&mut self) -> Typed {
        loop {
            if self.is_foreground()
                && (self.before.is_some() || self.hide())
                && let Some(typed) = self.look()
            {
                return typed;
            }
            sleep(LOOK).await;
        }
    }

    fn is_foreground(&self) -> bool {
        tcgetpgrp(&self.terminal).is_ok_and(|group| group == getpgrp())
    }

    /// Asks, and shows nothing from then on. What was typed before was meant for something else.
    fn hide(&mut self) -> bool {
        let Ok(before) = tcgetattr(&self.terminal) else {
            return false;
        };
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK | LocalModes::ECHONL;
        hidden.local_modes |= LocalModes::ICANON | LocalModes::ISIG;
        // A shell that we were stopped to would find its terminal without an echo.
        hidden.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
        if tcsetattr(&self.terminal, OptionalActions::Flush, &hidden).is_err() {
            return false;
        }
        self.before = Some(before);
        let _gone = write(&self.terminal, self.question.as_bytes());
        true
    }

    fn look(&mut self) -> Option<Typed> {
        let mut bytes = Zeroizing::new([0; 1024]);
        let count = match read(&self.terminal, &mut *bytes) {
            Ok(0) => return Some(Typed::Nothing),
            Ok(count) => count,
            Err(Errno::AGAIN | Errno::INTR) => return None,
            Err(_) => return Some(Typed::Nothing),
        };
        let end = bytes[..count].iter().position(|byte| *byte == b'\n');
        self.line.extend_from_slice(&bytes[..end.unwrap_or(count)]);
        if end.is_none() && self.line.len() < 2048 {
            return None;
        }
        let line = std::mem::take(&mut *self.line);
        Some(if line.is_empty() {
            Typed::Nothing
        } else {
            Typed::Password(Secret::new(line))
        })
    }
}

impl Drop for Prompt {
    fn drop(&mut self) {
        let Some(before) = &self.before else { return };
        // Where the terminal is gone there is nothing to restore.
        let _gone = tcsetattr(&self.terminal, OptionalActions::Flush, before);
        // The end of the line that was typed was not shown either.
        let _gone = write(&self.terminal, b"\n");
    }
}
