//! `heeler runs`: the list, its filters, and the summaries behind it.

use std::fs;

use serde_json::Value;

use crate::past::{LIMIT, Past};
use crate::support::wait::wait_until;

fn objects(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect()
}

#[test]
fn every_run_is_listed_the_newest_first_and_filters_leave_some_out() {
    let past = Past::new();
    past.run("web[1-2]", "--json", "echo first");
    past.run("db1", "--json --note careful", "echo second; exit 3");
    let all = objects(&past.tell(&["runs", "--json"]));
    assert_eq!(all.len(), 2);
    // Also of two within the second that their names tell.
    assert!(
        all[0]["command"]
            .as_str()
            .is_some_and(|command| command.contains("second")),
        "{all:?}"
    );
    let of = |text: &str| {
        all.iter()
            .find(|run| run["command"].as_str().is_some_and(|command| command.contains(text)))
    };
    let (first, second) = (of("first").expect("a run"), of("second").expect("a run"));
    assert_eq!(
        (&first["state"], &first["exit"], &first["nodes"]),
        (&"ended".into(), &0.into(), &"web[1-2]".into())
    );
    assert_eq!(
        (&second["counts"]["exit"], &second["note"]),
        (&1.into(), &"careful".into())
    );
    for (words, count) in [
        (&["-w", "web2,other"][..], 1),
        (&["-w", "other"], 0),
        (&["--task", "echo"], 2),
        (&["--task", "second"], 1),
        (&["--since", "1h"], 2),
        (&["--since", "2100-01-01"], 0),
        (&["--limit", "1"], 1),
    ] {
        let words = [&["runs", "--json"], words].concat();
        assert_eq!(past.tell(&words).lines().count(), count, "{words:?}");
    }
    let table = past.tell(&["runs"]);
    assert!(
        table
            .lines()
            .next()
            .is_some_and(|head| head.contains("RESULT") && head.contains("NOTE")),
        "{table}"
    );
    assert!(table.contains("  1 exit  ") && table.contains("careful"), "{table}");
    let refused = past.refusal(&["runs", "--since", "yesterday"]);
    assert!(
        refused.contains("is no moment; write a time back such as 2d"),
        "{refused}"
    );
}

#[test]
fn a_summary_may_be_deleted_and_is_made_again() {
    let past = Past::new();
    past.run("web1", "--json", "true");
    let told = past.tell(&["runs", "--json"]);
    let summary = past.dir().join("summary.json");
    let kept = fs::read_to_string(&summary).expect("a summary");
    fs::remove_file(&summary).expect("removed");
    past.tell(&["runs"]);
    assert!(fs::read_to_string(&summary).is_ok_and(|again| again.len() == kept.len()));
    assert_eq!(objects(&told)[0]["state"], "ended");
}

#[test]
fn a_run_that_goes_on_is_listed_as_it_stands() {
    let past = Past::new();
    let gate = past.heeler.home().join("gate");
    let options = format!("--json --env GATE={}", gate.display());
    let run = past.spawn("web[1-2]", &options, r#"until test -e "$GATE"; do sleep 0.05; done"#);
    wait_until(LIMIT, "both to run", || {
        past.events().matches("\"event\":\"running\"").count() == 2
    });
    let told = objects(&past.tell(&["runs", "--json"]));
    assert_eq!(
        (&told[0]["state"], &told[0]["counts"]["running"]),
        (&"live".into(), &2.into())
    );
    fs::write(gate, "").expect("the gate");
    assert_eq!(run.wait(LIMIT).status, Some(0));
    let told = objects(&past.tell(&["runs", "--json"]));
    assert_eq!(
        (&told[0]["state"], &told[0]["counts"]["ok"]),
        (&"ended".into(), &2.into())
    );
}

#[test]
fn without_runs_there_is_nothing_to_list_and_nothing_to_show() {
    let past = Past::new();
    assert_eq!(past.tell(&["runs", "--json"]), "");
    let refused = past.refusal(&["show"]);
    assert!(refused.starts_with("heeler: there is no run yet below "), "{refused}");
}
