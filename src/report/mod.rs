//! The front-ends without a screen: plain lines, grouped output, JSON, and the summary that also follows the dashboard.
//! They know the model, the link and the run directory, and fold names; they never look into the runner.

mod clock;
mod digest;
mod drive;
mod feed;
#[cfg(test)]
mod fixture;
mod grouped;
mod json;
mod merge;
mod plain;
mod rendering;
mod sheet;
pub mod signals;
mod summary;
mod tails;

pub use drive::{Options, ReportError, Style, run};
pub use rendering::Rendering;

use crate::model::board::Board;
use crate::model::outcome::Outcome;
use crate::model::plan::Plan;
use crate::rundir::RunDir;
use std::io::{self, Write};

/// What is printed when the dashboard has closed: with `grouped` (or when all is ok) equal output under folded names,
/// on `out`; what failed, with the last lines of its output, and the summary on `err`.
pub fn after_dashboard(
    (board, plan): (&Board, &Plan),
    grouped: bool,
    (out, rendering): (&mut dyn Write, Rendering),
    err: &mut dyn Write,
) -> io::Result<()> {
    let dir = RunDir::open(plan.directory.clone());
    let all_ok = board
        .rows()
        .iter()
        .all(|row| row.phase.outcome().is_some_and(Outcome::is_ok));
    if grouped || all_ok {
        grouped::write(board, plan, &dir, (out, rendering))?;
        out.flush()?;
    }
    tails::write(board, plan, &dir, err)?;
    summary::write(board, plan, err)
}
