//! Which running jobs lag behind: past the soft limit, on a silent link, silent for too long, or far beyond their peers.

use crate::model::board::{Board, Row};
use crate::model::phase::Phase;
use crate::model::stamp::Stamp;
use std::time::Duration;

/// A running job that has printed nothing for so long is looked at.
const SILENT: Duration = Duration::from_secs(60);
/// How many times the median is far beyond one's peers.
const FAR: u32 = 3;
/// How many peers must have finished, and how long a job must run, before it is compared with them.
const PEERS: usize = 3;
const AT_LEAST: Duration = Duration::from_secs(10);

/// Whether a job is a straggler at `now`.
pub fn is_straggler(row: &Row, board: &Board, now: Stamp) -> bool {
    if row.phase.is_live() && row.link_silent.is_some() {
        return true;
    }
    match row.phase {
        Phase::Running { slow: Some(_), .. } | Phase::Running { overdue: Some(_), .. } | Phase::Stopping { .. } => true,
        Phase::Running { since, .. } => {
            let elapsed = now.since(since);
            let durations = board.durations();
            let beyond_peers = durations.count() >= PEERS
                && elapsed >= AT_LEAST
                && durations
                    .median()
                    .is_some_and(|median| elapsed > median.saturating_mul(FAR));
            beyond_peers || row.silent(now).is_some_and(|silent| silent >= SILENT)
        }
        _ => false,
    }
}
