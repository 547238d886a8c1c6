//! What a follow-up is to do, as it leaves the dashboard.

use crate::model::id::JobId;

/// A command and the jobs on whose hosts it is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Which jobs.
    pub jobs: Vec<JobId>,
    /// Shell text, byte for byte.
    pub command: String,
}
