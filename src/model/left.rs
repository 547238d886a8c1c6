//! A process of a job that a look at its host found alive: after the command was told to end, beside it, or after it.

use serde::{Deserialize, Serialize};

/// A process of a job on its host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Left {
    /// Its number there.
    pub pid: u32,
    /// Why it is taken for the job's.
    pub kin: Kin,
    /// The state letter of the system, for instance `S` sleeping, `D` uninterruptible, `T` suspended.
    pub state: char,
    /// Its owner, as [`owner_name`](super::outcome::owner_name) names users.
    pub owner: String,
    /// Its short name, printable ASCII only.
    pub name: String,
}

/// How a process belongs to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kin {
    /// It is in the job's session.
    Session,
    /// It has the job's cookie but left the session; it may be a daemon left on purpose.
    Escaped,
}
