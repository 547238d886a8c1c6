//! A look at a job's host while the job runs: its processes, and how hard the host is pressed. It is told to whoever
//! watches and not recorded: the next one takes its place.

use super::id::{AttemptNo, JobId};
use super::stamp::Stamp;
use serde::{Deserialize, Serialize};

/// What a look at a job's host brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Probe {
    /// When it came back.
    pub at: Stamp,
    /// Whose.
    pub job: JobId,
    /// In which attempt.
    pub attempt: AttemptNo,
    /// What.
    pub seen: Seen,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// This.
    Host(Box<HostState>),
    /// Nothing, for this reason: there is no `ps`, or no session, or no answer.
    Nothing(String),
}

/// A host at one moment. What it could not tell is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HostState {
    /// The job's processes, parents before their children.
    pub processes: Vec<Process>,
    /// Load averages over 1, 5 and 15 minutes.
    pub load: Option<[f64; 3]>,
    /// How many processors it has.
    pub processors: Option<u32>,
    /// Memory in bytes: all of it, and what is available.
    pub memory: Option<[u64; 2]>,
    /// The file system of the working directory, in bytes: all of it, and what is available.
    pub disk: Option<[u64; 2]>,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its parent's.
    pub parent: u32,
    /// The state letter of the system, for instance `S` sleeping, `D` uninterruptible, `T` suspended.
    pub state: char,
    /// Its owner.
    pub owner: String,
    /// Since how many seconds it runs.
    pub elapsed: u64,
    /// How many seconds of processor time it has used.
    pub cpu: u64,
    /// The place in the kernel where it waits, if that is told.
    pub waits_in: Option<String>,
    /// Its arguments, harmless and cut to a line.
    pub arguments: String,
}
