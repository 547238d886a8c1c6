//! `heeler log`: what one host printed.

use super::super::called::called;
use super::super::error::CliError;
use super::super::front::{rendering, tell_interrupted};
use super::super::place;
use super::super::tell::tell;
use super::super::usage::UsageError;
use super::args::LogArgs;
use crate::config::show_size;
use crate::history::{Class, Record, State, Store, mark_reviewed};
use crate::model::board::Row;
use crate::model::event::Stream;
use crate::model::exit::ExitStatus;
use crate::model::host::HostName;
use crate::model::id::AttemptNo;
use crate::model::outcome::{Outcome, OutcomeClass, SkipReason};
use crate::model::phase::Phase;
use crate::nodeset::fold;
use crate::report::{self, Log, LogOptions, ReportError, harmless};
use crate::rundir::OutputReader;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::thread;
use std::time::Duration;

/// How often a run that goes on is looked at.
const PAUSE: Duration = Duration::from_millis(50);
/// How many of ssh's own lines are shown.
const WORDS: usize = 10;

/// Prints the output of one host.
pub(in super::super) fn log(args: &LogArgs) -> Result<ExitStatus, CliError> {
    let store = Store::new(&place::state_home()?);
    let mut record = store.open(Some(&args.run))?;
    let place = called(&args.host, &record.plan.hosts).map_err(|meant| not_in_run(args, &record, &meant))?;
    let attempt = attempt(args, &record.board.rows()[place])?;
    let mut out = io::stdout().lock();
    let options = LogOptions {
        only: args.only(),
        timestamps: args.timestamps,
        rendering: rendering(out.is_terminal()),
    };
    let reader = OutputReader::new(&record.dir, record.plan.hosts[place].as_str(), attempt);
    let mut log = Log::new(reader.clone(), options);
    loop {
        // First whether it goes on: what was printed until then is then read.
        let goes_on = args.follow && goes_on(&record, place, attempt);
        while let Some(text) = log.read_on().map_err(|error| unreadable(&record, place, error))? {
            out.write_all(&text)?;
        }
        out.flush()?;
        if !goes_on {
            break;
        }
        thread::sleep(PAUSE);
        record.refresh()?;
    }
    let rest = log.rest().map_err(|error| unreadable(&record, place, error))?;
    out.write_all(&rest)?;
    out.flush()?;
    if log.holes() > 0 {
        let lost = show_size(log.holes());
        tell(&format!(
            "{lost} of this could not be recorded; zeros stand in their place"
        ));
    }
    let is_silent = |stream| reader.len(stream).is_ok_and(|length| length == 0);
    let cut_off = is_cut_off(outcome(&record, place, attempt));
    if log.holes() == 0 && is_silent(Stream::Stdout) && is_silent(Stream::Stderr) {
        explain(&record, place, attempt);
    } else if cut_off {
        tell_cut_off(&record, place, attempt);
    }
    if cut_off && record.state == State::Interrupted {
        tell_interrupted(&record.plan.run);
    }
    // One host's last words are the result only where nothing failed elsewhere.
    let rows = record.board.rows().iter().enumerate();
    let mut elsewhere = rows.filter(|(at, row)| *at != place && Class::NotOk.contains(&row.phase));
    if record.board.all_done() && record.state != State::Interrupted && elsewhere.next().is_none() {
        // Where it cannot be noted the run is merely kept longer.
        let _unwritable = mark_reviewed(&record.dir, record.board.resumed());
    }
    Ok(if cut_off && args.follow {
        ExitStatus::Unreachable
    } else {
        ExitStatus::AllOk
    })
}

/// Whether nobody was there any more when the attempt ended, so that it may have printed more than is recorded.
fn is_cut_off(outcome: Option<&Outcome>) -> bool {
    outcome.is_some_and(|outcome| match outcome {
        Outcome::Lost { .. } => true,
        other => *other == Outcome::skipped(SkipReason::Interrupted),
    })
}

/// Says on standard error that this is not the end of what there would be.
fn tell_cut_off(record: &Record, place: usize, attempt: AttemptNo) {
    let host = &record.plan.hosts[place];
    let end = outcome(record, place, attempt)
        .map(report::in_words)
        .unwrap_or_default();
    tell(&format!("{host} may have printed more than this: {end}"));
}

fn not_in_run(args: &LogArgs, record: &Record, meant: &[HostName]) -> UsageError {
    let (host, run) = (args.host.to_string(), record.plan.run.to_string());
    if meant.is_empty() {
        let node_set = record.plan.node_set.clone();
        return UsageError::NotInRun { host, run, node_set };
    }
    let meant = fold(meant);
    UsageError::SeveralInRun { host, run, meant }
}

/// The attempt that is asked for.
fn attempt(args: &LogArgs, row: &Row) -> Result<AttemptNo, UsageError> {
    match args.attempt.map(|number| AttemptNo(number.get())) {
        Some(asked) if asked > row.attempt => Err(UsageError::NoAttempt {
            host: row.host.to_string(),
            asked: asked.0,
            made: row.attempt.0,
        }),
        Some(asked) => Ok(asked),
        None => Ok(row.attempt),
    }
}

/// Whether an attempt may still print something.
fn goes_on(record: &Record, place: usize, attempt: AttemptNo) -> bool {
    let row = &record.board.rows()[place];
    let is_over = matches!(row.phase, Phase::Done { .. } | Phase::Backoff { .. });
    matches!(record.state, State::Live { .. }) && row.attempt == attempt && !is_over
}

fn unreadable(record: &Record, place: usize, error: io::Error) -> CliError {
    let hosts = record.plan.hosts[place].to_string();
    ReportError::Record { hosts, error }.into()
}

/// How an attempt ended, if it has.
fn outcome(record: &Record, place: usize, attempt: AttemptNo) -> Option<&Outcome> {
    let row = &record.board.rows()[place];
    if attempt == row.attempt {
        return match &row.phase {
            Phase::Backoff { last, .. } => Some(last),
            phase => phase.outcome(),
        };
    }
    let earlier = (attempt.0 as usize).checked_sub(1)?;
    row.earlier.get(earlier).map(|ending| &ending.outcome)
}

/// Says on standard error why there is nothing to print.
fn explain(record: &Record, place: usize, attempt: AttemptNo) {
    let row = &record.board.rows()[place];
    let outcome = outcome(record, place, attempt);
    let state = outcome.map_or_else(|| "not over yet".to_owned(), report::in_words);
    let printed = match record.board.unrecorded().bytes {
        0 => "printed nothing".to_owned(),
        // Nobody can say whose.
        bytes => format!(
            "has no output on record, and {} of this run could not be recorded",
            show_size(bytes)
        ),
    };
    tell(&format!("{} {printed}: {state}", row.host));
    if outcome.map(Outcome::class) != Some(OutcomeClass::Unreachable) {
        return;
    }
    let path = record.dir.ssh_log(row.host.as_str());
    let words = fs::read(&path).unwrap_or_default();
    let words = String::from_utf8_lossy(&words).into_owned();
    let lines: Vec<&str> = words.lines().collect();
    for line in &lines[lines.len().saturating_sub(WORDS)..] {
        tell(&format!("ssh: {}", harmless(line)));
    }
    if !lines.is_empty() {
        tell(&format!(
            "all of ssh's own words are in {}",
            harmless(&path.to_string_lossy())
        ));
    }
}
