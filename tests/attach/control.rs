//! Acting on a run without showing it.

use rustix::process::Signal;

use crate::fleet::Fleet;
use crate::support::wait::{LIMIT, wait_until};

#[test]
fn jobs_are_cancelled_and_what_became_of_them_is_told() {
    let fleet = Fleet::new();
    let run = fleet.detached("127.1.0.[1-6]", "sleep 7777");
    fleet.wait_for_sleeps(6);
    let some = fleet.heeler.run(["cancel", "-w", "127.1.0.[2-3]"]);
    assert_eq!(fleet.sleeps(), 4);
    assert_eq!(
        some.stdout,
        "2 cancelled\ncancelled by operator, confirmed gone (2): 127.1.0.[2-3]\n"
    );
    assert_eq!((some.status, some.stderr.as_str()), (Some(0), ""));
    let one = fleet.heeler.run(["cancel", &run, "-w", "127.1.0.4", "--now"]);
    assert_eq!(one.status, Some(0), "{one:?}");
    assert_eq!(
        one.stdout,
        "1 cancelled\ncancelled by operator, confirmed gone (1): 127.1.0.4\n"
    );
    let more = fleet.heeler.run(["cancel", "-w", "127.1.0.5,127.1.0.9"]);
    assert_eq!(
        (more.status, more.stderr.as_str()),
        (Some(0), "heeler: the run has no job on 127.1.0.9\n"),
        "a group may name more than the run had"
    );
    let none = fleet.heeler.run(["cancel", "-w", "127.1.0.9"]);
    assert_eq!(none.status, Some(2), "{none:?}");
    let rest = fleet.heeler.run(["cancel"]);
    assert_eq!(rest.status, Some(0), "{rest:?}");
    assert_eq!(fleet.sleeps(), 0);
    assert!(
        rest.stdout
            .contains("cancelled by quit, confirmed gone (2): 127.1.0.[1,6]\n"),
        "{}",
        rest.stdout
    );
    fleet.wait_for_nothing();
    assert_eq!(fleet.count(&run, "run-ended"), 1);
}

#[test]
fn what_survives_a_cancel_is_not_called_gone() {
    let fleet = Fleet::new();
    fleet.detached("127.1.0.1", "setsid sleep 7778 & sleep 7777");
    fleet.wait_for_sleeps(1);
    let cancelled = fleet.heeler.run(["cancel"]);
    assert_eq!(cancelled.status, Some(4), "{cancelled:?}");
    assert!(cancelled.stdout.contains("1 survived"), "{}", cancelled.stdout);
}

#[test]
fn a_run_is_paused_and_continued_and_waited_for() {
    let fleet = Fleet::new();
    let command = "while [ ! -e DIR/on ]; do sleep 0.05; done; case $HEELER_HOST in *.2) exit 3;; esac";
    let mut start = fleet.run("127.1.0.[1-3]", &["--detach", "-j", "1"], command);
    assert!(start.output().unwrap().status.success());
    let run = fleet.only_run();
    wait_until(LIMIT, "the first job", || fleet.count(&run, "running") == 1);
    let paused = fleet.heeler.run(["pause"]);
    assert_eq!(
        (paused.status, paused.stderr.as_str()),
        (Some(0), "heeler: paused: 1 running go on, 2 not started wait\n")
    );
    assert_eq!(fleet.count(&run, "paused"), 1);
    assert_eq!(fleet.heeler.run(["pause"]).status, Some(0), "it is so already");
    fleet.let_go_on();
    wait_until(LIMIT, "the end of the first job", || fleet.count(&run, "done") == 1);
    let mut ends = fleet.events(&run);
    ends.retain(|event| event["event"] == "done");
    let host = ends[0]["host"].as_str().unwrap();
    let expected = if host == "127.1.0.2" {
        (Some(1), "1 failed\nexit 3 (1): 127.1.0.2\n")
    } else {
        (Some(0), "1 ok\n")
    };
    let first = fleet.heeler.run(["wait", "-w", host]);
    assert_eq!((first.status, first.stderr.as_str()), expected);
    let waiting = fleet.heeler.spawn(["wait", &run]);
    let continued = fleet.heeler.run(["continue"]);
    assert_eq!(continued.status, Some(0), "{continued:?}");
    let all = waiting.wait(LIMIT);
    assert_eq!(all.status, Some(1));
    assert_eq!(all.stderr, "2 ok, 1 failed\nexit 3 (1): 127.1.0.2\n");
    // Also when it is over already.
    let again = fleet.heeler.run(["wait", &run]);
    assert_eq!((again.status, again.stderr), (Some(1), all.stderr));
    assert_eq!(fleet.heeler.run(["wait", &run, "-w", "127.1.0.3"]).status, Some(0));
}

#[test]
fn whatever_ends_a_command_leaves_the_run_alone() {
    let fleet = Fleet::new();
    let run = fleet.detached("127.1.0.1", "sleep 7777");
    fleet.wait_for_sleeps(1);
    let waiting = fleet.heeler.spawn(["wait"]);
    let log = fleet.record(&run).join("heeler.log");
    wait_until(LIMIT, "the command at the runner", || {
        std::fs::read_to_string(&log).is_ok_and(|log| log.contains("a viewer came"))
    });
    waiting.signal(Signal::INT);
    let left = waiting.wait(LIMIT);
    assert_eq!(left.status, Some(6), "{left:?}");
    assert_eq!(
        left.stderr,
        format!("heeler: run {run} goes on; heeler attach {run} comes back to it\n")
    );
    assert_eq!(fleet.sleeps(), 1);
    assert_eq!(fleet.count(&run, "requested"), 0);
}
