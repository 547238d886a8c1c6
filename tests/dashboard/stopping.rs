//! ^Z and `fg`, and terminals of other sizes.

use std::fs;

use crate::desk::{PROMPT, Scene};
use crate::screen::{row_says, rows};

#[test]
fn it_stops_for_the_shell_and_comes_back_whole() {
    let command =
        "case $HEELER_HOST in *.1) while [ ! -e DIR/on ]; do sleep 0.05; done; echo went on;; *) sleep 7777;; esac";
    let (desk, _) = Scene::new("127.1.0.[1-5]", command).open_in_shell();
    let terminal = &desk.terminal;
    terminal.wait_for("5 running");
    desk.wait_for_sleeps(4);
    for stop in 1..=2 {
        terminal.send_key("C-z");
        terminal.wait_until("the shell", |screen| screen.trim_end().ends_with(PROMPT));
        desk.expect_sane_terminal();
        assert_eq!(desk.sleeps(), 4, "what runs on the hosts goes on");
        if stop == 2 {
            fs::write(desk.shared().join("on"), "").unwrap();
        }
        desk.shell("fg");
        let screen = terminal.wait_until("the whole dashboard", |screen| {
            rows(screen).len() == 5 && screen.contains("? help  q quit")
        });
        assert!(screen.starts_with(" heeler  case "), "{screen}");
        assert!(!screen.contains(PROMPT) && !screen.contains("stty"), "{screen}");
        assert_eq!(terminal.ask("alternate_on"), "1");
        // The keys are back too.
        desk.press('?');
        terminal.wait_for("Moving");
        terminal.send_key("Escape");
        terminal.wait_until("the table", |screen| !screen.contains("Moving"));
    }
    terminal.wait_until("what went on meanwhile", |screen| {
        row_says(screen, "127.1.0.1", &["✓ ok", "went on"]) && screen.contains("4 running")
    });
    desk.press('q');
    desk.answer("Leave? 4 still running", 'c');
    desk.wait_for_status(3);
    desk.expect_sane_terminal();
}

#[test]
fn what_started_it_stops_with_it() {
    let (desk, _) = Scene::new("127.1.0.1", "sleep 7777").wrapped().open_in_shell();
    let terminal = &desk.terminal;
    terminal.wait_for("1 running");
    terminal.send_key("C-z");
    terminal.wait_until("the shell", |screen| screen.trim_end().ends_with(PROMPT));
    desk.expect_sane_terminal();
    desk.shell("fg");
    terminal.wait_for("? help  q quit");
    desk.press('q');
    desk.answer("Leave? 1 still running", 'c');
    desk.wait_for_status(3);
    desk.expect_sane_terminal();
}

#[test]
fn without_a_shell_above_it_goes_on() {
    for scene in [
        Scene::new("127.1.0.1", "sleep 7777"),
        Scene::new("127.1.0.1", "sleep 7777").wrapped(),
    ] {
        let desk = scene.open();
        desk.terminal.wait_for("1 running");
        desk.terminal.send_key("C-z");
        desk.terminal.wait_for("there is no shell to go back to");
    }
}

#[test]
fn every_size_is_drawn_anew() {
    let desk = Scene::new("127.1.0.[1-60]", "sleep 7777").options(&["-j", "2"]).open();
    let terminal = &desk.terminal;
    terminal.wait_for("2 running");
    desk.press('s');
    let fits = |screen: &str, height: usize| {
        let lines: Vec<&str> = screen.lines().collect();
        lines.len() == height
            && lines[0].starts_with(" heeler  sleep 7777")
            && lines[1].contains("2 running")
            && lines[height - 2].contains("order: hosts as named")
            && lines[height - 1].starts_with(" x cancel")
            && lines[height - 1].ends_with("q quit")
            && rows(screen).len() == height - 5
    };
    // Connecting ahead must be over, and so the hold after the key: after that only numbers change by themselves.
    let first = terminal.wait_until("the first size", |screen| {
        fits(screen, 24)
            && screen.contains("58 queued")
            && !screen.contains("connecting")
            && !screen.contains("order held")
            && rows(screen)
                .iter()
                .all(|row| row.contains("running") || row.contains("connected, waits"))
    });
    for (columns, rows) in [(200, 50), (40, 10), (20, 5), (80, 24)] {
        terminal.resize(columns, rows);
        if columns == 20 {
            let screen = terminal.wait_for("heeler needs");
            let words: Vec<&str> = screen.split_whitespace().collect();
            assert_eq!(words.join(" "), "heeler needs 40x8, this is 20x5");
        } else {
            let what = format!("{columns}x{rows}");
            terminal.wait_until(&what, |screen| fits(screen, usize::from(rows)));
        }
    }
    // Numbers grow by themselves, and with them what stands before them.
    let shape = |screen: &str| {
        let kept = |c: &char| !c.is_ascii_digit() && *c != ' ';
        screen.chars().filter(kept).collect::<String>()
    };
    terminal.wait_until("the first screen again", |screen| shape(screen) == shape(&first));
}
