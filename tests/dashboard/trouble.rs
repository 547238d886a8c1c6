//! The trouble of a night: some hang, one asks, some fail, each in its way. All of it is found and dealt with by a few
//! keys.

use crate::desk::Scene;
use crate::screen::{row_says, rows};

const NIGHT: &str = "case $HEELER_HOST in \
     *.7|*.17|*.23) echo Running the hook; sleep 7777;; \
     *.11) printf 'Do you want to continue? [y/N] '; sleep 7777;; \
     *.3|*.13|*.30) echo reading; test -e DIR/repaired || { echo 'E: no such package' >&2; exit 100; };; \
     *.20|*.28) test -e DIR/repaired || { echo 'no space left' >&2; exit 2; };; \
     esac; echo done";

#[test]
fn three_that_hang_one_that_asks_and_two_kinds_of_failures_take_nine_keys() {
    let desk = Scene::new("127.1.0.[1-30]", NIGHT)
        .options(&["--slow", "1s", "--connect-width", "6", "--connect-timeout", "3m"])
        .open();
    let terminal = &desk.terminal;
    terminal.wait_for("21 ok   5 failed   4 running (4 slow)");

    // Found without any key: they stand at the top, the one that asks first, and say what is wrong.
    let screen = terminal.wait_until("what needs a human first", |screen| {
        let first: Vec<&str> = rows(screen).into_iter().take(9).collect();
        let has = |row: usize, text: &str| first.get(row).is_some_and(|line| line.contains(text));
        has(0, "127.1.0.11") && (1..4).all(|row| has(row, "Running the hook")) && (4..9).all(|row| has(row, "exit "))
    });
    assert!(row_says(&screen, "127.1.0.11", &["[asks for input]"]), "{screen}");

    // Three keys lead to both causes, as far as the question; the cause is out of the world by then.
    std::fs::write(desk.shared().join("repaired"), "").unwrap();
    desk.press('3');
    let screen = terminal.wait_for("2  exit 2  127.1.0.[20,28]");
    assert!(screen.contains("3  exit 100  127.1.0.[3,13,30]"), "{screen}");
    assert!(screen.contains("E: no such package"), "{screen}");
    desk.press('*');
    terminal.wait_for("5 marked");
    desk.press('r');
    desk.answer("Retry 5 jobs?", 'y');
    terminal.wait_for("26 ok   4 running (4 slow)");

    // Five more end what hangs.
    desk.press('1');
    desk.press('w');
    terminal.wait_for("stragglers only");
    desk.press('*');
    terminal.wait_for("4 marked");
    desk.press('x');
    desk.answer("Cancel 4 running jobs?", 'y');
    terminal.wait_for("4 jobs: cancelled, confirmed gone");
    assert_eq!(desk.sleeps(), 0);
    terminal.wait_for("all done   26 ok   4 cancelled");
}
