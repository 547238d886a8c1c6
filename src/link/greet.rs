//! The first words on the socket: who speaks which protocol, and which run this is. They come before anything else and
//! their form never changes, so that two versions of heeler can at least tell each other that they differ.

use crate::model::bond::Tie;
use crate::model::id::RunId;
use crate::model::stamp::Stamp;
use serde::{Deserialize, Serialize};

/// The version of everything that follows the greeting.
pub const PROTOCOL: u32 = 3;

/// What a viewer says first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Its [`PROTOCOL`].
    pub protocol: u32,
    /// Its version of heeler.
    pub version: String,
    /// Where it sits, in words (`pts/3`), for the record.
    pub place: String,
    /// What it may do.
    pub rights: Rights,
}

/// What a viewer may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rights {
    /// Look, and ask for changes.
    #[default]
    Write,
    /// Look.
    Read,
}

/// What the runner answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The viewer is let in.
    Welcome(Welcome),
    /// It is not.
    Refused {
        /// Why, and what to do.
        reason: String,
    },
}

/// What a viewer learns at the door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// Which run this is.
    pub run: RunId,
    /// As whom its requests are put on record.
    pub who: String,
    /// What time it is in the run.
    pub now: Stamp,
    /// How many events have happened; so many are told again first, and no output between them.
    pub backlog: usize,
    /// What ends the run besides itself.
    pub tie: Tie,
    /// What becomes of the run at logout, where it would not go on: one sentence for the operator.
    pub logout: Option<String>,
}
