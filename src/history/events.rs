//! Reads `events.jsonl` back. A line may be cut short where a write was: as the last one, because the machine stopped,
//! or followed by the line that the writer began anew after it. Anything else that is no event is damage, and is told.

use super::error::HistoryError;
use crate::model::event::{Event, What};
use crate::model::plan::Plan;
use crate::rundir::RunDir;
use std::fs;
use std::io;

/// Everything that was recorded of the run, in order; nothing when it never began.
pub(super) fn read(dir: &RunDir, plan: &Plan) -> Result<Vec<Event>, HistoryError> {
    let path = dir.events();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(HistoryError::Unreadable { path, source }),
    };
    parse(&bytes, plan).map_err(|(line, problem)| HistoryError::Damaged {
        path,
        line: Some(line),
        problem,
    })
}

/// The events in the text; the error names the line, from 1.
fn parse(bytes: &[u8], plan: &Plan) -> Result<Vec<Event>, (usize, String)> {
    let mut events = Vec::new();
    for (before, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let (text, whole) = line.strip_suffix(b"\n").map_or((line, false), |text| (text, true));
        match serde_json::from_slice::<Event>(text) {
            Ok(event) => {
                check(&event, events.is_empty(), plan).map_err(|problem| (before + 1, problem))?;
                events.push(event);
            }
            // What was cut short, or a line of nothing where the cut came before its first byte.
            Err(error) if error.is_eof() || !whole => {}
            Err(error) => return Err((before + 1, error.to_string())),
        }
    }
    Ok(events)
}

/// Whether an event can be one of this plan's.
fn check(event: &Event, first: bool, plan: &Plan) -> Result<(), String> {
    match &event.what {
        What::RunStarted(started) if started.run != plan.run => {
            Err(format!("it is of the run {}, not of {}", started.run, plan.run))
        }
        What::RunStarted(_) => Ok(()),
        _ if first => Err("the beginning of the run is missing before it".to_owned()),
        What::Job { job, host, .. } if plan.hosts.get(job.index()) != Some(host) => {
            Err(format!("run.json has no job {job} on {host}"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
