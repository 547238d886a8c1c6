use super::super::feed::{Feed, Step};
use super::super::fixture::Stage;
use super::*;
use crate::model::event::Message;
use crate::model::event::Stream::{Stderr, Stdout};
use crate::model::outcome::{Cause, SkipReason};

fn shown(stage: &Stage, timestamps: bool, rendering: Rendering, messages: Vec<Message>) -> (String, String) {
    let mut feed = Feed::new(&stage.plan);
    let mut plain = Plain::new(timestamps, rendering, rendering);
    let mut sheet = Sheet::default();
    for message in messages {
        feed.push(message).expect("taken");
        while feed.has_more() {
            match feed.next().expect("readable") {
                Some(Step::Text(text)) => plain.text(stage.plan.label(text.job), &text, &mut sheet),
                Some(Step::Event(event)) => plain.event(&event, &mut sheet),
                None => {}
            }
        }
    }
    (sheet.text(Target::Stdout), sheet.text(Target::Stderr))
}

#[test]
fn each_line_stands_behind_its_host_on_its_own_stream() {
    let mut stage = Stage::new(&["a", "b"]);
    let messages = vec![
        stage.print(0, Stdout, b"one\ntw"),
        stage.print(1, Stdout, b"\x1b[31mred\x1b[0m\n"),
        stage.print(0, Stderr, b"oops\n"),
        stage.print(0, Stdout, b"o\nthree"),
        stage.end(0, Outcome::Exit { code: 3 }),
        stage.end(1, Outcome::Ok),
    ];
    let (out, err) = shown(&stage, false, Rendering::Exact, messages.clone());
    assert_eq!(out, "a: one\nb: \x1b[31mred\x1b[0m\na: two\na: three\n");
    assert_eq!(err, "a: oops\n");
    let (out, _) = shown(&stage, false, Rendering::Plain, messages.clone());
    assert_eq!(out, "a: one\nb: red\na: two\na: three\n");
    let (out, err) = shown(&stage, true, Rendering::Exact, messages);
    assert_eq!(
        out,
        "+1.0s a: one\n+2.0s b: \x1b[31mred\x1b[0m\n+4.0s a: two\n+4.0s a: three\n"
    );
    assert_eq!(err, "+3.0s a: oops\n");
}

#[test]
fn what_could_not_be_used_or_is_tried_again_is_told_with_sshs_words_made_harmless() {
    let refused = || Outcome::Unreachable {
        cause: Cause::Refused,
        detail: "ssh: connect to host a\x1b[2J port 22: Connection refused\r\n".to_owned(),
    };
    let mut stage = Stage::new(&["a"]);
    let messages = vec![stage.retry(0, refused()), stage.end(0, refused())];
    let (out, err) = shown(&stage, false, Rendering::Exact, messages);
    assert_eq!(out, "");
    assert_eq!(
        err,
        concat!(
            "heeler: a: attempt 1 unreachable, connection refused ",
            "(ssh: connect to host a port 22: Connection refused); next in 4s\n",
            "heeler: a: unreachable, connection refused (ssh: connect to host a port 22: Connection refused)\n",
        )
    );
}

#[test]
fn what_was_not_started_twice_is_told_with_what_runs_there_and_how_to_insist() {
    let skipped = Outcome::Skipped {
        why: SkipReason::AlreadyRunning,
        detail: Some("still running since 18:02 UTC, pid 4711 (root): apt\x1b[2J-get".to_owned()),
    };
    let mut stage = Stage::new(&["a", "b"]);
    let cancelled = Outcome::skipped(SkipReason::Cancelled);
    let messages = vec![stage.end(0, skipped), stage.end(1, cancelled)];
    let (_, err) = shown(&stage, false, Rendering::Exact, messages);
    assert_eq!(
        err,
        concat!(
            "heeler: a: skipped, still running from an earlier attempt ",
            "(still running since 18:02 UTC, pid 4711 (root): apt-get); --even-if-running starts it all the same\n",
        )
    );
}
