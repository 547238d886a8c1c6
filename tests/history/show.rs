//! `heeler show`: what a run came to, in every form.

use std::fs;

use serde_json::Value;

use crate::past::Past;

const COMMAND: &str = "case $HEELER_HOST in bad*) echo broken >&2; exit 3 ;; *) echo fine ;; esac";

fn mixed() -> Past {
    let past = Past::new();
    let finished = past.run("good[1-2],bad[1-2],refused", "--json --note why", COMMAND);
    assert_eq!(finished.status, Some(4), "{}", finished.stderr);
    past
}

#[test]
fn lines_of_text_tell_what_failed_and_the_counts() {
    let past = mixed();
    let name = past.name();
    let shown = past.tell(&["show"]);
    assert!(shown.starts_with(&format!("run {name}, ")), "{shown}");
    for line in [
        "\nnote: why\n",
        "\nbad1: exit 3\n  broken\n",
        "\n2 ok, 2 failed, 1 unreachable in ",
        "\nunreachable, connection refused (1): refused\nexit 3 (2): bad[1-2]\n",
    ] {
        assert!(shown.contains(line), "{line:?} in {shown}");
    }
    assert!(!shown.contains("\nfine"), "{shown}");
    let grouped = past.tell(&["show", &name[..13], "-b"]);
    assert!(
        grouped.contains("---------------\ngood[1-2] (2)\n---------------\nfine\n"),
        "{grouped}"
    );
}

#[test]
fn classes_of_hosts_are_node_sets() {
    let past = mixed();
    for (class, hosts) in [
        ("all", "good[1-2],bad[1-2],refused\n"),
        ("failed", "bad[1-2]\n"),
        ("not-ok", "bad[1-2],refused\n"),
        ("lost", "\n"),
    ] {
        assert_eq!(past.tell(&["show", "--nodes", class]), hosts, "{class}");
    }
    assert_eq!(past.tell(&["show", "--nodes", "ok", "--expand"]), "good1\ngood2\n");
    let refused = past.refusal(&["show", "--nodes", "fail"]);
    assert!(refused.contains("there is all, ok, not-ok, failed"), "{refused}");
}

#[test]
fn other_programs_get_the_events_and_tables() {
    let past = mixed();
    let values = |text: &str| -> Vec<Value> {
        text.lines()
            .map(|line| serde_json::from_str(line).expect("an object"))
            .collect()
    };
    let kept = fs::read_to_string(past.dir().join("events.jsonl")).expect("events");
    assert_eq!(values(&past.tell(&["show", "--json"])), values(&kept));
    let csv = past.tell(&["show", "--csv"]);
    let outcomes: Vec<Vec<&str>> = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(3).collect())
        .collect();
    assert_eq!(
        outcomes,
        [
            ["good1", "ok", "0"],
            ["good2", "ok", "0"],
            ["bad1", "exit", "3"],
            ["bad2", "exit", "3"],
            ["refused", "unreachable", ""]
        ]
    );
    let log = past.tell(&["show", "--joblog"]);
    let exits: Vec<&str> = log.lines().skip(1).filter_map(|line| line.split('\t').nth(6)).collect();
    assert_eq!(exits, ["0", "0", "3", "3", "255"]);
}

#[test]
fn an_interrupted_run_tells_so_and_what_that_means() {
    let past = Past::new();
    past.interrupted();
    let shown = past.tell(&["show"]);
    assert!(
        shown.contains(&format!("finish it with heeler resume {}\n", past.name())),
        "{shown}"
    );
    assert!(shown.contains("\n1 ok, 1 lost in "), "{shown}");
    assert_eq!(past.tell(&["show", "--nodes", "lost"]), "cut\n");
}
