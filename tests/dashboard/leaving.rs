//! When the dashboard goes by itself, when it stays, whether it comes at all, and what is printed when it has gone.

use crate::desk::Scene;
use crate::screen::row_says;
use crate::support::processes;
use crate::support::wait::LIMIT;

#[test]
fn a_run_that_went_well_leaves_without_a_key_and_groups_its_output() {
    let (desk, record) = Scene::new("127.1.0.[1-3]", "sleep 2; echo same").open_in_shell();
    let screen = desk.wait_for_status(0);
    let rule = "-".repeat(15);
    assert!(
        screen.contains(&format!("\n{rule}\n127.1.0.[1-3] (3)\n{rule}\nsame\n3 ok in ")),
        "{screen}"
    );
    assert!(screen.contains("\nrecord: "), "{screen}");
    assert!(record.has_other_screen_before("record: "), "there was a dashboard");
    desk.wait_for_nothing(LIMIT);
    desk.expect_sane_terminal();
}

#[test]
fn a_run_with_a_failure_stays_until_it_is_left_and_then_shows_why() {
    let command = "sleep 2; case $HEELER_HOST in *.2) echo went wrong >&2; exit 3;; esac; echo fine";
    let desk = Scene::new("127.1.0.[1-3]", command).open();
    let terminal = &desk.terminal;
    // It would leave before it draws the end, if it left by itself.
    let screen = terminal.wait_for("all done   2 ok   1 failed");
    assert!(row_says(&screen, "127.1.0.2", &["✗ exit 3", "went wrong"]), "{screen}");
    assert!(processes::is_alive(terminal.program()));
    desk.press('q');
    assert_eq!(terminal.exit_status(LIMIT), 1);
    let screen = terminal.wait_for("record: ");
    assert!(
        screen.starts_with("127.1.0.2: exit 3\n  went wrong\n2 ok, 1 failed in "),
        "{screen}"
    );
    assert!(screen.contains("\nexit 3 (1): 127.1.0.2\n"), "{screen}");
}

#[test]
fn a_touched_dashboard_stays_although_all_went_well() {
    let command = "while [ ! -e DIR/on ]; do sleep 0.05; done";
    let desk = Scene::new("127.1.0.[1-2]", command).open();
    let terminal = &desk.terminal;
    terminal.wait_for("2 running");
    desk.press('j');
    terminal.wait_for("row 2 of 2");
    std::fs::write(desk.shared().join("on"), "").unwrap();
    terminal.wait_for("all done   2 ok");
    desk.press('q');
    assert_eq!(terminal.exit_status(LIMIT), 0);
}

#[test]
fn a_quick_run_needs_no_dashboard() {
    /// A machine out of breath may need more than a second even for this.
    const TRIES: usize = 20;
    let (desk, mut record) = Scene::new("127.1.0.1", "echo quick").open_in_shell();
    let took = |screen: &str| -> Option<f32> {
        let (_, rest) = screen.split_once("1 ok in ")?;
        rest.split_once('s')?.0.parse().ok()
    };
    for _ in 0..TRIES {
        let screen = desk.wait_for_status(0);
        assert!(screen.contains("quick\n"), "{screen}");
        if took(&screen).unwrap() < 0.9 {
            assert!(!record.has_other_screen_before("status 0"), "{}", record.text());
            return;
        }
        desk.shell("clear; echo again");
        desk.terminal
            .wait_until("a clear screen", |screen| !screen.contains("status"));
        record.begin_after("again");
        desk.start();
    }
    panic!("no run took less than a second");
}
