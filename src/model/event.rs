//! What happened, in the past tense. The lifecycle events of a run are its truth: they are appended to `events.jsonl`
//! as they happen, and every front-end's state is a fold over them. Output travels beside them as [`Output`], because
//! its bytes are in files of their own.

use super::host::HostName;
use super::id::{AttemptNo, JobId, RunId};
use super::outcome::{Limit, Outcome};
use super::phase::{StopReason, Why};
use super::stamp::Stamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// One thing that happened, and when. `docs/json.md` tells its JSON form.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, since the start of the run.
    pub at: Stamp,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The run began. Always the first event.
    RunStarted(Started),
    /// Something happened to a job.
    Job {
        /// Which.
        job: JobId,
        /// Its host.
        host: HostName,
        /// Which attempt at it.
        attempt: AttemptNo,
        /// What.
        change: Change,
    },
    /// Nothing new is started until the run continues.
    Paused,
    /// New jobs are started again.
    Continued,
    /// Nothing new is started any more.
    Draining,
    /// The run is over. Always the last event.
    RunEnded {
        /// How many jobs ended in which way, by the word of the class; only those that occurred.
        counts: BTreeMap<String, usize>,
        /// The exit status that follows from them.
        exit: u8,
    },
}

/// How a run began.
#[derive(Clone, Debug, PartialEq)]
pub struct Started {
    /// Its name.
    pub run: RunId,
    /// Its directory.
    pub directory: PathBuf,
    /// How many jobs it has.
    pub jobs: usize,
    /// The absolute time, RFC 3339, UTC.
    pub time: String,
    /// Who started it.
    pub operator: String,
    /// The operator's words.
    pub note: Option<String>,
}

/// What happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It waits. With a higher attempt number than before: it is tried again.
    Queued(Why),
    /// The host is being connected, or a session and the shim are being set up on it.
    Connecting,
    /// The command was started.
    Running {
        /// The process on the host that leads the job's group.
        pid: u32,
    },
    /// It passed the soft limit.
    Slow,
    /// It was told to end.
    Stopping {
        /// Why.
        reason: StopReason,
        /// The limit that was reached, when that is why.
        limit: Option<Limit>,
        /// When KILL follows; `None` when it was sent.
        kill_at: Option<Stamp>,
    },
    /// The attempt is over and the next one comes by itself.
    Retrying {
        /// How the attempt ended.
        ending: Ending,
        /// When the next one begins.
        until: Stamp,
    },
    /// The attempt is over, and the job with it.
    Done(Ending),
}

/// The end of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// How it ended.
    pub outcome: Outcome,
    /// A left-behind process still held the output when the drain time was over.
    pub leaked: bool,
    /// How long the command ran, or, where none was started, how long the attempt took.
    pub elapsed: Duration,
}

/// Which of a command's two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// New output of an attempt. Every byte is in the run directory already; the pieces here are the newest of it, and a
/// gap between the offsets is what came too fast to be carried along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// When the newest piece was read.
    pub at: Stamp,
    /// Whose.
    pub job: JobId,
    /// Of which attempt.
    pub attempt: AttemptNo,
    /// The pieces, in the order in which they were read.
    pub pieces: Vec<Piece>,
}

/// A run of bytes of one stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Which stream.
    pub stream: Stream,
    /// Where in the stream (and its file) the bytes begin.
    pub offset: u64,
    /// The bytes, exactly as the host sent them: hostile until sanitised.
    pub bytes: Vec<u8>,
}

/// What a front-end receives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Message {
    /// A lifecycle event.
    Event(Event),
    /// Output.
    Output(Output),
}
