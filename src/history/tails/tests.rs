//! The end of the output as a late viewer gets it.

use super::super::fixture::Stage;
use super::*;
use crate::model::stamp::Stamp;
use crate::model::text::StyledLine;
use Stream::{Stderr, Stdout};

fn loaded(stage: &Stage) -> Board {
    let mut board = Board::new(&stage.plan);
    tails(&stage.plan, &stage.dir, &mut board).expect("readable");
    board
}

fn lines(board: &Board) -> Vec<String> {
    let row = &board.rows()[0];
    row.tail.lines().map(StyledLine::text).map(str::to_owned).collect()
}

#[test]
fn short_output_is_there_as_if_it_had_been_watched() {
    let mut stage = Stage::new(&["web1", "web2"]);
    stage.print(1, 0, Stdout, b"one\ntw");
    stage.print(2, 0, Stderr, b"oops\n");
    stage.print(3, 0, Stdout, b"o\nbegun");
    let board = loaded(&stage);
    assert_eq!(lines(&board), ["one", "oops", "two", "begun"]);
    assert_eq!(board.rows()[0].printed, [13, 5]);
    assert_eq!(board.rows()[0].last_output, Some(Stamp::from_secs(3)));
    assert_eq!(board.rows()[1].last_output, None);
}

#[test]
fn of_long_output_the_end_is_there_with_right_offsets_and_no_line_is_lost() {
    let mut stage = Stage::new(&["web1"]);
    stage.print(1, 0, Stderr, b"early warning\n");
    let line = format!("{}\n", "x".repeat(1365));
    for _ in 0..30 {
        stage.print(2, 0, Stdout, line.as_bytes());
    }
    let board = loaded(&stage);
    assert_eq!(board.rows()[0].printed, [30 * 1366, 14]);
    assert_eq!(lines(&board).len(), 12);
    assert!(
        lines(&board).iter().skip(1).all(|shown| shown.len() == 1365),
        "no half line"
    );
}

/// Whatever is left out, what is shown is what somebody who watched from the beginning sees.
#[test]
fn a_late_viewer_sees_the_same_lines_as_an_early_one() {
    let mut random = 7_u32;
    let mut next = |below: u32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 16) % below
    };
    for _ in 0..100 {
        let mut stage = Stage::new(&["web1"]);
        let mut early = Board::new(&stage.plan);
        let mut offsets = [0; 2];
        for number in 0..next(60) {
            let stream = if next(3) == 0 { Stderr } else { Stdout };
            let end = ["\n", "", "\n\n"][next(3) as usize];
            let bytes = format!("{number}{end}").into_bytes();
            stage.print(u64::from(number), 0, stream, &bytes);
            let offset = offsets[stream as usize];
            offsets[stream as usize] += bytes.len() as u64;
            early.print(&Output {
                at: Stamp::from_secs(u64::from(number)),
                job: JobId(0),
                attempt: AttemptNo::FIRST,
                pieces: vec![Piece { stream, offset, bytes }],
            });
        }
        let late = loaded(&stage);
        assert_eq!(lines(&late), lines(&early));
        let (late, early) = (&late.rows()[0], &early.rows()[0]);
        assert_eq!((late.printed, late.last_output), (early.printed, early.last_output));
        let last = |row: &crate::model::board::Row| row.tail.last().map(|line| line.text().to_owned());
        assert_eq!(last(late), last(early));
    }
}

#[test]
fn what_was_read_and_is_told_again_is_shown_once() {
    let mut stage = Stage::new(&["web1"]);
    stage.print(1, 0, Stdout, &vec![b'\n'; 20_000]);
    stage.print(2, 0, Stdout, b"half");
    let mut board = loaded(&stage);
    board.print(&Output {
        at: Stamp::from_secs(3),
        job: JobId(0),
        attempt: AttemptNo::FIRST,
        pieces: vec![Piece {
            stream: Stdout,
            offset: 20_000,
            bytes: b"half and half\n".to_vec(),
        }],
    });
    assert_eq!(lines(&board).last().map(String::as_str), Some("half and half"));
    assert_eq!(board.rows()[0].printed, [20_014, 0]);
}

#[test]
fn bytes_that_the_index_does_not_name_yet_are_left_for_later() {
    let mut stage = Stage::new(&["web1"]);
    stage.print(1, 0, Stdout, b"named\n");
    let path = stage.dir.output("web1", AttemptNo::FIRST, Stdout);
    std::fs::write(path, b"named\nnot yet\n").expect("written");
    let board = loaded(&stage);
    assert_eq!(lines(&board), ["named"]);
    assert_eq!(board.rows()[0].printed, [6, 0]);
}

#[test]
fn lines_round_a_hole_are_not_taken_for_one() {
    let mut stage = Stage::new(&["web1"]);
    stage.print(1, 0, Stdout, b"whole\nbegun ");
    let path = stage.dir.index("web1", AttemptNo::FIRST);
    let index = std::fs::read_to_string(&path).expect("an index");
    std::fs::write(&path, format!("{index}2000 O 5\n3000 o 11\n")).expect("written");
    let output = stage.dir.output("web1", AttemptNo::FIRST, Stdout);
    std::fs::write(output, b"whole\nbegun \0\0\0\0\0 end\nnext\n\0").expect("written");
    let board = loaded(&stage);
    assert_eq!(lines(&board), ["whole", "next"]);
    assert_eq!(board.rows()[0].printed, [28, 0]);
}
