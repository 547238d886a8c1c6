//! What cannot be done is said with the next step, and nothing is touched.

use std::fs::{self, File};
use std::io::Write;

use crate::fleet::Fleet;
use crate::support::processes::send_signal;
use rustix::process::Signal;

/// Runs a command that must be refused, and returns why.
#[track_caller]
fn refused(fleet: &Fleet, arguments: &[&str]) -> String {
    let finished = fleet.heeler.run(arguments);
    assert_eq!(
        (finished.status, finished.stdout.as_str()),
        (Some(2), ""),
        "{finished:?}"
    );
    finished.stderr
}

#[test]
fn contradictions_are_errors_of_usage() {
    let fleet = Fleet::new();
    for options in [
        &["--detach", "--no-detach"][..],
        &["--detach", "-b"],
        &["--detach", "--json"],
        &["--detach", "--front", "tui"],
    ] {
        let mut words = vec!["run", "-w", "127.1.0.1"];
        words.extend(options);
        words.extend(["--", "true"]);
        let text = refused(&fleet, &words);
        assert!(text.contains("cannot be used with"), "{text}");
    }
    assert!(!fleet.heeler.state().join("heeler").exists(), "nothing was started");
}

#[test]
fn a_run_that_is_over_interrupted_or_unknown_cannot_be_attached_to() {
    let fleet = Fleet::new();
    assert!(refused(&fleet, &["attach"]).contains("there is no run yet"));
    let finished = fleet.heeler.run([
        "run",
        "-w",
        "127.1.0.1",
        "-F",
        fleet.sshd.config().to_str().unwrap(),
        "--plain",
        "--",
        "true",
    ]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let over = fleet.only_run();
    for command in ["attach", "cancel", "pause", "continue"] {
        assert_eq!(
            refused(&fleet, &[command, &over]),
            format!("heeler: run {over} is over; heeler show {over} shows it\n")
        );
        let text = refused(&fleet, &[command]);
        assert!(text.contains("no run is alive"), "{text}");
        let text = refused(&fleet, &[command, "2001"]);
        assert!(text.contains("there is no run \"2001\""), "{text}");
    }
    let gone = fleet.detached("127.1.0.1", "sleep 7777");
    fleet.wait_for_sleeps(1);
    send_signal(fleet.runner(&gone), Signal::KILL);
    fleet.wait_for_nothing();
    let text = refused(&fleet, &["attach", &gone]);
    assert!(
        text.contains("was interrupted") && text.contains(&format!("heeler resume {gone}")),
        "{text}"
    );
    // Waiting for it is over, and nobody knows how it ended.
    assert_eq!(fleet.heeler.run(["wait", &gone]).status, Some(4));
}

#[test]
fn hosts_that_the_run_does_not_have_are_named() {
    let fleet = Fleet::new();
    let run = fleet.detached("127.1.0.[1-2]", "sleep 7777");
    fleet.wait_for_sleeps(2);
    for command in ["cancel", "wait"] {
        assert_eq!(
            refused(&fleet, &[command, "-w", "127.1.0.[3-4]"]),
            "heeler: the run has no job on 127.1.0.[3-4]; its hosts are 127.1.0.[1-2]\n"
        );
    }
    assert_eq!(
        refused(&fleet, &["cancel", "--expect", "3"]),
        "heeler: --expect 3, but 2 jobs are not over: 127.1.0.[1-2]; nothing was cancelled, look at the run\n"
    );
    fleet.heeler.configure("[defaults]\nconfirm-above = 1\n");
    let text = refused(&fleet, &["cancel"]);
    assert!(text.contains("add --expect 2 or --yes"), "{text}");
    assert_eq!(fleet.count(&run, "requested"), 0);
    assert_eq!(fleet.heeler.run(["cancel", "--yes"]).status, Some(0));
}

/// A run whose lock somebody else holds: what a runner on another machine looks like on a shared disk.
#[test]
fn a_runner_that_cannot_be_talked_to_is_told_with_its_place() {
    let fleet = Fleet::new();
    let gone = fleet.detached("127.1.0.1", "sleep 7777");
    fleet.wait_for_sleeps(1);
    send_signal(fleet.runner(&gone), Signal::KILL);
    fleet.wait_for_nothing();
    let mut lock = File::create(fleet.record(&gone).join("lock")).unwrap();
    lock.lock().unwrap();
    lock.write_all(br#"{"pid":7,"machine":"otherbox","version":"0"}"#)
        .unwrap();
    let text = refused(&fleet, &["attach"]);
    assert!(
        text.starts_with(&format!("heeler: the runner of {gone} is on otherbox, and this is ")),
        "{text}"
    );
    let here = rustix::system::uname().nodename().to_string_lossy().into_owned();
    fs::write(
        fleet.record(&gone).join("lock"),
        format!(r#"{{"pid":7,"machine":"{here}","version":"0"}}"#),
    )
    .unwrap();
    let text = refused(&fleet, &["attach"]);
    assert!(
        text.contains(&format!(
            "the runner of {gone} (process 7) lives, but nobody answers on its socket"
        )),
        "{text}"
    );
}
