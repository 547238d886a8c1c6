use super::*;
use crate::model::id::JobId;
use serde_json::Value;
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../docs/json.md");

/// The JSON objects in the fenced blocks of the document.
fn examples() -> Vec<&'static str> {
    let mut fenced = false;
    let mut objects = Vec::new();
    for line in DOCUMENT.lines() {
        match line {
            "```json" => fenced = true,
            "```" => fenced = false,
            object if fenced => objects.push(object),
            _ => {}
        }
    }
    objects
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect(text)
}

#[test]
fn the_examples_of_the_document_are_events_and_come_back_unchanged() {
    let mut names = BTreeSet::new();
    let mut outcomes = BTreeSet::new();
    for example in examples() {
        let name = value(example)["event"].as_str().expect("a name").to_owned();
        if name != "output" {
            let event: Event = serde_json::from_str(example).expect(example);
            assert_eq!(serde_json::to_string(&event).expect("JSON"), example);
            outcomes.extend(value(example)["outcome"].as_str().map(str::to_owned));
        }
        names.insert(name);
    }
    let expected = [
        "adopted",
        "connecting",
        "continued",
        "done",
        "draining",
        "found",
        "left",
        "limit",
        "link-heard",
        "link-silent",
        "not-adopted",
        "not-looked",
        "output",
        "overdue",
        "password-given",
        "password-wanted",
        "paused",
        "queued",
        "requested",
        "retrying",
        "run-ended",
        "run-resumed",
        "run-started",
        "running",
        "signalled",
        "slept",
        "slow",
        "starting",
        "stopping",
        "unrecorded",
        "width",
    ];
    assert_eq!(names, expected.map(str::to_owned).into());
    let all = crate::model::outcome::OutcomeClass::ALL.map(|class| class.word().to_owned());
    assert_eq!(outcomes, all.into());
}

#[test]
fn every_field_of_the_examples_is_explained() {
    for example in examples() {
        for field in value(example).as_object().expect("an object").keys() {
            assert!(DOCUMENT.contains(&format!("| `{field}` |")), "{field}");
        }
    }
}

#[test]
fn output_has_the_form_of_the_document() {
    let example = examples()
        .into_iter()
        .find(|line| line.contains("\"output\""))
        .expect("an example");
    let mut sheet = Sheet::default();
    let printed = Text {
        at: Stamp::from_millis(1250),
        job: JobId(0),
        attempt: AttemptNo::FIRST,
        stream: Stream::Stdout,
        bytes: b"caf\xc3\xa9 \xff\n\"two\"\n".to_vec(),
        last: false,
    };
    text("web1", &printed, &mut sheet);
    assert_eq!(sheet.text(Target::Stdout), format!("{example}\n"));
    assert_eq!(sheet.text(Target::Stderr), "");
}

#[test]
fn no_terminal_acts_upon_a_line_and_its_meaning_is_the_same() {
    let hostile = [
        '\u{7f}'..='\u{9f}',
        '\u{ad}'..='\u{ad}',
        '\u{61c}'..='\u{61c}',
        '\u{180e}'..='\u{180e}',
        '\u{200b}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{fe00}'..='\u{fe0f}',
        '\u{feff}'..='\u{feff}',
        '\u{fff9}'..='\u{fffb}',
        '\u{e0000}'..='\u{e01ef}',
    ];
    let hostile: String = ('\0'..=' ').chain(hostile.into_iter().flatten()).collect();
    let said = format!("größe 日本 🐕 \"{hostile}\"");
    let mut sheet = Sheet::default();
    let printed = Text {
        at: Stamp::default(),
        job: JobId(0),
        attempt: AttemptNo::FIRST,
        stream: Stream::Stdout,
        bytes: said.clone().into_bytes(),
        last: false,
    };
    text("web1", &printed, &mut sheet);
    let line = sheet.text(Target::Stdout);
    let raw = line.trim_end().chars().find(|c| *c != ' ' && hostile.contains(*c));
    assert_eq!(raw, None);
    assert!(line.contains("größe 日本 🐕"), "{line}");
    assert_eq!(value(&line)["text"], said);
}
