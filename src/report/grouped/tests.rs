use super::super::feed::CHUNK;
use super::super::fixture::Stage;
use super::*;
use crate::model::event::Stream::{Stderr, Stdout};
use crate::model::outcome::Outcome;

fn written(stage: &Stage, rendering: Rendering) -> String {
    let mut out = Vec::new();
    let mut gaps = Gaps::default();
    write((&stage.board, &stage.plan), (&mut out, rendering), &mut gaps).expect("written");
    gaps.check().expect("no gaps");
    String::from_utf8(out).expect("text")
}

#[test]
fn equal_output_is_printed_once_as_clush_does() {
    let mut stage = Stage::new(&["web1", "web2", "web3", "web4", "db"]);
    for job in [0, 1] {
        stage.print(job, Stdout, b"Linux\n6.1");
        stage.end(job, Outcome::Ok);
    }
    // The same text, but another end: it stands apart.
    stage.print(2, Stdout, b"Linux\n6.1");
    stage.end(2, Outcome::Exit { code: 1 });
    stage.end(3, Outcome::Ok);
    stage.print(4, Stdout, b"no end");
    stage.print(4, Stderr, b"\x1b[2Jerror\n");
    stage.end(4, Outcome::Ok);
    insta::assert_snapshot!(written(&stage, Rendering::Plain), @"
    ---------------
    web[1-2] (2)
    ---------------
    Linux
    6.1
    ---------------
    web3
    ---------------
    Linux
    6.1
    ---------------
    db
    ---------------
    error
    no end
    ");
    assert!(written(&stage, Rendering::Exact).contains("\x1b[2Jerror\nno end\n"));
}

#[test]
fn hosts_that_name_themselves_stand_together_and_it_is_said_whose_text_it_is() {
    let mut stage = Stage::new(&["db", "web1", "web2", "web3"]);
    for (job, text) in (0..).zip(["on web1\n", "on web1\n", "on web2\n", "on web3\n"]) {
        stage.print(job, Stdout, text.as_bytes());
        stage.end(job, Outcome::Ok);
    }
    insta::assert_snapshot!(written(&stage, Rendering::Plain), @"
    ---------------
    web[1-3] (3): the text of web1, the others differ only by their own names
    ---------------
    on web1
    ---------------
    db
    ---------------
    on web1
    ");
}

#[test]
fn streams_are_merged_line_by_line_in_the_order_of_their_ends() {
    let mut stage = Stage::new(&["a"]);
    for (stream, bytes) in [
        (Stdout, &b"out 1\nout "[..]),
        (Stderr, b"err 1\n"),
        (Stdout, b"2\n"),
        (Stderr, b"err 2"),
        (Stdout, b"out 3\n"),
    ] {
        stage.print(0, stream, bytes);
    }
    stage.end(0, Outcome::Ok);
    assert_eq!(
        written(&stage, Rendering::Exact),
        format!("{RULE}\na\n{RULE}\nout 1\nerr 1\nout 2\nout 3\nerr 2\n")
    );
}

#[test]
fn outputs_that_differ_in_one_byte_far_inside_stand_apart() {
    let mut stage = Stage::new(&["a", "b", "c"]);
    let big = "0123456789abcde\n".repeat(CHUNK / 5);
    let mut other = big.clone().into_bytes();
    other[CHUNK * 2] = b'#';
    for (job, bytes) in [(0, big.as_bytes()), (1, &other), (2, big.as_bytes())] {
        stage.print(job, Stdout, bytes);
        stage.end(job, Outcome::Ok);
    }
    let text = written(&stage, Rendering::Exact);
    let expected = format!(
        "{RULE}\na,c (2)\n{RULE}\n{big}{RULE}\nb\n{RULE}\n{}",
        String::from_utf8(other).expect("text")
    );
    assert!(text == expected, "{} bytes, expected {}", text.len(), expected.len());
}

#[test]
fn the_same_lines_on_the_other_stream_are_another_output() {
    let mut stage = Stage::new(&["a", "b"]);
    stage.print(0, Stdout, b"x\n");
    stage.print(1, Stderr, b"x\n");
    stage.end(0, Outcome::Ok);
    stage.end(1, Outcome::Ok);
    let text = written(&stage, Rendering::Exact);
    assert_eq!(text.matches("x\n").count(), 2, "{text}");
}

#[test]
fn what_cannot_be_read_is_named_and_keeps_nothing_else_back() {
    let mut stage = Stage::new(&["web1", "web2", "web3"]);
    for job in 0..3 {
        stage.print(job, Stdout, b"fine\n");
        stage.end(job, Outcome::Ok);
    }
    // A directory where the output should be.
    let path = stage.dir.path().join("out/web2/1.out");
    std::fs::remove_file(&path).expect("removed");
    std::fs::create_dir(&path).expect("created");
    let (mut out, mut gaps) = (Vec::new(), Gaps::default());
    write((&stage.board, &stage.plan), (&mut out, Rendering::Exact), &mut gaps).expect("written");
    let rule = "-".repeat(15);
    let text = String::from_utf8(out).expect("text");
    assert_eq!(text, format!("{rule}\nweb[1,3] (2)\n{rule}\nfine\n"));
    let told = gaps.check().expect_err("a gap").to_string();
    assert!(
        told.starts_with("cannot read the output of web2: Is a directory"),
        "{told}"
    );
}

#[test]
fn a_hole_is_not_shown_as_output_nor_taken_for_that_of_another_host() {
    let mut stage = Stage::new(&["web1", "web2"]);
    for job in 0..2 {
        stage.print(job, Stdout, b"one\ntw");
        stage.lose(job, Stdout, 9);
        stage.print(job, Stdout, b"ee\nfour\n");
        stage.end(job, Outcome::Ok);
    }
    let (mut out, mut gaps) = (Vec::new(), Gaps::default());
    write((&stage.board, &stage.plan), (&mut out, Rendering::Exact), &mut gaps).expect("written");
    let rule = "-".repeat(15);
    let text = String::from_utf8(out).expect("text");
    let of = |host| format!("{rule}\n{host}\n{rule}\none\ntw\nee\nfour\n");
    assert_eq!(text, of("web1") + &of("web2"));
    let told = gaps.check().expect_err("a gap").to_string();
    assert!(told.contains("9 bytes of web1, 9 bytes of web2"), "{told}");
}
