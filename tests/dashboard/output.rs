//! The output of a job: in its row, in full, and never as anything but text.

use std::fs;

use heeler::app::Action;

use crate::desk::Scene;
use crate::screen::{Gone, row, row_says};

/// Red as tmux gives it back.
const RED: &str = "\u{1b}[38;5;1mred";

/// Waits until the test lets it go on, by a file.
fn wait(file: &str) -> String {
    format!("while [ ! -e DIR/{file} ]; do sleep 0.05; done")
}

#[test]
fn the_full_output_follows_is_searched_wrapped_and_taken_apart() {
    let command = [
        "seq 1 60; echo a needle here; seq 61 120",
        &wait("first"),
        "echo not well >&2",
        &wait("second"),
        r"printf '%0150d%s\n' 0 the-end-of-a-long-line; echo and more; sleep 7777",
    ];
    let desk = Scene::new("127.1.0.1", &command.join("; ")).open();
    let terminal = &desk.terminal;
    terminal.wait_until("the last line in the row", |screen| {
        row_says(screen, "127.1.0.1", &["  120"])
    });
    let screen = desk.does(Action::Open, "at the end, following");
    assert!(screen.contains("attempt 1 of 1 · stdout and stderr"), "{screen}");
    assert!(screen.contains("\n  119\n  120\n"), "{screen}");

    fs::write(desk.shared().join("first"), "").unwrap();
    terminal.wait_for("\n  120\n▌ not well\n");
    fs::write(desk.shared().join("second"), "").unwrap();
    let screen = terminal.wait_for("\n  and more\n");
    assert!(!screen.contains("the-end-of-a-long-line"), "it is cut off");
    let screen = desk.does(Action::Wrap, "wrapped");
    assert!(screen.contains("the-en\n  d-of-a-long-line\n"), "{screen}");

    terminal.send("/needle");
    terminal.wait_for("search: needle");
    terminal.send_key("Enter");
    terminal.wait_until("the hit", |screen| {
        screen.contains("\"needle\": hit 1 of 1") && screen.contains("\n  a needle here\n")
    });
    assert!(terminal.styled().contains("\u{1b}[7mneedle"), "it is set off");
    desk.does(Action::Back, Gone("needle\": hit"));
    desk.does(Action::Follow, "at the end, following");
    desk.does(Action::Follow, "not following: f follows");

    let screen = desk.does(
        Action::Streams,
        ("stdout only", |screen: &str| {
            screen.contains("· stdout ·") && !screen.contains("stderr")
        }),
    );
    assert!(!screen.contains("not well"), "{screen}");
    let screen = desk.does(Action::Streams, "· stderr ·");
    let lines: Vec<&str> = screen.lines().skip(3).take(2).collect();
    assert_eq!(lines, ["▌ not well", ""], "{screen}");

    terminal.send_key("Escape");
    terminal.wait_for("order: attention");
}

#[test]
fn an_earlier_attempt_stays_readable() {
    let desk = Scene::new("127.1.0.1", "ls DIR/on && echo fine && sleep 7777")
        .options(&["--front", "tui"])
        .open();
    let terminal = &desk.terminal;
    terminal.wait_for("exit 2");
    fs::write(desk.shared().join("on"), "").unwrap();
    desk.press('r');
    terminal.wait_until("the second attempt", |screen| {
        row_says(screen, "127.1.0.1", &["running", "fine"])
    });
    desk.does(Action::Open, "attempt 2 of 2");
    desk.does(
        Action::EarlierAttempt,
        ("the first attempt", |screen: &str| {
            screen.contains("attempt 1 of 2") && screen.contains("▌ ls: cannot access")
        }),
    );
    desk.does(
        Action::LaterAttempt,
        ("the second again", |screen: &str| {
            screen.contains("attempt 2 of 2") && screen.contains("\n  fine\n")
        }),
    );
}

#[test]
fn no_escape_of_a_host_reaches_the_terminal() {
    let command = r"printf '\033[2J\033[1;1HPWNED\033]0;title\007\033[?1049l\033[?25h\033c\033[31mred\033[m \033[5;5H\r\n'; sleep 7777";
    let desk = Scene::new("127.1.0.[1-2]", command).open();
    let terminal = &desk.terminal;
    terminal.wait_for("2 running");
    let is_whole = |screen: &str| {
        let lines: Vec<&str> = screen.lines().collect();
        assert!(lines[0].starts_with(" heeler  printf "), "{screen}");
        assert!(lines[23].ends_with("? help  q quit"), "{screen}");
        assert_eq!(terminal.ask("alternate_on"), "1");
        assert_eq!(terminal.ask("cursor_flag"), "0");
    };
    let screen = terminal.wait_until("the text in the rows", |screen| {
        ["127.1.0.1", "127.1.0.2"]
            .iter()
            .all(|host| row_says(screen, host, &["1  PWNEDred"]))
    });
    is_whole(&screen);
    assert!(terminal.styled().contains(RED), "its colour is kept");
    terminal.send_key("Enter");
    is_whole(&terminal.wait_for("\n  PWNEDred\n"));
    assert!(terminal.styled().contains(RED), "its colour is kept");
    // Ours, and not the one that the host has asked for.
    assert_eq!(terminal.ask("pane_title"), "heeler 0/2");
}

#[test]
fn the_last_part_of_a_line_drawn_over_and_over_wins() {
    let command = [
        r"printf 'a very long first part\rsecond 50%%\rthird 75%%'",
        &wait("on"),
        r"printf '\rdone\n'; sleep 7777",
    ];
    let desk = Scene::new("127.1.0.1", &command.join("; ")).open();
    let terminal = &desk.terminal;
    let screen = terminal.wait_for("third 75%");
    assert!(row(&screen, "127.1.0.1").unwrap().ends_with("  third 75%"), "{screen}");
    fs::write(desk.shared().join("on"), "").unwrap();
    terminal.wait_until("the next part", |screen| {
        row(screen, "127.1.0.1").is_some_and(|row| row.ends_with("  done"))
    });
}
