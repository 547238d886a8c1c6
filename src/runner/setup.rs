//! Bringing a shim up on a host: a session is greeted where the connection is new, fed the shim's program, and then
//! both streams must carry its mark. Until that has happened nothing of the job has been started.

use crate::model::outcome::{Cause, Outcome};
use crate::shim::{Greeting, Nonce, Preamble};
use crate::transport::Process;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How much of what a host said instead of an answer is shown.
const SHOWN: usize = 200;

/// What one stream must bring.
enum Expecting {
    /// The answer to the greeting; then the mark.
    Answer(Preamble),
    /// The shim's mark.
    Mark(Preamble),
    /// Nothing more; these bytes came after the mark.
    Nothing(Vec<u8>),
}

/// A shim that is being brought up. Its progress is kept here and not in the future that makes it, so that whoever
/// waits can stop waiting and still tell what the host said.
pub(super) struct Setup {
    process: Process,
    /// What must still be written before anything else.
    unsent: Vec<u8>,
    /// The program, until the greeting was answered.
    program: Option<Vec<u8>>,
    nonce: Nonce,
    out: Expecting,
    err: Expecting,
    noise: Vec<u8>,
}

/// A shim that came up.
pub(super) struct Up {
    /// The channel to it.
    pub(super) process: Process,
    /// What was read beyond the marks, of standard output and standard error.
    pub(super) early: [Vec<u8>; 2],
    /// What marks the shim's records.
    pub(super) nonce: Nonce,
}

impl Setup {
    /// Begins: `greeting` on a connection on which no shell has answered yet.
    pub(super) fn new(process: Process, program: Vec<u8>, nonce: Nonce, greeting: Option<&Greeting>) -> Self {
        let err = Expecting::Mark(Preamble::up(&nonce));
        let (unsent, program, out) = match greeting {
            Some(greeting) => {
                let answer = Expecting::Answer(Preamble::new(greeting.answer()));
                (greeting.line().to_vec(), Some(program), answer)
            }
            None => (program, None, Expecting::Mark(Preamble::up(&nonce))),
        };
        Self {
            process,
            unsent,
            program,
            nonce,
            out,
            err,
            noise: Vec::new(),
        }
    }

    /// Waits until the shim is up, or says why it never will be.
    pub(super) async fn wait(&mut self) -> Result<(), Outcome> {
        let (mut out, mut err) = (vec![0; 4096], vec![0; 4096]);
        loop {
            let Process {
                stdin, stdout, stderr, ..
            } = &mut self.process;
            if let (Expecting::Nothing(_), Expecting::Nothing(_), true) = (&self.out, &self.err, self.unsent.is_empty())
            {
                return Ok(());
            }
            tokio::select! {
                biased;
                written = stdin.write(&self.unsent), if !self.unsent.is_empty() => {
                    let count = written.map_err(|_| self.no_shell("the session ended"))?;
                    self.unsent.drain(..count);
                }
                read = stdout.read(&mut out), if !matches!(self.out, Expecting::Nothing(_)) => {
                    let count = self.read(&read)?;
                    self.heard_on_stdout(&out[..count]);
                }
                read = stderr.read(&mut err), if !matches!(self.err, Expecting::Nothing(_)) => {
                    let count = self.read(&read)?;
                    if let Expecting::Mark(preamble) = &mut self.err
                        && let Some(rest) = preamble.push(&err[..count])
                    {
                        self.noise.extend_from_slice(preamble.noise());
                        self.err = Expecting::Nothing(rest);
                    }
                }
            }
        }
    }

    fn read(&mut self, read: &io::Result<usize>) -> Result<usize, Outcome> {
        match read {
            Ok(0) | Err(_) => Err(self.no_shell("the session ended")),
            Ok(count) => Ok(*count),
        }
    }

    fn heard_on_stdout(&mut self, bytes: &[u8]) {
        let rest = match &mut self.out {
            Expecting::Answer(preamble) | Expecting::Mark(preamble) => match preamble.push(bytes) {
                Some(rest) => {
                    self.noise.extend_from_slice(preamble.noise());
                    rest
                }
                None => return,
            },
            Expecting::Nothing(_) => return,
        };
        match self.program.take() {
            Some(program) => {
                self.unsent = program;
                self.out = Expecting::Mark(Preamble::up(&self.nonce));
                if !rest.is_empty() {
                    self.heard_on_stdout(&rest);
                }
            }
            None => self.out = Expecting::Nothing(rest),
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
