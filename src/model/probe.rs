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
    /// Nothing, for this reason: there is no session, or no answer.
    Nothing(String),
}

/// A host at one moment. What it could not tell is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HostState {
    /// The job's processes, parents before their children.
    pub processes: Vec<Process>,
    /// How many more it has that were not asked about.
    pub more: u32,
    /// By which means they were found; `None` where there is none.
    pub means: Option<Means>,
    /// Load averages over 1, 5 and 15 minutes.
    pub load: Option<[f64; 3]>,
    /// How many processors it has.
    pub processors: Option<u32>,
    /// Memory in bytes: all of it, and what is available.
    pub memory: Option<[u64; 2]>,
    /// The room on its disk.
    pub disk: Disk,
}

/// How the processes of a job were found and told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// By session and mark in `/proc`, told by `ps`.
    Ps,
    /// By session and mark in `/proc`, and read from there: `ps` is missing or cannot tell enough.
    Proc,
    /// By process group, told by `ps`: there is no `/proc`, so what left the group is not seen.
    Group,
}

/// The room on a host's disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disk {
    /// On the file system of the working directory of the job's first process, in bytes.
    Job {
        /// All of it.
        size: u64,
        /// What is available.
        available: u64,
    },
    /// On the root file system: the working directory could not be seen.
    Root {
        /// All of it.
        size: u64,
        /// What is available.
        available: u64,
    },
    /// It was asked about and did not answer: a file system on a network may be gone.
    Hangs,
    /// The host could not tell.
    #[default]
    Untold,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
