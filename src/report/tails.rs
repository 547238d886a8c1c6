//! The last words of what failed, read from the run directory: what an operator wants to see once the dashboard is gone.

use super::merge;
use super::plain::in_words;
use crate::model::board::{Board, Row};
use crate::model::event::Stream;
use crate::model::outcome::Outcome;
use crate::model::plan::Plan;
use crate::model::text::LineReader;
use crate::rundir::{OutputReader, RunDir};
use std::collections::VecDeque;
use std::io::{self, Write};

/// How many hosts are shown; the rest is counted.
const HOSTS: usize = 10;
/// How many lines of each.
const LINES: usize = 5;
/// How much of the end of the output is looked at for them.
const BYTES: u64 = 16 * 1024;

/// Writes the tails of the jobs that failed, in the order of the plan.
pub(super) fn write(board: &Board, plan: &Plan, dir: &RunDir, out: &mut dyn Write) -> io::Result<()> {
    let failed: Vec<(&Row, &Outcome)> = board
        .rows()
        .iter()
        .filter_map(|row| row.phase.outcome().map(|outcome| (row, outcome)))
        .filter(|(_, outcome)| !matches!(outcome, Outcome::Ok | Outcome::Skipped { .. }))
        .collect();
    for (row, outcome) in failed.iter().take(HOSTS) {
        writeln!(out, "{}: {}", row.host, in_words(outcome))?;
        let reader = OutputReader::new(dir, plan.label(row.job), row.attempt);
        match last_lines(&reader) {
            Ok(lines) => lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?,
            Err(error) => writeln!(out, "  heeler: cannot read its output: {error}")?,
        }
    }
    match failed.len().saturating_sub(HOSTS) {
        0 => Ok(()),
        more => writeln!(out, "… and {more} more"),
    }
}

/// The last lines, without colours and without blank ones.
fn last_lines(reader: &OutputReader) -> io::Result<VecDeque<String>> {
    let mut readers = [LineReader::default(), LineReader::default()];
    let mut lines = VecDeque::new();
    let mut keep = |text: &str| {
        if !text.trim().is_empty() {
            lines.push_back(text.trim_end().to_owned());
        }
        if lines.len() > LINES {
            lines.pop_front();
        }
    };
    merge::tail(reader, BYTES, &mut |chunk| {
        readers[chunk.stream as usize].feed(chunk.bytes, &mut |line| keep(line.text()));
        Ok(())
    })?;
    for stream in [Stream::Stdout, Stream::Stderr] {
        if let Some(line) = readers[stream as usize].partial() {
            keep(line.text());
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests;
