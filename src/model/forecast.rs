//! When a run will be over, going by what has finished.

use super::board::Board;
use super::phase::Phase;
use super::stamp::Stamp;
use super::tally::Standing;
use std::time::Duration;

/// The shortest time by which the pace of a run is judged.
const WINDOW: Duration = Duration::from_secs(60);

/// How long the run will still take, going by the jobs that have finished: none before three have, and none while
/// nothing can be said (paused, or only jobs that have run longer than their peers did are left). What waits takes as
/// long as its waves would, or as it will at the pace of late, which knows of slow connections: whichever is longer.
pub fn expected_remaining(board: &Board, now: Stamp) -> Option<Duration> {
    let durations = board.durations();
    if durations.count() < 3 || board.all_done() {
        return None;
    }
    let (mean, median) = (durations.mean()?, durations.median()?);
    let tally = board.tally();
    let waiting = u32::try_from(tally.not_started()).ok()?;
    let width = u32::try_from(board.width().max(1)).ok()?;
    let waves = mean.saturating_mul(waiting) / width.min(waiting.max(1));
    let running = board
        .rows()
        .iter()
        .filter(|row| matches!(Standing::of(&row.phase), Standing::Running | Standing::Slow))
        .filter_map(|row| row.phase.elapsed(now))
        .map(|elapsed| median.saturating_sub(elapsed))
        .max();
    let by_waves = waves.saturating_add(running.unwrap_or_default());
    let by_pace = interval(board, mean, now).map(|each| each.saturating_mul(waiting));
    let remaining = by_waves.max(by_pace.unwrap_or_default());
    (remaining > Duration::ZERO).then_some(remaining)
}

/// How long it took from one end to the next of late; nothing when too few jobs have ended lately.
fn interval(board: &Board, mean: Duration, now: Stamp) -> Option<Duration> {
    let begun = board.begun()?;
    let window = WINDOW.max(mean * 2).min(now.since(begun));
    let ended = board
        .rows()
        .iter()
        .filter(|row| matches!(&row.phase, Phase::Done { at, .. } if now.since(*at) <= window))
        .count();
    u32::try_from(ended)
        .ok()
        .filter(|ended| *ended >= 3)
        .map(|ended| window / ended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::{Change, Event, What};
    use crate::model::fixture::{ending, event, plan};
    use crate::model::outcome::Outcome;

    /// A board with so many jobs, of which `done` ended after 10 s and `running` have run since 107 s.
    fn board(jobs: u32, done: u32, running: u32, width: usize) -> Board {
        let mut board = Board::new(&plan(jobs));
        board.apply(&Event {
            at: Stamp::default(),
            what: What::Width { width },
        });
        for job in 0..done {
            board.apply(&event(20, (job, 1), Change::Connecting));
            board.apply(&event(50, (job, 1), Change::Done(ending(Outcome::Ok, 10))));
        }
        for job in done..done + running {
            board.apply(&event(107, (job, 1), Change::Running { pid: 1 }));
        }
        board
    }

    #[test]
    fn what_remains_is_the_waiting_in_waves_and_the_rest_of_what_runs() {
        for (jobs, done, running, width, secs) in [
            (9, 2, 2, 2, None),
            (4, 4, 0, 2, None),
            (3, 3, 0, 0, None),
            // Six wait, two at a time, and two have run for 4 s.
            (11, 3, 2, 2, Some(36)),
            // They cannot be wider than they are many.
            (5, 3, 0, 64, Some(10)),
            (4, 3, 1, 0, Some(6)),
        ] {
            let board = board(jobs, done, running, width);
            let expected = secs.map(Duration::from_secs);
            let found = expected_remaining(&board, Stamp::from_secs(111));
            assert_eq!(found, expected, "{jobs} {done} {running} {width}");
        }
    }

    #[test]
    fn nothing_is_said_when_only_stragglers_are_left() {
        assert_eq!(expected_remaining(&board(4, 3, 1, 2), Stamp::from_secs(119)), None);
    }

    #[test]
    fn slow_connections_count_and_a_pace_of_long_ago_does_not() {
        let mut board = Board::new(&plan(100));
        for job in 0..6 {
            board.apply(&event(0, (job, 1), Change::Connecting));
            board.apply(&event(
                u64::from(job) * 5 + 5,
                (job, 1),
                Change::Done(ending(Outcome::Ok, 0)),
            ));
        }
        // One job in five seconds, and 94 wait.
        let at_that_pace = expected_remaining(&board, Stamp::from_secs(30));
        assert_eq!(at_that_pace, Some(Duration::from_secs(94 * 5)));
        assert_eq!(expected_remaining(&board, Stamp::from_secs(3600)), None);
    }
}
