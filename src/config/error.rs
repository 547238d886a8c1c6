//! What is wrong with a value, and with a configuration file, and where.

use crate::keys::{KeyClash, NoKey};
use crate::theme::{NoPaint, NoPreset};
use std::io;
use std::path::{Path, PathBuf};

/// Why a text is not the value of a setting; says what is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// No length of time at all.
    #[error("{0:?} is no length of time; write for example 90s, 10m or 1h30m")]
    NoDuration(String),
    /// A bare number.
    #[error("{0} has no unit; write {0}s for seconds or {0}m for minutes")]
    NoUnit(String),
    /// Beyond a year.
    #[error("{0:?} is too long; write at most 365d")]
    TooLong(String),
    /// Not a number, or out of bounds.
    #[error("{text:?} is not a number from {least} to {most}{besides}")]
    NoNumber {
        /// What stands there.
        text: String,
        /// The smallest number that may.
        least: usize,
        /// The largest.
        most: usize,
        /// What else may, after a comma.
        besides: &'static str,
    },
    /// No limit on the command.
    #[error("{0:?} is no limit; write for example 10m, 3x (times the median of the finished ones), or 0s for none")]
    NoRunLimit(String),
    /// No soft limit.
    #[error("{0:?} does not say when a job is slow; write for example 3x (times the median), 5m or never")]
    NoSlow(String),
    /// No amount of bytes.
    #[error("{0:?} is no amount of bytes; write for example 10GB or 500MB")]
    NoSize(String),
    /// None of the words that may stand here.
    #[error("{text:?} is not known here; write {known}")]
    NoWord {
        /// What stands there.
        text: String,
        /// The words that may.
        known: &'static str,
    },
    /// No key.
    #[error(transparent)]
    NoKey(#[from] NoKey),
    /// No paint.
    #[error(transparent)]
    NoPaint(#[from] NoPaint),
    /// No preset.
    #[error(transparent)]
    NoPreset(#[from] NoPreset),
    /// Not an option of ssh.
    #[error("{0:?} is not an option of ssh; write it as KEY=VALUE")]
    NoSshOption(String),
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read the configuration {}: {source}; check the path and its permissions", shown(.path))]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something in it is wrong.
    #[error("{}:{line}: {problem}", shown(.path))]
    Wrong {
        /// Which file.
        path: PathBuf,
        /// In which line, from 1.
        line: usize,
        /// What.
        problem: Box<Problem>,
    },
}

/// What is wrong in a line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is not TOML.
    #[error("this is not TOML: {0}; correct the line")]
    Syntax(String),
    /// A key that means nothing.
    #[error("{} is not known{}", place(*.section, .key), suggestion(*.nearest, .known))]
    UnknownKey {
        /// The section; none at the top of the file.
        section: Option<&'static str>,
        /// The key.
        key: String,
        /// What was probably meant.
        nearest: Option<&'static str>,
        /// What may stand there.
        known: Vec<&'static str>,
    },
    /// A value of the wrong sort.
    #[error("{} is {found}; write {expected}", place(*.section, .key))]
    WrongSort {
        /// The section; none at the top of the file.
        section: Option<&'static str>,
        /// The key.
        key: String,
        /// What stands there.
        found: &'static str,
        /// What should.
        expected: &'static str,
    },
    /// A value that cannot be.
    #[error("{}: {error}", place(Some(.section), .key))]
    Value {
        /// The section.
        section: &'static str,
        /// The key.
        key: String,
        /// Why not.
        error: ValueError,
    },
    /// Bindings that cannot hold together.
    #[error("keys.{}: {clash}", .clash.action())]
    Keys {
        /// Which.
        clash: KeyClash,
    },
    /// A group whose name could not be written behind an `@`.
    #[error("groups.{0:?} cannot be used as @NAME; use letters, digits and . _ -")]
    GroupName(String),
}

/// A path on which no terminal acts.
fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}

fn place(section: Option<&'static str>, key: &str) -> String {
    match section {
        Some(section) => format!("{section}.{}", key.escape_debug()),
        None => format!("[{}]", key.escape_debug()),
    }
}

fn suggestion(nearest: Option<&'static str>, known: &[&'static str]) -> String {
    /// More than this is no list to be read in a message.
    const MOST: usize = 25;
    match nearest {
        Some(word) => format!("; did you mean {word}?"),
        None if known.len() > MOST => "; heeler config --default lists what there is".to_owned(),
        None => format!("; there is {}", known.join(", ")),
    }
}
