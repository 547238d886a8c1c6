//! Looking into one job and taking something away: searches through all of a long output, times, a shell on the host, the
//! pager, the clipboard, a file, and the terminal's title.

use std::fs;

use heeler::app::Action;

use crate::desk::{Desk, Scene};
use crate::screen::{Gone, row_says};

/// Opens the output of the only job when its row says that.
#[track_caller]
fn open_output(desk: &Desk, last: &str) {
    desk.terminal.wait_until("the last line in the row", |screen| {
        row_says(screen, "127.1.0.1", &[last])
    });
    desk.does(Action::Open, "at the end, following");
}

#[test]
fn all_of_a_long_output_is_searched_and_every_hit_gone_to() {
    let desk = Scene::new("127.1.0.1", "seq 1 900000; sleep 7777").open();
    let terminal = &desk.terminal;
    open_output(&desk, "  900000");
    let screen = terminal.wait_for("earlier: g reads from the start");
    assert!(!screen.contains("12349"));

    desk.does(Action::Search, "search: ");
    terminal.send("^1234(");
    terminal.wait_for("unclosed group");
    terminal.send_key("Enter");
    terminal.wait_for("search: ^1234(");
    terminal.send_key("BSpace");
    terminal.send(".$");
    terminal.send_key("Enter");
    terminal.wait_until("the hit nearest to the end of the file", |screen| {
        screen.contains(": hit 10 of 10 ") && screen.contains("\n  12349\n")
    });
    desk.does(
        Action::NextHit,
        ("the first hit", |screen: &str| {
            screen.contains(": hit 1 of 10 ") && screen.contains("\n  12340\n")
        }),
    );
    desk.does(Action::PreviousHit, ": hit 10 of 10 ");

    desk.does(Action::Bottom, "\n  900000\n");
    desk.does(Action::Top, "\n  1\n  2\n");
}

#[test]
fn lines_say_when_they_came_and_a_time_is_gone_to() {
    let command = "echo early; sleep 2; seq 1 100; sleep 7777";
    let desk = Scene::new("127.1.0.1", command).open();
    let terminal = &desk.terminal;
    open_output(&desk, "  100");
    let screen = desk.does(Action::Times, "s   100\n");
    let line = screen.lines().find(|line| line.ends_with("s   100")).unwrap();
    // As late as the command was, or later where the machine is busy.
    let after = line.split_once('+').and_then(|(_, after)| after.split_once('.'));
    assert!(
        after.is_some_and(|(secs, _)| secs.parse::<u32>().is_ok_and(|secs| secs >= 2)),
        "{line}"
    );
    desk.does(Action::GoToTime, "go to: ");
    terminal.send("noon");
    terminal.wait_for("a time is 12:30 (UTC), +5m or 90s");
    terminal.send_key("C-u");
    terminal.send("+1s");
    terminal.send_key("Enter");
    terminal.wait_until("what came after a second", |screen| {
        screen.lines().nth(3).is_some_and(|line| line.ends_with("s   1"))
    });
}

#[test]
fn a_shell_runs_over_the_connection_and_the_dashboard_comes_back() {
    let desk = Scene::new("127.1.0.1", "echo started; sleep 7777").open();
    let terminal = &desk.terminal;
    terminal.wait_until("the row", |screen| row_says(screen, "127.1.0.1", &["started"]));
    let before = terminal.ask("pane_title");
    assert_eq!(before, "heeler 0/1");
    desk.does(Action::Shell, Gone("order: attention"));
    terminal.send("echo \"over $((40 + 2))\"");
    terminal.send_key("Enter");
    terminal.wait_for("over 42");
    let shells = desk.local();
    let is_shell = |command: &str| command.starts_with("ssh -S ") && command.ends_with(" -- 127.1.0.1");
    assert!(shells.iter().any(|process| is_shell(&process.command)), "{shells:?}");
    terminal.send("exit 3");
    terminal.send_key("Enter");
    terminal.wait_for("the shell on 127.1.0.1 ended with status 3");
    terminal.wait_until("the row", |screen| row_says(screen, "127.1.0.1", &["started"]));
    assert_eq!(terminal.ask("pane_title"), "heeler 0/1");
}

#[test]
fn the_pager_gets_harmless_text() {
    let desk = Scene::new("127.1.0.1", r"printf 'one\n\033[31mred\033[0m\n'; sleep 7777")
        .env("PAGER", "tail -n 1 | tr a-z A-Z | cat -v; read x </dev/tty")
        .open();
    let terminal = &desk.terminal;
    terminal.wait_until("the row", |screen| row_says(screen, "127.1.0.1", &["red"]));
    let screen = desk.does(Action::Pager, "RED");
    assert!(!screen.contains("^["), "{screen}");
    terminal.send_key("Enter");
    terminal.wait_for("order: attention");
}

#[test]
fn the_hosts_go_to_the_clipboard_and_to_a_file() {
    let desk = Scene::new("127.1.0.[1-3]", "echo started; sleep 7777").open();
    let terminal = &desk.terminal;
    terminal.take_clipboard();
    terminal.wait_until("the rows", |screen| row_says(screen, "127.1.0.3", &["started"]));
    desk.press('*');
    desk.does(Action::Copy, "clipboard: 127.1.0.[1-3]");
    terminal.wait_for_clipboard("127.1.0.[1-3]");
    let path = desk.shared().join("set");
    for (question, answer, content) in [
        ("", None, "127.1.0.[1-3]\n"),
        ("replaces it", Some('n'), "mine\n"),
        ("replaces it", Some('y'), "127.1.0.[1-3]\n"),
    ] {
        desk.does(Action::Export, "write to a file");
        desk.press('n');
        terminal.wait_for("write the node set to");
        terminal.send_key("C-u");
        terminal.send(&path.to_string_lossy());
        terminal.send_key("Enter");
        if let Some(answer) = answer {
            desk.answer(question, answer);
        }
        terminal.wait_for(if content == "mine\n" {
            "nothing was written"
        } else {
            "written: /"
        });
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        if answer.is_none() {
            fs::write(&path, "mine\n").unwrap();
        }
    }
}
