//! Every way in which a host can end, each told exactly: in JSON, in the record, in the summary and in the exit status.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::fleet::{Fleet, Told, objects};
use crate::support::wait::LIMIT;

/// Each host does what its name says; those that are not named here cannot be reached, or are fine.
const COMMAND: &str = "case $HEELER_HOST in
    exit3) echo no >&2; exit 3 ;;
    exit255) exit 255 ;;
    missing) no-such-program-7201 ;;
    killed) kill -9 $$ ;;
    hangs) exec sleep 7202 ;;
    leaks) sleep 7203 & echo left ;;
    shimless) kill -9 -$(ps -o pgid= -p $PPID | tr -d ' ') ;;
    *) echo fine ;;
esac";

const HOSTS: &str =
    "fine,exit3,exit255,missing,killed,hangs,leaks,shimless,refused,badkey,strange,changed,nodns,silent,nologin";

/// The connect limit is for `silent` alone: the others need milliseconds, but may have to share the machine.
const OPTIONS: &str = "-t 4s --connect-timeout 6s";

fn truth() -> BTreeMap<String, Value> {
    let unreachable = |cause| json!({"outcome": "unreachable", "cause": cause});
    [
        ("fine", json!({"outcome": "ok"})),
        ("exit3", json!({"outcome": "exit", "code": 3})),
        ("exit255", json!({"outcome": "exit", "code": 255})),
        ("missing", json!({"outcome": "exit", "code": 127})),
        ("killed", json!({"outcome": "signal", "signal": 9, "code": 137})),
        (
            "hangs",
            json!({"outcome": "timed-out", "limit": "run", "fate": "gone", "signal": 15, "code": 143}),
        ),
        ("leaks", json!({"outcome": "ok", "leaked": true})),
        ("shimless", json!({"outcome": "lost", "fate": "unknown"})),
        ("refused", unreachable("refused")),
        ("badkey", unreachable("auth")),
        ("strange", unreachable("host-key-unknown")),
        ("changed", unreachable("host-key-changed")),
        ("nodns", unreachable("dns")),
        ("silent", unreachable("connect-timeout")),
        ("nologin", unreachable("no-shell")),
    ]
    .map(|(host, outcome)| (host.to_owned(), outcome))
    .into()
}

/// The last line begins so: processes and their numbers follow.
const SUMMARY: [&str; 16] = [
    "2 ok, 4 failed, 1 timed out, 7 unreachable, 1 lost",
    "lost, remote unknown (1): shimless",
    "unreachable, connection refused (1): refused",
    "unreachable, key rejected (1): badkey",
    "unreachable, host key unknown (1): strange",
    "unreachable, host key changed (1): changed",
    "unreachable, name not found (1): nodns",
    "unreachable, connect timeout (1): silent",
    "unreachable, no shell (1): nologin",
    "timed out, run limit, confirmed gone (1): hangs",
    "signal 9 (137) (1): killed",
    "exit 3 (1): exit3",
    "exit 255 (1): exit255",
    "exit 127 (1): missing",
    "leaked a process (1): leaks",
    "left on leaks: pid ",
];

/// Two runs at once, which also may not disturb each other.
#[test]
fn every_end_is_told_exactly() {
    let fleet = Fleet::new();
    let json = fleet.spawn(HOSTS, &format!("--json {OPTIONS}"), COMMAND);
    let plain = fleet.spawn(HOSTS, &format!("--plain {OPTIONS}"), COMMAND);

    let told = Told::of(&json.wait(LIMIT));
    assert_eq!(told.outcomes(), truth());
    assert_eq!(told.status, Some(4));
    let ended = told.named("run-ended")[0];
    let counts = json!({"ok": 2, "exit": 3, "signal": 1, "timed-out": 1, "unreachable": 7, "lost": 1});
    assert_eq!(ended["counts"], counts);
    // Nothing was started where nothing could be, and nothing has a detail that says nothing.
    let started: Vec<&Value> = told.named("running").iter().map(|event| &event["host"]).collect();
    for (host, outcome) in truth() {
        let reached = outcome["outcome"] != "unreachable";
        assert_eq!(started.contains(&&json!(host)), reached, "{host}");
        let explained = !reached || outcome["outcome"] == "lost";
        let detail = told.done(&host)["detail"].as_str();
        assert_eq!(
            detail.is_some_and(|words| !words.trim().is_empty()),
            explained,
            "{host}"
        );
    }
    // The record says the same, object for object.
    let directory = told.events[0]["directory"].as_str().expect("a directory");
    let record = fs::read_to_string(format!("{directory}/events.jsonl")).expect("the record");
    let lifecycle: Vec<Value> = told
        .events
        .iter()
        .filter(|event| event["event"] != "output")
        .cloned()
        .collect();
    assert_eq!(objects(&record), lifecycle);

    let plain = plain.wait(LIMIT);
    assert_eq!(plain.status, Some(4));
    let mut lines: Vec<&str> = plain.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["fine: fine", "leaks: left"]);
    let (lines, summary): (Vec<&str>, Vec<&str>) = split_summary(&plain.stderr);
    assert!(lines.contains(&"exit3: no"), "{lines:?}");
    assert_eq!(summary[1..15], SUMMARY[1..15], "{summary:?}");
    assert!(summary[0].starts_with(&format!("{} in ", SUMMARY[0])), "{summary:?}");
    assert!(
        summary[15].starts_with(SUMMARY[15]) && summary[15].contains(" sleep ("),
        "{summary:?}"
    );
    assert!(
        summary[16].starts_with("record: /") && summary.len() == 17,
        "{summary:?}"
    );

    // After a normal end nobody is signalled: what was left behind is still there, and has been told.
    assert_eq!(fleet.sshd.running("sleep 7203").len(), 2);
    assert_eq!(fleet.sshd.running("sleep 7202"), []);
}

/// The lines before the line of counts, and those from it on.
fn split_summary(stderr: &str) -> (Vec<&str>, Vec<&str>) {
    let lines: Vec<&str> = stderr.lines().collect();
    let counts = lines.iter().position(|line| line.starts_with("2 ok, "));
    let (before, summary) = lines.split_at(counts.expect("a line of counts"));
    (before.to_vec(), summary.to_vec())
}

#[test]
fn the_exit_status_is_that_of_the_worst() {
    let fleet = Fleet::new();
    for (hosts, status) in [
        ("fine", 0),
        ("leaks", 0),
        ("exit3", 1),
        ("exit255", 1),
        ("killed", 1),
        ("hangs", 3),
        ("refused", 4),
        ("badkey", 4),
        ("strange", 4),
        ("nodns", 4),
        ("fine,exit3", 1),
        ("exit3,hangs,fine", 3),
        ("shimless", 4),
        ("refused,hangs,exit3", 4),
    ] {
        let finished = fleet.run(hosts, "-t 1s --plain", COMMAND);
        assert_eq!(finished.status, Some(status), "{hosts}: {}", finished.stderr);
    }
}
