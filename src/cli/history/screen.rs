//! A past run on a terminal: in the dashboard, as it was seen while it went on.

use super::super::error::CliError;
use super::super::front;
use super::super::runtime::{finish, runtime};
use super::super::session;
use super::print::{Layout, print};
use crate::history::{Record, State, mark_reviewed};
use crate::model::exit::ExitStatus;

/// Shows a run on the terminal. Of one that goes on, and on a terminal that is not able to more, lines of text.
pub(super) fn show_screen(record: Record) -> Result<ExitStatus, CliError> {
    if matches!(record.state, State::Live { .. }) || !front::has_screen() {
        return print(&record, Layout::Plain);
    }
    let (dir, resumed) = (record.dir.clone(), record.board.resumed());
    let ended = record.state != State::Interrupted;
    let status = finish(runtime()?, session::show_record(record))?;
    if ended && status == ExitStatus::AllOk {
        // Where it cannot be noted the run is merely kept longer.
        let _unwritable = mark_reviewed(&dir, resumed);
    }
    Ok(status)
}
