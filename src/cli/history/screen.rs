//! A past run on a terminal.

use super::super::error::CliError;
use super::print::{Layout, print};
use crate::history::Record;
use crate::model::exit::ExitStatus;

/// Shows a run on the terminal.
pub(super) fn show_screen(record: &Record) -> Result<ExitStatus, CliError> {
    print(record, Layout::Plain)
}
