//! Bringing a shim up on a host: a session is greeted where the connection is new, fed the shim's program, and then
//! both streams must carry its mark. Until the host has the whole program nothing of the job can have been started;
//! from then on nobody may say that it was not. Between greeting and program the shell may be made root's.

use crate::model::outcome::{Cause, Outcome};
use crate::model::secret::Secret;
use crate::shim::{Elevation, Greeting, Nonce, Preamble};
use crate::transport::Process;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;
use zeroize::Zeroizing;

/// How much of what a host said instead of an answer is shown.
const SHOWN: usize = 200;

/// How long the other stream is still listened to when one has ended: a shell's last words come on either.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What one stream must bring.
enum Expecting {
    /// The answer to the greeting, or on the way to root his mark or `sudo`'s prompt; then the mark.
    Answer(Preamble),
    /// The shim's mark.
    Mark(Preamble),
    /// Nothing more; these bytes came after the mark.
    Nothing(Vec<u8>),
}

/// A shim that is being brought up. Its progress is kept here and not in the futures that make it, so that whoever
/// waits can stop waiting, go on later, and still tell how far it came and what the host said.
pub(super) struct Setup {
    process: Process,
    /// What must still be written before anything else.
    unsent: Zeroizing<Vec<u8>>,
    nonce: Nonce,
    out: Expecting,
    err: Expecting,
    noise: Vec<u8>,
    /// What `sudo` asks with, and whether it has.
    prompt: Vec<u8>,
    prompted: bool,
    /// Whether the program was given to [`Setup::load`].
    loaded: bool,
    /// Whether the host takes nothing any more. What it said may still be on its way.
    deaf: bool,
    open: [bool; 2],
}

/// How far a shell is on its way to root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sudo {
    /// Root's shell has answered.
    Root,
    /// `sudo` wants a password.
    Prompt,
    /// The session ended, with these words on standard error.
    Ended(String),
}

/// The session ended.
struct Ended;

/// A shim that came up.
pub(super) struct Up {
    /// The channel to it.
    pub(super) process: Process,
    /// What was read beyond the marks, of standard output and standard error.
    pub(super) early: [Vec<u8>; 2],
    /// What marks the shim's records.
    pub(super) nonce: Nonce,
}

impl Expecting {
    fn is_over(&self) -> bool {
        matches!(self, Self::Nothing(_))
    }
}

impl Setup {
    /// Begins: `greeting` on a connection on which no shell has answered yet.
    pub(super) fn new(process: Process, nonce: Nonce, greeting: Option<&Greeting>) -> Self {
        let mark = || Expecting::Mark(Preamble::up(&nonce));
        let (unsent, out) = match greeting {
            Some(greeting) => (
                greeting.line().to_vec(),
                Expecting::Answer(Preamble::new(greeting.answer())),
            ),
            None => (Vec::new(), mark()),
        };
        Self {
            process,
            unsent: unsent.into(),
            out,
            err: mark(),
            nonce,
            noise: Vec::new(),
            prompt: Vec::new(),
            prompted: false,
            loaded: false,
            deaf: false,
            open: [true; 2],
        }
    }

    /// Waits until a POSIX shell has answered. Cancel safe.
    pub(super) async fn greeted(&mut self) -> Result<(), Outcome> {
        while !self.unsent.is_empty() || matches!(self.out, Expecting::Answer(_)) {
            if let Err(Ended) = self.step().await {
                return Err(self.no_shell("the session ended"));
            }
        }
        Ok(())
    }

    /// Begins to make the shell that has answered root's; [`Setup::sudo`] goes on with it.
    pub(super) fn elevate(&mut self, elevation: &Elevation) {
        self.unsent = elevation.line().to_vec().into();
        elevation.prompt().clone_into(&mut self.prompt);
        self.out = Expecting::Answer(Preamble::new(elevation.root()));
        self.settle_stderr();
        self.err = Expecting::Answer(Preamble::new(&self.prompt));
    }

    /// Waits until `sudo` asks, lets us in or ends. Cancel safe.
    pub(super) async fn sudo(&mut self) -> Sudo {
        while matches!(self.out, Expecting::Answer(_)) {
            if std::mem::take(&mut self.prompted) {
                return Sudo::Prompt;
            }
            if let Err(Ended) = self.step().await {
                self.settle_stderr();
                return Sudo::Ended(String::from_utf8_lossy(&self.noise).into_owned());
            }
        }
        self.settle_stderr();
        self.err = Expecting::Mark(Preamble::up(&self.nonce));
        Sudo::Root
    }

    /// Answers `sudo`'s prompt, which must have come.
    pub(super) fn answer(&mut self, secret: &Secret) {
        let mut line = Zeroizing::new(Vec::with_capacity(secret.bytes().len() + 1));
        line.extend_from_slice(secret.bytes());
        line.push(b'\n');
        self.unsent = line;
    }

    /// What standard error has said so far was not the job's.
    fn settle_stderr(&mut self) {
        let heard = std::mem::replace(&mut self.err, Expecting::Nothing(Vec::new()));
        if let Expecting::Answer(preamble) | Expecting::Mark(preamble) = heard {
            self.noise.extend(preamble.finish());
        }
    }

    /// Hands over the program that [`Setup::up`] writes.
    pub(super) fn load(&mut self, program: Vec<u8>) {
        self.unsent = program.into();
        self.loaded = true;
    }

    /// Whether the host may have the whole program: from then on its command may run, whatever is heard of it.
    pub(super) fn is_committed(&self) -> bool {
        self.loaded && self.unsent.is_empty()
    }

    /// Waits until the shim is up. Cancel safe.
    pub(super) async fn up(&mut self) -> Result<(), Outcome> {
        while !self.unsent.is_empty() || !self.out.is_over() || !self.err.is_over() {
            if let Err(Ended) = self.step().await {
                return Err(self.no_shell("the session ended"));
            }
        }
        Ok(())
    }

    /// One thing that happens on the channel.
    async fn step(&mut self) -> Result<(), Ended> {
        let (mut out, mut err) = (vec![0; 4096], vec![0; 4096]);
        if self.open == [false; 2] {
            return Err(Ended);
        }
        let Process {
            stdin, stdout, stderr, ..
        } = &mut self.process;
        let ending = self.deaf || self.open != [true; 2];
        tokio::select! {
            biased;
            written = stdin.write(&self.unsent), if !self.unsent.is_empty() && !ending => match written {
                Ok(count @ 1..) => drop(self.unsent.drain(..count)),
                _ => self.deaf = true,
            },
            read = stdout.read(&mut out), if self.open[0] && !self.out.is_over() => match read {
                Ok(count @ 1..) => self.heard_on_stdout(&out[..count]),
                _ => self.open[0] = false,
            },
            read = stderr.read(&mut err), if self.open[1] && !self.err.is_over() => match read {
                Ok(count @ 1..) => self.heard_on_stderr(&err[..count]),
                _ => self.open[1] = false,
            },
            () = sleep(LAST_WORDS), if ending => return Err(Ended),
        }
        Ok(())
    }

    fn heard_on_stderr(&mut self, bytes: &[u8]) {
        let (Expecting::Answer(preamble) | Expecting::Mark(preamble)) = &mut self.err else {
            return;
        };
        let Some(rest) = preamble.push(bytes) else { return };
        self.noise.extend_from_slice(preamble.noise());
        if matches!(self.err, Expecting::Mark(_)) {
            self.err = Expecting::Nothing(rest);
            return;
        }
        self.prompted = true;
        self.err = Expecting::Answer(Preamble::new(&self.prompt));
        if !rest.is_empty() {
            self.heard_on_stderr(&rest);
        }
    }

    fn heard_on_stdout(&mut self, bytes: &[u8]) {
        let (Expecting::Answer(preamble) | Expecting::Mark(preamble)) = &mut self.out else {
            return;
        };
        let Some(rest) = preamble.push(bytes) else { return };
        self.noise.extend_from_slice(preamble.noise());
        if matches!(self.out, Expecting::Mark(_)) {
            self.out = Expecting::Nothing(rest);
            return;
        }
        self.out = Expecting::Mark(Preamble::up(&self.nonce));
        if !rest.is_empty() {
            self.heard_on_stdout(&rest);
        }
    }

    /// The outcome when no shim came up: what the host said instead is the best hint.
    pub(super) fn no_shell(&mut self, what: &str) -> Outcome {
        for expecting in [&mut self.out, &mut self.err] {
            let heard = std::mem::replace(expecting, Expecting::Nothing(Vec::new()));
            if let Expecting::Answer(preamble) | Expecting::Mark(preamble) = heard {
                self.noise.extend(preamble.finish());
            }
        }
        let said: String = String::from_utf8_lossy(&self.noise)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .map(|c| if c.is_control() { '?' } else { c })
            .take(SHOWN)
            .collect();
        let detail = match said.as_str() {
            "" => format!("{what} and no POSIX shell had answered"),
            said => format!("{what} and no POSIX shell had answered; the host said: {said}"),
        };
        Outcome::Unreachable {
            cause: Cause::NoShell,
            detail,
        }
    }

    /// Everything that was said so far and is not the job's.
    pub(super) fn noise(&self) -> &[u8] {
        &self.noise
    }

    /// The shim, once it is up.
    pub(super) fn into_up(self) -> Up {
        let rest = |expecting| match expecting {
            Expecting::Nothing(rest) => rest,
            _ => Vec::new(),
        };
        Up {
            process: self.process,
            early: [rest(self.out), rest(self.err)],
            nonce: self.nonce,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_a_host_said_is_told_also_when_it_takes_nothing_any_more() {
        let (stdin, closed) = tokio::io::duplex(1);
        drop(closed);
        let process = Process {
            stdin: Box::new(stdin),
            stdout: Box::new(&b"backups only\n"[..]),
            stderr: Box::new(tokio::io::empty()),
            channel: Box::new(()),
        };
        let greeting = Greeting::new(&Nonce::new([2; 16]));
        let mut setup = Setup::new(process, Nonce::new([1; 16]), Some(&greeting));
        let detail = match setup.greeted().await {
            Err(Outcome::Unreachable { detail, .. }) => detail,
            other => panic!("{other:?}"),
        };
        assert!(detail.ends_with("the host said: backups only"), "{detail}");
        assert!(!setup.is_committed());
    }
}
