//! Which state a record is in, and what it refuses.

use super::super::fixture::{RUN, Stage, make, runner};
use super::*;
use crate::model::board::Course;
use crate::model::event::{Change, Resumed, Stream};
use crate::model::outcome::{Outcome, OutcomeClass};
use crate::model::phase::Phase;

fn open(stage: &Stage) -> Record {
    Record::open(stage.dir.clone()).expect("a record")
}

fn resumed() -> What {
    What::RunResumed(Resumed {
        time: "2026-01-02T04:04:05Z".to_owned(),
        operator: "me@here".to_owned(),
    })
}

#[test]
fn a_run_is_live_interrupted_or_ended() {
    let mut stage = Stage::new(&["web1", "web2"]);
    stage.done(1, 0, Outcome::Ok);
    let cookie = "c".to_owned();
    stage.job(2, 1, Change::Starting { cookie });
    let lock = stage.hold();
    let live = open(&stage);
    assert_eq!(live.state, State::Live { holder: Some(runner()) });
    assert_eq!(live.board.course(), Course::Going);
    drop(lock);
    let interrupted = open(&stage);
    assert_eq!(interrupted.state, State::Interrupted);
    let classes: Vec<_> = interrupted
        .board
        .rows()
        .iter()
        .map(|row| row.phase.outcome().map(Outcome::class))
        .collect();
    assert_eq!(classes, [Some(OutcomeClass::Ok), Some(OutcomeClass::Lost)]);
    stage.event(3, resumed());
    stage.end(4, 4);
    let _closing = stage.hold();
    let ended = open(&stage);
    assert_eq!(ended.state, State::Ended { exit: 4 }, "whoever still holds the lock");
    assert_eq!(ended.events.len(), 7);
}

#[test]
fn a_run_that_was_taken_up_again_is_not_over_because_it_once_was() {
    let mut stage = Stage::new(&["web1"]);
    stage.end(1, 5);
    stage.event(2, resumed());
    assert_eq!(open(&stage).state, State::Interrupted);
}

#[test]
fn a_run_that_never_began_is_interrupted() {
    let home = tempfile::tempdir().expect("a directory");
    let (_, dir) = make(home.path(), RUN, &["web1"]);
    let record = Record::open(dir).expect("a record");
    assert_eq!(record.state, State::Interrupted);
    assert!(record.board.all_done());
}

#[test]
fn what_is_no_run_or_damaged_or_newer_is_refused_with_its_file() {
    let stage = Stage::new(&["web1"]);
    let refused = || Record::open(stage.dir.clone()).expect_err("refused").to_string();
    let plan = fs::read_to_string(stage.dir.plan()).expect("a plan");
    fs::write(stage.dir.plan(), plan.replace("\"format\": 1", "\"format\": 99")).expect("written");
    assert!(refused().contains("has the format 99, and this heeler knows 1"));
    for text in ["", "{", "[]", "{\"format\": 1}"] {
        fs::write(stage.dir.plan(), text).expect("written");
        assert!(refused().contains("run.json is damaged: "), "{text}: {}", refused());
    }
    fs::remove_file(stage.dir.plan()).expect("removed");
    assert!(refused().contains("is not the directory of a run: it has no run.json"));
    let elsewhere = RunDir::open(stage.home.path().join("link"));
    std::os::unix::fs::symlink(stage.dir.path(), elsewhere.path()).expect("a link");
    assert!(matches!(Record::open(elsewhere), Err(HistoryError::NotARun(_))));
}

#[test]
fn what_was_under_way_is_known_to_have_run_until_the_last_output() {
    let mut stage = Stage::new(&["web1"]);
    let cookie = "c".to_owned();
    stage.job(1, 0, Change::Starting { cookie });
    stage.job(1, 0, Change::Running { pid: 7 });
    stage.print(3, 0, Stream::Stdout, b"still there\n");
    let elapsed = |stage: &Stage| match open(stage).board.rows()[0].phase {
        Phase::Done { elapsed, .. } => elapsed.as_secs(),
        ref other => panic!("{other:?}"),
    };
    assert_eq!(elapsed(&stage), 2);
    stage.event(40, resumed());
    assert_eq!(elapsed(&stage), 2, "nobody drove it until it was taken up again");
}
