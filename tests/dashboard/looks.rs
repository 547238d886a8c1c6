//! What `NO_COLOR` and a locale without UTF-8 promise, on every screen.

use crate::desk::{Desk, Scene};

const COMMAND: &str =
    r"printf '\033[1;31;42mloud\033[m and plain\n'; case $HEELER_HOST in *.2) exit 3;; esac; sleep 7777";

/// Walks through the screens and hands each to `look`.
#[track_caller]
fn walk(desk: &Desk, look: impl Fn(&Desk)) {
    let terminal = &desk.terminal;
    terminal.wait_for("1 failed   1 unreachable   2 running");
    look(desk);
    // To the last row, which runs: what has failed stands first.
    terminal.send_key("G");
    for (key, seen, back) in [
        ("Enter", "attempt 1 of 1", "Escape"),
        ("?", "Moving", "Escape"),
        ("i", "leads the job's group", "Escape"),
        ("X", "Kill 1 running job?", "Escape"),
        ("/", "filter:", "Escape"),
        ("p", "PAUSED", "p"),
        ("q", "Leave? 2 still running", "Escape"),
    ] {
        terminal.send_key(key);
        terminal.wait_for(seen);
        look(desk);
        terminal.send_key(back);
        terminal.wait_until("the table", |screen| {
            !screen.contains(seen) && screen.contains("order: attention")
        });
    }
}

#[test]
fn without_colour_nothing_is_coloured_and_what_is_chosen_still_shows() {
    let hosts = "127.1.0.[1-3],refused1";
    let desk = Scene::new(hosts, COMMAND).env("NO_COLOR", "1").open();
    walk(&desk, |desk| {
        let styled = desk.terminal.styled();
        for number in styles(&styled) {
            // Weights and their ends, and the ends of colours that tmux puts in.
            assert!(matches!(number, 0..=9 | 21..=29 | 39 | 49), "{number} in {styled:?}");
        }
        let has_cursor = styled.contains("order: attention");
        assert!(!has_cursor || styles(&styled).contains(&7), "{styled:?}");
    });
}

#[test]
fn with_colour_the_same_screens_are_coloured() {
    let desk = Scene::new("127.1.0.[1-3],refused1", COMMAND).open();
    walk(&desk, |desk| {
        let styled = desk.terminal.styled();
        assert!(styles(&styled).contains(&38), "{styled:?}");
    });
}

#[test]
fn without_utf8_every_screen_is_ascii() {
    let desk = Scene::new("127.1.0.[1-3],refused1", COMMAND).env("LANG", "C").open();
    walk(&desk, |desk| {
        let screen = desk.terminal.screen();
        assert!(
            screen.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)),
            "{screen}"
        );
    });
}

/// The numbers of all style sequences.
fn styles(styled: &str) -> Vec<u32> {
    let sequences = styled.split("\u{1b}[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        rest[end..].starts_with('m').then_some(&rest[..end])
    });
    let numbers = sequences.flat_map(|sequence| sequence.split([';', ':']));
    numbers.map(|number| number.parse().unwrap_or(0)).collect()
}
