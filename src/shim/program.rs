//! Builds the shim's program for one attempt. The runner calls it once the connection is
//! there; it must not know how the text travels.

use std::borrow::Cow;
use std::time::Duration;

use super::secret::{Cookie, Nonce};
use crate::model::plan::OnDisconnect;

/// The program with comments, and with words in double underscores to be filled in.
const TEMPLATE: &str = include_str!("shim.sh");

/// The command goes in pieces of at most so many bytes. Linux takes no environment string of
/// 128 KiB or more, whatever the limit on all of them together.
const PIECE: usize = 100_000;

/// The shim's tick while it times the grace, in milliseconds.
const TICK_MS: u128 = 100;

/// Everything that the shim is told before it starts.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    /// Marks the records.
    pub nonce: &'a Nonce,
    /// Marks the job's processes; `HEELER_JOB` in their environment.
    pub cookie: &'a Cookie,
    /// Shell text. Any bytes but NUL.
    pub command: &'a [u8],
    /// Variables for the job, in order: `HEELER_HOST` and its like, and the task's own.
    pub env: &'a [(String, String)],
    /// What the end of the control pipe, or of the lease, means.
    pub on_disconnect: OnDisconnect,
    /// Longest silence before the link counts as cut; `None` for no limit. Not used with
    /// [`OnDisconnect::Keep`]. The runner must send [`Control::Beat`](super::Control::Beat) more often.
    pub lease: Option<Duration>,
    /// From TERM to KILL when the shim ends the job by itself.
    pub grace: Duration,
}

/// Why there is no program for this command.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// Shell text cannot hold NUL.
    #[error("the command holds a NUL byte at offset {0}, which no shell can take; remove it")]
    NulInCommand(usize),
    /// A variable cannot hold NUL.
    #[error("the value of {0} holds a NUL byte, which no variable can take; remove it")]
    NulInValue(String),
    /// Not a name that every shell accepts.
    #[error("{0:?} is not a name for a variable; use letters, digits and _, no digit first")]
    BadName(String),
    /// The shim itself needs this one.
    #[error("the variable {0} is set by heeler itself; choose another name")]
    ReservedName(String),
}

impl Program<'_> {
    /// The bytes to write to the standard input of a fresh `sh`, before anything else and all
    /// of them, with nothing after them until both streams are up.
    ///
    /// # Errors
    ///
    /// When the command or a variable cannot be handed to a shell as it is.
    pub fn text(&self) -> Result<Vec<u8>, ProgramError> {
        let (tick, silence) = self.lease_ticks();
        let script = self.script()?;
        let pieces: Vec<&[u8]> = script.chunks(PIECE).collect();
        let names: Vec<String> = (1..=pieces.len()).map(|n| format!("HEELER_C{n}")).collect();
        let filled = stripped(&self.template())
            .replace("__MARK__", &self.nonce.mark())
            .replace("__COOKIE__", self.cookie.as_str())
            .replace("__TICK__", &tick.to_string())
            .replace("__SILENCE__", &silence.to_string())
            .replace("__KEEP__", self.keep())
            .replace("__GRACE__", &self.grace_ticks().to_string())
            .replace("__JOINED__", &format!("${}", names.join("$")))
            .replace("__NAMES__", &names.join(" "));
        // The command last, so that nothing in it is taken for a word to be filled in.
        let (before, after) = filled.split_once("HEELER_C1=__COMMAND__").unwrap_or((&filled, ""));
        let mut text = Vec::with_capacity(filled.len() + script.len() + script.len() / 8);
        text.extend_from_slice(before.as_bytes());
        for (name, piece) in names.iter().zip(pieces) {
            text.extend_from_slice(name.as_bytes());
            text.push(b'=');
            quote(piece, &mut text);
            text.push(b' ');
        }
        text.extend_from_slice(after.as_bytes());
        Ok(text)
    }

    /// What the job's shell evaluates: the variables, then the command. The variables travel
    /// here and not beside it, so that a `PATH` among them is the job's and not the shim's.
    fn script(&self) -> Result<Vec<u8>, ProgramError> {
        if let Some(offset) = self.command.iter().position(|b| *b == 0) {
            return Err(ProgramError::NulInCommand(offset));
        }
        let mut script = Vec::with_capacity(self.command.len() + 256);
        for (name, value) in self.env {
            check_variable(name, value)?;
            script.extend_from_slice(b"export ");
            script.extend_from_slice(name.as_bytes());
            script.push(b'=');
            quote(value.as_bytes(), &mut script);
            script.push(b';');
        }
        script.extend_from_slice(self.command);
        Ok(script)
    }

    /// The template with the lines that only `keep` needs, or without.
    fn template(&self) -> Cow<'static, str> {
        match self.on_disconnect {
            OnDisconnect::End => TEMPLATE.into(),
            OnDisconnect::Keep => TEMPLATE.replace("#keep ", "").into(),
        }
    }

    fn keep(&self) -> &'static str {
        match self.on_disconnect {
            OnDisconnect::End => "''",
            OnDisconnect::Keep => "1",
        }
    }

    fn grace_ticks(&self) -> u128 {
        self.grace.as_millis().div_ceil(TICK_MS)
    }

    /// The ticker's interval in whole seconds (0 for no ticker), and the number of ticks without
    /// a beat that end the lease: never before it is over, and at most two intervals late.
    fn lease_ticks(&self) -> (u64, u64) {
        match (self.on_disconnect, self.lease) {
            (OnDisconnect::End, Some(lease)) => {
                let seconds = lease.as_secs_f64().ceil() as u64;
                let tick = seconds / 4 + 1;
                (tick, seconds.div_ceil(tick) + 1)
            }
            _ => (0, 0),
        }
    }
}

fn check_variable(name: &str, value: &str) -> Result<(), ProgramError> {
    let valid = |(index, byte): (usize, u8)| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'_' => true,
        b'0'..=b'9' => index > 0,
        _ => false,
    };
    if name.is_empty() || !name.bytes().enumerate().all(valid) {
        return Err(ProgramError::BadName(name.to_owned()));
    }
    if name == "HEELER_JOB" {
        return Err(ProgramError::ReservedName(name.to_owned()));
    }
    if value.contains('\0') {
        return Err(ProgramError::NulInValue(name.to_owned()));
    }
    Ok(())
}

/// The template without comments, indentation and empty lines: several shells read their
/// standard input byte by byte.
pub(super) fn stripped(template: &str) -> String {
    template
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Appends the bytes as one word of shell text.
fn quote(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'\'');
    for &byte in bytes {
        match byte {
            b'\'' => out.extend_from_slice(b"'\\''"),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
}

#[cfg(test)]
mod tests;
