//! Who ran when: the way of each job as a bar over the run's time, and the marks of the axis.

use crate::model::board::Row;
use crate::model::elapsed::Elapsed;
use crate::model::stamp::Stamp;
use crate::model::tally::Standing;
use std::time::Duration;

/// The least distance of two marks of the axis.
const APART: usize = 9;
/// The distances that are good to read, in seconds.
const STEPS: [u64; 18] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400,
];

/// So much time on so many columns, from the beginning of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    end: Duration,
    columns: usize,
}

impl Scale {
    /// The time up to `end`; never less than a second.
    pub fn new(end: Duration, columns: usize) -> Self {
        Self {
            end: end.max(Duration::from_secs(1)),
            columns,
        }
    }

    /// The column of a moment.
    fn column(self, at: Stamp) -> usize {
        let column = at.0.as_millis() * self.columns as u128 / self.end.as_millis().max(1);
        usize::try_from(column)
            .unwrap_or(usize::MAX)
            .min(self.columns.saturating_sub(1))
    }

    /// The marks of the axis: where they stand, and what they say.
    pub fn marks(self) -> Vec<(usize, String)> {
        if self.columns == 0 {
            return vec![(0, Elapsed::Running(Duration::ZERO).to_string())];
        }
        let secs = self.end.as_secs_f64();
        let apart = |step: u64| step as f64 / secs * self.columns as f64;
        let days = (1..).map(|days| days * 86_400);
        let step = STEPS.into_iter().chain(days).find(|step| apart(*step) >= APART as f64);
        let step = step.unwrap_or(u64::MAX).max(1);
        let times = (0..).map(|number| Duration::from_secs(step.saturating_mul(number)));
        let within = times.take_while(|time| *time <= self.end);
        within
            .take(self.columns + 1)
            .map(|time| (self.column(Stamp(time)), Elapsed::Running(time).to_string()))
            .collect()
    }
}

/// The way of a job, column by column; nothing after its end.
pub fn bar(row: &Row, scale: Scale, now: Stamp) -> Vec<Option<Standing>> {
    let mut cells = vec![None; scale.columns];
    if cells.is_empty() {
        return cells;
    }
    let noted = row.trace.stations();
    let beginning = (Stamp::default(), Standing::Queued);
    let first = noted.first().is_none_or(|(at, _)| *at > beginning.0);
    let stations = first.then_some(beginning).into_iter().chain(noted.iter().copied());
    let stations: Vec<(Stamp, Standing)> = stations.collect();
    let ends = stations.iter().skip(1).map(|(at, _)| *at).chain([now]);
    for ((from, standing), to) in stations.iter().zip(ends) {
        if !matches!(standing, Standing::Done(_)) {
            cells[scale.column(*from)..=scale.column(to.max(*from))].fill(Some(*standing));
        }
    }
    // However short what came before or after it was, an end is seen.
    for (at, standing) in stations {
        if matches!(standing, Standing::Done(_)) {
            cells[scale.column(at)] = Some(standing);
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{attempt_event, done, event, plan};
    use super::*;
    use crate::model::board::Board;
    use crate::model::event::Change;
    use crate::model::outcome::Outcome;
    use crate::model::phase::Why;

    fn drawn(board: &Board, job: usize, columns: usize, secs: u64) -> String {
        let scale = Scale::new(Duration::from_secs(secs), columns);
        let cells = bar(&board.rows()[job], scale, Stamp::from_secs(secs));
        let letter = |cell: &Option<Standing>| match cell {
            None => ' ',
            Some(Standing::Queued) => '.',
            Some(Standing::Connecting) => ':',
            Some(Standing::Running) => '=',
            Some(Standing::Slow) => '%',
            Some(Standing::Stopping) => 'v',
            Some(Standing::Backoff) => '@',
            Some(Standing::Done(class)) if class.word() == "ok" => '+',
            Some(Standing::Done(_)) => 'x',
        };
        cells.iter().map(letter).collect()
    }

    #[test]
    fn a_bar_tells_the_way_of_a_job() {
        let plan = plan(&["a", "b", "c"]);
        let mut board = Board::new(&plan);
        for event in [
            event(&plan, 0, 2, Change::Connecting),
            event(&plan, 0, 4, Change::Running { pid: 1 }),
            event(&plan, 0, 10, Change::Slow),
            event(&plan, 0, 15, done(Outcome::Ok, 11)),
            event(&plan, 1, 1, Change::Running { pid: 1 }),
            event(&plan, 1, 2, done(Outcome::Exit { code: 1 }, 1)),
            attempt_event(&plan, (1, 2), 6, Change::Queued(Why::RunSlot)),
            attempt_event(&plan, (1, 2), 8, Change::Running { pid: 2 }),
        ] {
            board.apply(&event);
        }
        assert_eq!(drawn(&board, 0, 20, 20), "..::======%%%%%+    ");
        assert_eq!(drawn(&board, 1, 20, 20), ".=x   ..============");
        assert_eq!(drawn(&board, 2, 20, 20), "....................");
        assert_eq!(drawn(&board, 0, 1, 20), "+");
        assert_eq!(drawn(&board, 0, 0, 20), "");
    }

    #[test]
    fn the_marks_stand_apart_and_within_the_time() {
        for (secs, columns) in [(1, 20), (59, 20), (90, 60), (3600, 100), (500_000, 40), (7, 3), (7, 0)] {
            let scale = Scale::new(Duration::from_secs(secs), columns);
            let marks = scale.marks();
            assert_eq!(marks[0].0, 0);
            assert!(
                marks.windows(2).all(|pair| pair[0].0 + APART <= pair[1].0 + 1),
                "{marks:?}"
            );
            assert!(marks.iter().all(|(column, _)| *column < columns.max(1)), "{marks:?}");
        }
    }
}
