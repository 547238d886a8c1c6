//! Equal output together under the folded names of its hosts, in the form of `clush -b`. Silent hosts are left out; how
//! they ended is in the summary.

use super::digest::Classes;
use super::merge;
use super::rendering::Rendering;
use crate::model::board::Board;
use crate::model::event::Stream;
use crate::model::grouping::group;
use crate::model::plan::Plan;
use crate::nodeset::fold;
use crate::rundir::{OutputReader, RunDir};
use std::io::{self, Write};

const RULE: &str = "---------------";

/// Writes the last attempt of every finished job.
pub(super) fn write(
    board: &Board,
    plan: &Plan,
    dir: &RunDir,
    (out, rendering): (&mut dyn Write, Rendering),
) -> io::Result<()> {
    let mut classes: Classes = Classes::default();
    let mut jobs = Vec::new();
    for row in board.rows() {
        let reader = OutputReader::new(dir, plan.label(row.job), row.attempt);
        if let Some(outcome) = row.phase.outcome()
            && let Some(class) = classes.of(reader)?
        {
            jobs.push((row.job, outcome.clone(), class));
        }
    }
    for group in group(jobs) {
        let names = fold(group.jobs.iter().map(|job| plan.host(*job)));
        let count = match group.jobs.len() {
            1 => String::new(),
            count => format!(" ({count})"),
        };
        writeln!(out, "{RULE}\n{names}{count}\n{RULE}")?;
        let first = group.jobs.first().and_then(|job| board.row(*job));
        if let Some(row) = first {
            let reader = OutputReader::new(dir, plan.label(row.job), row.attempt);
            copy(&reader, out, rendering)?;
        }
    }
    Ok(())
}

fn copy(reader: &OutputReader, out: &mut dyn Write, rendering: Rendering) -> io::Result<()> {
    let mut lines = [rendering.lines(), rendering.lines()];
    let mut text = Vec::new();
    merge::all(reader, &mut |chunk| {
        let lines = &mut lines[chunk.stream as usize];
        lines.push(chunk.bytes, "", &mut text);
        if chunk.last {
            lines.end("", &mut text);
        }
        out.write_all(&text)?;
        text.clear();
        Ok(())
    })?;
    for stream in [Stream::Stdout, Stream::Stderr] {
        lines[stream as usize].end("", &mut text);
    }
    out.write_all(&text)
}

#[cfg(test)]
mod tests;
