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
    line(&printed, sheet.on(Target::Stdout));
}

/// Shows an event.
pub(super) fn event(event: &Event, sheet: &mut Sheet) {
    line(event, sheet.on(Target::Stdout));
}

/// Appends an object as one line.
pub fn line(object: &impl Serialize, out: &mut Vec<u8>) {
    // Memory always takes more, and every field has a JSON form.
    let json = serde_json::to_string(object)
        .unwrap_or_else(|error| unreachable!("an event cannot be written as JSON: {error}"));
    let mut units = [0; 2];
    for c in json.chars() {
        if is_inert(c) {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            for unit in c.encode_utf16(&mut units) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
    out.push(b'\n');
}

/// Whether a terminal merely shows the character. Of ASCII JSON itself escapes all controls but DEL; of the rest
/// [`char::escape_debug`] knows what cannot be seen. The others stand escaped, which is the same JSON.
fn is_inert(c: char) -> bool {
    if c.is_ascii() {
        c != '\u{7f}'
    } else {
        c.escape_debug().len() == 1
    }
}

#[cfg(test)]
mod tests;
