//! `heeler show`: what a run came to.

use super::super::error::CliError;
use super::super::place;
use super::args::{Form, ShowArgs};
use super::print::{Layout, print};
use super::screen::show_screen;
use crate::history::{Class, Record, State, Store, mark_reviewed};
use crate::model::exit::ExitStatus;
use crate::model::phase::Phase;
use crate::nodeset::fold;
use crate::report;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Shows a run.
pub(in super::super) fn show(args: &ShowArgs) -> Result<ExitStatus, CliError> {
    let store = Store::new(&place::state_home()?);
    let record = store.open(args.run.as_deref())?;
    let form = args.form();
    match form {
        Form::Auto if io::stdout().is_terminal() => return show_screen(record),
        Form::Auto | Form::Plain => return print(&record, Layout::Plain),
        Form::Grouped => return print(&record, Layout::Grouped),
        _ => {}
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match form {
        Form::Nodes(class) => nodes(&record, class, args.expand, &mut out)?,
        Form::Csv => report::csv(&record, &mut out)?,
        Form::JobLog => report::joblog(&record, &mut out)?,
        _ => events(&record, &mut out)?,
    }
    out.flush()?;
    let shown = |phase: &Phase| !matches!(form, Form::Nodes(class) if !class.contains(phase));
    if record.state != State::Interrupted && record.board.all_done() && shows_what_failed(&record, shown) {
        // Where it cannot be noted the run is merely kept longer.
        let _unwritable = mark_reviewed(&record.dir, record.board.resumed());
    }
    Ok(ExitStatus::AllOk)
}

/// Whether all that did not end well is among what was shown: only then somebody has seen how the run ended.
fn shows_what_failed(record: &Record, shown: impl Fn(&Phase) -> bool) -> bool {
    let mut phases = record.board.rows().iter().map(|row| &row.phase);
    phases.all(|phase| !Class::NotOk.contains(phase) || shown(phase))
}

fn nodes(record: &Record, class: Class, expand: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut hosts = class.hosts(&record.board);
    if expand {
        return hosts.try_for_each(|host| writeln!(out, "{host}"));
    }
    writeln!(out, "{}", fold(hosts))
}

fn events(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    for event in &record.events {
        line.clear();
        report::json_line(event, &mut line);
        out.write_all(&line)?;
    }
    Ok(())
}
