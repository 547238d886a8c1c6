//! A runner that is killed: every front-end says so, says what is known, and says what to do.

use rustix::process::Signal;

use crate::fleet::{Fleet, row_says};
use crate::support::child::Running;
use crate::support::processes::send_signal;
use crate::support::tmux::Terminal;
use crate::support::wait::{LIMIT, wait_until};

/// The first host ends by itself, the second prints something and sleeps.
const COMMAND: &str = "case $HEELER_HOST in *.1) exit 0;; esac; echo begun; printf unfinished; sleep 7777";

#[test]
fn the_dashboard_stays_and_says_so() {
    let fleet = Fleet::new();
    let terminal = Terminal::start(100, 24, &fleet.run("127.1.0.[1-3]", &[], COMMAND));
    terminal.wait_for("1 ok   2 running");
    fleet.wait_for_sleeps(2);
    let run = fleet.only_run();
    send_signal(fleet.runner(&run), Signal::KILL);
    let screen = terminal.wait_for("INTERRUPTED");
    for words in [
        "2 lost",
        "1 ok",
        &format!("its runner is gone: heeler resume {run} finishes it"),
    ] {
        assert!(screen.contains(words), "{words} in\n{screen}");
    }
    assert!(row_says(&screen, "127.1.0.2", "[remote unknown]"), "{screen}");
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 4);
    let screen = terminal.wait_for("record: ");
    assert!(screen.contains("lost, remote unknown (2): 127.1.0.[2-3]"), "{screen}");
    let unbroken = screen.replace('\n', "");
    assert!(unbroken.contains(&format!("heeler resume {run}")), "{screen}");
    // The hosts end it by themselves.
    fleet.wait_for_nothing();
}

#[test]
fn lines_and_objects_end_with_it_and_hold_all_that_was_recorded() {
    for option in ["--plain", "--json"] {
        let fleet = Fleet::new();
        let running = Running::start(fleet.run("127.1.0.[1-2]", &[option], COMMAND), b"");
        fleet.wait_for_sleeps(1);
        let run = fleet.only_run();
        wait_until(LIMIT, "all that is to be recorded", || {
            let printed = fleet.record(&run).join("out/127.1.0.2/1.out");
            fleet.count(&run, "done") == 1 && std::fs::read(printed).is_ok_and(|text| text == b"begun\nunfinished")
        });
        send_signal(fleet.runner(&run), Signal::KILL);
        let finished = running.wait(LIMIT);
        assert_eq!(finished.status, Some(4), "{finished:?}");
        let gone = format!("heeler: the runner of {run} is gone without having ended the run; heeler resume {run}");
        assert!(finished.stderr.contains(&gone), "{}", finished.stderr);
        assert!(finished.stdout.contains("unfinished"), "{}", finished.stdout);
        if option == "--plain" {
            assert_eq!(finished.stdout, "127.1.0.2: begun\n127.1.0.2: unfinished\n");
            assert!(
                finished.stderr.contains("lost, remote unknown (1): 127.1.0.2"),
                "{}",
                finished.stderr
            );
        } else {
            let last = finished.stdout.lines().last().unwrap_or_default();
            assert!(!last.contains("run-ended"), "nothing is made up: {last}");
        }
        fleet.wait_for_nothing();
    }
}

#[test]
fn a_viewer_that_learns_late_does_not_call_a_run_interrupted_that_was_taken_up_again() {
    let fleet = Fleet::new();
    let terminal = Terminal::start(100, 24, &fleet.run("127.1.0.[1-3]", &[], COMMAND));
    terminal.wait_for("1 ok   2 running");
    let run = fleet.only_run();
    let late = Running::start(fleet.heeler.command(["attach", &run, "--plain"]), b"");
    wait_until(LIMIT, "the other viewer", || late.stdout().contains("begun"));
    late.signal(Signal::STOP);
    send_signal(fleet.runner(&run), Signal::KILL);
    terminal.wait_for("INTERRUPTED");
    let second = Running::start(
        fleet.heeler.command(["resume", &run, "--include-unknown", "--plain"]),
        b"",
    );
    wait_until(LIMIT, "the second runner", || fleet.count(&run, "run-resumed") == 1);
    late.signal(Signal::CONT);
    let late = late.wait(LIMIT);
    let words = format!("heeler attach {run} comes back to it");
    assert!(late.stderr.contains(&words), "{}", late.stderr);
    assert!(!late.stderr.contains("gone"), "{}", late.stderr);
    assert_eq!(late.status, Some(6), "{}", late.stderr);
    // The dashboard still shows what it saw; leaving it tells what has become of the run.
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 6);
    let screen = terminal.wait_for("comes back").replace('\n', "");
    assert!(screen.contains(&format!("heeler attach {run}")), "{screen}");
    second.signal(Signal::TERM);
    second.wait(LIMIT);
    let cancel = fleet.heeler.command(["cancel", &run, "--yes"]).output();
    assert!(cancel.is_ok(), "{cancel:?}");
    fleet.wait_for_nothing();
}
