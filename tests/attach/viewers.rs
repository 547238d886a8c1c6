//! Several viewers of one run, and one that may only look.

use crate::fleet::{Fleet, answer, go_to, row_says};
use crate::support::wait::LIMIT;

#[test]
fn what_one_viewer_asks_for_the_others_see_with_the_name_of_who_asked() {
    let fleet = Fleet::new();
    fleet.detached("127.1.0.[1-4]", "sleep 7777");
    fleet.wait_for_sleeps(4);
    let (ann, ben) = (fleet.open(&["attach"]), fleet.open(&["attach"]));
    for viewer in [&ann, &ben] {
        viewer.wait_for("4 running");
        viewer.send("s");
        viewer.wait_for("order: hosts as named");
    }
    go_to(&ann, 2);
    ann.send("x");
    let seen = ben.wait_for("asked to cancel 127.1.0.2");
    assert!(seen.contains(" (pts/"), "{seen}");
    for viewer in [&ann, &ben] {
        let screen = viewer.wait_until("the end of one", |screen| {
            row_says(screen, "127.1.0.2", "[confirmed gone]") && screen.contains("3 running")
        });
        let is_anns = screen == ann.screen();
        assert!(!is_anns || !screen.contains("asked to cancel"), "{screen}");
    }
    // Whoever leaves leaves the other one alone.
    ann.send("q");
    answer(&ann, "Leave? 3 still running", "d");
    assert_eq!(ann.exit_status(LIMIT), 6);
    ben.send("p");
    ben.wait_for("PAUSED");
    ben.send("q");
    answer(&ben, "Leave? 3 still running", "c");
    assert_eq!(ben.exit_status(LIMIT), 3);
    assert_eq!(fleet.sleeps(), 0);
    fleet.wait_for_nothing();
}

#[test]
fn whoever_may_only_look_changes_nothing_until_it_is_unlocked() {
    let fleet = Fleet::new();
    let run = fleet.detached("127.1.0.[1-2]", "sleep 7777");
    fleet.wait_for_sleeps(2);
    let viewer = fleet.open(&["attach", "--read-only", &run]);
    let screen = viewer.wait_for("2 running");
    assert!(screen.contains("READ-ONLY"), "{screen}");
    for key in ["x", "X", "p", "R"] {
        viewer.send(key);
        viewer.wait_for("read-only; W unlocks");
        viewer.send("j");
        viewer.wait_until("the notice gone", |screen| !screen.contains("read-only;"));
    }
    assert_eq!(fleet.count(&run, "requested"), 0);
    viewer.send("W");
    viewer.wait_until("no lock", |screen| !screen.contains("READ-ONLY"));
    viewer.send("x");
    viewer.wait_for("[confirmed gone]");
    fleet.wait_for_sleeps(1);
    viewer.send("W");
    viewer.wait_for("READ-ONLY");
    viewer.send("q");
    let screen = viewer.wait_for("Leave? 1 still running");
    assert!(!screen.contains("cancel "), "{screen}");
    answer(&viewer, "Leave? 1 still running", "d");
    assert_eq!(viewer.exit_status(LIMIT), 6);
    assert_eq!(fleet.sleeps(), 1);
}

#[test]
fn the_output_so_far_is_there_at_once() {
    let fleet = Fleet::new();
    let command = "echo first $HEELER_HOST; i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; \
                   echo waits here; sleep 7777";
    fleet.detached("127.1.0.[1-3]", command);
    fleet.wait_for_sleeps(3);
    let viewer = fleet.open(&["attach"]);
    viewer.wait_until("the last line of each", |screen| {
        (1..=3).all(|n| row_says(screen, &format!("127.1.0.{n}"), "waits here"))
    });
    viewer.send_key("Enter");
    viewer.wait_for("line 1999");
}
