//! Every view as a picture: at 80x24 and 200x50, in colour, and in ASCII without colour. A further view is a line of the
//! list.

use super::views::{desk as kinds, with_fields};
use super::{MONO, NOW, SIXTEEN, desk, details_of_a_pressed_host, drawn, output_of_web05, styles, text};
use crate::app::{App, Key, Msg, update};
use crate::model::event::{Event, Message, What};
use crate::model::stamp::Stamp;
use ratatui::buffer::Buffer;

/// Columns and rows.
type Room = (u16, u16);

/// A view: its name, and how one comes to it.
type View = (&'static str, fn(Room) -> App);

/// Each of them.
const VIEWS: &[View] = &[
    ("table", |room| desk(room, &typed("jj v"))),
    ("table-narrowed", |room| {
        desk(room, &then("/state:running", &[Key::Enter]))
    }),
    ("groups", |room| kinds(room, &typed("2jj "))),
    ("failures", |room| kinds(room, &typed("3"))),
    ("timeline", |room| kinds(room, &typed("4sGk"))),
    ("fields", |room| with_fields(room, &typed("ssss"))),
    ("buckets", |room| with_fields(room, &typed("5"))),
    ("buckets-of-texts", |room| with_fields(room, &typed("5s"))),
    ("buckets-none", |room| kinds(room, &typed("5"))),
    ("follow-up", |room| desk(room, &typed("jj j !uptime"))),
    ("follow-up-confirm", |room| {
        desk(room, &then("jj j !uptime", &[Key::Enter]))
    }),
    ("difference", |room| {
        kinds(room, &then("s/17", &[Key::Enter, Key::Char('d')]))
    }),
    ("difference-none", |room| {
        kinds(room, &then("s/web01", &[Key::Enter, Key::Char('d')]))
    }),
    ("output", |room| output_of_web05(room, &[])),
    ("output-searched", |room| {
        output_of_web05(room, &then("tz/[ag]es?\\b", &[Key::Enter]))
    }),
    ("output-time", |room| output_of_web05(room, &typed("@noon"))),
    ("output-expression", |room| output_of_web05(room, &typed("/a(b"))),
    ("details", |room| desk(room, &typed("Gi"))),
    ("details-probe", details_of_a_pressed_host),
    ("help", |room| desk(room, &typed("?"))),
    ("help-end", |room| desk(room, &typed("?G"))),
    ("confirm", |room| desk(room, &typed("*x"))),
    ("confirm-kill", |room| desk(room, &typed("X"))),
    ("quit", |room| desk(room, &typed("q"))),
    ("password", asked_for_a_password),
    ("command", |room| desk(room, &typed(":timeout "))),
    ("command-completed", |room| desk(room, &then(":si", &[Key::Tab]))),
    ("command-wrong", |room| desk(room, &then(":cancle", &[Key::Enter]))),
    ("filter", |room| desk(room, &typed("/db"))),
    ("filter-wrong", |room| desk(room, &typed("/state:runing"))),
    ("export", |room| desk(room, &typed("*E"))),
    ("export-name", |room| desk(room, &typed("*En"))),
];

const ROOMS: [Room; 2] = [(80, 24), (200, 50)];

#[test]
fn every_view_at_both_sizes_in_both_looks() {
    for (name, view) in VIEWS {
        for room in ROOMS {
            let (app, columns) = (view(room), room.0);
            let now = Stamp::from_secs(101);
            insta::assert_snapshot!(format!("{name}-{columns}"), in_colour(&drawn(&app, SIXTEEN, now)));
            let mono = drawn(&app, MONO, now);
            insta::assert_snapshot!(format!("{name}-{columns}-ascii"), text(&mono));
            let remote = |symbol: &str| symbol.chars().all(|c| "日本語".contains(c));
            for cell in mono.content() {
                assert!(
                    cell.symbol().is_ascii() || remote(cell.symbol()),
                    "{name}: {:?}",
                    cell.symbol()
                );
            }
        }
    }
}

/// The lines of a screen, each with its styles below it where it has any: a letter per cell, as [`styles`] has them.
fn in_colour(buffer: &Buffer) -> String {
    let mut lines = vec![format!("{STYLES}\n")];
    for (line, y) in text(buffer).lines().zip(0..) {
        lines.push(format!("|{line}"));
        lines.push(format!("'{}", styles(buffer, y)));
    }
    lines.retain(|line| line != "'");
    lines.join("\n")
}

/// What the letters mean.
const STYLES: &str =
    "d dim, h bold, r red, g green, y yellow, b blue, c cyan, m magenta; capital letters and #: reversed";

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).collect()
}

fn then(text: &str, keys: &[Key]) -> Vec<Key> {
    [&typed(text), keys].concat()
}

fn asked_for_a_password(room: Room) -> App {
    let mut app = desk(room, &[]);
    let what = What::PasswordWanted {
        detail: Some("sudo on web05 did not accept it: Sorry, try again.".to_owned()),
    };
    let _ = update(&mut app, Msg::Runner(Message::Event(Event { at: NOW, what })), NOW);
    app
}
