//! The ways out of a dashboard that leave the run going, and the ways that do not.

use std::fs;
use std::process::Command;

use rustix::process::Signal;

use crate::fleet::{Fleet, answer};
use crate::support::child::Running;
use crate::support::processes::{self, is_alive};
use crate::support::tmux::Terminal;
use crate::support::wait::{LIMIT, wait_until};

/// A run of two hosts in a dashboard.
#[track_caller]
fn begun(fleet: &Fleet, options: &[&str]) -> Terminal {
    let terminal = Terminal::start(100, 24, &fleet.run("127.1.0.[1-2]", options, "sleep 7777"));
    terminal.wait_for("2 running");
    fleet.wait_for_sleeps(2);
    terminal
}

/// Comes back to the run of two hosts, and ends it.
#[track_caller]
fn end(fleet: &Fleet) {
    let terminal = fleet.open(&["attach"]);
    terminal.wait_for("2 running");
    assert_eq!(fleet.sleeps(), 2);
    terminal.send("q");
    answer(&terminal, "Leave? 2 still running", "c");
    assert_eq!(terminal.exit_status(LIMIT), 3);
    assert_eq!(fleet.sleeps(), 0);
    fleet.wait_for_nothing();
}

#[test]
fn detaching_says_how_to_come_back() {
    let fleet = Fleet::new();
    let terminal = begun(&fleet, &[]);
    terminal.send("q");
    let screen = terminal.wait_for("Leave? 2 still running");
    for line in [
        "d  detach",
        "detached: should its runner die, each host ends its job by itself",
    ] {
        assert!(screen.contains(line), "{line} in\n{screen}");
    }
    answer(&terminal, "Leave? 2 still running", "d");
    assert_eq!(terminal.exit_status(LIMIT), 6);
    let run = fleet.only_run();
    let screen = terminal.wait_for(&format!("heeler: run {run} goes on; heeler attach {run}"));
    assert!(!screen.contains("record: "), "no summary of what goes on:\n{screen}");
    assert_eq!(fleet.sleeps(), 2);
    end(&fleet);
}

#[test]
fn a_closed_terminal_leaves_the_run_alone() {
    let fleet = Fleet::new();
    let terminal = begun(&fleet, &[]);
    let viewer = terminal.program();
    terminal.close();
    wait_until(LIMIT, "the end of the viewer", || !is_alive(viewer));
    end(&fleet);
}

#[test]
fn signals_to_the_viewer_leave_the_run_alone() {
    for (signal, status) in [(Signal::TERM, 6), (Signal::HUP, 129), (Signal::KILL, 137)] {
        let fleet = Fleet::new();
        let terminal = begun(&fleet, &[]);
        processes::send_signal(terminal.program(), signal);
        assert_eq!(terminal.exit_status(LIMIT), status, "{signal:?}");
        if signal == Signal::TERM {
            terminal.wait_for(&format!("heeler attach {}", fleet.only_run()));
            assert_eq!(terminal.ask("alternate_on"), "0");
        }
        end(&fleet);
    }
}

#[test]
fn a_run_that_is_not_to_be_left_alone_is_not() {
    for (options, configuration) in [
        (&["--no-detach"][..], ""),
        (&[], "[defaults]\non-hangup = \"cancel\"\n"),
    ] {
        let fleet = Fleet::new();
        fleet.heeler.configure(configuration);
        let terminal = begun(&fleet, options);
        terminal.send("q");
        let screen = terminal.wait_for("Leave? 2 still running");
        assert!(!screen.contains("detach"), "{screen}");
        processes::send_signal(terminal.program(), Signal::KILL);
        fleet.wait_for_nothing();
        assert_eq!(fleet.count(&fleet.only_run(), "run-ended"), 1, "{options:?}");
    }
}

#[test]
fn a_run_without_a_front_end_prints_its_id_and_nothing_else() {
    let fleet = Fleet::new();
    let run = fleet.run("127.1.0.[1-2]", &["--detach"], "sleep 7777");
    let finished = Running::start(run, b"").wait(LIMIT);
    let run = fleet.only_run();
    assert_eq!(finished.status, Some(0));
    assert_eq!(finished.stdout, format!("{run}\n"));
    assert_eq!(
        finished.stderr,
        format!("heeler: the run goes on by itself; heeler attach {run} shows it\n")
    );
    fleet.wait_for_sleeps(2);
    end(&fleet);
}

#[test]
fn a_run_that_is_left_to_itself_holds_nothing_of_its_starter_open() {
    let fleet = Fleet::new();
    let lock = fleet.shared().canonicalize().expect("a directory").join("a-lock");
    let run = fleet.run("127.1.0.1", &["--detach"], "sleep 7777");
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec 9>a-lock; exec \"$@\"", "sh"]);
    shell.arg(run.get_program()).args(run.get_args()).env_clear();
    shell.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.current_dir(fleet.shared()).output().expect("a shell starts");
    assert!(output.status.success() && lock.exists(), "{output:?}");
    let run = String::from_utf8(output.stdout).expect("an id").trim_end().to_owned();
    fleet.wait_for_sleeps(1);
    let runner = fleet.runner(&run);
    let open = fs::read_dir(format!("/proc/{runner}/fd")).expect("its open files");
    let open: Vec<_> = open.filter_map(|file| fs::read_link(file.ok()?.path()).ok()).collect();
    assert!(!open.is_empty() && !open.contains(&lock), "{open:?}");
    assert!(fleet.heeler.run(["cancel", &run]).status.is_some());
    fleet.wait_for_nothing();
}

#[test]
fn the_id_of_a_run_is_told_where_it_cannot_be_printed() {
    let fleet = Fleet::new();
    let mut run = fleet.run("127.1.0.[1-2]", &["--detach"], "sleep 7777");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = run.stdout(full).stderr(std::process::Stdio::piped()).output().unwrap();
    let (run, told) = (fleet.only_run(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert_eq!(output.status.code(), Some(6), "{told}");
    assert!(
        told.contains(&format!("heeler attach {run} shows it"))
            && told.contains(&format!("the id of run {run} cannot be")),
        "{told}"
    );
    fleet.wait_for_sleeps(2);
    end(&fleet);
}
