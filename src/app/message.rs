//! What comes in and what goes out: the messages that change the dashboard, and the effects that the shell performs.

use super::difference::{Compared, Comparison};
use super::key::Key;
use super::prints::{Sketch, Wanted};
use crate::model::event::{Event, Message, Stream};
use crate::model::id::{AttemptNo, JobId};
use crate::model::request::Request;
use crate::model::secret::Secret;

/// Columns and rows of the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// What the dashboard is told.
#[derive(Debug)]
pub enum Msg {
    /// The operator pressed a key.
    Key(Key),
    /// The operator pasted text.
    Paste(String),
    /// The runner told something.
    Runner(Message),
    /// The runner is gone; this is what it recorded and could not tell any more.
    RunnerGone(Vec<Event>),
    /// The terminal has this size now.
    Resize(Size),
    /// Time has passed that the screen shows; see [`App::next_wake`](super::App::next_wake).
    Tick,
    /// A frame is about to be drawn: rows take their places.
    Frame,
    /// Output that was asked for.
    Loaded(Loaded),
    /// The last of ssh's own words about the host of a job.
    Words(JobId, Vec<String>),
    /// What outputs that were asked for are like.
    Surveyed(Vec<Sketch>),
    /// The difference of two outputs.
    Compared(Compared),
    /// What the shell was asked to do cannot be done; in words.
    Refused(&'static str),
}

/// A piece of the output of an attempt, read from the run directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Whose.
    pub job: JobId,
    /// Of which attempt.
    pub attempt: AttemptNo,
    /// Which opening of the output it answers; answers to earlier ones are dropped.
    pub ticket: u64,
    /// How many bytes were left out before these pieces, when they are the first ones.
    pub skipped: u64,
    /// Which streams begin within a line for that reason.
    pub cut: Vec<Stream>,
    /// The bytes, in the order in which they came.
    pub pieces: Vec<(Stream, Vec<u8>)>,
    /// Whether more was there to read.
    pub more: bool,
    /// What went wrong, in words.
    pub error: Option<String>,
}

/// A wish for output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// Open the output and read its last part.
    Tail {
        /// Whose.
        job: JobId,
        /// Of which attempt.
        attempt: AttemptNo,
        /// To be given back with every answer.
        ticket: u64,
    },
    /// Open the output and read from its start.
    Start {
        /// Whose.
        job: JobId,
        /// Of which attempt.
        attempt: AttemptNo,
        /// To be given back with every answer.
        ticket: u64,
    },
    /// Read on where the last answer to this ticket ended.
    More {
        /// Which opening.
        ticket: u64,
    },
}

/// What the shell has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the runner.
    Request(Request),
    /// Give the runner the password for `sudo`.
    Give(Secret),
    /// Read output.
    Load(Load),
    /// Read the last of ssh's own words about the host of a job.
    Words(JobId),
    /// Read whole outputs, to tell which are the same.
    Survey(Vec<Wanted>),
    /// Read two outputs and compare them.
    Compare(Comparison),
    /// Leave the dashboard: there is nothing left to see.
    Leave,
    /// Leave the dashboard; the run goes on.
    Detach,
    /// Give the terminal back and stop this process until it is continued.
    Suspend,
    /// Draw everything anew.
    Redraw,
}

/// Effects in the order in which they are to be performed; often none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "effects do nothing unless they are performed"]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// Nothing to do.
    pub fn none() -> Self {
        Self::default()
    }

    /// One request to the runner.
    pub fn request(request: Request) -> Self {
        Effect::Request(request).into()
    }

    /// These, then those.
    pub fn and(mut self, then: Self) -> Self {
        self.0.extend(then.0);
        self
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Effect> for Effects {
    fn from(effect: Effect) -> Self {
        Self(vec![effect])
    }
}

impl From<Option<Effect>> for Effects {
    fn from(effect: Option<Effect>) -> Self {
        Self(effect.into_iter().collect())
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
