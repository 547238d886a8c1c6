//! Attempts that follow by themselves: how many, why, and that the earlier ones stay readable.

use std::fs;

use serde_json::{Value, json};

use crate::fleet::{Fleet, at, facts};

#[test]
fn a_host_that_refuses_is_tried_again() {
    let fleet = Fleet::new();
    let told = fleet.tell("refused,web1", "--retries 2", "echo here");
    let retrying = told.named("retrying");
    let attempts: Vec<&Value> = retrying.iter().map(|event| &event["attempt"]).collect();
    assert_eq!(attempts, [1, 2]);
    let refused = json!({"outcome": "unreachable", "cause": "refused"});
    for (event, (least, most)) in retrying.iter().zip([(0.5, 1.5), (1.0, 3.0)]) {
        assert_eq!((&event["host"], facts(event)), (&json!("refused"), refused.clone()));
        let delay = event["until"].as_f64().expect("a time") - at(event);
        assert!((least - 0.05..=most + 0.05).contains(&delay), "{delay}");
    }
    let done = told.done("refused");
    assert_eq!((&done["attempt"], facts(done)), (&json!(3), refused));
    assert_eq!(told.done("web1")["attempt"], 1);
    assert_eq!(told.status, Some(4));
    // The words of ssh are kept, once for each attempt.
    let words = fs::read_to_string(fleet.record().join("ssh/refused.log")).expect("ssh's words");
    assert_eq!(words.matches("Connection refused").count(), 3, "{words}");
}

#[test]
fn a_rejected_key_is_not_tried_again() {
    let fleet = Fleet::new();
    let before = fleet.connections();
    let told = fleet.tell("badkey,strange,changed", "--retries 2", "echo here");
    assert_eq!(told.named("retrying"), Vec::<&Value>::new());
    assert_eq!(fleet.connections() - before, 3, "one for each host");
}

/// The second attempt finds what the first one left.
const SECOND_TIME: &str =
    r#"if mkdir "$AT/$HEELER_HOST" 2>/dev/null; then echo first; echo oops >&2; exit 3; fi; echo second"#;

#[test]
fn a_command_that_fails_is_tried_again_when_asked_and_earlier_output_stays() {
    let fleet = Fleet::new();
    let env = format!("--env AT={}", fleet.heeler.home().display());
    let told = fleet.tell("twice", &format!("--retries 2 --retry-on exit {env}"), SECOND_TIME);
    let retrying = told.named("retrying");
    assert_eq!(retrying.len(), 1);
    assert_eq!(facts(retrying[0]), json!({"outcome": "exit", "code": 3}));
    assert_eq!(told.done("twice")["attempt"], 2);
    assert_eq!(
        (&told.outcomes()["twice"], told.status),
        (&json!({"outcome": "ok"}), Some(0))
    );
    let texts: Vec<(&Value, &Value)> = told
        .named("output")
        .iter()
        .filter(|event| event["stream"] == "stdout")
        .map(|event| (&event["attempt"], &event["text"]))
        .collect();
    assert_eq!(texts, [(&json!(1), &json!("first\n")), (&json!(2), &json!("second\n"))]);
    let out = fleet.record().join("out/twice");
    let kept = |name: &str| fs::read_to_string(out.join(name)).expect("the output");
    assert_eq!(
        [kept("1.out"), kept("1.err"), kept("2.out")],
        ["first\n", "oops\n", "second\n"]
    );
    assert!(!out.join("2.err").exists(), "a silent stream has no file");
    // One connection serves both attempts.
    assert_eq!(fleet.sshd.log().matches("Accepted publickey").count(), 1);
}

#[test]
fn a_command_that_fails_is_not_tried_again_unasked() {
    let fleet = Fleet::new();
    let env = format!("--env AT={}", fleet.heeler.home().display());
    let told = fleet.tell("once", &format!("--retries 2 {env}"), SECOND_TIME);
    assert_eq!(told.outcomes()["once"], json!({"outcome": "exit", "code": 3}));
    assert_eq!((told.done("once")["attempt"].as_i64(), told.status), (Some(1), Some(1)));
}
