//! The table: it scrolls to its cursor, is narrowed and put in order, and the run behind it pauses and goes on.

use crate::desk::Scene;
use crate::screen::{cursor, is_on, row_says, rows};

#[test]
fn a_hundred_hosts_scroll_narrow_down_and_change_their_order() {
    let desk = Scene::new("127.1.0.[1-100]", "sleep 7777").options(&["-j", "4"]).open();
    let terminal = &desk.terminal;
    terminal.wait_for("4 running");
    for order in ["hosts as named", "state", "elapsed", "attention", "hosts as named"] {
        desk.press('s');
        terminal.wait_for(&format!("order: {order}"));
    }
    desk.press('S');
    terminal.wait_until("the order turned round", |screen| {
        screen.contains("order: hosts as named, reversed") && rows(screen)[0].contains(" 127.1.0.100 ")
    });
    desk.press('S');

    desk.press('g');
    let screen = terminal.wait_until("the first row", |screen| {
        is_on(screen, "127.1.0.1") && screen.contains("row 1 of 100")
    });
    assert_eq!(rows(&screen).len(), 19);
    desk.press('G');
    let screen = terminal.wait_until("the last row", |screen| {
        is_on(screen, "127.1.0.100") && screen.contains("row 100 of 100")
    });
    assert_eq!(
        rows(&screen).last().copied(),
        cursor(&screen),
        "it is the last line of the table"
    );
    assert!(rows(&screen)[0].contains(" 127.1.0.82 "), "{screen}");
    terminal.send_key("PageUp");
    terminal.wait_until("a page up", |screen| is_on(screen, "127.1.0.81"));

    terminal.send("/host:*.9?");
    let screen = terminal.wait_for("filter: host:*.9?▏   10 of 100 shown");
    assert_eq!(rows(&screen).len(), 10);
    terminal.send_key("Enter");
    terminal.wait_for("filter host:*.9?: 10 of 100");
    terminal.send_key("Escape");
    terminal.wait_until("all rows", |screen| {
        !screen.contains("filter host") && rows(screen).len() == 19
    });
    terminal.send("/127.1.0.42");
    terminal.wait_for("1 of 100 shown");
    terminal.send_key("Escape");
    terminal.wait_until("all rows", |screen| {
        !screen.contains("filter:") && rows(screen).len() == 19
    });
}

#[test]
fn only_stragglers_are_shown_when_asked_for() {
    let command = "case $HEELER_HOST in *.[34]) sleep 7777;; esac";
    let desk = Scene::new("127.1.0.[1-8]", command).options(&["--slow", "1s"]).open();
    let terminal = &desk.terminal;
    terminal.wait_for("6 ok   2 running (2 slow)");
    desk.press('w');
    let screen = terminal.wait_for("stragglers only");
    assert_eq!(rows(&screen).len(), 2);
    for host in ["127.1.0.3", "127.1.0.4"] {
        assert!(row_says(&screen, host, &["slow"]), "{screen}");
    }
    desk.press('w');
    let screen = terminal.wait_until("all rows", |screen| rows(screen).len() == 8);
    assert!(!screen.contains("stragglers only"));
}

#[test]
fn a_paused_run_starts_nothing_until_it_goes_on() {
    let desk = Scene::new("127.1.0.[1-6]", "sleep 7777").options(&["-j", "3"]).open();
    let terminal = &desk.terminal;
    terminal.wait_for("3 running");
    desk.wait_for_sleeps(3);
    desk.press('p');
    terminal.wait_for("PAUSED");
    // Two ends, one after the other: the first slot would be taken before the second end is known.
    desk.press('s');
    let screen = terminal.wait_for("order: hosts as named");
    let running = (1..=6).filter(|n| row_says(&screen, &format!("127.1.0.{n}"), &["running"]));
    for (number, left) in running.zip(["2 running", "1 running"]) {
        desk.go_to(number);
        desk.press('x');
        terminal.wait_for(left);
    }
    terminal.wait_for("2 cancelled");
    assert_eq!(desk.sleeps(), 1);
    desk.press('p');
    terminal.wait_until("the slots taken", |screen| {
        screen.contains("3 running") && !screen.contains("PAUSED")
    });
    desk.wait_for_sleeps(3);
}
