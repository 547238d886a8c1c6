//! Groups, failures, differences and the timeline: who is unlike the others is found by keys alone.

use crate::desk::Scene;
use crate::screen::cursor;

/// Five print one text, four another, one is alone; each names itself.
const THREE_KINDS: &str = "case $HEELER_HOST in *.[1-5]) k=31;; *.[6-9]) k=28;; *) k=9;; esac; \
     echo \"I am $HEELER_HOST\"; echo \"kernel 6.1.0-$k\"; sleep 2";

#[test]
fn of_ten_hosts_the_two_groups_and_the_one_outlier_are_found() {
    let desk = Scene::new("127.1.0.[1-10]", THREE_KINDS).open();
    let terminal = &desk.terminal;
    terminal.wait_for("10 running");
    desk.press('2');
    terminal.wait_until("all of them in one group as long as they run", |screen| {
        screen.contains("10  running  127.1.0.[1-10]")
    });
    let screen = terminal.wait_until("three groups, the commonest first", |screen| {
        let place = |text: &str| screen.find(text);
        let places = [" 5  ok  127.1.0.[1-5]", " 4  ok  127.1.0.[6-9]", " 1  ok  127.1.0.10"].map(place);
        places.iter().all(Option::is_some) && places.is_sorted()
    });
    assert_eq!(screen.matches("[outlier]").count(), 1, "{screen}");
    assert!(screen.contains("[outlier] kernel 6.1.0-9"), "{screen}");

    // To the outlier, what it printed, and back.
    desk.press('G');
    terminal.wait_until("the cursor on the outlier", |screen| {
        cursor(screen).is_some_and(|row| row.contains("127.1.0.10"))
    });
    terminal.send_key("Enter");
    let screen = terminal.wait_until("its output", |screen| {
        screen.contains("I am 127.1.0.10") && screen.contains("kernel 6.1.0-9")
    });
    assert!(screen.contains("at the end, following"), "{screen}");
    terminal.send_key("Escape");
    terminal.wait_for("END AND HOSTS");

    // How it differs from the commonest.
    desk.press('d');
    let screen = terminal.wait_for("-1 +1 lines");
    assert!(screen.contains("- 127.1.0.1 and 4 more"), "{screen}");
    assert!(
        screen.contains("- kernel 6.1.0-31") && screen.contains("+ kernel 6.1.0-9"),
        "{screen}"
    );
    assert!(
        !screen.contains("- I am"),
        "that each names itself is no difference\n{screen}"
    );
    terminal.send_key("Escape");
    terminal.wait_for("END AND HOSTS");

    // The whole second group is tried again, after a question with its number.
    terminal.send("gj");
    desk.press('r');
    desk.answer("Retry 4 jobs?", 'y');
    desk.press('1');
    terminal.wait_until("four second attempts", |screen| {
        let again = |line: &&str| line.contains("127.1.0.") && line.split_whitespace().any(|word| word == "2");
        screen.lines().skip(3).filter(again).count() == 4
    });
}

#[test]
fn failures_stand_by_their_cause_and_the_timeline_shows_who_lags() {
    let command = "case $HEELER_HOST in *.[12]) echo no space left >&2; exit 3;; *.3) sleep 7777;; esac";
    let desk = Scene::new("127.1.0.[1-6]", command).options(&["--slow", "1s"]).open();
    let terminal = &desk.terminal;
    terminal.wait_for("1 running (1 slow)");
    desk.press('3');
    let screen = terminal.wait_for("2  exit 3  127.1.0.[1-2]");
    assert!(screen.contains("no space left"), "{screen}");
    assert!(screen.contains("d compares one with what went well"), "{screen}");
    terminal.send_key("Enter");
    terminal.wait_for("only exit 3: 2 of 6");
    terminal.send_key("Escape");
    terminal.wait_until("all rows", |screen| !screen.contains("only exit 3"));
    desk.press('4');
    let screen = terminal.wait_until("the bars", |screen| screen.contains("|0s") && screen.contains('━'));
    let lags = screen
        .lines()
        .find(|line| line.contains(" 127.1.0.3 "))
        .unwrap_or_default();
    assert!(lags.contains(" ! ") && lags.contains('█'), "{screen}");
    let over = screen
        .lines()
        .find(|line| line.contains(" 127.1.0.1 "))
        .unwrap_or_default();
    assert!(over.trim_end().ends_with('✗'), "{screen}");
    terminal.send_key("Escape");
    terminal.wait_for("OUTPUT");
}
