//! The prompt for a further command: on which hosts, and what is typed so far.

use super::input::{Input, LONGEST};
use super::recall::Recall;
use crate::model::id::JobId;

/// The prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// On the hosts of which jobs: those that were drawn when it was opened.
    pub jobs: Vec<JobId>,
    /// Their hosts, put briefly.
    pub hosts: String,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// The command so far.
    pub input: Input,
    /// Whether the marks said which.
    pub(super) of_marks: bool,
    pub(super) recall: Recall,
}

impl FollowUp {
    /// Nothing typed yet, for these jobs, which may be the marked ones.
    pub(super) fn new((jobs, of_marks): (Vec<JobId>, bool), hosts: String, hidden: usize) -> Self {
        Self {
            jobs,
            hosts,
            hidden,
            input: Input::with_room(LONGEST),
            of_marks,
            recall: Recall::default(),
        }
    }
}
