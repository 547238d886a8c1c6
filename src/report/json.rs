//! The JSON front-end: one object per line on standard output, as `docs/json.md` describes it, and nothing else there.

use super::feed::Text;
use super::sheet::{Sheet, Target};
use crate::model::event::{Event, Stream};
use crate::model::id::{AttemptNo, JobId};
use crate::model::stamp::Stamp;
use serde::Serialize;

/// The object for a chunk of output.
#[derive(Debug, Serialize)]
struct Printed<'a> {
    event: &'static str,
    at: Stamp,
    job: JobId,
    host: &'a str,
    attempt: AttemptNo,
    stream: Stream,
    text: &'a str,
}

/// Shows a chunk of the output of a job on this host. What is not UTF-8 is replaced; the exact bytes are on disk.
pub(super) fn text(host: &str, text: &Text, sheet: &mut Sheet) {
    let printed = Printed {
        event: "output",
        at: text.at,
        job: text.job,
        host,
        attempt: text.attempt,
        stream: text.stream,
        text: &String::from_utf8_lossy(&text.bytes),
    };
    line(&printed, sheet);
}

/// Shows an event.
pub(super) fn event(event: &Event, sheet: &mut Sheet) {
    line(event, sheet);
}

fn line(object: &impl Serialize, sheet: &mut Sheet) {
    let out = sheet.on(Target::Stdout);
    match serde_json::to_writer(&mut *out, object) {
        Ok(()) => out.push(b'\n'),
        // Memory always takes more, and every field has a JSON form.
        Err(error) => unreachable!("an event cannot be written as JSON: {error}"),
    }
}

#[cfg(test)]
mod tests;
