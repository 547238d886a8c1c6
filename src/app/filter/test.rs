//! One test of a row.

use super::glob::fits;
use super::value::ValueTest;
use super::words::state_words;
use crate::app::lag::Pack;
use crate::app::said::{Said, remark, said};
use crate::model::board::Row;
use crate::model::outcome::Outcome;
use crate::model::tally::Standing;
use crate::nodeset::NodeSet;
use regex::Regex;
use std::ops::RangeInclusive;

/// What must hold of a row. Words are lower case.
#[derive(Clone, Debug)]
pub(super) enum Test {
    State(String),
    Host(Text),
    Hosts(NodeSet),
    Out(Text),
    Any(Text),
    Exit(RangeInclusive<u64>),
    Cause(String),
    Fate(String),
    Lag(String),
    Try(RangeInclusive<u64>),
    /// In milliseconds.
    Elapsed(RangeInclusive<u64>),
    Value(ValueTest),
}

/// A text that is looked for.
#[derive(Clone, Debug)]
pub(super) enum Text {
    /// A whole name with `*` and `?` in it, lower case.
    Glob(String),
    /// What fits an expression; also a text as it stands, because an expression finds it fastest.
    Fits(Regex),
}

impl Text {
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Glob(pattern) => fits(pattern.as_bytes(), text.to_lowercase().as_bytes()),
            Self::Fits(expression) => expression.is_match(text),
        }
    }
}

impl Test {
    pub(super) fn holds(&self, row: &Row, pack: &Pack) -> bool {
        let outcome = row.phase.outcome();
        match self {
            Self::State(word) => state_words(Standing::of(&row.phase)).any(|name| name.starts_with(word.as_str())),
            Self::Host(text) => text.is_in(row.host.as_str()),
            Self::Hosts(set) => set.contains(&row.host),
            Self::Out(text) => says(row, text),
            Self::Any(text) => text.is_in(row.host.as_str()) || says(row, text),
            Self::Exit(range) => outcome.and_then(status).is_some_and(|status| range.contains(&status)),
            Self::Cause(word) => match outcome {
                Some(Outcome::Unreachable { cause, .. }) => cause.word().starts_with(word.as_str()),
                _ => false,
            },
            Self::Fate(word) => outcome
                .and_then(Outcome::fate)
                .is_some_and(|fate| fate.word().starts_with(word.as_str())),
            Self::Lag(word) => pack
                .lag(row)
                .is_some_and(|lag| word == "any" || lag.word().starts_with(word.as_str())),
            Self::Value(test) => test.holds(row),
            Self::Try(range) => range.contains(&u64::from(row.attempt.0)),
            Self::Elapsed(range) => row
                .phase
                .elapsed(pack.now())
                .is_some_and(|elapsed| range.contains(&u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))),
        }
    }
}

/// The status with which a command ended.
fn status(outcome: &Outcome) -> Option<u64> {
    match outcome {
        Outcome::Ok => Some(0),
        Outcome::Exit { code } => Some(u64::from(*code)),
        Outcome::Signal { status, .. } => Some(u64::from(*status)),
        _ => None,
    }
}

fn says(row: &Row, text: &Text) -> bool {
    let said = match said(row) {
        Said::Nothing => false,
        Said::Output(line) => text.is_in(line.text()),
        Said::Words(words) => text.is_in(&words),
    };
    said || remark(row).is_some_and(|words| text.is_in(&words))
}
