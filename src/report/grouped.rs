//! Equal output together under the folded names of its hosts, in the form of `clush -b`. What differs only by the host's
//! own name counts as equal; then the head says whose text it is. Silent hosts are left out; how they ended is in the
//! summary.

use super::digest::print;
use super::gaps::Gaps;
use super::merge::{self, Chunk};
use super::rendering::{Lines, Rendering};
use crate::model::board::Board;
use crate::model::event::Stream;
use crate::model::grouping::group;
use crate::model::plan::Plan;
use crate::nodeset::fold;
use crate::rundir::{OutputReader, RunDir};
use std::collections::HashMap;
use std::io::{self, Write};

const RULE: &str = "---------------";

/// Writes the last attempt of every finished job. Fails only when `out` does; what cannot be read is a gap.
pub(super) fn write(
    (board, plan): (&Board, &Plan),
    (out, rendering): (&mut dyn Write, Rendering),
    gaps: &mut Gaps,
) -> io::Result<()> {
    let dir = RunDir::open(plan.directory.clone());
    let mut jobs = Vec::new();
    let mut texts = HashMap::new();
    for row in board.rows() {
        let Some(outcome) = row.phase.outcome() else { continue };
        let reader = OutputReader::new(&dir, plan.label(row.job), row.attempt);
        match print(row.job.index(), &row.host, &reader) {
            Ok(Some(print)) => {
                texts.insert(row.job, print.exact);
                jobs.push((row.job, outcome.clone(), print.alike));
            }
            Ok(None) => {}
            Err(error) => gaps.note(&row.host, error),
        }
    }
    for group in group(jobs) {
        let names = fold(group.jobs.iter().map(|job| plan.host(*job)));
        let count = match group.jobs.len() {
            1 => String::new(),
            count => format!(" ({count})"),
        };
        let first = group.jobs.first().and_then(|job| board.row(*job));
        let are_equal = group
            .jobs
            .windows(2)
            .all(|pair| texts.get(&pair[0]) == texts.get(&pair[1]));
        let whose = match first {
            Some(row) if !are_equal => format!(": the text of {}, the others differ only by their own names", row.host),
            _ => String::new(),
        };
        writeln!(out, "{RULE}\n{names}{count}{whose}\n{RULE}")?;
        if let Some(row) = first {
            let reader = OutputReader::new(&dir, plan.label(row.job), row.attempt);
            let mut copy = Copy::new(out, rendering);
            let read = merge::all(&reader, &mut |chunk| copy.take(&chunk));
            copy.end()?;
            match read {
                Ok(lost) => gaps.lose(&row.host, lost),
                Err(error) => gaps.note(&row.host, error),
            }
        }
    }
    Ok(())
}

/// Writes one output, and keeps a failure to write apart from one to read.
struct Copy<'a> {
    out: &'a mut dyn Write,
    lines: [Lines; 2],
    text: Vec<u8>,
    written: io::Result<()>,
}

impl<'a> Copy<'a> {
    fn new(out: &'a mut dyn Write, rendering: Rendering) -> Self {
        Self {
            out,
            lines: [rendering.lines(), rendering.lines()],
            text: Vec::new(),
            written: Ok(()),
        }
    }

    /// Writes a chunk. The error of a failure to write is kept; that of the answer only ends the reading.
    fn take(&mut self, chunk: &Chunk<'_>) -> io::Result<()> {
        let lines = &mut self.lines[chunk.stream as usize];
        lines.push(chunk.bytes, "", &mut self.text);
        if chunk.last {
            lines.end("", &mut self.text);
        }
        self.written = self.out.write_all(&self.text);
        self.text.clear();
        match self.written {
            Ok(()) => Ok(()),
            Err(_) => Err(io::ErrorKind::Interrupted.into()),
        }
    }

    /// Writes what has no line end; fails when anything could not be written.
    fn end(mut self) -> io::Result<()> {
        self.written?;
        for stream in [Stream::Stdout, Stream::Stderr] {
            self.lines[stream as usize].end("", &mut self.text);
        }
        self.out.write_all(&self.text)
    }
}

#[cfg(test)]
mod tests;
