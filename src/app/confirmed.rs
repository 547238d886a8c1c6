//! What the runner has confirmed last, and of how many jobs.

use crate::model::event::Change;
use crate::model::stamp::Stamp;
use std::time::Duration;

/// Confirmations of the same that follow each other within this time are one.
const TOGETHER: Duration = Duration::from_secs(1);

/// What was confirmed.
#[derive(Clone, Debug)]
pub(super) struct Confirmed {
    change: Change,
    count: usize,
    at: Stamp,
}

impl Confirmed {
    /// A confirmation after another one, which may be of the same.
    pub(super) fn after(before: Option<Self>, change: &Change, at: Stamp) -> Self {
        let before = before.filter(|before| before.change == *change && at.since(before.at) < TOGETHER);
        Self {
            change: change.clone(),
            count: before.map_or(1, |before| before.count + 1),
            at,
        }
    }

    /// Of how many jobs.
    pub(super) fn count(&self) -> usize {
        self.count
    }
}
