//! The output of an attempt as it is written out.

use super::super::fixture::Stage;
use super::*;
use Stream::{Stderr, Stdout};

const EXACT: LogOptions = LogOptions {
    only: None,
    timestamps: false,
    rendering: Rendering::Exact,
};

fn stage() -> Stage {
    let mut stage = Stage::new(&["web1"]);
    stage.print(0, Stdout, b"one\ntw");
    stage.print(0, Stderr, b"oops \x1b[2J\xff\n");
    stage.print(0, Stdout, b"o\nhalf");
    stage
}

fn drained(log: &mut Log) -> Vec<u8> {
    let mut text = Vec::new();
    while let Some(part) = log.read_on().expect("readable") {
        text.extend(part);
    }
    text
}

fn whole(options: LogOptions) -> Vec<u8> {
    let stage = stage();
    let mut log = Log::new(stage.reader(0), options);
    let mut text = drained(&mut log);
    text.extend(log.rest().expect("readable"));
    text
}

#[test]
fn a_pipe_gets_every_byte_in_the_order_of_printing() {
    assert_eq!(whole(EXACT), b"one\ntwoops \x1b[2J\xff\no\nhalf");
    let only = |stream| {
        whole(LogOptions {
            only: Some(stream),
            ..EXACT
        })
    };
    assert_eq!(only(Stdout), b"one\ntwo\nhalf");
    assert_eq!(only(Stderr), b"oops \x1b[2J\xff\n");
}

#[test]
fn a_terminal_gets_harmless_lines_and_times_do_not_break_lines() {
    let plain = LogOptions {
        rendering: Rendering::Plain,
        ..EXACT
    };
    assert_eq!(
        String::from_utf8(whole(plain)).expect("text"),
        "one\noops \u{fffd}\ntwo\nhalf\n"
    );
    let timed = LogOptions {
        timestamps: true,
        ..EXACT
    };
    assert_eq!(
        whole(timed),
        b"+1.000s one\n+2.000s oops \x1b[2J\xff\n+3.000s two\n+3.000s half\n"
    );
}

#[test]
fn it_can_be_read_on_and_bytes_without_an_index_come_last() {
    let mut stage = stage();
    let mut log = Log::new(stage.reader(0), EXACT);
    let mut text = drained(&mut log);
    stage.print(0, Stderr, b"more\n");
    text.extend(drained(&mut log));
    let path = stage.output(0, Stdout);
    let mut bytes = std::fs::read(&path).expect("readable");
    bytes.extend_from_slice(b" and the rest");
    std::fs::write(path, bytes).expect("written");
    assert_eq!(drained(&mut log), b"");
    text.extend(log.rest().expect("readable"));
    assert_eq!(text, b"one\ntwoops \x1b[2J\xff\no\nhalfmore\n and the rest");
}

#[test]
fn a_stream_that_begins_far_into_the_index_is_found() {
    let mut stage = Stage::new(&["web1"]);
    for _ in 0..30_000 {
        stage.print(0, Stdout, b".");
    }
    stage.print(0, Stderr, b"late\n");
    let only = Some(Stderr);
    let mut log = Log::new(stage.reader(0), LogOptions { only, ..EXACT });
    assert_eq!(drained(&mut log), b"late\n");
}

#[test]
fn what_could_not_be_recorded_is_counted() {
    let stage = stage();
    let path = stage.output(0, Stdout).with_extension("time");
    let index = std::fs::read_to_string(&path).expect("an index");
    std::fs::write(&path, index.replacen("2000 e", "2000 E", 1)).expect("written");
    let mut log = Log::new(stage.reader(0), EXACT);
    drained(&mut log);
    assert_eq!(log.holes(), 11);
}
