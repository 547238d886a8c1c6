//! Moving, marking, and what is shown of the rows.

use heeler::app::{Action, Key};

use crate::desk::Scene;
use crate::hand::Sight;
use crate::screen::{Gone, is_on, row};

/// The cursor is on the row of `127.1.0.N`.
fn on(number: usize) -> impl Sight {
    let host = format!("127.1.0.{number}");
    (format!("the cursor on {host}"), move |screen: &str| {
        is_on(screen, &host)
    })
}

/// So many jobs are marked, and this one is among them or not.
fn marked(count: usize, host: &'static str, is_marked: bool) -> impl Sight {
    let what = format!("{count} marked, {host} {}", if is_marked { "too" } else { "not" });
    (what, move |screen: &str| {
        screen.contains(&format!(" {count} marked"))
            && row(screen, host).is_some_and(|row| row.starts_with('*') == is_marked)
    })
}

#[test]
fn every_key_that_moves_marks_and_narrows_does_so() {
    let desk = Scene::new("127.1.0.[1-60]", "sleep 7777")
        .options(&["-j", "2", "--slow", "1s"])
        .open();
    let terminal = &desk.terminal;
    terminal.wait_for("2 running (2 slow)");
    desk.does(Action::Sort, "order: hosts as named");

    // 19 rows are a page.
    desk.does(Action::Bottom, on(60));
    desk.does(Action::Top, on(1));
    desk.does(Action::Down, on(2));
    desk.does_by(Action::Down, Key::Down, on(3));
    desk.does(Action::Up, on(2));
    desk.does_by(Action::Up, Key::Up, on(1));
    desk.does(Action::PageDown, on(20));
    desk.does(Action::HalfDown, on(29));
    desk.does(Action::HalfUp, on(20));
    desk.does_by(Action::Bottom, Key::End, on(60));
    desk.does(Action::PageUp, on(41));
    desk.does_by(Action::Top, Key::Home, on(1));

    desk.does(Action::Mark, marked(1, "127.1.0.1", true));
    desk.does(Action::Range, "range: v ends it");
    desk.does(Action::Down, on(3));
    desk.does(Action::Range, Gone("range: "));
    assert!(marked(3, "127.1.0.3", true).is_on(&terminal.screen()));
    desk.does(Action::Invert, marked(57, "127.1.0.3", false));
    desk.does(Action::MarkAll, marked(60, "127.1.0.3", true));
    desk.does(Action::Unmark, Gone(" marked"));

    desk.does(Action::Reverse, "order: hosts as named, reversed");
    desk.does(Action::Top, on(60));
    desk.does(Action::Reverse, Gone("reversed"));
    desk.does(Action::Stragglers, "stragglers only");
    desk.does(Action::Stragglers, Gone("stragglers only"));
    desk.does(Action::Filter, "filter: ▏");
    terminal.send("host:*.5?");
    terminal.send_key("Enter");
    terminal.wait_for("filter host:*.5?: 10 of 60");
    desk.does(Action::Back, Gone("filter host"));
    desk.does(Action::Stragglers, "stragglers only");
    desk.does_by(Action::Back, Key::Left, Gone("stragglers only"));
}
