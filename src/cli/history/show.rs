//! `heeler show`: what a run came to.

use super::super::error::CliError;
use super::super::place;
use super::args::{Form, ShowArgs};
use super::print::{Layout, print};
use super::screen::show_screen;
use crate::history::{Class, Record, State, Store, mark_reviewed};
use crate::model::exit::ExitStatus;
use crate::model::field::Field;
use crate::model::phase::Phase;
use crate::nodeset::fold;
use crate::report::{self, Comparison};
use std::io::{self, BufWriter, IsTerminal, Write};

/// Shows a run.
pub(in super::super) fn show(args: &ShowArgs) -> Result<ExitStatus, CliError> {
    let store = Store::new(&place::state_home()?);
    let mut record = store.open(args.run.as_deref())?;
    let fields = args.fields.beside(&record.plan.fields)?;
    record.board.set_fields(&fields);
    let form = args.form();
    if let Some(other) = &args.compare {
        return compare(&store.open(Some(other))?, record, form);
    }
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
    report::values_json(record, out)
}

/// Tells what is different from an earlier run; fields that only that one has are compared as well.
fn compare(before: &Record, mut now: Record, form: Form) -> Result<ExitStatus, CliError> {
    let fields = Field::joined(before.plan.fields.clone(), now.board.fields());
    now.board.set_fields(&fields);
    let found = Comparison::of(before, &now)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match form {
        Form::Csv => found.csv(&mut out)?,
        Form::Json => found.json(&mut out)?,
        _ => found.write(&mut out)?,
    }
    out.flush()?;
    Ok(if found.is_same() {
        ExitStatus::AllOk
    } else {
        ExitStatus::Failed
    })
}
