//! The fold: what rows and counts say after each event, whatever comes in whatever order.

use super::*;
use crate::model::event::{Piece, Resumed};
use crate::model::fixture::{ending, event, plan};
use crate::model::outcome::{CancelledBy, Cause, Fate};

use crate::model::phase::{PauseReason, StopReason};

/// A board that has taken in these events, with its counts checked after each.
fn after(board: &mut Board, events: impl IntoIterator<Item = Event>) {
    for event in events {
        board.apply(&event);
        let mut counted = Tally::default();
        for row in board.rows() {
            counted.enter(Standing::of(&row.phase));
        }
        assert_eq!(*board.tally(), counted, "after {event:?}");
    }
}

fn output(attempt: u32, at: u64, pieces: &[(Stream, u64, &str)]) -> Message {
    let pieces = pieces.iter().map(|(stream, offset, text)| Piece {
        stream: *stream,
        offset: *offset,
        bytes: text.as_bytes().to_vec(),
    });
    Message::Output(Output {
        at: Stamp::from_secs(at),
        job: JobId(0),
        attempt: AttemptNo(attempt),
        pieces: pieces.collect(),
    })
}

fn dropped() -> Outcome {
    Outcome::Unreachable {
        cause: Cause::DroppedEarly,
        detail: String::new(),
    }
}

#[test]
fn a_job_goes_from_queued_to_done() {
    let mut board = Board::new(&plan(2));
    assert_eq!(board.tally().count(Standing::Queued), 2);
    after(&mut board, [event(1, (0, 1), Change::Connecting)]);
    assert_eq!(
        board.rows()[0].phase,
        Phase::Connecting {
            since: Stamp::from_secs(1)
        }
    );
    after(&mut board, [event(2, (0, 1), Change::Running { pid: 7 })]);
    assert_eq!(board.rows()[0].pid, Some(7));
    after(&mut board, [event(9, (0, 1), Change::Slow)]);
    let slow = Some(Stamp::from_secs(9));
    let since = Stamp::from_secs(2);
    assert_eq!(
        board.rows()[0].phase,
        Phase::Running {
            since,
            slow,
            overdue: None
        }
    );
    let stopping = Change::Stopping {
        reason: StopReason::Cancel,
        limit: None,
        kill_at: Some(Stamp::from_secs(20)),
    };
    after(&mut board, [event(10, (0, 1), stopping)]);
    assert_eq!(
        board.rows()[0].phase.elapsed(Stamp::from_secs(12)),
        Some(Duration::from_secs(10))
    );
    let outcome = Outcome::Cancelled {
        by: CancelledBy::Operator,
        fate: Fate::Gone,
        ended: None,
    };
    after(
        &mut board,
        [event(13, (0, 1), Change::Done(ending(outcome.clone(), 11)))],
    );
    assert_eq!(board.rows()[0].phase.outcome(), Some(&outcome));
    assert_eq!((board.tally().done(), board.all_done()), (1, false));
    after(&mut board, [event(14, (1, 1), Change::Done(ending(Outcome::Ok, 3)))]);
    assert!(board.all_done());
    assert_eq!(board.durations().count(), 1, "only what ended by itself");
}

#[test]
fn a_retry_begins_afresh_and_keeps_what_was() {
    let mut board = Board::new(&plan(1));
    let failed = ending(Outcome::Exit { code: 3 }, 4);
    after(
        &mut board,
        [
            event(1, (0, 1), Change::Running { pid: 7 }),
            event(5, (0, 1), Change::Done(failed.clone())),
        ],
    );
    board.take(&output(1, 5, &[(Stream::Stdout, 0, "old\n")]));
    assert_eq!(board.rows()[0].printed(Stream::Stdout), 4);
    after(&mut board, [event(6, (0, 2), Change::Queued(Why::ConnectSlot))]);
    let row = &board.rows()[0];
    assert_eq!((row.attempt, row.pid, row.printed), (AttemptNo(2), None, [0; 2]));
    assert!(row.tail.last().is_none() && row.last_output.is_none());
    assert_eq!(row.earlier, std::slice::from_ref(&failed));
    board.take(&output(1, 7, &[(Stream::Stdout, 4, "late\n")]));
    assert!(board.rows()[0].tail.last().is_none(), "of an earlier attempt");
    after(&mut board, [event(9, (0, 2), Change::Done(ending(Outcome::Ok, 1)))]);
    assert_eq!(board.rows()[0].earlier, [failed]);
}

#[test]
fn an_attempt_that_is_followed_by_itself_is_kept_once() {
    let mut board = Board::new(&plan(1));
    let retrying = |until| Change::Retrying {
        ending: ending(dropped(), 0),
        until: Stamp::from_secs(until),
    };
    after(
        &mut board,
        [event(1, (0, 1), Change::Connecting), event(2, (0, 1), retrying(3))],
    );
    let until = Stamp::from_secs(3);
    assert_eq!(board.rows()[0].phase, Phase::Backoff { until, last: dropped() });
    after(
        &mut board,
        [
            event(3, (0, 2), Change::Queued(Why::ConnectSlot)),
            event(3, (0, 2), Change::Connecting),
            event(4, (0, 2), retrying(6)),
            event(
                5,
                (0, 2),
                // The run was drained before the third came.
                Change::Done(ending(dropped(), 0)),
            ),
        ],
    );
    assert_eq!(board.rows()[0].earlier.len(), 1, "the last is the end of the job");
    assert!(board.all_done());
}

#[test]
fn a_gap_in_the_output_shows_no_line_that_never_was() {
    let mut board = Board::new(&plan(1));
    after(&mut board, [event(1, (0, 1), Change::Running { pid: 7 })]);
    assert_eq!(
        board.rows()[0].silent(Stamp::from_secs(4)),
        Some(Duration::from_secs(3))
    );
    board.take(&output(
        1,
        2,
        &[(Stream::Stdout, 0, "be"), (Stream::Stderr, 0, "err\n")],
    ));
    board.take(&output(
        1,
        3,
        &[(Stream::Stdout, 100, "gun\nnext\n"), (Stream::Stderr, 4, "more\n")],
    ));
    let row = &board.rows()[0];
    let lines: Vec<_> = row.tail.lines().map(super::super::text::StyledLine::text).collect();
    assert_eq!(lines, ["err", "next", "more"]);
    assert_eq!((row.printed(Stream::Stdout), row.printed(Stream::Stderr)), (109, 9));
    assert_eq!(row.silent(Stamp::from_secs(4)), Some(Duration::from_secs(1)));
}

#[test]
fn the_course_of_the_run_is_followed() {
    let mut board = Board::new(&plan(0));
    assert_eq!(board.course(), Course::Going);
    let ended = What::RunEnded {
        counts: std::collections::BTreeMap::new(),
        exit: 0,
    };
    for (what, course) in [
        (What::Paused(PauseReason::Asked), Course::Paused(PauseReason::Asked)),
        (What::Continued, Course::Going),
        (What::Draining, Course::Draining),
        (ended, Course::Ended),
    ] {
        let at = Stamp::from_secs(1);
        board.apply(&Event { at, what });
        assert_eq!(board.course(), course);
    }
}

#[test]
fn what_is_said_of_a_job_that_does_not_exist_changes_nothing() {
    let mut board = Board::new(&plan(1));
    after(&mut board, [event(1, (9, 1), Change::Connecting)]);
    assert_eq!(board.tally().count(Standing::Queued), 1);
}

/// Six jobs: one ok, one running, one stopping, one given its program, one connecting, one waiting for its next attempt.
fn under_way(on_disconnect: OnDisconnect) -> Board {
    let mut plan = plan(6);
    plan.settings.on_disconnect = on_disconnect;
    let mut board = Board::new(&plan);
    let starting = |job: u32| {
        let cookie = format!("cookie{job}");
        event(1, (job, 1), Change::Starting { cookie })
    };
    let running = Change::Running { pid: 7 };
    let stopping = Change::Stopping {
        reason: StopReason::Cancel,
        limit: None,
        kill_at: None,
    };
    let retrying = Change::Retrying {
        ending: ending(dropped(), 1),
        until: Stamp::from_secs(60),
    };
    after(
        &mut board,
        [
            starting(0),
            event(2, (0, 1), Change::Done(ending(Outcome::Ok, 1))),
            starting(1),
            event(3, (1, 1), running.clone()),
            starting(2),
            event(3, (2, 1), running),
            event(4, (2, 1), stopping),
            starting(3),
            event(5, (4, 1), Change::Connecting),
            event(6, (5, 1), retrying),
        ],
    );
    board
}

fn outcomes(board: &Board) -> Vec<String> {
    let outcome = |row: &Row| row.phase.outcome().map(ToString::to_string).unwrap_or_default();
    board.rows().iter().map(outcome).collect()
}

#[test]
fn the_end_of_a_runner_loses_what_may_run_and_skips_what_cannot() {
    for (on_disconnect, lost) in [
        (OnDisconnect::End, "lost, remote unknown"),
        (OnDisconnect::Keep, "lost, left running"),
    ] {
        let mut board = under_way(on_disconnect);
        board.interrupt();
        let never = "skipped, the runner ended before its turn";
        let expected = ["ok", lost, lost, lost, never, "unreachable, dropped early"];
        assert_eq!(outcomes(&board), expected);
        assert!(board.all_done());
        assert_eq!(board.course(), Course::Interrupted);
        assert_eq!(
            board.rows()[1].phase.elapsed(Stamp::from_secs(999)),
            Some(Duration::from_secs(3)),
            "as far as the record goes"
        );
        after(&mut board, []);
    }
}

#[test]
fn a_run_that_has_ended_cannot_be_interrupted() {
    let mut board = under_way(OnDisconnect::End);
    let counts = std::collections::BTreeMap::new();
    let (at, what) = (Stamp::from_secs(9), What::RunEnded { counts, exit: 0 });
    board.apply(&Event { at, what });
    board.interrupt();
    assert_eq!(board.course(), Course::Ended);
    assert_eq!(outcomes(&board), ["ok", "", "", "", "", ""]);
}

#[test]
fn what_is_taken_up_again_begins_as_if_it_had_never_been_queued() {
    let mut board = under_way(OnDisconnect::End);
    let resumed = Resumed {
        time: String::new(),
        operator: String::new(),
    };
    let at = Stamp::from_secs(100);
    after(
        &mut board,
        [
            Event {
                at,
                what: What::RunResumed(resumed),
            },
            event(101, (4, 1), Change::Queued(Why::ConnectSlot)),
            event(101, (1, 2), Change::Queued(Why::ConnectSlot)),
        ],
    );
    assert_eq!(board.course(), Course::Going);
    let never = &board.rows()[4];
    assert_eq!((never.attempt, never.earlier.len()), (AttemptNo::FIRST, 0));
    let lost = &board.rows()[1];
    assert_eq!((lost.attempt, lost.earlier.len()), (AttemptNo(2), 1));
    let marks: Vec<_> = lost
        .doubtful
        .iter()
        .map(|doubt| (doubt.attempt, doubt.cookie.as_str()))
        .collect();
    assert_eq!(marks, [(AttemptNo(1), "cookie1")]);
}

#[test]
fn a_pause_that_was_asked_for_outlives_the_runner() {
    let resumed = || {
        What::RunResumed(Resumed {
            time: String::new(),
            operator: String::new(),
        })
    };
    for (reason, course) in [
        (PauseReason::Asked, Course::Paused(PauseReason::Asked)),
        (PauseReason::AgentGone, Course::Going),
    ] {
        let mut board = under_way(OnDisconnect::End);
        for what in [What::Paused(reason), resumed(), resumed()] {
            let at = Stamp::from_secs(100);
            board.apply(&Event { at, what });
        }
        assert_eq!(board.course(), course);
    }
}

#[test]
fn a_later_look_settles_the_fate_of_an_attempt() {
    let mut board = under_way(OnDisconnect::End);
    board.interrupt();
    let found = |fate| Change::Found { fate };
    after(&mut board, [event(100, (2, 1), found(Fate::Gone))]);
    assert_eq!(outcomes(&board)[2], "lost, confirmed gone");
    after(
        &mut board,
        [
            event(101, (1, 2), Change::Queued(Why::ConnectSlot)),
            event(102, (1, 1), found(Fate::Gone)),
        ],
    );
    let row = &board.rows()[1];
    assert_eq!(row.earlier[0].outcome.to_string(), "lost, confirmed gone");
    assert!(row.doubtful.is_empty());
    assert_eq!(row.attempt, AttemptNo(2));
}

#[test]
fn output_that_is_known_already_is_not_shown_again() {
    let mut board = Board::new(&plan(1));
    board.take(&output(1, 2, &[(Stream::Stdout, 0, "one\ntwo\n")]));
    for (offset, text) in [(0, "one\n"), (4, "two\nthree\n"), (14, "four\n")] {
        board.take(&output(1, 3, &[(Stream::Stdout, offset, text)]));
    }
    let row = &board.rows()[0];
    let lines: Vec<_> = row.tail.lines().map(super::super::text::StyledLine::text).collect();
    assert_eq!(lines, ["one", "two", "three", "four"]);
    assert_eq!(row.printed(Stream::Stdout), 19);
}

#[test]
fn an_interruption_ends_the_silence_of_a_link_and_what_was_seen_before_it() {
    let mut board = Board::new(&plan(1));
    let since = Stamp::from_secs(3);
    let cookie = "c".to_owned();
    let left = Left {
        pid: 7,
        kin: crate::model::left::Kin::Session,
        state: 'S',
        owner: "root".to_owned(),
        name: "sleep".to_owned(),
    };
    let processes = vec![left];
    after(
        &mut board,
        [
            event(1, (0, 1), Change::Starting { cookie }),
            event(2, (0, 1), Change::Running { pid: 7 }),
            event(3, (0, 1), Change::Left { processes }),
            event(20, (0, 1), Change::LinkSilent { since }),
        ],
    );
    board.interrupt();
    let row = &board.rows()[0];
    assert_eq!((row.link_silent, row.alive().count()), (None, 0));
    assert!(row.may_have_left(), "it may well be alive");
}

#[test]
fn values_belong_to_an_attempt_and_to_their_fields() {
    use crate::model::field::{Field, Value};
    let fields = ["use=(\\d+)%", "free=(\\S+) free"].map(|text| Field::parse(text).expect(text));
    let mut plan = plan(2);
    plan.fields = fields.to_vec();
    let mut board = Board::new(&plan);
    let values = |texts: [Option<&str>; 2]| texts.map(|text| text.map(Value::read)).to_vec();
    assert!(board.measure(JobId(0), AttemptNo::FIRST, values([Some("97"), Some("4G")])));
    assert!(
        !board.measure(JobId(0), AttemptNo::FIRST, values([Some("97"), Some("4G")])),
        "known"
    );
    assert!(
        !board.measure(JobId(0), AttemptNo(2), values([Some("1"), None])),
        "not begun"
    );
    assert!(
        !board.measure(JobId(9), AttemptNo::FIRST, values([None, None])),
        "no such job"
    );
    assert!(
        !board.measure(JobId(1), AttemptNo::FIRST, Vec::new()),
        "of other fields"
    );
    board.settle_columns();
    assert_eq!(board.columns()[0].count(), 1);
    let more = [Field::parse("up=up (.*),").expect("a field"), fields[1].clone()];
    board.set_fields(&more);
    let text = |board: &Board| {
        board.rows()[0]
            .values
            .iter()
            .map(|value| value.as_ref().map(Value::to_string))
            .collect::<Vec<_>>()
    };
    assert_eq!(text(&board), [None, Some("4G".to_owned())], "what is known stays");
    board.apply(&event(1, (0, 2), Change::Connecting));
    assert_eq!(text(&board), [None, None], "a new attempt has printed nothing");
}
