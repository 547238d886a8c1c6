//! However a run ends, what it started on the hosts ends with it, and nothing stays here either: counted, not believed.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::fleet::{Fleet, Told, at};
use crate::support::child::{Finished, Running};
use crate::support::processes::wait_for_zero;
use crate::support::wait::{LIMIT, wait_until};

const HOSTS: &str = "127.1.0.[1-20]";
/// The default grace between TERM and KILL.
const GRACE: Duration = Duration::from_secs(10);

/// Starts `sleep NUMBER` on twenty hosts and waits until all of them sleep, and heeler knows it.
#[track_caller]
fn asleep(fleet: &Fleet, number: u32) -> Running {
    let sleep = format!("sleep {number}");
    let running = fleet.spawn(HOSTS, "--json", &sleep);
    wait_until(LIMIT, "twenty sleeps", || fleet.sshd.running(&sleep).len() == 20);
    wait_until(LIMIT, "twenty rows that run", || {
        running.stdout().matches(r#""event":"running""#).count() == 20
    });
    running
}

/// Nothing runs for this fleet any more on either side, and no socket is left.
#[track_caller]
fn assert_nothing_is_left(fleet: &Fleet) {
    wait_for_zero(GRACE, || fleet.sshd.processes());
    wait_for_zero(GRACE, || fleet.heeler.processes());
    wait_for_zero(GRACE, || fleet.sshd.connections());
    assert_eq!(sockets(fleet), Vec::<String>::new());
}

fn sockets(fleet: &Fleet) -> Vec<String> {
    let entries = fs::read_dir(fleet.heeler.runtime()).expect("the directory for sockets");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    entries
        .map(|entry| name(entry).to_string_lossy().into_owned())
        .collect()
}

#[track_caller]
fn assert_all(told: &Told, expected: &Value) {
    let outcomes = told.outcomes();
    assert_eq!(outcomes.len(), 20);
    for (host, outcome) in outcomes {
        assert_eq!(outcome, *expected, "{host}");
    }
}

#[test]
fn after_a_timeout() {
    let fleet = Fleet::new();
    let told = fleet.tell(HOSTS, "-t 1s", "sleep 7301");
    // Confirmed means gone now, not soon.
    assert_eq!(fleet.sshd.running("sleep 7301"), []);
    let gone = json!({"outcome": "timed-out", "limit": "run", "fate": "gone", "signal": 15, "code": 143});
    assert_all(&told, &gone);
    assert_eq!(told.status, Some(3));
    assert_nothing_is_left(&fleet);
}

#[track_caller]
fn after_a_signal(number: u32, signal: Signal, status: i32) {
    let fleet = Fleet::new();
    let running = asleep(&fleet, number);
    running.signal(signal);
    let Finished {
        stdout, status: ended, ..
    } = running.wait(LIMIT);
    assert_eq!(fleet.sshd.running(&format!("sleep {number}")), []);
    assert_eq!(ended, Some(status));
    let events = crate::fleet::objects(&stdout);
    let told = Told { events, status: ended };
    let gone = json!({"outcome": "cancelled", "by": "quit", "fate": "gone", "signal": 15, "code": 143});
    assert_all(&told, &gone);
    assert_nothing_is_left(&fleet);
}

#[test]
fn after_an_interrupt() {
    after_a_signal(7302, Signal::INT, 130);
}

#[test]
fn after_a_request_to_terminate() {
    after_a_signal(7303, Signal::TERM, 143);
}

#[test]
fn after_a_hang_up() {
    after_a_signal(7304, Signal::HUP, 129);
}

/// Its runner sees the end of the process that started it, and ends the run as if it had been told to.
#[test]
fn after_heeler_was_killed() {
    let fleet = Fleet::new();
    let running = asleep(&fleet, 7305);
    running.signal(Signal::KILL);
    assert_eq!(running.wait(LIMIT).signal, Some(9));
    wait_for_zero(GRACE, || fleet.sshd.processes());
    wait_for_zero(GRACE, || fleet.heeler.processes());
    wait_for_zero(GRACE, || fleet.sshd.connections());
    assert!(sockets(&fleet).is_empty());
    let record = fs::read_to_string(fleet.record().join("events.jsonl")).expect("the record");
    assert_eq!(record.matches(r#""event":"running""#).count(), 20);
    assert!(record.contains("run-ended"));
}

/// The row does not say more than can be known from here, and the hosts see to their jobs themselves.
#[test]
fn after_the_links_were_cut() {
    let fleet = Fleet::new();
    let running = asleep(&fleet, 7311);
    fleet.sshd.cut_connections();
    let told = Told::of(&running.wait(LIMIT));
    assert_all(&told, &json!({"outcome": "lost", "fate": "unknown"}));
    assert_eq!(told.status, Some(4));
    assert_nothing_is_left(&fleet);
}

/// The shell and what it started ignore TERM.
const DEAF: &str = "trap '' TERM; sleep 7306";

#[test]
fn of_a_job_that_ignores_term() {
    let fleet = Fleet::new();
    let told = fleet.tell("deaf", "-t 1s --grace 1s", DEAF);
    assert_eq!(fleet.sshd.running("sleep 7306"), []);
    let killed = json!({"outcome": "timed-out", "limit": "run", "fate": "gone", "signal": 9, "code": 137});
    assert_eq!(told.outcomes()["deaf"], killed);
    let elapsed = told.done("deaf")["elapsed"].as_f64().expect("a time");
    assert!(elapsed >= 2.0, "the limit, then the grace: {elapsed}");
    assert_nothing_is_left(&fleet);
}

#[test]
fn of_a_job_that_ignores_term_after_heeler_was_killed() {
    let fleet = Fleet::new();
    let running = fleet.spawn("deaf", "--json --grace 1s", DEAF);
    wait_until(LIMIT, "the sleep", || fleet.sshd.running("sleep 7306").len() == 1);
    running.signal(Signal::KILL);
    assert_eq!(running.wait(LIMIT).signal, Some(9));
    wait_for_zero(GRACE, || fleet.sshd.processes());
    wait_for_zero(GRACE, || fleet.heeler.processes());
}

/// `timeout` puts its command into a process group of its own, in the same session.
#[test]
fn of_a_command_under_timeout() {
    let fleet = Fleet::new();
    let told = fleet.tell("timeout", "-t 1s", "timeout 7307 sleep 7308; :");
    assert_eq!(fleet.sshd.running("sleep 7308"), []);
    let outcome = &told.outcomes()["timeout"];
    assert_eq!(
        (&outcome["outcome"], &outcome["fate"]),
        (&json!("timed-out"), &json!("gone"))
    );
    assert_nothing_is_left(&fleet);
}

/// It may be a daemon that was meant to stay: it is not killed, but nobody is told that it is gone.
#[test]
fn a_child_with_a_session_of_its_own_is_told_to_have_survived() {
    let fleet = Fleet::new();
    let owner = fleet.sshd.ssh("web1", "id -un").stdout;
    let command = "setsid sleep 7309 >/dev/null 2>&1 & sleep 7310; :";
    let told = fleet.tell("daemon", "-t 1s --grace 1s", command);
    assert_eq!(fleet.sshd.running("sleep 7310"), []);
    assert_eq!(fleet.sshd.running("sleep 7309").len(), 1);
    let survived = json!({
        "outcome": "timed-out", "limit": "run", "fate": "survived", "survivors": 1, "owners": [owner.trim_end()],
        "signal": 15, "code": 143,
    });
    assert_eq!(told.outcomes()["daemon"], survived);
    assert_eq!(told.status, Some(3));
    let daemon = fleet.sshd.running("sleep 7309")[0].id;
    let left = told.named("left");
    assert_eq!(left.len(), 1, "the looks of a stop are not told: {left:?}");
    let process = &left[0]["processes"][0];
    let facts = [&process["pid"], &process["kin"], &process["name"], &process["owner"]];
    let expected = [json!(daemon), json!("escaped"), json!("sleep"), json!(owner.trim_end())];
    assert_eq!(facts, [&expected[0], &expected[1], &expected[2], &expected[3]]);
    let [stopping, done] = ["stopping", "done"].map(|name| at(told.named(name)[0]));
    assert!(
        done - stopping < 4.0,
        "a second longer than the grace: {stopping} {done}"
    );
    wait_for_zero(GRACE, || fleet.heeler.processes());
    assert_eq!(sockets(&fleet), Vec::<String>::new());
}

/// What holds the output of a command that has ended is named, while the connection still stands.
#[test]
fn who_leaks_is_named() {
    let fleet = Fleet::new();
    let told = fleet.tell("leaks", "", "sleep 7313 & setsid sleep 7314 & true");
    assert_eq!(told.outcomes()["leaks"], json!({"outcome": "ok", "leaked": true}));
    let left = told.named("left");
    assert_eq!(left.len(), 1, "{left:?}");
    let processes = left[0]["processes"].as_array().expect("processes");
    for (command, kin) in [("sleep 7313", "session"), ("sleep 7314", "escaped")] {
        let pid = fleet.sshd.running(command)[0].id;
        let named = processes.iter().find(|process| process["pid"] == pid).expect(command);
        assert_eq!((&named["kin"], &named["name"]), (&json!(kin), &json!("sleep")));
    }
}
