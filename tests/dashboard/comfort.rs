//! Own keys, the mouse, what a newcomer is told, and that a frame comes in one piece.

use crate::desk::{PROMPT, Scene};
use crate::screen::{cursor, is_on, row_says};
use crate::support::heeler::Heeler;
use crate::support::tmux::Terminal;

const SLEEPS: &str = "sleep 7777";

/// The left button on a column and a row, from 0, as a terminal tells it.
fn click(terminal: &Terminal, column: usize, row: usize) {
    let place = format!("{};{}", column + 1, row + 1);
    terminal.send(&format!("\u{1b}[<0;{place}M\u{1b}[<0;{place}m"));
}

/// The row of the screen on which a text is, and its column there.
#[track_caller]
fn place(screen: &str, text: &str) -> (usize, usize) {
    let found = screen.lines().enumerate().find_map(|(row, line)| {
        let byte = line.find(text)?;
        Some((line[..byte].chars().count(), row))
    });
    found.unwrap_or_else(|| panic!("no {text:?} on {screen}"))
}

#[test]
fn own_keys_work_and_are_shown() {
    let desk = Scene::new("127.1.0.[1-2]", SLEEPS)
        .configured("[keys]\ncancel = [\"F8\"]\npause = [\"x\"]\nkill = []\n[theme]\nglyphs = \"ascii\"\n")
        .open();
    let terminal = &desk.terminal;
    terminal.wait_for("2 running");
    desk.press('s');
    let screen = terminal.wait_for("order: hosts as named");
    assert!(screen.contains(" F8 cancel  "), "{screen}");
    assert!(screen.is_ascii(), "{screen}");
    desk.go_to(2);
    terminal.send_key("F8");
    terminal.wait_until("the end of one", |screen| {
        row_says(screen, "127.1.0.2", &["cancelled", "[confirmed gone]"])
    });
    desk.press('x');
    terminal.wait_for("PAUSED");
    terminal.send("?");
    terminal.wait_until("the help", |screen| {
        let has = |key: &str, what: &str| screen.lines().any(|line| line.contains(key) && line.contains(what));
        has(":kill ", "kill now, asks") && has(" F8 ", "cancel: TERM") && !has(" X ", "kill now")
    });
    terminal.send_key("Escape");
    // What has no key is typed, and asks as ever.
    terminal.wait_until("the table", |screen| is_on(screen, "127.1.0.2"));
    terminal.send("g:kill");
    terminal.send_key("Enter");
    desk.answer("Kill 1 running job?", 'y');
    terminal.wait_until("the end of the other", |screen| {
        row_says(screen, "127.1.0.1", &["[confirmed gone]"])
    });
    desk.wait_for_sleeps(0);
}

#[test]
fn wrong_keys_are_refused_before_anything_is_started() {
    let heeler = Heeler::new();
    heeler.configure("[keys]\nretry = [\"F2\"]\npause = [\"x\"]\n");
    for arguments in [
        &["run", "-w", "web1", "--", "true"][..],
        &["demo"],
        &["config", "--check"],
    ] {
        let finished = heeler.run(arguments);
        assert_eq!(finished.status, Some(2), "{arguments:?}: {}", finished.stderr);
        assert!(
            finished
                .stderr
                .contains("config.toml:3: keys.pause: x does cancel as well"),
            "{}",
            finished.stderr
        );
    }
    assert!(!heeler.state().join("heeler").exists(), "nothing was started");
}

#[test]
fn the_mouse_chooses_scrolls_and_sorts_and_asks_for_nothing() {
    let (desk, _record) = Scene::new("127.1.0.[1-9]", SLEEPS)
        .configured("[dashboard]\nmouse = true\n")
        .open_in_shell();
    let terminal = &desk.terminal;
    terminal.wait_for("9 running");
    assert_eq!(terminal.ask("mouse_standard_flag"), "1");
    desk.press('s');
    let screen = terminal.wait_for("order: hosts as named");
    let (column, row) = place(&screen, "127.1.0.7");
    click(terminal, column, row);
    terminal.wait_until("the row that was clicked", |screen| is_on(screen, "127.1.0.7"));
    terminal.send("\u{1b}[<64;5;5M");
    terminal.wait_until("three rows up", |screen| is_on(screen, "127.1.0.4"));
    terminal.send("\u{1b}[<65;5;5M");
    let screen = terminal.wait_until("and down", |screen| is_on(screen, "127.1.0.7"));
    let (column, row) = place(&screen, "HOST");
    click(terminal, column, row);
    terminal.wait_for("order: hosts as named, reversed");
    let (column, row) = place(&screen, "ELAPSED");
    click(terminal, column, row);
    let screen = terminal.wait_for("order: elapsed");
    // A label that asks the runner does nothing; one that does not, does.
    let (column, row) = place(&screen, "x cancel");
    click(terminal, column, row);
    let (column, row) = place(&screen, "? help");
    click(terminal, column, row);
    terminal.wait_for("Moving");
    terminal.send_key("Escape");
    terminal.wait_for("9 running");
    // A question is answered by keys alone.
    terminal.send("X");
    let screen = terminal.wait_for("Kill 1 running job?");
    desk.let_it_listen();
    for text in [" y kill", " n no ", "Kill 1"] {
        let (column, row) = place(&screen, text);
        click(terminal, column + 1, row);
    }
    terminal.send("\u{1b}[<65;5;5M");
    terminal.send_key("Escape");
    let screen = terminal.wait_for("nothing was done: no kill");
    assert!(screen.contains("9 running"), "{screen}");
    assert_eq!(desk.sleeps(), 9);

    // The terminal has it back while we are stopped, when it is switched off, and in the end.
    terminal.send_key("C-z");
    terminal.wait_for(PROMPT);
    desk.expect_sane_terminal();
    desk.shell("fg");
    terminal.wait_for("9 running");
    assert_eq!(terminal.ask("mouse_standard_flag"), "1");
    terminal.send(":mouse");
    terminal.send_key("Enter");
    terminal.wait_for("mouse off");
    assert_eq!(terminal.ask("mouse_any_flag"), "0");
    terminal.send(":mouse");
    terminal.send_key("Enter");
    terminal.wait_for("mouse on");
    assert_eq!(terminal.ask("mouse_standard_flag"), "1");
    desk.press('q');
    desk.answer("Leave? 9 still running", 'c');
    terminal.wait_for("record: ");
    terminal.wait_for(PROMPT);
    desk.expect_sane_terminal();
}

#[test]
fn a_newcomer_is_told_the_first_keys_once() {
    const HINT: &str = "? shows every key, x cancels, q asks before it leaves";
    let (desk, _record) = Scene::new("127.1.0.1", SLEEPS)
        .for_a_newcomer()
        .wrapped()
        .open_in_shell();
    let terminal = &desk.terminal;
    terminal.wait_until("the hint", |screen| {
        screen.contains(HINT) && screen.contains("1 running")
    });
    desk.press('j');
    terminal.wait_until("no hint", |screen| {
        !screen.contains(HINT) && screen.contains("1 running")
    });
    desk.press('x');
    terminal.wait_for("[confirmed gone]");
    desk.press('q');
    terminal.wait_until("the shell", |screen| {
        screen.contains("record: ") && cursor(screen).is_none()
    });
    desk.shell("clear");
    terminal.wait_until("a clear screen", |screen| !screen.contains("record: "));
    desk.start();
    let screen = terminal.wait_for("1 running");
    assert!(!screen.contains(HINT), "{screen}");
    desk.press('q');
    desk.answer("Leave? 1 still running", 'c');
    terminal.wait_for("record: ");
}

#[test]
fn a_frame_comes_in_one_piece() {
    const BEGIN: &str = "\u{1b}[?2026h";
    const END: &str = "\u{1b}[?2026l";
    let (desk, record) = Scene::new("127.1.0.[1-2]", "for n in 1 2 3; do echo $n; sleep 1; done").open_in_shell();
    let terminal = &desk.terminal;
    terminal.wait_for("2 running");
    desk.press('j');
    terminal.wait_for("2 ok");
    desk.press('q');
    terminal.wait_for("record: ");
    let text = record.text();
    let (_, shown) = text.split_once("\u{1b}[?1049h").unwrap();
    let (shown, _) = shown.split_once("\u{1b}[?1049l").unwrap();
    let mut frames = 0;
    for piece in shown.split(BEGIN).skip(1) {
        let (frame, between) = piece.split_once(END).expect("a frame that ends");
        frames += usize::from(frame.contains("\u{1b}["));
        // A cursor that is put somewhere is text that is drawn.
        let moves = |sequence: &str| {
            let end = sequence.find(|c: char| c.is_ascii_alphabetic());
            end.is_some_and(|end| sequence[end..].starts_with('H'))
        };
        assert!(!between.split("\u{1b}[").skip(1).any(moves), "{between:?}");
    }
    assert!(frames > 3, "{frames} frames");
}
