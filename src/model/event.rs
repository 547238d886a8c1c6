//! What happened, in the past tense. The lifecycle events of a run are its truth: they are appended to `events.jsonl`
//! as they happen, and every front-end's state is a fold over them. Output travels beside them as [`Output`], because
//! its bytes are in files of their own.

use super::host::HostName;
use super::id::{AttemptNo, JobId, RunId};
use super::left::Left;
use super::outcome::{Fate, Limit, Outcome};
use super::phase::{PauseReason, StopReason, Why};
use super::probe::Probe;
use super::request::Request;
use super::signal::Sig;
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

impl Event {
    /// Whether viewers are told of the event as it is recorded, at the same place among the others. What the record lacks
    /// is told when that becomes known, recorded or not.
    pub fn has_place(&self) -> bool {
        !matches!(self.what, What::Unrecorded(_))
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The run began. Always the first event.
    RunStarted(Started),
    /// A new runner took the run up after the one before it had gone without ending it.
    RunResumed(Resumed),
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
    /// A viewer asked for something.
    Requested(Requested),
    /// Nothing new is started until the run continues.
    Paused(PauseReason),
    /// New jobs are started again.
    Continued,
    /// Nothing new is started any more.
    Draining,
    /// So many jobs may run at once from now on.
    Width {
        /// How many.
        width: usize,
    },
    /// The runner drives another run as well.
    Adopted {
        /// Which.
        run: RunId,
    },
    /// It was asked to, and does not.
    NotAdopted {
        /// Where that run's directory is said to be.
        directory: PathBuf,
        /// Why not, one line.
        detail: String,
    },
    /// A host asks for the password that `sudo` wants; whoever needs it waits until somebody gives it.
    PasswordWanted {
        /// What became of the last one that was given, one line; nothing the first time.
        detail: Option<String>,
    },
    /// Somebody gave it, or declined to.
    PasswordGiven,
    /// The machine slept, or the runner was stopped: for so long nobody watched, and no limit counted.
    Slept {
        /// How long.
        asleep: Duration,
    },
    /// Something could not be recorded. The numbers are those of the whole run so far.
    Unrecorded(Unrecorded),
    /// The run is over. The last event, unless the run is taken up again.
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
    /// The run of which this one repeats a part.
    pub parent: Option<RunId>,
    /// The digest of what is run ([`Plan::digest`](super::plan::Plan::digest)).
    pub digest: String,
}

/// How an interrupted run was taken up again.
#[derive(Clone, Debug, PartialEq)]
pub struct Resumed {
    /// The absolute time, RFC 3339, UTC.
    pub time: String,
    /// Who did it.
    pub operator: String,
}

/// A wish, and whose it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    /// Who asked: user, terminal and process, in words.
    pub who: String,
    /// For what.
    pub request: Request,
}

/// What the record lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unrecorded {
    /// Bytes of output that are not on disk: lost, or (when the number goes down again) late.
    pub bytes: u64,
    /// Events that are not on disk (yet): they are kept and written when there is room again.
    pub events: u64,
    /// Why, in the system's words; one line.
    pub detail: String,
}

/// What happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It waits. With a higher attempt number than before: it is tried again.
    Queued(Why),
    /// The host is being connected, or a session and the shim are being set up on it.
    Connecting,
    /// The host is given the program: from now on the command may run there.
    Starting {
        /// The mark that every process of this attempt carries in its environment (`HEELER_JOB`).
        cookie: String,
    },
    /// The command was started.
    Running {
        /// The process on the host that leads the job's group.
        pid: u32,
    },
    /// It passed the soft limit.
    Slow,
    /// The operator changed the limit on its run time.
    Limit {
        /// From the start of the command; `None` for no limit.
        run: Option<Duration>,
    },
    /// The operator sent it a signal.
    Signalled {
        /// Which.
        signal: Sig,
    },
    /// It passed a hard limit, and is to finish all the same.
    Overdue {
        /// Which.
        limit: Limit,
    },
    /// Nothing has been heard of the host, although it was asked for a sign of life.
    LinkSilent {
        /// Since when.
        since: Stamp,
    },
    /// Something was heard of it again.
    LinkHeard,
    /// A look at the host told which processes of this attempt are alive. A later one takes its place.
    Left {
        /// Which; none at all when nothing was found.
        processes: Vec<Left>,
    },
    /// A look at the host was asked for and could not be made, or could not see everything and found nothing.
    NotLooked {
        /// Why, one line.
        detail: String,
    },
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
    /// A later look at the host told what became of this attempt.
    Found {
        /// What.
        fate: Fate,
    },
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

/// New output of an attempt. Every byte is in the run directory already, but for those that an [`Unrecorded`] counts;
/// the pieces here are the newest of it, and a
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
    /// A look at a host.
    Probe(Probe),
}
