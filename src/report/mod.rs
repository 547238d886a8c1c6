//! The front-ends without a screen: plain lines, grouped output, JSON, and the summary that also follows the dashboard.
//! They know the model, the link and the run directory, and fold names; they never look into the runner.

mod clock;
mod compare;
mod digest;
mod drive;
mod error;
mod export;
mod feed;
mod fields;
#[cfg(test)]
mod fixture;
mod gaps;
mod grouped;
mod holes;
mod json;
mod log;
mod merge;
mod plain;
mod prompt;
mod rendering;
mod sheet;
pub mod signals;
mod summary;
mod tails;

pub use compare::Comparison;
pub use drive::{End, Options, Style, run};
pub use error::ReportError;
pub use export::{csv, joblog};
pub use fields::values_json;
pub use json::line as json_line;
pub use log::{Log, LogOptions};
pub use plain::in_words;
pub use rendering::{Rendering, harmless};

use crate::history;
use crate::model::board::{Board, Course, Row};
use crate::model::id::JobId;
use crate::model::outcome::Outcome;
use crate::model::plan::Plan;
use crate::rundir::RunDir;
use gaps::Gaps;
use std::io::{self, IsTerminal, Write};

/// Writes how these jobs ended: their counts, and a line for each distinct bad outcome, worst first.
///
/// # Errors
/// When `out` cannot be written.
pub fn outcomes(board: &Board, jobs: &[JobId], out: &mut dyn Write) -> Result<(), ReportError> {
    let rows: Vec<&Row> = jobs.iter().filter_map(|job| board.row(*job)).collect();
    error::printed(summary::write_of(&rows, out))
}

/// Whether somebody reads what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Somebody asked for it, or it goes to a terminal.
    Operator,
    /// It goes to a file, to a program or nowhere.
    Unknown,
}

impl Reader {
    /// Who reads what nobody asked for.
    pub fn of_stderr() -> Self {
        if io::stderr().is_terminal() {
            Self::Operator
        } else {
            Self::Unknown
        }
    }
}

/// What is printed when the dashboard has closed: with `grouped` (or when all is ok) equal output under folded names,
/// on `out`; what failed, with the last lines of its output, and the summary on `err`. The summary is printed whatever
/// else fails.
///
/// # Errors
/// When `out` cannot be written, or output that belongs there cannot be read back.
pub fn after_dashboard(
    (board, plan): (&Board, &Plan),
    grouped: bool,
    (out, rendering): (&mut dyn Write, Rendering),
    (err, reader): (&mut dyn Write, Reader),
) -> Result<(), ReportError> {
    let dir = RunDir::open(plan.directory.clone());
    let all_ok = board
        .rows()
        .iter()
        .all(|row| row.phase.outcome().is_some_and(Outcome::is_ok));
    let mut gaps = Gaps::default();
    let shown = if grouped || all_ok {
        grouped::write((board, plan), (&mut *out, rendering), &mut gaps).and_then(|()| out.flush())
    } else {
        Ok(())
    };
    // When nobody reads standard error there is nobody to tell.
    let told = tails::write(board, plan, &dir, err)
        .and_then(|()| summary::write(board, plan, err))
        .and_then(|()| fields::write(board, plan, &dir, err));
    if told.is_ok() {
        seen(board, &dir, reader);
    }
    error::printed(shown)?;
    gaps.check()
}

/// Notes that the result of a run was shown to somebody; an interrupted run has none yet. Where that cannot be noted the
/// run is merely kept longer.
fn seen(board: &Board, dir: &RunDir, reader: Reader) {
    if reader == Reader::Operator && board.all_done() && board.course() != Course::Interrupted {
        let _unwritable = history::mark_reviewed(dir, board.resumed());
    }
}
