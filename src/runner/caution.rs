//! What must be looked for on a host before a job is started there once more.

use crate::model::doubt::Doubt;

/// What to do where something of an earlier attempt still runs, or where that cannot be looked into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfRunning {
    /// Start nothing.
    #[default]
    Refuse,
    /// Tell, and start all the same.
    GoOn,
}

impl IfRunning {
    /// What a request means.
    pub fn even(even_if_running: bool) -> Self {
        if even_if_running { Self::GoOn } else { Self::Refuse }
    }
}

/// The caution that an attempt takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Caution {
    /// Earlier attempts of which something may still run on the host.
    pub(super) doubts: Vec<Doubt>,
    /// What to do when something of them is found.
    pub(super) if_running: IfRunning,
}
