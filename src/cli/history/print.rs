//! A past run in lines of text.

use super::super::error::CliError;
use super::super::front::rendering;
use super::super::words::visible;
use crate::history::{Record, State};
use crate::model::exit::ExitStatus;
use crate::report::{Reader, after_dashboard};
use std::io::{self, IsTerminal, Write};

/// How a run is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// What failed, with its last words, and the counts.
    Plain,
    /// All output as well, equal ones together.
    Grouped,
}

/// Prints what a run was and what it came to.
pub(super) fn print(record: &Record, layout: Layout) -> Result<ExitStatus, CliError> {
    let mut out = io::stdout().lock();
    let rendering = rendering(out.is_terminal());
    head(record, &mut out)?;
    // All of it is what was asked for, so all of it goes to standard output.
    let mut summary = io::stdout();
    after_dashboard(
        (&record.board, &record.plan),
        layout == Layout::Grouped,
        (&mut out, rendering),
        (&mut summary, Reader::Operator),
    )?;
    Ok(ExitStatus::AllOk)
}

fn head(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let plan = &record.plan;
    let started = plan.started.replace('T', " ");
    let started = started.trim_end_matches('Z');
    writeln!(out, "run {}, {started} UTC, by {}", plan.run, visible(&plan.operator))?;
    writeln!(out, "command: {}", visible(&plan.command))?;
    writeln!(out, "policy: {}", plan.settings.policy())?;
    if let Some(note) = &plan.note {
        writeln!(out, "note: {}", visible(note))?;
    }
    if let Some(parent) = &plan.parent {
        writeln!(out, "parent: {parent}")?;
    }
    match &record.state {
        State::Live { .. } => writeln!(out, "it goes on; look at it with heeler attach {}", plan.run),
        State::Interrupted => writeln!(
            out,
            "INTERRUPTED: its runner went without ending it; finish it with heeler resume {}",
            plan.run
        ),
        State::Ended { .. } => Ok(()),
    }
}
