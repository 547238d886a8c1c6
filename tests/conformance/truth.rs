//! The table, run: each run is over the whole fleet, with a front-end of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::fleet::{Fleet, LIMIT, ends};
use crate::support::child::Finished;
use crate::support::tmux::Terminal;
use crate::support::wait::poll;
use crate::table::{Row, TABLE};

/// What an end says, less where and when.
fn facts(end: &Value) -> Value {
    let mut facts = end.clone();
    let fields = facts.as_object_mut().expect("an object");
    for name in ["event", "at", "job", "host", "attempt", "elapsed", "detail"] {
        fields.remove(name);
    }
    facts
}

fn all() -> Vec<&'static Row> {
    TABLE.iter().flat_map(|section| section.rows).collect()
}

/// The exit status of a run in which nothing else happens.
fn status(row: &Row) -> i32 {
    let end: Value = serde_json::from_str(row.end).expect("JSON in the table");
    match end["outcome"].as_str().expect("an outcome") {
        "ok" => 0,
        "exit" | "signal" => 1,
        "timed-out" => 3,
        "unreachable" | "lost" => 4,
        other => panic!("a status for {other}"),
    }
}

#[test]
fn every_end_is_told_in_json() {
    let fleet = Fleet::start();
    let finished = fleet.spawn(&all(), &["--json"]).wait(LIMIT);
    let ends = ends(&finished);
    let mut wrong = Vec::new();
    for row in all() {
        let Some(end) = ends.get(row.host) else {
            wrong.push(format!("{}: no end", row.host));
            continue;
        };
        let expected: Value = serde_json::from_str(row.end).expect("JSON in the table");
        let detail = end["detail"].as_str().unwrap_or_default();
        if facts(end) != expected || !detail.contains(row.detail) {
            wrong.push(format!(
                "{}: expected {expected} {:?}\n    told {end}",
                row.host, row.detail
            ));
        }
        // What could not be reached or seen is explained, and nothing else is.
        let explained = status(row) == 4;
        if explained == detail.trim().is_empty() {
            wrong.push(format!("{}: the detail {detail:?}", row.host));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(finished.status, Some(4), "{}", finished.stderr);
    assert_eq!(kept(&finished, "flood"), 20_000_000 + 20_000_000_u64.div_ceil(99) - 1);
    assert_eq!(kept(&finished, "endless"), 4_000_000);
    // Nothing runs on but what was to stay, and what nobody could end.
    let left = |text: &str| fleet.faults.running(text).len();
    for (text, count) in [
        ("sleep 7301", 1),
        ("sleep 7302", 1),
        ("sleep 7303", 1),
        ("sleep 7310", 0),
        ("sleep 7311", 0),
        ("sleep 7312", 1),
        ("sleep 7313", 0),
        ("sleep 7314", 0),
        ("sleep 7315", 0),
        ("sleep 7324", 1),
    ] {
        assert_eq!(left(text), count, "{text}");
    }
    // A cut link ends the job; a frozen one does so when the lease is over.
    for text in ["yes 7320", "yes 7321", "yes 7322", "yes 7323"] {
        let ended = poll(Duration::from_secs(10), || (left(text) == 0).then_some(()));
        assert!(ended.is_some(), "{text} still runs");
    }
}

/// One run for each exit status, all at once.
#[test]
fn every_end_is_told_in_the_summary_and_the_exit_status() {
    let fleet = Fleet::start();
    let groups: Vec<(i32, Vec<&Row>)> = [0, 1, 3, 4]
        .into_iter()
        .map(|wanted| {
            let mut rows = all();
            rows.retain(|row| status(row) == wanted);
            (wanted, rows)
        })
        .collect();
    let runs: Vec<_> = groups.iter().map(|(_, rows)| fleet.spawn(rows, &["--plain"])).collect();
    for ((wanted, rows), run) in groups.iter().zip(runs) {
        let finished = run.wait(LIMIT);
        assert_eq!(finished.status, Some(*wanted), "{}", finished.stderr);
        let mut expected: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for row in rows {
            if row.says != "ok" {
                expected.entry(row.says.to_owned()).or_default().push(row.host);
            }
            if row.end.contains("leaked") {
                expected
                    .entry("leaked a process".to_owned())
                    .or_default()
                    .push(row.host);
            }
        }
        for (words, hosts) in expected {
            let heading = format!("{words} ({}): ", hosts.len());
            let line = finished.stderr.lines().find_map(|line| line.strip_prefix(&heading));
            let set = line.unwrap_or_else(|| panic!("no line {heading:?} in\n{}", finished.stderr));
            let expanded = fleet.heeler.run(["nodes", set, "--expand"]).stdout;
            let mut told: Vec<&str> = expanded.split_whitespace().collect();
            let mut hosts = hosts;
            told.sort_unstable();
            hosts.sort_unstable();
            assert_eq!(told, hosts, "{words}");
        }
    }
}

#[test]
fn every_end_is_told_on_its_row() {
    let fleet = Fleet::start();
    let rows = all();
    let height = u16::try_from(rows.len()).expect("not so many") + 10;
    let terminal = Terminal::start(160, height, &fleet.command(&rows, &[]));
    let over = poll(LIMIT, || {
        let screen = terminal.screen();
        let wrong: Vec<String> = rows.iter().filter_map(|row| complaint(&screen, row)).collect();
        wrong.is_empty().then_some(())
    });
    let screen = terminal.screen();
    let wrong: Vec<String> = rows.iter().filter_map(|row| complaint(&screen, row)).collect();
    assert!(over.is_some(), "{} wrong:\n{}\n{screen}", wrong.len(), wrong.join("\n"));
}

/// A retry goes over the connection that stands; where that has no session left, the host gets a new one.
#[test]
fn a_second_session_that_is_refused_is_told() {
    let fleet = Fleet::start();
    let mut rows = all();
    rows.retain(|row| ["onesession", "single"].contains(&row.host));
    let options = ["--json", "--retries", "2", "--retry-on", "exit"];
    let finished = fleet.spawn(&rows, &options).wait(LIMIT);
    let mut told = Vec::new();
    for line in finished.stdout.lines() {
        let event: Value = serde_json::from_str(line).expect("an object");
        if event["event"] == "retrying" || event["event"] == "done" {
            let what = event["cause"].as_str().or(event["outcome"].as_str()).expect("an end");
            told.push(format!(
                "{} {} {what}",
                event["host"].as_str().expect("a host"),
                event["attempt"]
            ));
        }
    }
    told.sort_unstable();
    let expected = [
        "onesession 1 exit",
        "onesession 2 session-refused",
        "onesession 3 exit",
        "single 1 exit",
        "single 2 exit",
        "single 3 exit",
    ];
    assert_eq!(told, expected);
}

/// `cargo test --test conformance -- --ignored`: half a gigabyte, which is on disk to the last byte.
#[test]
#[ignore = "writes 500 MB"]
fn a_great_flood_is_kept_whole() {
    let fleet = Fleet::start();
    let row = Row {
        host: "fine",
        happens: "",
        does: "head -c 500000000 /dev/zero | tr '\\0' x | fold -w 99",
        end: "",
        detail: "",
        says: "ok",
        advice: "",
    };
    let finished = fleet.spawn(&[&row], &["-t", "600s", "--json"]).wait(10 * LIMIT);
    assert_eq!(ends(&finished)["fine"]["outcome"], "ok");
    let lines = 500_000_000_u64.div_ceil(99) - 1;
    assert_eq!(kept(&finished, "fine"), 500_000_000 + lines);
}

/// How many bytes of standard output a host's only attempt has left on disk.
fn kept(finished: &Finished, host: &str) -> u64 {
    let begun: Value = finished
        .stdout
        .lines()
        .next()
        .and_then(|line| serde_json::from_str(line).ok())
        .expect("an event");
    let directory = begun["directory"].as_str().expect("a directory");
    let file = std::fs::metadata(format!("{directory}/out/{host}/1.out"));
    file.expect("output on disk").len()
}

/// What is wrong with a row of the dashboard. Its first and its last words are those of the summary; between them may
/// stand what the command has printed last.
fn complaint(screen: &str, row: &Row) -> Option<String> {
    // Sign, cursor and up to three words of state stand before it.
    let is_row = |line: &&str| line.split_whitespace().take(6).any(|word| word == row.host);
    let Some(line) = screen.lines().skip(2).find(is_row) else {
        return Some(format!("{}: no row", row.host));
    };
    let mut words: Vec<&str> = row.says.split(", ").collect();
    if words.len() > 2 {
        words.drain(1..words.len() - 1);
    }
    if row.end.contains("leaked") {
        words.push("leaked");
    }
    let missing: Vec<&str> = words.into_iter().filter(|word| !line.contains(word)).collect();
    (!missing.is_empty()).then(|| format!("{}: {missing:?} not in {line}", row.host))
}
