//! The job whose details are open, and what was heard of its host since.

use crate::model::id::JobId;
use crate::model::probe::Probe;
use crate::model::stamp::Stamp;
use std::time::Duration;

/// Between an answer and the next question.
const PAUSE: Duration = Duration::from_secs(2);

/// How long an answer is waited for; the runner gives up before.
const PATIENCE: Duration = Duration::from_secs(15);

/// The job whose details are open.
#[derive(Debug)]
pub(super) struct Watch {
    /// Which.
    pub(super) job: JobId,
    /// What the last look at its host brought.
    pub(super) newest: Option<Probe>,
    /// The last of ssh's own words.
    pub(super) words: Vec<String>,
    /// When its host is asked next.
    pub(super) due: Stamp,
}

impl Watch {
    /// A job whose host is to be asked at once.
    pub(super) fn new(job: JobId, now: Stamp) -> Self {
        Self {
            job,
            newest: None,
            words: Vec::new(),
            due: now,
        }
    }

    /// The host is asked.
    pub(super) fn ask(&mut self, now: Stamp) {
        self.due = now + PATIENCE;
    }

    /// It has answered.
    pub(super) fn take(&mut self, probe: Probe, now: Stamp) {
        self.newest = Some(probe);
        self.due = now + PAUSE;
    }
}
