//! When a run will be over, going by what has finished.

use super::board::Board;
use super::stamp::Stamp;
use super::tally::Standing;
use std::time::Duration;

/// How long the run will still take, going by the jobs that have finished: none before three have, and none while
/// nothing can be said (paused, or only jobs that have run longer than their peers did are left).
pub fn expected_remaining(board: &Board, width: usize, now: Stamp) -> Option<Duration> {
    let durations = board.durations();
    if durations.count() < 3 || board.all_done() {
        return None;
    }
    let (mean, median) = (durations.mean()?, durations.median()?);
    let tally = board.tally();
    let waiting = u32::try_from(tally.not_started()).ok()?;
    let width = u32::try_from(width.max(1)).ok()?;
    let waves = mean.saturating_mul(waiting) / width.min(waiting.max(1));
    let running = board
        .rows()
        .iter()
        .filter(|row| matches!(Standing::of(&row.phase), Standing::Running | Standing::Slow))
        .filter_map(|row| row.phase.elapsed(now))
        .map(|elapsed| median.saturating_sub(elapsed))
        .max();
    let remaining = waves.saturating_add(running.unwrap_or_default());
    (remaining > Duration::ZERO).then_some(remaining)
}
