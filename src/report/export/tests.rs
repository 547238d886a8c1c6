//! The tables of a small run that met all sorts of ends.

use super::super::fixture::Stage;
use super::*;
use crate::history::Record;
use crate::model::event::Stream;
use crate::model::outcome::{CancelledBy, Cause, Fate, Limit, SkipReason};

fn table(write: fn(&Record, &mut dyn Write) -> io::Result<()>) -> String {
    let mut stage = Stage::new(&["a", "b", "c", "d", "e", "f", "g"]);
    stage.begin();
    for job in 0..6 {
        stage.record(job, Change::Connecting);
        stage.record(job, Change::Running { pid: 7 });
    }
    stage.print(0, Stream::Stdout, b"12345");
    let fate = || Fate::Gone;
    for (job, outcome) in [
        (0, Outcome::Ok),
        (1, Outcome::Exit { code: 3 }),
        (2, Outcome::Signal { number: 9, status: 137 }),
        (
            3,
            Outcome::TimedOut {
                limit: Limit::Run,
                fate: fate(),
                ended: Some(Ended::Exit(143)),
            },
        ),
        (
            4,
            Outcome::Cancelled {
                by: CancelledBy::Operator,
                fate: fate(),
                ended: None,
            },
        ),
        (
            5,
            Outcome::Unreachable {
                cause: Cause::Refused,
                detail: "ssh: \"no\",\n\u{1b}[2Jnever".to_owned(),
            },
        ),
        (6, Outcome::skipped(SkipReason::Drain)),
    ] {
        stage.record_end(job, outcome);
    }
    let record = Record::open(stage.dir.clone()).expect("a record");
    let mut out = Vec::new();
    write(&record, &mut out).expect("written");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_csv_has_a_line_per_job() {
    let text = table(csv);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 8, "{text}");
    assert_eq!(lines[0], COLUMNS);
    let digest = lines[1].rsplit(',').next().expect("a digest");
    assert_eq!(digest.len(), 16);
    assert_eq!(
        lines[1],
        format!("a,ok,0,,2026-01-02T03:04:07.000Z,1.000,1,,false,,,5,0,{digest}")
    );
    assert!(lines[3].starts_with("c,signal,137,9,"), "{}", lines[3]);
    assert!(lines[4].contains(",gone,false,run limit,"), "{}", lines[4]);
    assert!(
        lines[6].contains(",connection refused,\"ssh: \"\"no\"\", never\","),
        "{}",
        lines[6]
    );
    assert!(
        lines[7].starts_with("g,skipped,,,,1.000,0,,false,run drained,"),
        "{}",
        lines[7]
    );
}

#[test]
fn the_job_log_is_that_of_gnu_parallel() {
    let text = table(joblog);
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 9), "{text}");
    let ends: Vec<(&str, &str, &str)> = rows[1..].iter().map(|row| (row[1], row[6], row[7])).collect();
    assert_eq!(
        ends,
        [
            ("a", "0", "0"),
            ("b", "3", "0"),
            ("c", "137", "9"),
            ("d", "-1", "15"),
            ("e", "-1", "15"),
            ("f", "255", "0"),
        ],
        "what was never started is not logged"
    );
    assert_eq!(rows[1][..6], ["1", "a", "1767323047.000", "     1.000", "0", "5"]);
}

#[test]
fn no_field_is_called_like_a_column() {
    for name in COLUMNS.split(',') {
        assert!(crate::model::field::RESERVED.contains(&name), "{name}");
    }
}
