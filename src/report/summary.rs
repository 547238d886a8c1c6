//! How the run ended: a line of counts, a line for each distinct bad outcome with the hosts that had it, what was left
//! behind, and where the record is.

use super::clock::elapsed;
use super::rendering::harmless;
use crate::model::board::{Board, Row};
use crate::model::event::Unrecorded;
use crate::model::host::HostName;
use crate::model::left::{Kin, Left};
use crate::model::outcome::OutcomeClass;
use crate::model::phase::Phase;
use crate::model::plan::Plan;
use crate::model::tally::{Standing, Tally};
use crate::nodeset::fold;
use std::collections::HashMap;
use std::io::{self, Write};
use std::time::Duration;

/// Writes the summary.
pub(super) fn write(board: &Board, plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} in {}", counts(board.tally()), elapsed(end(board)))?;
    write_lines(board.rows().iter(), out)?;
    if let Some(lacks) = unrecorded(board.unrecorded()) {
        writeln!(out, "{lacks}")?;
    }
    writeln!(out, "record: {}", plan.directory.display())
}

/// Writes how these jobs ended: their counts, and a line for each distinct bad outcome.
pub(super) fn write_of(rows: &[&Row], out: &mut dyn Write) -> io::Result<()> {
    let mut tally = Tally::default();
    for row in rows {
        tally.enter(Standing::of(&row.phase));
    }
    writeln!(out, "{}", counts(&tally))?;
    write_lines(rows.iter().copied(), out)
}

fn write_lines<'a>(rows: impl Iterator<Item = &'a Row> + Clone, out: &mut dyn Write) -> io::Result<()> {
    for line in bad(rows.clone()) {
        writeln!(out, "{} ({}): {}", line.words, line.hosts.len(), fold(line.hosts))?;
    }
    let leaks = rows
        .clone()
        .filter(|row| matches!(row.phase, Phase::Done { leaked: true, .. }));
    let leaked: Vec<&HostName> = leaks.map(|row| &row.host).collect();
    if !leaked.is_empty() {
        writeln!(out, "leaked a process ({}): {}", leaked.len(), fold(leaked))?;
    }
    write_left(rows, out)
}

/// Names what the last look found alive of jobs that are over.
fn write_left<'a>(rows: impl Iterator<Item = &'a Row>, out: &mut dyn Write) -> io::Result<()> {
    /// How many hosts are named, and how many processes of each.
    const MOST: (usize, usize) = (20, 4);
    let mut more = 0;
    let left = rows.filter(|row| row.phase.is_done() && row.alive().next().is_some());
    for (nth, row) in left.enumerate() {
        if nth >= MOST.0 {
            more += 1;
            continue;
        }
        let mut words: Vec<String> = row.alive().take(MOST.1).map(in_words).collect();
        if let Some(rest) = row.alive().count().checked_sub(MOST.1).filter(|rest| *rest > 0) {
            words.push(format!("{rest} more"));
        }
        writeln!(out, "left on {}: {}", row.host, words.join("; "))?;
    }
    if more > 0 {
        writeln!(out, "and on {more} more {}", if more == 1 { "host" } else { "hosts" })?;
    }
    Ok(())
}

/// A process in a few words: `pid 4711 sleep (uid 1000, escaped)`.
fn in_words(left: &Left) -> String {
    let Left {
        pid, kin, owner, name, ..
    } = left;
    let escaped = match kin {
        Kin::Session => "",
        Kin::Escaped => ", escaped",
    };
    harmless(&format!("pid {pid} {name} ({owner}{escaped})"))
}

/// What the record lacks, in one line.
fn unrecorded(lacks: &Unrecorded) -> Option<String> {
    let what = match (lacks.bytes, lacks.events) {
        (0, 0) => return None,
        (bytes, 0) => format!("{bytes} bytes of output"),
        (0, events) => format!("{events} events"),
        (bytes, events) => format!("{bytes} bytes of output, {events} events"),
    };
    Some(format!("NOT RECORDED: {what} ({})", harmless(&lacks.detail)))
}

/// The counts in one line: what ended and how, then what has not ended.
pub(super) fn counts(tally: &Tally) -> String {
    let class = |class| tally.count(Standing::Done(class));
    let words: Vec<String> = [
        (class(OutcomeClass::Ok), "ok"),
        (class(OutcomeClass::Exit) + class(OutcomeClass::Signal), "failed"),
        (class(OutcomeClass::TimedOut), "timed out"),
        (class(OutcomeClass::Cancelled), "cancelled"),
        (class(OutcomeClass::Unreachable), "unreachable"),
        (class(OutcomeClass::Lost), "lost"),
        (class(OutcomeClass::Skipped), "skipped"),
        (tally.live(), "running"),
        (tally.not_started(), "not started"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    words.join(", ")
}

/// When the last job ended.
fn end(board: &Board) -> Duration {
    let ends = board.rows().iter().filter_map(|row| match row.phase {
        Phase::Done { at, .. } => Some(at.0),
        _ => None,
    });
    ends.max().unwrap_or_default()
}

/// One bad outcome and who had it.
struct Line<'a> {
    class: OutcomeClass,
    words: String,
    hosts: Vec<&'a HostName>,
}

/// The bad outcomes, worst first, and of equally bad ones the commonest first. One pass over the jobs.
fn bad<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<Line<'a>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut lines: Vec<Line<'_>> = Vec::new();
    for row in rows {
        let Some(outcome) = row.phase.outcome().filter(|outcome| !outcome.is_ok()) else {
            continue;
        };
        let words = outcome.to_string();
        let place = *places.entry(words.clone()).or_insert_with(|| {
            lines.push(Line {
                class: outcome.class(),
                words,
                hosts: Vec::new(),
            });
            lines.len() - 1
        });
        lines[place].hosts.push(&row.host);
    }
    lines.sort_by_key(|line| (line.class.urgency(), std::cmp::Reverse(line.hosts.len())));
    lines
}

#[cfg(test)]
mod tests;
