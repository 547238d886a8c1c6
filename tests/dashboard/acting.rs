//! Cancelling, killing and trying again, and that the hosts do what the rows say.

use crate::desk::Scene;
use crate::screen::{attempt, is_on, row, row_says};
use crate::support::wait::LIMIT;

const GONE: [&str; 2] = ["cancelled", "[confirmed gone]"];

#[test]
fn stragglers_are_cancelled_killed_tried_again_and_ended_and_the_terminal_is_given_back() {
    let (desk, record) = Scene::new("127.1.0.[1-20]", "sleep 7777").open_in_shell();
    let terminal = &desk.terminal;
    terminal.wait_for("20 running");
    desk.wait_for_sleeps(20);
    assert_eq!(terminal.ask("alternate_on"), "1");
    assert_eq!(terminal.ask("cursor_flag"), "0");

    // One row: at once.
    desk.press('s');
    terminal.wait_for("order: hosts as named");
    desk.go_to(2);
    desk.press('x');
    terminal.wait_until("the end of one", |screen| row_says(screen, "127.1.0.2", &GONE));
    desk.wait_for_sleeps(19);

    // Three rows: after a question that names them.
    desk.press('j');
    terminal.send("   ");
    terminal.wait_for("3 marked");
    desk.press('x');
    terminal.wait_for(" 127.1.0.[3-5] ");
    desk.answer("Cancel 3 running jobs?", 'y');
    terminal.wait_until("the end of three more", |screen| {
        [3, 4, 5]
            .iter()
            .all(|n| row_says(screen, &format!("127.1.0.{n}"), &GONE))
    });
    desk.wait_for_sleeps(16);

    // A kill asks also for one row; no means no.
    desk.press('X');
    desk.answer("Kill 1 running job?", 'n');
    terminal.wait_for("nothing was done: no kill");
    assert_eq!(desk.sleeps(), 16);
    desk.press('X');
    desk.answer("Kill 1 running job?", 'y');
    terminal.wait_until("the end of the fifth", |screen| row_says(screen, "127.1.0.6", &GONE));
    desk.wait_for_sleeps(15);

    // One of the first is tried again.
    desk.go_to(2);
    assert_eq!(attempt(&terminal.screen(), "127.1.0.2"), Some("1"));
    desk.press('r');
    terminal.wait_until("the second attempt", |screen| {
        row_says(screen, "127.1.0.2", &["running"]) && attempt(screen, "127.1.0.2") == Some("2")
    });
    desk.wait_for_sleeps(16);

    desk.press('q');
    desk.answer("Leave? 16 still running", 'c');
    let screen = desk.wait_for_status(3);
    for line in [
        "20 cancelled in ",
        "cancelled by quit, confirmed gone (16): 127.1.0.[1-2,7-20]",
        "cancelled by operator, confirmed gone (4): 127.1.0.[3-6]",
    ] {
        assert!(screen.contains(line), "{line} in\n{screen}");
    }
    // At once: the program has ended, and with it everything that was its own.
    assert_eq!(desk.sleeps(), 0);
    desk.wait_for_nothing(LIMIT);
    desk.expect_sane_terminal();
    assert!(
        record.text().contains("\u{1b}[?2004l"),
        "pastes come without brackets again"
    );
}

#[test]
fn what_makes_no_sense_is_said_and_not_done() {
    let desk = Scene::new("127.1.0.[1-2]", "case $HEELER_HOST in *.1) exit 3;; esac; sleep 7777").open();
    let terminal = &desk.terminal;
    terminal.wait_for("1 failed   1 running");
    // What failed stands first, and the cursor on what it was on at the opening.
    desk.press('g');
    terminal.wait_until("the cursor on the one that failed", |screen| is_on(screen, "127.1.0.1"));
    desk.press('x');
    terminal.wait_for("127.1.0.1 is over already");
    desk.press('j');
    terminal.wait_until("the cursor on the one that runs", |screen| is_on(screen, "127.1.0.2"));
    desk.press('r');
    terminal.wait_for("127.1.0.2 is not over; cancel it first");
    assert_eq!(desk.sleeps(), 1);

    // Everything that failed, wherever it is: asks, because it may be more than what is seen.
    desk.press('R');
    desk.answer("Retry 1 job?", 'y');
    terminal.wait_until("the second attempt", |screen| {
        attempt(screen, "127.1.0.1") == Some("2") && row_says(screen, "127.1.0.1", &["exit 3"])
    });
    assert_eq!(
        row(&terminal.screen(), "127.1.0.2").map(|row| row.contains("running")),
        Some(true)
    );
}

#[test]
fn what_is_to_finish_is_ended_by_its_name_and_nothing_else() {
    let desk = Scene::new("127.1.0.[1-2]", "sleep 7777")
        .options(&["--let-finish"])
        .open();
    let terminal = &desk.terminal;
    terminal.wait_for("2 running");
    desk.wait_for_sleeps(2);
    desk.press('s');
    terminal.wait_for("order: hosts as named");
    desk.go_to(1);
    desk.press('x');
    terminal.wait_for("left to finish (--let-finish): nothing is sent");

    // Another name, and the right one without enter, do nothing.
    desk.press('X');
    terminal.wait_for("type 127.1.0.1, then enter:");
    desk.let_it_listen();
    terminal.send("127.1.0.2");
    terminal.wait_for("enter: 127.1.0.2_");
    terminal.send_key("Enter");
    terminal.send_key("BSpace");
    terminal.wait_for("enter: 127.1.0._");
    desk.press('y');
    terminal.wait_for("enter: 127.1.0.y_");
    assert_eq!(desk.sleeps(), 2);
    terminal.send_key("BSpace");
    desk.press('1');
    terminal.wait_for("enter: 127.1.0.1_");
    terminal.send_key("Enter");
    terminal.wait_until("the end of one", |screen| row_says(screen, "127.1.0.1", &GONE));
    desk.wait_for_sleeps(1);

    // Who leaves is told what becomes of the other.
    desk.press('q');
    let screen = terminal.wait_for("Leave? 1 still running");
    assert!(screen.contains("left to finish"), "{screen}");
    terminal.send_key("Escape");
    terminal.wait_for("order: hosts as named");
    desk.go_to(2);
    desk.press('X');
    terminal.wait_for("type 127.1.0.2, then enter:");
    desk.let_it_listen();
    terminal.send("127.1.0.2");
    terminal.send_key("Enter");
    terminal.wait_until("the end of both", |screen| row_says(screen, "127.1.0.2", &GONE));
    desk.press('q');
    assert_eq!(terminal.exit_status(LIMIT), 3);
    desk.wait_for_nothing(LIMIT);
}
