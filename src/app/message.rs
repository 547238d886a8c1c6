//! What comes in and what goes out: the messages that change the dashboard, and the effects that the shell performs.

use super::difference::{Compared, Comparison};
use super::follow_up::Errand;
use super::key::Key;
use super::measuring::{Measured, Quest};
use super::prints::{Sketch, Wanted};
use super::search::Search;
use crate::model::event::{Event, Message, Stream};
use crate::model::id::{AttemptNo, JobId};
use crate::model::request::Request;
use crate::model::secret::Secret;
use crate::model::stamp::Stamp;

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
    /// The terminal has the keys again, or another window has them.
    Focus(bool),
    /// Time has passed that the screen shows; see [`App::next_wake`](super::App::next_wake).
    Tick,
    /// A frame is about to be drawn: rows take their places.
    Frame,
    /// Output that was asked for.
    Loaded(Loaded),
    /// What a search through an output has found.
    Found(Found),
    /// What the shell was asked to do cannot be done, or is done; in words.
    Said(String),
    /// The file that was to be written exists.
    Exists(Export),
    /// The last of ssh's own words about the host of a job.
    Words(JobId, Vec<String>),
    /// What outputs that were asked for are like.
    Surveyed(Vec<Sketch>),
    /// The difference of two outputs.
    Compared(Compared),
    /// What was read out of outputs as columns.
    Measured(Measured),
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
    pub pieces: Vec<Read>,
    /// Where the spot that was asked for is, when these pieces are the first ones around it.
    pub spot: Option<u64>,
    /// Whether more was there to read.
    pub more: bool,
    /// What went wrong, in words.
    pub error: Option<String>,
}

/// Bytes of one stream that came one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Of which stream.
    pub stream: Stream,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// When they came: from which byte on, and at what time, in order.
    pub times: Vec<(usize, Stamp)>,
}

impl Read {
    /// Bytes that came at once.
    pub fn at_once(stream: Stream, bytes: Vec<u8>, at: Stamp) -> Self {
        let times = vec![(0, at)];
        Self { stream, bytes, times }
    }

    /// When a byte came.
    pub fn time_of(&self, byte: usize) -> Stamp {
        let behind = self.times.partition_point(|(from, _)| *from <= byte);
        let time = behind.checked_sub(1).and_then(|at| self.times.get(at));
        time.map_or(Stamp::default(), |(_, at)| *at)
    }
}

/// Where somebody wants to read in an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// At the byte with this number, both streams counted in the order in which they came.
    Place(u64),
    /// At what came first at this time or later.
    Time(Stamp),
}

/// What a search has found in the next part of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which search.
    pub ticket: u64,
    /// The lines that have it: the place of the end of each, and its stream.
    pub hits: Vec<(u64, Stream)>,
    /// Up to which place it has come.
    pub to: u64,
    /// Whether it goes on.
    pub more: bool,
    /// What went wrong, in words.
    pub error: Option<String>,
}

/// A wish for a search through the whole output of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    /// From its start.
    Begin {
        /// Whose.
        job: JobId,
        /// Of which attempt.
        attempt: AttemptNo,
        /// To be given back with every answer.
        ticket: u64,
        /// For what.
        search: Search,
    },
    /// The output has grown: on from where the search ended.
    More {
        /// Which search.
        ticket: u64,
    },
    /// Nothing is searched for any more.
    Stop,
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
    /// Open the output and read from a little before a spot in it.
    Around {
        /// Whose.
        job: JobId,
        /// Of which attempt.
        attempt: AttemptNo,
        /// To be given back with every answer.
        ticket: u64,
        /// Where.
        spot: Spot,
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
    /// Search through an output.
    Find(Find),
    /// Hand the terminal to another program until that ends.
    Visit(Visit),
    /// Call the operator: by the bell, and by a notice on the desktop.
    Summon {
        /// Whether the bell rings.
        bell: bool,
        /// What the notice says.
        text: Option<String>,
    },
    /// Hand a text to the terminal's clipboard.
    Copy(String),
    /// Write a file.
    Write(Export),
    /// Read the last of ssh's own words about the host of a job.
    Words(JobId),
    /// Read whole outputs, to tell which are the same.
    Survey(Vec<Wanted>),
    /// Read outputs, for the values of fields.
    Measure(Quest),
    /// Read two outputs and compare them.
    Compare(Comparison),
    /// Leave the dashboard: there is nothing left to see.
    Leave,
    /// Leave the dashboard; the run goes on.
    Detach,
    /// Run a further command, show that, and come back.
    FollowUp(Errand),
    /// Give the terminal back and stop this process until it is continued.
    Suspend,
    /// Draw everything anew.
    Redraw,
}

/// What the operator wants to see outside the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// A shell on the host of a job.
    Shell(JobId),
    /// The output of an attempt, in the operator's pager.
    Pager(JobId, AttemptNo),
}

/// What is written to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// What.
    pub what: Content,
    /// Where, as typed.
    pub path: String,
    /// Whether a file that is there already is replaced.
    pub replace: bool,
}

/// What can be written to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A folded node set.
    NodeSet(String),
    /// Every event of the run, one JSON object per line.
    Report,
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

    /// Each of them, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Effect> {
        self.0.iter()
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
