use super::super::fixture::Stage;
use super::*;
use crate::model::event::Stream::{Stderr, Stdout};
use crate::model::outcome::{Cause, SkipReason};

fn written(stage: &Stage) -> String {
    let mut out = Vec::new();
    write(&stage.board, &stage.plan, &stage.dir, &mut out).expect("written");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_last_lines_of_what_failed_are_shown_harmlessly() {
    let mut stage = Stage::new(&["ok", "bad", "away", "skipped", "silent"]);
    stage.print(0, Stdout, b"fine\n");
    stage.end(0, Outcome::Ok);
    stage.print(1, Stdout, b"1\n2\n3\n4\n\n5\n");
    stage.print(1, Stderr, b"E: \x1b[31mno lock\x1b[0m\x1b[2J\n");
    stage.print(1, Stdout, b"10%\r99%");
    stage.end(1, Outcome::Exit { code: 100 });
    stage.end(
        2,
        Outcome::Unreachable {
            cause: Cause::Refused,
            detail: "Connection refused".to_owned(),
        },
    );
    stage.end(3, Outcome::skipped(SkipReason::Drain));
    stage.end(4, Outcome::Exit { code: 1 });
    assert_eq!(
        written(&stage),
        concat!(
            "bad: exit 100\n  3\n  4\n  5\n  E: no lock\n  99%\n",
            "away: unreachable, connection refused (Connection refused)\n",
            "silent: exit 1\n",
        )
    );
}

#[test]
fn only_the_end_of_a_long_output_is_read_and_only_whole_lines_of_it() {
    let mut stage = Stage::new(&["a"]);
    for n in 0..3000 {
        stage.print(0, Stdout, format!("line {n} ").as_bytes());
        stage.print(0, Stdout, format!("of many {n}\n").as_bytes());
    }
    stage.end(0, Outcome::Exit { code: 1 });
    let mut read = 0;
    merge::tail(&stage.reader(0), BYTES, &mut |chunk| {
        read += chunk.bytes.len() as u64;
        Ok(())
    })
    .expect("readable");
    assert!(read <= BYTES, "{read}");
    assert!(written(&stage).ends_with("  line 2998 of many 2998\n  line 2999 of many 2999\n"));
}

#[test]
fn the_end_of_one_long_piece_is_found_and_a_line_that_is_cut_is_left_out() {
    let mut stage = Stage::new(&["a", "b"]);
    let lines: Vec<String> = (0..9000).map(|n| format!("line {n}\n")).collect();
    stage.print(0, Stdout, lines.concat().as_bytes());
    stage.end(0, Outcome::Exit { code: 1 });
    stage.print(
        1,
        Stdout,
        format!("{}\nthe last\n", "x".repeat(BYTES as usize)).as_bytes(),
    );
    stage.end(1, Outcome::Exit { code: 1 });
    assert_eq!(
        written(&stage),
        concat!(
            "a: exit 1\n  line 8995\n  line 8996\n  line 8997\n  line 8998\n  line 8999\n",
            "b: exit 1\n  the last\n",
        )
    );
}

#[test]
fn further_hosts_are_counted() {
    let names: Vec<String> = (0..13).map(|n| format!("h{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut stage = Stage::new(&names);
    for job in 0..13 {
        stage.end(job, Outcome::Exit { code: 1 });
    }
    let text = written(&stage);
    assert_eq!(text.lines().count(), 11);
    assert!(text.ends_with("h9: exit 1\n… and 3 more\n"), "{text}");
}

#[test]
fn an_output_that_cannot_be_read_keeps_no_other_back() {
    let mut stage = Stage::new(&["a", "b"]);
    for job in 0..2 {
        stage.print(job, Stdout, b"words\n");
        stage.end(job, Outcome::Exit { code: 1 });
    }
    let path = stage.dir.path().join("out/a/1.out");
    std::fs::remove_file(&path).expect("removed");
    std::fs::create_dir(&path).expect("created");
    let mut out = Vec::new();
    write(&stage.board, &stage.plan, &stage.dir, &mut out).expect("written");
    let text = String::from_utf8(out).expect("text");
    assert!(
        text.starts_with("a: exit 1\n  heeler: cannot read its output: Is a directory"),
        "{text}"
    );
    assert!(text.ends_with("\nb: exit 1\n  words\n"), "{text}");
}
