//! A further command on hosts of a run: over the connections that stand, by the same process, unharmed by the end of the
//! run before, and gone with it when that process is killed.

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use crate::fleet::{Fleet, answer, row_says};
use crate::support::heeler::Heeler;
use crate::support::processes::send_signal;
use crate::support::sshd::Sshd;
use crate::support::tmux::Terminal;
use crate::support::wait::{LIMIT, wait_until};

/// The first host ends well, so that its connection is closed; the second fails, so that it stays warm; the third runs.
const COMMAND: &str = "case $HEELER_HOST in *.1) exit 0;; *.2) exit 3;; esac; sleep 7777";

/// Gives a command at the prompt, which must be for so many hosts, and answers the question.
#[track_caller]
fn give(terminal: &Terminal, hosts: &str, command: &str) {
    terminal.wait_for(&format!("A command for {hosts}"));
    terminal.send(command);
    terminal.send_key("Enter");
    answer(terminal, &format!("Run on {hosts}?"), "y");
}

/// The run beside this one.
#[track_caller]
fn other_run(fleet: &Fleet, run: &str) -> String {
    let names = runs(fleet);
    assert_eq!(names.len(), 2, "{names:?}");
    names.into_iter().find(|name| name != run).expect("another run")
}

fn runs(fleet: &Fleet) -> Vec<String> {
    let entries = fs::read_dir(fleet.heeler.state().join("heeler/runs"));
    let entries = entries.into_iter().flatten();
    entries
        .map(|entry| entry.expect("a run").file_name().to_string_lossy().into_owned())
        .collect()
}

/// How many ssh masters were made for a run, as its record says while they may live.
fn masters(record: &Path) -> usize {
    fs::read_to_string(record.join("masters"))
        .unwrap_or_default()
        .lines()
        .count()
}

fn plan(fleet: &Fleet, run: &str) -> Value {
    let text = fs::read_to_string(fleet.record(run).join("run.json")).expect("a plan");
    serde_json::from_str(&text).expect("a plan")
}

/// A run with a follow-up on all three of its hosts, whose dashboard is shown.
#[track_caller]
fn with_follow_up() -> (Fleet, Terminal, String, String) {
    let fleet = Fleet::new();
    let terminal = Terminal::start(100, 24, &fleet.run("127.1.0.[1-3]", &[], COMMAND));
    terminal.wait_for("1 ok   1 failed   1 running");
    fleet.wait_for_sleeps(1);
    wait_until(LIMIT, "the end of the idle connection", || {
        fleet.sshd.connections().len() == 2
    });
    let run = fleet.only_run();
    terminal.send("*!");
    give(&terminal, "3 hosts", "echo from $HEELER_HOST; sleep 7777");
    let screen = terminal.wait_for("3 running");
    assert!(screen.contains("follow-up of "), "{screen}");
    fleet.wait_for_sleeps(4);
    let child = other_run(&fleet, &run);
    (fleet, terminal, run, child)
}

#[test]
fn it_goes_over_the_connections_that_stand_and_outlives_the_run_before() {
    let (fleet, terminal, run, child) = with_follow_up();
    // One process drives both, and one connection was made: to the host whose connection was closed.
    assert_eq!(fleet.runner(&run), fleet.runner(&child));
    assert_eq!(fleet.sshd.connections().len(), 3);
    assert_eq!((masters(&fleet.record(&run)), masters(&fleet.record(&child))), (3, 1));
    assert_eq!(plan(&fleet, &child)["parent"], run.as_str());
    let adopted = fleet.events(&run).into_iter().find(|event| event["event"] == "adopted");
    assert_eq!(adopted.expect("an event")["run"], child.as_str());
    let screen = terminal.screen();
    assert!(row_says(&screen, "127.1.0.2", "from 127.1.0.2"), "{screen}");

    // Leaving it asks, and leads back.
    terminal.send("q");
    let screen = terminal.wait_for("Leave? 3 still running");
    assert!(screen.contains("leaving goes back to the run before"), "{screen}");
    answer(&terminal, "Leave?", "d");
    let screen = terminal.wait_for("back from the follow-up, which goes on");
    assert!(screen.contains("3 marked"), "{screen}");

    // The run before ends; what follows does not.
    terminal.send("q");
    answer(&terminal, "Leave? 1 still running", "c");
    assert_eq!(terminal.exit_status(LIMIT), 3);
    wait_until(LIMIT, "the end of the run before", || {
        fleet.count(&run, "run-ended") == 1
    });
    assert_eq!(fleet.sleeps(), 3);
    assert_eq!(fleet.count(&child, "done"), 0);
    let cancel = fleet.heeler.run(["cancel", &child, "--yes"]);
    assert_eq!(cancel.status, Some(0), "{cancel:?}");
    let ends = fleet.events(&child);
    let ends: Vec<&Value> = ends.iter().filter(|event| event["event"] == "done").collect();
    assert_eq!(ends.len(), 3);
    assert!(ends.iter().all(|end| end["fate"] == "gone"), "{ends:?}");
    fleet.wait_for_nothing();
    for run in [&run, &child] {
        assert_eq!(masters(&fleet.record(run)), 0);
        assert!(!fleet.record(run).join("socket").exists());
    }
}

#[test]
fn a_killed_runner_leaves_nothing_of_either() {
    let (fleet, terminal, run, child) = with_follow_up();
    send_signal(fleet.runner(&child), Signal::KILL);
    terminal.wait_for("INTERRUPTED");
    wait_until(LIMIT, "the end of the remote side", || fleet.sleeps() == 0);
    wait_until(LIMIT, "the end of the connections", || {
        fleet.sshd.connections().is_empty()
    });
    // It is left, and the run before shows the same.
    terminal.send("q");
    terminal.wait_for("back from the follow-up");
    terminal.wait_for("INTERRUPTED");
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 4);
    fleet.wait_for_nothing();
    for run in [run, child] {
        let shown = fleet.heeler.run(["show", &run]);
        assert!(shown.stdout.contains("lost"), "{shown:?}");
    }
}

#[test]
fn a_signal_to_the_runner_ends_both() {
    let (fleet, terminal, run, child) = with_follow_up();
    send_signal(fleet.runner(&run), Signal::TERM);
    terminal.wait_for("3 cancelled");
    fleet.wait_for_sleeps(0);
    terminal.send("q");
    terminal.wait_for("back from the follow-up");
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 3);
    fleet.wait_for_nothing();
    for run in [run, child] {
        assert_eq!(fleet.count(&run, "run-ended"), 1);
    }
}

#[test]
fn where_the_server_takes_no_other_session_a_connection_is_made() {
    let fleet = Fleet {
        heeler: Heeler::new(),
        sshd: Sshd::start_with(&["MaxSessions 1"]),
    };
    let terminal = Terminal::start(100, 24, &fleet.run("127.1.0.1", &[], "sleep 7777"));
    fleet.wait_for_sleeps(1);
    terminal.wait_for("1 running");
    terminal.send("!");
    give(&terminal, "1 host", "echo also; sleep 7777");
    terminal.wait_until("the other session", |screen| row_says(screen, "127.1.0.1", "also"));
    fleet.wait_for_sleeps(2);
    assert_eq!(fleet.sshd.connections().len(), 2);
    terminal.send("q");
    answer(&terminal, "Leave?", "c");
    terminal.wait_for("back from the follow-up");
    fleet.wait_for_sleeps(1);
    terminal.send("q");
    answer(&terminal, "Leave?", "c");
    terminal.exit_status(LIMIT);
    fleet.wait_for_nothing();
}

#[test]
fn connections_to_marked_hosts_stay_while_they_are_marked() {
    let fleet = Fleet::new();
    let command = "until [ -e DIR/on ]; do sleep .05; done; exit 0";
    let terminal = Terminal::start(100, 24, &fleet.run("127.1.0.[1-3]", &[], command));
    terminal.wait_for("3 running");
    terminal.send(" ");
    terminal.wait_for("1 marked");
    fleet.let_go_on();
    terminal.wait_for("3 ok");
    wait_until(LIMIT, "the end of two connections", || {
        fleet.sshd.connections().len() == 1
    });
    terminal.send("U");
    wait_until(LIMIT, "the end of the third", || fleet.sshd.connections().is_empty());
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 0);
    fleet.wait_for_nothing();
}

#[test]
fn a_cause_of_a_past_run_is_followed_up_with_a_runner_of_its_own() {
    let fleet = Fleet::new();
    let first = fleet
        .run("127.1.0.[1-3]", &["--plain"], "[ $HEELER_HOST = 127.1.0.1 ]")
        .output();
    assert_eq!(first.expect("heeler").status.code(), Some(1));
    let run = fleet.only_run();
    let terminal = fleet.open(&["show", &run]);
    terminal.wait_for("1 ok   2 failed");
    terminal.send("3");
    terminal.wait_for("CAUSE AND HOSTS");
    terminal.send("!");
    give(&terminal, "2 hosts", "echo found; exit 7");
    terminal.wait_for("all done   2 failed");
    let child = other_run(&fleet, &run);
    assert_eq!(plan(&fleet, &child)["parent"], run.as_str());

    // And a follow-up of that: the way back leads through both.
    terminal.send(" !");
    give(&terminal, "1 host", "true");
    terminal.wait_for("all done   1 ok");
    terminal.send("q");
    terminal.wait_for("2 failed");
    terminal.send("q");
    terminal.wait_for("CAUSE AND HOSTS");
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 0);
    assert_eq!(runs(&fleet).len(), 3);
    fleet.wait_for_nothing();
}

#[test]
fn hosts_alone_open_a_dashboard_in_which_nothing_runs_until_a_command_is_given() {
    let fleet = Fleet::new();
    let mut open = fleet.heeler.command(["-w", "127.1.0.[1-4]", "-x", "127.1.0.4", "-F"]);
    open.arg(fleet.sshd.config());
    let terminal = Terminal::start(80, 24, &open);
    let screen = terminal.wait_for("A command for 3 hosts");
    assert!(screen.contains("nothing runs yet"), "{screen}");
    assert_eq!(fleet.sshd.connections().len(), 0);
    assert_eq!(runs(&fleet), Vec::<String>::new());

    // Only some of them, after all.
    terminal.send_key("Escape");
    terminal.wait_until("the rows", |screen| !screen.contains("A command for"));
    terminal.send("  !");
    give(&terminal, "2 hosts", "echo hello; exit 3");
    let screen = terminal.wait_for("all done   2 failed");
    assert!(row_says(&screen, "127.1.0.1", "hello"), "{screen}");
    assert_eq!(plan(&fleet, &fleet.only_run())["parent"], Value::Null);

    // It is a run like any other, and so is what follows.
    terminal.send("!");
    give(&terminal, "1 host", "echo again");
    terminal.wait_for("all done   1 ok");
    terminal.send("q");
    terminal.wait_for("back from the follow-up");
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 1);
    fleet.wait_for_nothing();
}
