use super::super::fixture::Stage;
use super::*;
use crate::model::event::Stream::{Stderr, Stdout};
use crate::model::outcome::Outcome;

/// Everything that the feed hands out, output per stream put together and an event as a mark in both.
fn drained(feed: &mut Feed) -> Vec<String> {
    let mut steps = Vec::new();
    while feed.has_more() {
        match feed.next().expect("readable") {
            Some(Step::Text(text)) => steps.push(String::from_utf8(text.bytes).expect("text")),
            Some(Step::Event(_)) => steps.push("event".to_owned()),
            None => {}
        }
    }
    steps
}

#[test]
fn lines_leave_whole_and_before_the_event_that_follows_them() {
    let mut stage = Stage::new(&["a"]);
    let mut feed = Feed::new(&stage.plan);
    for (bytes, expected) in [
        (&b"one\ntw"[..], &["one\n"][..]),
        (b"o", &[]),
        (b"", &[]),
        (b"!\nthree\nfo", &["two!\nthree\n"]),
    ] {
        feed.push(stage.print(0, Stdout, bytes)).expect("taken");
        assert_eq!(drained(&mut feed), expected);
    }
    feed.push(stage.print(0, Stderr, b"oops")).expect("taken");
    feed.push(stage.end(0, Outcome::Ok)).expect("taken");
    assert_eq!(drained(&mut feed), ["fo", "oops", "event"]);
}

#[test]
fn gaps_are_filled_from_disk() {
    let mut stage = Stage::new(&["a"]);
    let mut feed = Feed::new(&stage.plan);
    feed.push(stage.print(0, Stdout, b"first\nbeg")).expect("taken");
    stage.print(0, Stdout, b"in\nlost on the way\n");
    // No line end in what came: those in the gap are told at once all the same.
    feed.push(stage.print(0, Stdout, b"prompt: ")).expect("taken");
    assert_eq!(drained(&mut feed), ["first\n", "begin\nlost on the way\n"]);
    stage.print(0, Stdout, b"lost again\nand");
    feed.push(stage.print(0, Stdout, b" here\n")).expect("taken");
    assert_eq!(drained(&mut feed), ["prompt: lost again\nand here\n"]);
    stage.print(0, Stdout, b"never told\n");
    stage.print(0, Stderr, b"never told either\n");
    feed.push(stage.end(0, Outcome::Ok)).expect("taken");
    assert_eq!(drained(&mut feed), ["never told\n", "never told either\n", "event"]);
}

#[test]
fn attempts_are_apart() {
    let mut stage = Stage::new(&["a", "b"]);
    let mut feed = Feed::new(&stage.plan);
    feed.push(stage.print(0, Stdout, b"first try")).expect("taken");
    feed.push(stage.print(1, Stdout, b"the other\n")).expect("taken");
    feed.push(stage.retry(0, Outcome::Exit { code: 1 })).expect("taken");
    feed.push(stage.print(0, Stdout, b"second try\n")).expect("taken");
    feed.push(stage.end(0, Outcome::Ok)).expect("taken");
    assert_eq!(
        drained(&mut feed),
        ["the other\n", "first try", "event", "second try\n", "event"]
    );
}

#[test]
fn a_long_gap_comes_in_chunks_and_nothing_is_lost_or_cut_through() {
    let mut stage = Stage::new(&["a"]);
    let mut feed = Feed::new(&stage.plan);
    let lines: Vec<String> = (0..40_000).map(|n| format!("line {n}\n")).collect();
    let lines = lines.concat();
    let endless = "ö".repeat(CHUNK);
    stage.print(0, Stdout, lines.as_bytes());
    stage.print(0, Stdout, b"x");
    stage.print(0, Stdout, endless.as_bytes());
    feed.push(stage.end(0, Outcome::Ok)).expect("taken");
    let steps = drained(&mut feed);
    assert!(steps.iter().all(|step| step.len() <= CHUNK));
    assert!(steps.len() > 8);
    let whole = steps.iter().filter(|step| step.ends_with('\n')).count();
    assert!(whole > 5, "{whole} chunks end with their line");
    assert_eq!(steps.concat(), format!("{lines}x{endless}event"));
}

#[test]
fn chunks_are_cut_where_it_does_no_harm() {
    for (bytes, cut) in [
        (&b"a\nb\nc"[..], 4),
        (b"abc", 3),
        ("aö".as_bytes(), 3),
        (&"aö".as_bytes()[..2], 1),
        (&"a€".as_bytes()[..3], 1),
        ("a€".as_bytes(), 4),
        (&"a😀".as_bytes()[..4], 1),
        (b"a\xff\xff\xff", 3),
        (b"\x80\x80\x80\x80", 4),
        (b"", 0),
    ] {
        assert_eq!(good_cut(bytes), cut, "{bytes:?}");
    }
}

#[test]
fn the_end_of_a_stream_is_told() {
    let mut stage = Stage::new(&["a"]);
    let mut feed = Feed::new(&stage.plan);
    feed.push(stage.print(0, Stdout, b"whole\npart")).expect("taken");
    feed.push(stage.end(0, Outcome::Ok)).expect("taken");
    let mut lasts = Vec::new();
    while let Some(Step::Text(text)) = feed.next().expect("readable") {
        lasts.push(text.last);
    }
    assert_eq!(lasts, [false, true]);
}

#[test]
fn an_event_is_told_although_the_output_before_it_cannot_be_read() {
    let mut stage = Stage::new(&["a"]);
    let mut feed = Feed::new(&stage.plan);
    // A file where the directory of the job should be.
    std::fs::write(stage.dir.path().join("out/a"), "").expect("written");
    feed.push(stage.end(0, Outcome::Ok)).expect_err("not readable");
    assert_eq!(drained(&mut feed), ["event"]);
}

#[test]
fn what_the_end_brings_keeps_the_time_at_which_it_was_printed() {
    let mut stage = Stage::new(&["a"]);
    let mut feed = Feed::new(&stage.plan);
    feed.push(stage.print(0, Stdout, b"whole\npart")).expect("taken");
    feed.push(stage.print(0, Stderr, b"part")).expect("taken");
    feed.push(stage.end(0, Outcome::Ok)).expect("taken");
    let mut times = Vec::new();
    while let Some(Step::Text(text)) = feed.next().expect("readable") {
        times.push((text.stream, text.at.0.as_secs()));
    }
    assert_eq!(times, [(Stdout, 1), (Stdout, 1), (Stderr, 2)]);
}

#[test]
fn what_is_not_on_record_is_counted_and_no_zeros_are_shown_for_it() {
    let mut stage = Stage::new(&["a", "b"]);
    let mut feed = Feed::new(&stage.plan);
    feed.push(stage.print(0, Stdout, b"first\nbeg")).expect("taken");
    stage.lose(0, Stdout, 3 * CHUNK as u64);
    feed.push(stage.print(0, Stdout, b"end\n\0 is a byte\n"))
        .expect("taken");
    assert_eq!(drained(&mut feed), ["first\n", "beg\n", "end\n\0 is a byte\n"]);
    // What was told and cannot be read, because the disk did not take it.
    feed.push(stage.print(1, Stdout, b"half ")).expect("taken");
    feed.push(stage.print(1, Stdout, b"a line\n")).expect("taken");
    std::fs::write(stage.output(1, Stdout), b"").expect("written");
    feed.push(stage.end(1, Outcome::Ok)).expect("taken");
    stage.lose(0, Stdout, 5);
    feed.push(stage.end(0, Outcome::Ok)).expect("taken");
    assert_eq!(drained(&mut feed), ["event", "event"]);
    let lost: Vec<_> = feed.lost().collect();
    assert_eq!(lost, [(JobId(0), 3 * CHUNK as u64 + 5), (JobId(1), 12)]);
}
