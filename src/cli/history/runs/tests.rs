//! The table of runs.

use super::*;

fn unreadable(name: &str) -> Listed {
    Listed {
        name: name.to_owned(),
        summary: Err(HistoryError::NotARun("/state/\u{1b}[2J".into())),
    }
}

#[test]
fn a_random_part_stands_for_a_name_unless_two_have_it() {
    let names = [
        "20260103T000000Z-aaaaaa",
        "20260102T000000Z-bbbbbb",
        "20260101T000000Z-aaaaaa",
    ]
    .map(str::to_owned);
    let short = short_names(&names);
    assert_eq!(short["20260102T000000Z-bbbbbb"], "bbbbbb");
    assert_eq!(short["20260103T000000Z-aaaaaa"], "20260103T000000Z-aaaaaa");
}

#[test]
fn what_cannot_be_read_is_listed_and_nothing_acts_on_the_terminal() {
    let names = ["20260102T030405Z-bbbbbb".to_owned()];
    let mut out = Vec::new();
    table(&[unreadable(&names[0])], &names, 90, &mut out).expect("written");
    let text = String::from_utf8(out).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("STARTED (UTC)        RUN     STATE"), "{text}");
    assert!(
        lines[1].starts_with("2026-01-02 03:04:05  bbbbbb  unreadable  "),
        "{text}"
    );
    assert!(lines.iter().all(|line| line.chars().count() <= 90), "{text}");
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn counts_come_in_the_order_of_a_life() {
    let counted = [("exit", 2), ("running", 1), ("ok", 38)].map(|(word, count)| (word.to_owned(), count));
    assert_eq!(counts(&BTreeMap::from(counted)), "1 running, 38 ok, 2 exit");
}

#[test]
fn a_text_is_cut_to_its_width() {
    assert_eq!(cut("uptime", 6), "uptime");
    assert_eq!(cut("größer", 4), "grö…");
    assert_eq!(cut("ab", 0), "…");
}
