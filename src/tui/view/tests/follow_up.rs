//! The prompt for a further command, the question after it, and the ways between runs.

use super::{MONO, NOW, SIXTEEN, desk, drawn, text};
use crate::app::fixture::plan;
use crate::app::{App, Key, Msg, Seat, Session, Size, update};
use crate::keys::{Action, KeyMap, Mouse};
use crate::model::board::Board;
use crate::model::bond::Bond;
use crate::model::id::RunId;
use crate::model::stamp::Stamp;
use std::sync::Arc;

fn keys(text: &str) -> Vec<Key> {
    let key = |c| if c == '\n' { Key::Enter } else { Key::Char(c) };
    text.chars().map(key).collect()
}

#[test]
fn the_prompt_and_the_question() {
    const COMMAND: &str = "  !systemctl restart nginx  &&  curl -fsS http://localhost/health | head -1";
    for (name, size, more, look) in [
        ("follow-up-prompt", (80, 24), "", SIXTEEN),
        ("follow-up-prompt-narrow", (40, 16), "", MONO),
        ("follow-up-question", (80, 24), "\n", SIXTEEN),
        ("follow-up-question-wide", (200, 24), "\n", MONO),
    ] {
        let app = desk(size, &keys(&format!("{COMMAND}{more}")));
        insta::assert_snapshot!(name, text(&drawn(&app, look, Stamp::from_secs(101))));
    }
}

#[test]
fn before_a_run_and_behind_one() {
    let hosts = plan(&["web1", "web2", "db1"]);
    for (name, bond, back_to, pressed) in [
        ("planned-prompt", Bond::Planned, None, vec![]),
        ("planned", Bond::Planned, None, vec![Key::Esc]),
        ("follow-up-shown", Bond::Free, Some("20260102T030405Z-abcdef"), vec![]),
        (
            "follow-up-left",
            Bond::Free,
            Some("20260102T030405Z-abcdef"),
            vec![Key::Char('q')],
        ),
    ] {
        let seat = Seat {
            bond,
            ..Seat::default()
        };
        let session = Session {
            back_to: back_to.map(|run| RunId(run.to_owned())),
            ..Session::default()
        };
        let mut app = App::new(Arc::new(hosts.clone()), Board::new(&hosts), NOW)
            .seated(seat)
            .in_session(session, NOW);
        let size = Size { width: 80, height: 18 };
        let _ = update(&mut app, Msg::Resize(size), NOW);
        for key in pressed {
            let _ = update(&mut app, Msg::Key(key), NOW);
        }
        let _ = update(&mut app, Msg::Frame, NOW);
        // What is said at the prompt's end has gone by then.
        insta::assert_snapshot!(name, text(&drawn(&app, SIXTEEN, Stamp::from_secs(110))));
    }
}

#[test]
fn the_status_line_names_the_operators_own_keys() {
    let hosts = plan(&["web1", "web2", "db1"]);
    let own = [
        (Action::FollowUp, vec![Key::F(4)]),
        (Action::Quit, vec![Key::F(10)]),
        (Action::Filter, vec![Key::F(7)]),
    ];
    let own = KeyMap::with(&own).expect("no clash");
    let filtered = [vec![Key::F(7)], keys("nobody\n2")].concat();
    for (bond, back_to, typed, words) in [
        (Bond::Planned, None, vec![Key::Esc], "F4 gives a command to all shown"),
        (Bond::Free, Some("20260102T030405Z-abcdef"), vec![], "F10 goes back"),
        (Bond::Free, None, filtered, "no job through; F7 changes it"),
    ] {
        let seat = Seat {
            bond,
            ..Seat::default()
        };
        let session = Session {
            back_to: back_to.map(|run: &str| RunId(run.to_owned())),
            ..Session::default()
        };
        let mut app = App::new(Arc::new(hosts.clone()), Board::new(&hosts), NOW)
            .seated(seat)
            .handled_by(own.clone(), Mouse::Off)
            .in_session(session, NOW);
        let size = Size { width: 80, height: 18 };
        let _ = update(&mut app, Msg::Resize(size), NOW);
        for key in typed {
            let _ = update(&mut app, Msg::Key(key), NOW);
        }
        let _ = update(&mut app, Msg::Frame, NOW);
        let drawn = text(&drawn(&app, SIXTEEN, Stamp::from_secs(110)));
        assert!(drawn.contains(words), "{words}: {drawn}");
    }
}
