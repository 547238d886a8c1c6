//! Which run is meant.

use super::super::fixture::{RUN, Stage, make};
use super::*;

const NAMES: [&str; 4] = [
    "20260103T030405Z-0a1b2c",
    "20260102T030405Z-abcdef",
    "20260102T030404Z-abcd00",
    "20251231T235959Z-202601",
];

fn chosen(asked: &str) -> Result<String, String> {
    let names = NAMES.map(str::to_owned);
    choose(asked, &names)
        .map(str::to_owned)
        .map_err(|error| error.to_string())
}

#[test]
fn a_name_its_beginning_or_its_random_part_will_do() {
    for (asked, place) in [
        ("20260103T030405Z-0a1b2c", 0),
        ("20260103", 0),
        ("0a1b2c", 0),
        ("20260102T030405", 1),
        ("abcd00", 2),
        ("2025", 3),
    ] {
        assert_eq!(chosen(asked).as_deref(), Ok(NAMES[place]), "{asked}");
    }
}

#[test]
fn what_may_be_several_or_none_is_told() {
    assert_eq!(
        chosen("20260102"),
        Err(format!(
            "\"20260102\" may be any of {}, {}; write more of it",
            NAMES[1], NAMES[2]
        ))
    );
    assert!(
        chosen("202601").is_err_and(|error| error.contains(NAMES[3])),
        "a beginning and a random part"
    );
    let unknown = |asked: &str| chosen(asked).expect_err(asked);
    assert!(unknown("abcdee").contains(&format!("did you mean {}?", NAMES[1])));
    assert!(unknown("20260103T030406").contains(&format!("did you mean {}?", NAMES[0])));
    assert_eq!(
        unknown("x\u{1b}"),
        "there is no run \"x\\u{1b}\"; see with heeler runs what there is"
    );
    assert!(chosen("").is_err());
}

#[test]
fn only_directories_that_can_be_runs_are_listed_the_newest_first() {
    let stage = Stage::new(&["web1"]);
    make(stage.home.path(), "20270102T030405Z-000000", &["web1"]);
    let store = Store::new(stage.home.path());
    for name in [".removing-20260102T030405Z-abcdef", "notes", "20260102-"] {
        fs::create_dir(store.path().join(name)).expect("a directory");
    }
    assert_eq!(store.names().expect("readable"), ["20270102T030405Z-000000", RUN]);
    assert_eq!(
        store.find(Some("last"), Which::LatestAlive).expect("a run").path(),
        store.path().join("20270102T030405Z-000000")
    );
    assert!(matches!(
        store.find(None, Which::LatestAlive),
        Err(HistoryError::NoneAlive)
    ));
    let _lock = stage.hold();
    assert_eq!(store.find(None, Which::LatestAlive).expect("a run"), stage.dir);
    let nothing = Store::new(Path::new("/nonexistent"));
    assert!(matches!(
        nothing.find(None, Which::Latest),
        Err(HistoryError::NoRuns(_))
    ));
}

#[test]
fn of_two_runs_in_one_second_the_later_one_is_the_latest() {
    let home = tempfile::tempdir().expect("a directory");
    let names = [
        "20260102T030405Z-ffffff",
        "20260102T030405Z-000000",
        "20260102T030405Z-888888",
    ];
    for (age, name) in [30, 10, 20].into_iter().zip(names) {
        let run = home.path().join("heeler/runs").join(name);
        fs::create_dir_all(&run).expect("writable");
        let plan = fs::File::create(run.join("run.json")).expect("writable");
        let written = SystemTime::now() - std::time::Duration::from_millis(age);
        plan.set_modified(written).expect("our own file");
    }
    let store = Store::new(home.path());
    assert_eq!(store.names().expect("readable"), [names[1], names[2], names[0]]);
}
