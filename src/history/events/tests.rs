//! What a record may lack, and what it may not.

use super::super::fixture::Stage;
use super::*;
use crate::model::event::Change;
use crate::model::phase::Why;
use std::fs;

/// A run of one host, with the second of its three events changed.
fn read_with(change: impl Fn(&str) -> String) -> Result<usize, String> {
    let mut stage = Stage::new(&["web1"]);
    stage.job(1, 0, Change::Queued(Why::RunSlot));
    stage.end(2, 0);
    stage.rewrite(|text| {
        let lines: Vec<&str> = text.lines().collect();
        format!("{}\n{}{}\n", lines[0], change(lines[1]), lines[2])
    });
    read(&stage.dir, &stage.plan, Place::default())
        .map(|(events, _)| events.len())
        .map_err(|error| error.to_string())
}

#[test]
fn a_line_cut_short_by_a_failed_write_loses_only_that_event() {
    for cut in 0..70 {
        assert_eq!(read_with(|line| format!("{}\n", &line[..cut])), Ok(2), "cut at {cut}");
    }
    assert_eq!(read_with(|line| format!("{line}\n")), Ok(3));
}

#[test]
fn half_a_last_line_is_not_read_yet() {
    let mut stage = Stage::new(&["web1"]);
    stage.end(2, 0);
    let whole = read(&stage.dir, &stage.plan, Place::default()).expect("whole").0.len();
    let text = fs::read_to_string(stage.dir.events()).expect("events");
    for cut in 1..20 {
        stage.rewrite(|_| text[..text.len() - cut].to_owned());
        let read = read(&stage.dir, &stage.plan, Place::default())
            .expect("tolerated")
            .0
            .len();
        assert!(read == whole || (cut > 1 && read == whole - 1), "{cut}");
    }
    stage.rewrite(|text| format!("{text}\u{0}\u{0}"));
    assert!(
        read(&stage.dir, &stage.plan, Place::default()).is_ok(),
        "what a machine that lost power leaves"
    );
}

#[test]
fn anything_else_is_damage_with_file_and_line() {
    for (line, problem) in [
        ("rubbish", "expected value"),
        (
            "{\"event\":\"teleported\",\"at\":1.0}",
            "(it was made by heeler 0, and this is ",
        ),
        ("{\"event\":\"queued\",\"at\":1.0}", "no field"),
        (
            "{\"event\":\"queued\",\"at\":1.0,\"job\":1,\"host\":\"web2\",\"attempt\":1,\"why\":\"pause\"}",
            "run.json has no job 1 on web2",
        ),
    ] {
        let error = read_with(|_| format!("{line}\n")).expect_err(line);
        assert!(error.contains("events.jsonl, line 2, is damaged: "), "{error}");
        assert!(error.contains(problem), "{error}");
    }
    let stage = Stage::new(&["web1"]);
    stage.rewrite(|_| "{\"event\":\"draining\",\"at\":1.0}\n".to_owned());
    let error = read(&stage.dir, &stage.plan, Place::default())
        .expect_err("no beginning")
        .to_string();
    assert!(error.contains("line 1, is damaged: the beginning"), "{error}");
}

#[test]
fn reading_goes_on_where_it_stopped_however_the_text_is_split() {
    let mut stage = Stage::new(&["web1"]);
    stage.job(1, 0, Change::Queued(Why::RunSlot));
    stage.end(2, 0);
    let text = fs::read_to_string(stage.dir.events()).expect("events");
    let whole = read(&stage.dir, &stage.plan, Place::default()).expect("whole");
    for cut in 0..text.len() {
        stage.rewrite(|_| text[..cut].to_owned());
        let (mut events, place) = read(&stage.dir, &stage.plan, Place::default()).expect("a part");
        stage.rewrite(|_| text.clone());
        let (rest, end) = read(&stage.dir, &stage.plan, place).expect("the rest");
        events.extend(rest);
        assert_eq!((events, end), whole, "split at {cut}");
    }
}
