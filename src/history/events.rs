//! Reads `events.jsonl` back. A line may be cut short where a write was: as the last one, because the machine stopped,
//! or followed by the line that the writer began anew after it. Anything else that is no event is damage, and is told.

use super::error::HistoryError;
use crate::model::event::{Event, What};
use crate::model::plan::Plan;
use crate::rundir::RunDir;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// How far a list of events was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    bytes: u64,
    lines: usize,
    events: usize,
}

/// What was recorded of the run from a place on, in order, and how far that goes; nothing when the run never began.
pub(super) fn read(dir: &RunDir, plan: &Plan, from: Place) -> Result<(Vec<Event>, Place), HistoryError> {
    let path = dir.events();
    let mut bytes = Vec::new();
    let read = File::open(&path).and_then(|mut file| {
        file.seek(SeekFrom::Start(from.bytes))?;
        file.read_to_end(&mut bytes)
    });
    match read {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), from)),
        Err(source) => return Err(HistoryError::Unreadable { path, source }),
    }
    parse(&bytes, plan, from).map_err(|(line, problem)| HistoryError::Damaged {
        path,
        line: Some(line),
        problem,
    })
}

/// The events in the text; the error names the line, from 1.
fn parse(bytes: &[u8], plan: &Plan, from: Place) -> Result<(Vec<Event>, Place), (usize, String)> {
    let (mut events, mut place) = (Vec::new(), from);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (text, whole) = line.strip_suffix(b"\n").map_or((line, false), |text| (text, true));
        let number = place.lines + 1;
        match serde_json::from_slice::<Event>(text) {
            Ok(event) => {
                check(&event, place.events == 0, plan).map_err(|problem| (number, problem))?;
                events.push(event);
                place.events += 1;
            }
            // It may be being written: it is read another time.
            Err(_) if !whole => break,
            // What was cut short, or a line of nothing where the cut came before its first byte.
            Err(error) if error.is_eof() => {}
            Err(error) => return Err((number, format!("{error}{}", other_version(plan)))),
        }
        place.bytes += line.len() as u64;
        place.lines += usize::from(whole);
    }
    Ok((events, place))
}

/// Words about a record of another version of heeler, which may know events that this one does not.
fn other_version(plan: &Plan) -> String {
    let own = env!("CARGO_PKG_VERSION");
    if plan.version == own {
        return String::new();
    }
    format!(
        " (it was made by heeler {}, and this is {own})",
        plan.version.escape_debug()
    )
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
