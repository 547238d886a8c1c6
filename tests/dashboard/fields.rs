//! The fleet as a table: a column that is defined while the run goes on, put in order, filtered, and looked at by
//! buckets.

use heeler::app::Action;

use crate::desk::Scene;
use crate::screen::{cursor, row, row_says, rows};

/// Ten hosts whose use is 40 to 48, and 97 on the last; the first one runs on.
const USE: &str = "n=${HEELER_HOST##*.}; case $n in 10) n=57;; esac; \
     printf '\\033[32m/dev/sda1 %s%% used\\033[m\\n' $((40 + n)); case $HEELER_HOST in *.1) sleep 7777;; esac";

#[test]
fn a_column_is_defined_later_sorted_filtered_and_bucketed() {
    let desk = Scene::new("127.1.0.[1-10]", USE).env("NO_COLOR", "1").open();
    let terminal = &desk.terminal;
    terminal.wait_for("9 ok   1 running");

    // What is none is said in its place.
    terminal.send(":field use=(");
    terminal.send_key("Enter");
    terminal.wait_for("the expression of use is none: unclosed group");
    terminal.send_key("Escape");
    terminal.wait_until("no command line", |screen| !screen.contains("unclosed group"));

    terminal.send(r":field use='(\d+)%'");
    terminal.send_key("Enter");
    let screen = terminal.wait_until("the values of all, also of what runs, and a sign at one", |screen| {
        let has = |n: u32| row_says(screen, &format!("127.1.0.{n}"), &[&format!("   {}  ", 40 + n)]);
        screen.contains("TRY  USE") && (1..10).all(has) && row_says(screen, "127.1.0.10", &[" 97◆"])
    });
    assert_eq!(screen.matches('◆').count(), 1, "{screen}");

    terminal.send(":sort use");
    terminal.send_key("Enter");
    terminal.wait_until("the highest first", |screen| {
        screen.contains("order: use") && rows(screen).first().is_some_and(|row| row.contains(" 127.1.0.10 "))
    });
    desk.press('S');
    terminal.wait_until("the lowest first", |screen| {
        rows(screen).first().is_some_and(|row| row.contains(" 127.1.0.1 "))
    });

    terminal.send("/use>9");
    terminal.send("0");
    let screen = terminal.wait_for("filter: use>90▏   1 of 10 shown");
    assert!(row(&screen, "127.1.0.10").is_some(), "{screen}");
    terminal.send("x");
    terminal.wait_for("the values of use are numbers: use>90");
    terminal.send_key("Escape");
    terminal.wait_until("all rows", |screen| rows(screen).len() == 10);

    let screen = desk.does(Action::Buckets, "use: VALUES AND HOSTS");
    assert!(screen.contains("127.1.0.10"), "{screen}");
    desk.press('G');
    let screen = terminal.wait_until("the cursor on what is out of line", |screen| {
        cursor(screen).is_some_and(|row| row.contains("127.1.0.10"))
    });
    assert_eq!(screen.matches("[outlier]").count(), 1, "{screen}");
    assert!(cursor(&screen).is_some_and(|row| row.contains(" 1  over ")), "{screen}");
    terminal.send_key("Enter");
    let screen = terminal.wait_for("only use over ");
    assert_eq!(rows(&screen).len(), 1, "{screen}");
    terminal.send_key("Escape");
    terminal.wait_until("all rows", |screen| rows(screen).len() == 10);

    terminal.send(":field use");
    terminal.send_key("Enter");
    let screen = terminal.wait_until("no column any more", |screen| !screen.contains("USE"));
    assert!(screen.contains("order: attention"), "{screen}");
}
