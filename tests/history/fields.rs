//! Values read out of the output: kept with the run, defined later, as CSV and JSON, and compared with another run.

use serde_json::Value;

use crate::past::Past;

/// Eight hosts in a row, and one that is out of line with them.
const HOSTS: &str = "web[1-9]";
const USE: &str = "n=${HEELER_HOST#web}; case $n in 9) n=57;; esac; \
     echo '5% noise'; printf '\\033[1m/home %s%% full\\033[m\\n' $((40 + n)) >&2; echo kernel 6.1.0-$((n % 2))";

#[test]
fn fields_are_kept_with_the_run_and_may_be_defined_later() {
    let past = Past::new();
    let finished = past.run(HOSTS, r"--field use=(\d+%).full", USE);
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    let told = "\nuse: median 45%, 41% to 97% (9 of 9 hosts)\n  out of line: 97% (1): web9\n";
    assert!(finished.stderr.contains(told), "{}", finished.stderr);
    assert!(past.tell(&["show"]).contains(told), "the record knows it");

    let csv = past.tell(&["show", "--csv", "--field", "kernel=kernel (.*)"]);
    let columns: Vec<(&str, &str)> = csv
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[cells.len() - 2], cells[cells.len() - 1])
        })
        .collect();
    assert_eq!(columns[0], ("use", "kernel"));
    assert_eq!(columns[1], ("41%", "6.1.0-1"));
    assert_eq!(columns[9], ("97%", "6.1.0-1"));

    let json = past.tell(&["show", "--json"]);
    let values: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .filter(|object: &Value| object["event"] == "values")
        .collect();
    assert_eq!(values.len(), 9);
    assert_eq!(values[8]["host"], "web9");
    assert_eq!(values[8]["values"]["use"], "97%");

    for (field, problem) in [
        ("use", "a field is written NAME=REGEX"),
        ("use=(", "the expression of use is none: unclosed group"),
        ("state=x", "state means something else in filters and tables"),
    ] {
        let refused = past.refusal(&["show", "--field", field]);
        assert!(refused.contains(problem), "{refused}");
    }
    let refused = past.refusal(&["show", "--field", "a=1", "--field", "a=2"]);
    assert!(refused.contains("the field a is given twice"), "{refused}");
}

#[test]
fn a_run_is_compared_with_another() {
    let past = Past::new();
    let first = past.run("web[1-4]", "", "echo use 40%; echo I am $HEELER_HOST");
    assert_eq!(first.status, Some(0), "{}", first.stderr);
    let before = past.name();
    let command = "case $HEELER_HOST in web1) echo use 97%; exit 3;; *) echo use 40%; echo I am $HEELER_HOST;; esac";
    let second = past.run("web[1-3],web5", "", command);
    assert_eq!(second.status, Some(1), "{}", second.stderr);
    let now = past.names().pop().expect("a second run");

    let compared = |words: &[&str]| {
        let finished = past.heeler.run(words);
        assert_eq!((finished.status, finished.stderr.as_str()), (Some(1), ""), "{words:?}");
        finished.stdout
    };
    let shown = compared(&["show", &now, "--compare", &before]);
    for line in [
        format!("run {now} compared with {before}\n"),
        "\nweb1: ok -> exit 3; the output differs\n".to_owned(),
        format!("\nonly in {now} (1): web5\n"),
        format!("\nonly in {before} (1): web4\n"),
        "\nthe same (2): web[2-3]\n".to_owned(),
    ] {
        assert!(shown.contains(&line), "{line:?} in {shown}");
    }
    let shown = compared(&["show", &now, "--compare", &before, "--field", r"use=(\d+)%"]);
    assert!(shown.contains("\nweb1: ok -> exit 3; use 40 -> 97 (+57)\n"), "{shown}");
    let csv = compared(&["show", &now, "--compare", &before, "--field", r"use=(\d+)%", "--csv"]);
    assert!(csv.contains("\nweb1,both,false,ok,exit 3,40,97,+57\n"), "{csv}");
    assert!(csv.contains("\nweb2,both,true,ok,ok,40,40,+0\n"), "{csv}");

    let same = past.tell(&["show", &now, "--compare", "last"]);
    assert_eq!(
        same,
        format!("run {now} compared with {now}\nthe same (4): web[1-3],web5\n")
    );
    let refused = past.refusal(&["show", "--compare", "nothing-like-it"]);
    assert!(refused.contains("nothing-like-it"), "{refused}");
}
