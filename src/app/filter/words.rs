//! The words of the filter language: its keys, and what may stand behind those that take a word. Reader, help and
//! completion derive from this.

use crate::app::lag::Lag;
use crate::model::outcome::{Cause, Fate, OutcomeClass};
use crate::model::tally::Standing;

/// What stands before the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The state of the job.
    State,
    /// Its host.
    Host,
    /// What its row says.
    Out,
    /// The exit status of its command.
    Exit,
    /// Why its host could not be used.
    Cause,
    /// What became of its processes.
    Fate,
    /// Why it is looked at.
    Lag,
    /// Which attempt it is at.
    Try,
    /// How long it takes or took.
    Elapsed,
}

impl Key {
    /// Every key, with its name and an example of what may follow.
    pub const ALL: [(Self, &'static str, &'static str); 9] = [
        (Self::State, "state", "run"),
        (Self::Host, "host", "db[1-9]"),
        (Self::Out, "out", "/re/"),
        (Self::Exit, "exit", ">1"),
        (Self::Cause, "cause", "auth"),
        (Self::Fate, "fate", "unknown"),
        (Self::Lag, "lag", "prompt"),
        (Self::Try, "try", ">1"),
        (Self::Elapsed, "elapsed", ">5m"),
    ];

    /// The key of this name.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(_, known, _)| *known == name)
            .map(|(key, ..)| key)
    }

    /// The words that may stand behind it, where words do.
    pub(super) fn values(self) -> Vec<&'static str> {
        match self {
            Self::State => {
                let mut words: Vec<&str> = Standing::all().flat_map(state_words).collect();
                words.sort_unstable();
                words.dedup();
                words
            }
            Self::Cause => Cause::ALL.map(Cause::word).into(),
            Self::Fate => Fate::WORDS.into(),
            Self::Lag => Lag::WORDS.into_iter().chain(["any"]).collect(),
            Self::Host | Self::Out | Self::Exit | Self::Try | Self::Elapsed => Vec::new(),
        }
    }
}

/// Every word under which a state is found.
pub(super) fn state_words(standing: Standing) -> impl Iterator<Item = &'static str> {
    let further: &[&'static str] = match standing {
        Standing::Slow => &["running"],
        Standing::Backoff => &["retrying"],
        Standing::Done(OutcomeClass::Ok) => &["done"],
        Standing::Done(OutcomeClass::Exit | OutcomeClass::Signal) => &["failed", "done", "bad"],
        Standing::Done(OutcomeClass::TimedOut) => &["timeout", "done", "bad"],
        Standing::Done(_) => &["done", "bad"],
        _ => &[],
    };
    std::iter::once(standing.word()).chain(further.iter().copied())
}
