//! When a kept summary is believed.

use super::super::fixture::Stage;
use super::*;
use crate::model::event::Resumed;
use crate::model::outcome::Outcome;

fn ended() -> Stage {
    let mut stage = Stage::new(&["web1", "web2"]);
    stage.done(1, 0, Outcome::Ok);
    stage.done(2, 1, Outcome::Exit { code: 3 });
    stage.end(4, 1);
    stage
}

#[test]
fn it_tells_what_the_record_tells_and_is_kept() {
    let stage = ended();
    let made = Summary::of(&stage.dir).expect("made");
    assert_eq!((made.state.as_str(), made.exit, made.hosts), ("ended", Some(1), 2));
    let counts: Vec<(&str, usize)> = made
        .counts
        .iter()
        .map(|(word, count)| (word.as_str(), *count))
        .collect();
    assert_eq!(counts, [("exit", 1), ("ok", 1)]);
    assert!(made.elapsed > 3.9 && made.bytes > 0);
    let text = fs::read_to_string(path(&stage.dir)).expect("kept");
    fs::write(path(&stage.dir), text.replace("\"hosts\":2", "\"hosts\":77")).expect("written");
    assert_eq!(Summary::of(&stage.dir).expect("kept").hosts, 77, "the kept one is used");
}

#[test]
fn one_that_is_not_of_these_events_is_made_anew() {
    let mut stage = ended();
    Summary::of(&stage.dir).expect("made");
    stage.event(
        5,
        What::RunResumed(Resumed {
            time: String::new(),
            operator: String::new(),
        }),
    );
    let again = Summary::of(&stage.dir).expect("made");
    assert_eq!(
        (again.state.as_str(), again.exit, again.resumed),
        ("interrupted", None, 1)
    );
    let lock = stage.hold();
    assert!(Summary::of(&stage.dir).expect("made").is_live(), "whatever was kept");
    drop(lock);
    for rubbish in ["", "{}", "[1]"] {
        fs::write(path(&stage.dir), rubbish).expect("written");
        // How much it takes is not the same to the byte: the summary itself is there now.
        let bytes = again.bytes;
        let made = Summary::of(&stage.dir).expect("made");
        assert_eq!(Summary { bytes, ..made }, again);
    }
}

#[test]
fn a_live_run_is_not_kept() {
    let stage = Stage::new(&["web1"]);
    let _lock = stage.hold();
    let live = Summary::of(&stage.dir).expect("made");
    assert!(live.is_live());
    assert_eq!(live.counts.get("queued"), Some(&1));
    assert!(!path(&stage.dir).exists());
}
