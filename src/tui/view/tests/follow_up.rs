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
fn of_a_long_command_line_the_end_is_seen_and_what_is_too_long_is_not_taken() {
    let mut app = desk((80, 24), &keys(":"));
    let _ = update(
        &mut app,
        Msg::Paste(format!("run echo {} the end", "x".repeat(300))),
        NOW,
    );
    let status = |app: &App| {
        text(&drawn(app, MONO, NOW))
            .lines()
            .nth(22)
            .unwrap_or_default()
            .to_owned()
    };
    assert!(status(&app).starts_with(" :...xxxx"), "{}", status(&app));
    assert!(status(&app).contains("xxx the end_"), "{}", status(&app));
    let _ = update(&mut app, Msg::Paste("y".repeat(4096)), NOW);
    let _ = update(&mut app, Msg::Key(Key::Enter), NOW);
    assert!(status(&app).contains("yyy_   too long by 317"), "{}", status(&app));
    let mut app = desk((80, 24), &keys("!"));
    let _ = update(&mut app, Msg::Paste("cd /\nrm x\nls".to_owned()), NOW);
    let screen = text(&drawn(&app, MONO, NOW));
    assert!(screen.contains("2 further lines were left out"), "{screen}");
}

#[test]
fn a_question_that_does_not_fit_shows_both_ends_of_the_command_and_how_to_answer() {
    let command = format!("!begin {} end", "x".repeat(1400));
    for (name, size) in [("follow-up-long", (80, 24)), ("follow-up-long-narrow", (40, 8))] {
        let mut app = desk(size, &keys("*"));
        for key in keys(&command) {
            let _ = update(&mut app, Msg::Key(key), NOW);
        }
        let screen = text(&drawn(&app, MONO, NOW));
        assert!(screen.contains("nd_"), "the caret: {screen}");
        let _ = update(&mut app, Msg::Key(Key::Enter), NOW);
        let screen = text(&drawn(&app, MONO, Stamp::from_secs(101)));
        for part in ["begin", " more rows)", "nd ", " n no "] {
            assert!(screen.contains(part), "{part}: {screen}");
        }
        assert!(screen.contains(" y run"), "{screen}");
        insta::assert_snapshot!(name, screen);
    }
}

#[test]
fn a_narrow_question_keeps_its_buttons_or_says_that_it_has_no_room() {
    let app = desk((40, 8), &keys("*x"));
    let screen = text(&drawn(&app, MONO, Stamp::from_secs(101)));
    assert!(screen.contains(" y cancel"), "{screen}");
    let app = desk((40, 8), &keys("*:timeout +10m host:*\n"));
    let screen = text(&drawn(&app, MONO, Stamp::from_secs(101)));
    insta::assert_snapshot!("question-narrow", screen);
    let app = desk((40, 8), &keys("q"));
    insta::assert_snapshot!("quit-narrow", text(&drawn(&app, MONO, Stamp::from_secs(101))));
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
