//! The jobs of a run as tables for other programs: CSV, and the job log of GNU parallel.

use super::fields::of_row;
use crate::history::Record;
use crate::model::board::Row;
use crate::model::event::{Change, Stream, What};
use crate::model::outcome::{Ended, Outcome, OutcomeClass};
use crate::model::phase::Phase;
use crate::model::stamp::Stamp;
use crate::model::tally::Standing;
use crate::rundir::OutputReader;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

/// The columns of the CSV.
const COLUMNS: &str =
    "host,outcome,code,signal,started,elapsed,attempts,fate,leaked,cause,detail,stdout-bytes,stderr-bytes,digest";

/// What ssh itself exits with when it fails: the job log knows no other way to say that nothing ran.
const NOT_RUN: &str = "255";

/// Writes a line per job, below a line with the names of the columns (RFC 4180, but for the plain line ends); a column
/// for each field of the board comes last.
///
/// # Errors
/// When `out` cannot be written.
pub fn csv(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let names = record.board.fields().iter().flat_map(|field| [",", field.name()]);
    writeln!(out, "{COLUMNS}{}", names.collect::<String>())?;
    let digest = record.plan.digest();
    for (row, begun) in rows(record) {
        let outcome = row.phase.outcome();
        let (code, signal) = numbers(outcome);
        let bytes = printed(record, row);
        let fields = [
            row.host.to_string(),
            Standing::of(&row.phase).word().to_owned(),
            code,
            signal,
            begun
                .and_then(|at| moment(record, at))
                .map_or_else(String::new, |at| humantime::format_rfc3339_millis(at).to_string()),
            elapsed(row).map_or_else(String::new, |elapsed| format!("{:.3}", elapsed.as_secs_f64())),
            attempts(row).to_string(),
            outcome
                .and_then(Outcome::fate)
                .map_or("", |fate| fate.word())
                .to_owned(),
            matches!(row.phase, Phase::Done { leaked: true, .. }).to_string(),
            cause(outcome),
            detail(outcome).to_owned(),
            bytes[0].to_string(),
            bytes[1].to_string(),
            digest.clone(),
        ];
        let values = of_row(row, &record.board, &record.plan, &record.dir)?.into_iter();
        let values = values.map(|value| value.map_or_else(String::new, |value| value.to_string()));
        let line: Vec<String> = fields.into_iter().chain(values).map(|field| quoted(&field)).collect();
        writeln!(out, "{}", line.join(","))?;
    }
    Ok(())
}

/// Writes the jobs that are over and were begun in the form of GNU parallel's `--joblog`.
///
/// # Errors
/// When `out` cannot be written.
pub fn joblog(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand"
    )?;
    let command = record.plan.command.replace('\n', "\0");
    for (row, begun) in rows(record) {
        let (Some(outcome), Some(elapsed)) = (row.phase.outcome(), elapsed(row)) else {
            continue;
        };
        if outcome.class() == OutcomeClass::Skipped {
            continue;
        }
        let started = begun.and_then(|at| moment(record, at));
        let since = started.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        let (exit, signal) = values(outcome);
        writeln!(
            out,
            "{}\t{}\t{:.3}\t{:10.3}\t0\t{}\t{exit}\t{signal}\t{command}",
            row.job.0 + 1,
            row.host,
            since.unwrap_or_default().as_secs_f64(),
            elapsed.as_secs_f64(),
            printed(record, row).iter().sum::<u64>(),
        )?;
    }
    Ok(())
}

/// Every row, and when its current attempt began: its command if there was one, otherwise its connect.
fn rows(record: &Record) -> impl Iterator<Item = (&Row, Option<Stamp>)> {
    let mut begun = vec![None; record.plan.hosts.len()];
    for event in &record.events {
        if let What::Job { job, change, .. } = &event.what
            && matches!(change, Change::Connecting | Change::Running { .. })
            && let Some(at) = begun.get_mut(job.index())
        {
            *at = Some(event.at);
        }
    }
    record.board.rows().iter().zip(begun)
}

fn moment(record: &Record, at: Stamp) -> Option<SystemTime> {
    humantime::parse_rfc3339(&record.plan.started).ok()?.checked_add(at.0)
}

fn elapsed(row: &Row) -> Option<Duration> {
    match row.phase {
        Phase::Done { elapsed, .. } => Some(elapsed),
        _ => None,
    }
}

/// How many attempts were made.
fn attempts(row: &Row) -> u32 {
    let made = match row.phase.outcome().map(Outcome::class) {
        Some(OutcomeClass::Skipped) => row.attempt.0 - 1,
        _ => row.attempt.0,
    };
    made.max(row.earlier.len() as u32)
}

fn printed(record: &Record, row: &Row) -> [u64; 2] {
    let reader = OutputReader::new(&record.dir, record.plan.label(row.job), row.attempt);
    [Stream::Stdout, Stream::Stderr].map(|stream| reader.len(stream).unwrap_or_default())
}

/// The exit code and the signal, as far as there were any.
fn numbers(outcome: Option<&Outcome>) -> (String, String) {
    let ended = match outcome {
        Some(Outcome::Ok) => Some(Ended::Exit(0)),
        Some(Outcome::Exit { code }) => Some(Ended::Exit(*code)),
        Some(Outcome::Signal { number, status }) => Some(Ended::Signal {
            number: *number,
            status: *status,
        }),
        Some(Outcome::TimedOut { ended, .. } | Outcome::Cancelled { ended, .. }) => *ended,
        _ => None,
    };
    match ended {
        Some(Ended::Exit(code)) => (code.to_string(), String::new()),
        Some(Ended::Signal { number, status }) => (status.to_string(), number.to_string()),
        None => (String::new(), String::new()),
    }
}

/// The same in the words of the job log: what was ended from outside has -1 and TERM.
fn values(outcome: &Outcome) -> (String, String) {
    match outcome {
        Outcome::TimedOut { .. } | Outcome::Cancelled { .. } => ("-1".to_owned(), "15".to_owned()),
        Outcome::Unreachable { .. } | Outcome::Lost { .. } | Outcome::Skipped { .. } => {
            (NOT_RUN.to_owned(), "0".to_owned())
        }
        Outcome::Ok | Outcome::Exit { .. } | Outcome::Signal { .. } => {
            let (code, signal) = numbers(Some(outcome));
            (code, if signal.is_empty() { "0".to_owned() } else { signal })
        }
    }
}

fn cause(outcome: Option<&Outcome>) -> String {
    match outcome {
        Some(Outcome::Unreachable { cause, .. }) => cause.to_string(),
        Some(Outcome::Skipped { why, .. }) => why.to_string(),
        Some(Outcome::TimedOut { limit, .. }) => format!("{limit} limit"),
        Some(Outcome::Cancelled { by, .. }) => by.to_string(),
        _ => String::new(),
    }
}

fn detail(outcome: Option<&Outcome>) -> &str {
    match outcome {
        Some(
            Outcome::Unreachable { detail, .. }
            | Outcome::Lost { detail, .. }
            | Outcome::Skipped {
                detail: Some(detail), ..
            },
        ) => detail,
        _ => "",
    }
}

/// A field in quotes where it needs them. It stays on one line, and holds nothing that a terminal acts upon.
pub(super) fn quoted(field: &str) -> String {
    let field = super::harmless(field);
    if field.contains([',', '"', '\'']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

#[cfg(test)]
mod tests;
