//! `heeler demo` without a screen: its story told truly, and nothing that listens or runs after it.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::fleet::Told;
use crate::support::child::Running;
use crate::support::heeler::Heeler;
use crate::support::processes::wait_for_zero;
use crate::support::wait::{LIMIT, poll, wait_until};

/// Its limits are part of the story: two hosts hang until theirs.
const STORY: Duration = Duration::from_secs(110);

/// Starts the demo with its directory in the home of `heeler`, and waits for the ports on which its hosts answer.
fn start(heeler: &Heeler, arguments: &[&str]) -> (Running, Vec<u16>) {
    let mut command = heeler.command(["demo", "--json"]);
    command.args(arguments).env("TMPDIR", heeler.home());
    let running = Running::start(command, b"");
    let ports = poll(LIMIT, || {
        let config = fs::read_to_string(directories(heeler).first()?.join("ssh_config")).ok()?;
        let ports = config.lines().filter_map(|line| line.trim().strip_prefix("Port "));
        Some(ports.map(|port| port.parse().expect("a port")).collect())
    });
    (running, ports.expect("the configuration of the demo"))
}

/// The directories of demos in this home.
fn directories(heeler: &Heeler) -> Vec<PathBuf> {
    let entries = fs::read_dir(heeler.home()).expect("the home");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("heeler-demo"))
        })
        .collect()
}

/// What its runs were to do.
#[track_caller]
fn plans(heeler: &Heeler) -> Vec<serde_json::Value> {
    let runs = fs::read_dir(heeler.state().join("heeler/runs")).expect("runs");
    let files = runs.map(|entry| entry.expect("an entry").path().join("run.json"));
    let texts = files.filter_map(|file| fs::read_to_string(file).ok());
    let plans: Vec<_> = texts.map(|text| serde_json::from_str(&text).expect("a plan")).collect();
    assert_eq!(plans.len(), 1, "one run");
    plans
}

#[track_caller]
fn assert_nothing_is_left(heeler: &Heeler, ports: &[u16]) {
    wait_for_zero(LIMIT, || heeler.processes());
    assert_eq!(directories(heeler), Vec::<PathBuf>::new());
    for port in ports {
        assert!(TcpStream::connect(("127.0.0.1", *port)).is_err(), "port {port} answers");
    }
    let sockets = fs::read_dir(heeler.runtime()).expect("the directory for sockets");
    assert_eq!(sockets.count(), 0);
}

#[test]
fn the_whole_story_with_every_end_in_it() {
    let heeler = Heeler::new();
    let (running, ports) = start(&heeler, &["--hosts", "24"]);
    assert_eq!(ports.len(), 24);
    let told = Told::of(&running.wait(STORY));
    assert_nothing_is_left(&heeler, &ports);
    let outcomes = told.outcomes();
    let count = |expected: serde_json::Value| outcomes.values().filter(|outcome| **outcome == expected).count();
    let timed_out = |signal: i32| json!({"outcome": "timed-out", "limit": "run", "fate": "gone", "signal": signal, "code": 128 + signal});
    assert_eq!(count(json!({"outcome": "ok"})), 16, "{outcomes:#?}");
    assert_eq!(count(json!({"outcome": "ok", "leaked": true})), 1, "{outcomes:#?}");
    assert_eq!(count(json!({"outcome": "exit", "code": 100})), 1, "{outcomes:#?}");
    assert_eq!(count(json!({"outcome": "exit", "code": 1})), 1, "{outcomes:#?}");
    // Two that hang, and one whose child ignores TERM: the shell that started it does not.
    assert_eq!(count(timed_out(15)), 3, "{outcomes:#?}");
    let killed = told
        .named("stopping")
        .iter()
        .filter(|event| event.get("kill-at").is_none())
        .count();
    assert_eq!(killed, 1, "KILL was sent to one");
    assert_eq!(
        count(json!({"outcome": "unreachable", "cause": "refused"})),
        1,
        "{outcomes:#?}"
    );
    assert_eq!(
        count(json!({"outcome": "unreachable", "cause": "auth"})),
        1,
        "{outcomes:#?}"
    );
    assert_eq!(told.status, Some(4));
    assert!(told.named("slow").len() >= 4, "the slow ones were called so");
}

#[test]
fn an_interrupted_demo_leaves_nothing_and_heeds_no_configuration() {
    let heeler = Heeler::new();
    // Its hosts are this machine: what is done to others by default is not for it.
    heeler.configure("[defaults]\nsudo = true\nlet-finish = true\n");
    let (running, ports) = start(&heeler, &["--hosts", "6"]);
    wait_until(LIMIT, "the first output", || {
        running.stdout().contains(r#""event":"output""#)
    });
    for plan in plans(&heeler) {
        assert_eq!(plan["settings"]["sudo"], false, "{plan}");
        assert_eq!(plan["settings"]["let_finish"], false, "{plan}");
    }
    running.signal(Signal::TERM);
    let finished = running.wait(LIMIT);
    assert_eq!(finished.status, Some(143), "{}", finished.stderr);
    assert_nothing_is_left(&heeler, &ports);
}
