//! Records that are not as they should be: a clear message with the file, exit status 2, and nothing overwritten.

use std::fs;
use std::os::unix::fs::{chown, symlink};

use crate::past::Past;

#[test]
fn an_unknown_or_ambiguous_run_is_told_with_what_there_is() {
    let past = Past::new();
    past.run("web1", "--json", "true");
    past.run("web1", "--json", "true");
    let names = past.names();
    let ambiguous = past.refusal(&["show", "2"]);
    assert!(
        names.iter().all(|name| ambiguous.contains(name.as_str())),
        "{ambiguous}"
    );
    let (_, random) = names[0].split_once('-').expect("a random part");
    assert_eq!(past.tell(&["show", random, "--nodes", "ok"]), "web1\n");
    let unknown = past.refusal(&["show", "nonsense"]);
    assert_eq!(
        unknown,
        "heeler: there is no run \"nonsense\"; see with heeler runs what there is\n"
    );
}

#[test]
fn damage_is_told_with_its_place_and_a_cut_line_is_none() {
    let past = Past::new();
    past.run("web1", "--json", "echo kept");
    let path = past.dir().join("events.jsonl");
    let whole = fs::read_to_string(&path).expect("events");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let begin = &lines[1][..lines[1].len() / 2];
    let torn = [lines[0], begin, "\n", &lines[1..].concat()].concat();
    fs::write(&path, torn).expect("written");
    assert_eq!(past.tell(&["show", "--nodes", "ok"]), "web1\n");
    fs::write(
        &path,
        whole.replacen("\"event\":\"connecting\"", "\"event\":\"confecting\"", 1),
    )
    .expect("written");
    let refused = past.refusal(&["show"]);
    assert!(
        refused.contains("events.jsonl, line ") && refused.contains(" is damaged: "),
        "{refused}"
    );
    let listed = past.tell(&["runs", "--json"]);
    assert!(
        listed.contains("\"state\":\"unreadable\"") && listed.contains("is damaged"),
        "{listed}"
    );
    fs::write(past.dir().join("run.json"), "{").expect("written");
    let refused = past.refusal(&["show"]);
    assert!(refused.contains("run.json is damaged: "), "{refused}");
}

#[test]
fn a_newer_record_and_what_is_no_run_are_refused() {
    let past = Past::new();
    past.run("web1", "--json", "true");
    let path = past.dir().join("run.json");
    let plan = fs::read_to_string(&path).expect("a plan");
    fs::write(&path, plan.replacen("\"format\": 1", "\"format\": 7", 1)).expect("written");
    let refused = past.refusal(&["show"]);
    assert!(
        refused.contains("has the format 7, and this heeler knows 1"),
        "{refused}"
    );
    fs::remove_file(&path).expect("removed");
    let refused = past.refusal(&["log", "last", "web1"]);
    assert!(
        refused.contains("is not the directory of a run: it has no run.json"),
        "{refused}"
    );
}

#[test]
fn a_link_or_the_run_of_another_user_is_not_touched() {
    let past = Past::new();
    past.run("web1", "--json", "true");
    let outside = past.heeler.home().join("elsewhere");
    fs::rename(past.dir(), &outside).expect("moved");
    let link = past.runs().join("20260102T030405Z-abcdef");
    symlink(&outside, &link).expect("a link");
    assert!(past.refusal(&["show"]).contains("is not the directory of a run"));
    fs::remove_file(&link).expect("removed");
    fs::rename(&outside, &link).expect("moved back");
    // Only root can give a directory away.
    if rustix::process::geteuid().is_root() {
        chown(&link, Some(65_534), None).expect("given away");
        let refused = past.refusal(&["show"]);
        assert!(refused.contains("belongs to user 65534 and not to you"), "{refused}");
    }
}

#[test]
fn an_interrupted_run_is_listed_as_such() {
    let past = Past::new();
    past.interrupted();
    let listed = past.tell(&["runs", "--json"]);
    assert!(listed.contains("\"counts\":{\"lost\":1,\"ok\":1}"), "{listed}");
}
