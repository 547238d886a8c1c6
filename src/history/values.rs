//! The values of fields in the output of an attempt, read from the run directory. The end of the output is read first:
//! the last value counts, and where there is one nothing before it matters, so a large output costs no more than a small
//! one that has it at its end.

use crate::model::event::Stream;
use crate::model::field::{Field, Scan, Value};
use crate::rundir::{Fill, IndexEntry, OutputReader};
use std::io;
use std::mem;

/// How much of the end is looked at first; then so many times as much.
const FIRST: u64 = 64 * 1024;
const THEN: u64 = 16;
/// How much is read at a time.
const CHUNK: u64 = 256 * 1024;
/// How far back the beginning of a line is looked for.
const LINE: u64 = 16 * 1024;

/// The last value of each field, in their order.
///
/// # Errors
/// When the output cannot be read.
pub fn values(reader: &OutputReader, fields: &[Field]) -> io::Result<Vec<Option<Value>>> {
    let (mut entries, _) = reader.index(0)?;
    // What the index does not name, as the machine stopped in between, came last.
    for stream in [Stream::Stdout, Stream::Stderr] {
        let named = entries.iter().filter(|entry| entry.stream == stream);
        let bytes = reader.len(stream)?.saturating_sub(named.map(|entry| entry.bytes).sum());
        let at = entries.last().map(|entry| entry.at).unwrap_or_default();
        let fill = Fill::Bytes;
        entries.push(IndexEntry {
            at,
            stream,
            bytes,
            fill,
        });
    }
    let all = entries.iter().map(|entry| entry.bytes).sum();
    let mut most = FIRST;
    loop {
        let values = last(reader, &entries, fields, most)?;
        if most >= all || values.iter().all(Option::is_some) {
            return Ok(values);
        }
        most = most.saturating_mul(THEN);
    }
}

/// The last values in the last `most` bytes, and in the lines that go on there.
fn last(reader: &OutputReader, entries: &[IndexEntry], fields: &[Field], most: u64) -> io::Result<Vec<Option<Value>>> {
    let all: u64 = entries.iter().map(|entry| entry.bytes).sum();
    let mut skip = all.saturating_sub(most);
    let mut places = [0; 2];
    let mut rest = Vec::new();
    for entry in entries {
        let skipped = skip.min(entry.bytes);
        skip -= skipped;
        places[entry.stream as usize] += skipped;
        if skipped < entry.bytes {
            let bytes = entry.bytes - skipped;
            rest.push(IndexEntry { bytes, ..*entry });
        }
    }
    let mut scan = Scan::new(fields);
    // Streams that begin here within a line whose beginning is too far away.
    let mut headless = [false; 2];
    for stream in [Stream::Stdout, Stream::Stderr] {
        let place = places[stream as usize];
        let from = place.saturating_sub(LINE);
        let before = reader.read(stream, from, (place - from) as usize)?;
        match before.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => scan.feed(stream, &before[at + 1..]),
            None if from > 0 => headless[stream as usize] = true,
            None => scan.feed(stream, &before),
        }
    }
    for entry in rest {
        let place = &mut places[entry.stream as usize];
        let end = *place + entry.bytes;
        if entry.fill == Fill::Hole {
            // Nobody knows how the line went on that it cuts.
            scan.feed(entry.stream, b"\n");
            if mem::take(&mut headless[entry.stream as usize]) {
                scan.forget();
            }
            *place = end;
        }
        while *place < end {
            let bytes = reader.read(entry.stream, *place, (end - *place).min(CHUNK) as usize)?;
            if bytes.is_empty() {
                break;
            }
            *place += bytes.len() as u64;
            let headless = &mut headless[entry.stream as usize];
            let whole = match bytes.iter().position(|byte| *byte == b'\n') {
                Some(at) if *headless => {
                    *headless = false;
                    // It counts later than what was found so far; where nothing comes behind it, more is read.
                    scan.forget();
                    &bytes[at + 1..]
                }
                None if *headless => &[],
                _ => &bytes[..],
            };
            scan.feed(entry.stream, whole);
        }
        *place = end;
    }
    if headless.contains(&true) {
        return Ok(vec![None; fields.len()]);
    }
    Ok(scan.finish())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Stage;
    use super::*;
    use crate::model::id::AttemptNo;
    use Stream::{Stderr, Stdout};

    fn found(stage: &Stage, fields: &[&str]) -> Vec<Option<String>> {
        let fields: Vec<Field> = fields.iter().map(|text| Field::parse(text).expect(text)).collect();
        let reader = OutputReader::new(&stage.dir, "web1", AttemptNo::FIRST);
        let values = values(&reader, &fields).expect("readable");
        values
            .into_iter()
            .map(|value| value.map(|value| value.to_string()))
            .collect()
    }

    #[test]
    fn the_last_value_of_both_streams_counts() {
        let mut stage = Stage::new(&["web1"]);
        assert_eq!(found(&stage, &["use=(\\d+)%"]), [None]);
        stage.print(1, 0, Stdout, b"10%\n20");
        stage.print(2, 0, Stderr, b"30%\n");
        assert_eq!(found(&stage, &["use=(\\d+)%"]), [Some("30".to_owned())]);
        stage.print(3, 0, Stdout, b"%\n");
        let values = found(&stage, &["use=(\\d+)%", "none=zzz", "first=1\\d%"]);
        assert_eq!(values, [Some("20".to_owned()), None, Some("10%".to_owned())]);
    }

    #[test]
    fn the_middle_of_a_long_line_is_not_its_beginning() {
        let (start, rest) = ("x".repeat(5000), "use 2 ".repeat(16_000));
        for (end, behind) in [("", 0), ("\n", 0), ("\n", 30), ("\n", 60)] {
            let mut stage = Stage::new(&["web1"]);
            stage.print(1, 0, Stdout, format!("use 1\n{start}{rest}{end}").as_bytes());
            for _ in 0..behind {
                stage.print(2, 0, Stdout, format!("{}\n", "y".repeat(999)).as_bytes());
            }
            let values = found(&stage, &["use=use (\\d)"]);
            assert_eq!(values, [Some("1".to_owned())], "{end:?}, {behind} kB behind");
        }
    }

    #[test]
    fn a_long_line_counts_where_it_ends() {
        for end in ["", "\n"] {
            let mut stage = Stage::new(&["web1"]);
            stage.print(1, 0, Stdout, format!("use 2{}", "x".repeat(100_000)).as_bytes());
            stage.print(2, 0, Stderr, b"use 3\n");
            stage.print(3, 0, Stdout, end.as_bytes());
            let values = found(&stage, &["use=use (\\d)"]);
            assert_eq!(values, [Some("2".to_owned())], "{end:?}");
        }
    }

    #[test]
    fn a_value_is_found_wherever_it_stands_in_a_large_output() {
        let filler = format!("{}\n", "x".repeat(999));
        for before in [0, 10, 70, 500, 2000] {
            let mut stage = Stage::new(&["web1"]);
            for (stream, count) in [(Stdout, before), (Stderr, 20)] {
                for _ in 0..count {
                    stage.print(1, 0, stream, filler.as_bytes());
                }
            }
            stage.print(2, 0, Stdout, b"mid 7\nit is 42% ");
            for _ in 0..(2000 - before) {
                stage.print(3, 0, Stderr, filler.as_bytes());
            }
            stage.print(4, 0, Stdout, b"full\n");
            let values = found(&stage, &["use=is (\\d+)% full", "mid=mid (\\d)"]);
            let expected = ["42", "7"].map(|text| Some(text.to_owned()));
            assert_eq!(values, expected, "behind {before} kB");
        }
    }
}
