//! The limit on the run time of one job, where the operator has changed it.

use std::time::Duration;

/// What holds for this job instead of the limit of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OwnLimit {
    /// Nothing: the limit of the run holds.
    #[default]
    AsPlanned,
    /// No limit.
    Off,
    /// This one.
    At(Duration),
}

impl OwnLimit {
    /// What a change to this limit, or to none, leaves.
    pub fn changed(run: Option<Duration>) -> Self {
        run.map_or(Self::Off, Self::At)
    }

    /// The limit that holds, in a run with this one.
    pub fn or(self, planned: Option<Duration>) -> Option<Duration> {
        match self {
            Self::AsPlanned => planned,
            Self::Off => None,
            Self::At(limit) => Some(limit),
        }
    }
}
