//! What the screens look like, at several sizes and in every look, and that no size and no order of messages breaks
//! them.

mod catalogue;
mod chaos;
mod follow_up;
mod pointing;
mod views;

use super::draw;
use crate::app::fixture::{done, event, every_state, every_state_plan};
use crate::app::{Access, App, Key, Loaded, Msg, Read, Seat, Size, update};
use crate::model::bond::{Bond, Tie};
use crate::model::event::{Change, Event, Message, Stream, Unrecorded, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::{Limit, Outcome};
use crate::model::phase::PauseReason;
use crate::model::plan::OnDisconnect;
use crate::model::probe::{Disk, HostState, Means, Probe, Process, Seen};
use crate::model::stamp::Stamp;
use crate::tui::theme::{Charset, Look, Palette};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use std::sync::Arc;

const SIXTEEN: Look = Look {
    charset: Charset::Unicode,
    palette: Palette::Sixteen,
};
const MONO: Look = Look {
    charset: Charset::Ascii,
    palette: Palette::Mono,
};
const NOW: Stamp = Stamp::from_secs(100);

/// The dashboard over a fleet in every state, after some keys.
fn desk((width, height): (u16, u16), keys: &[Key]) -> App {
    let mut app = App::new(Arc::new(every_state_plan()), every_state(), NOW);
    let _ = update(&mut app, Msg::Resize(Size { width, height }), NOW);
    let _ = update(&mut app, Msg::Frame, NOW);
    for key in keys {
        let _ = update(&mut app, Msg::Key(*key), NOW);
        let _ = update(&mut app, Msg::Frame, NOW);
    }
    app
}

fn drawn(app: &App, look: Look, now: Stamp) -> Buffer {
    let Size { width, height } = app.size();
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, app, look, now)).unwrap();
    terminal.backend().buffer().clone()
}

/// The text of a screen, each line without the blanks at its end.
fn text(buffer: &Buffer) -> String {
    let lines = buffer.content().chunks(usize::from(buffer.area.width).max(1));
    let lines = lines.map(|cells| {
        let mut line = String::new();
        let mut covered = 0;
        for cell in cells {
            if covered == 0 {
                line.push_str(cell.symbol());
                covered = crate::app::text::width(cell.symbol()).max(1);
            }
            covered -= 1;
        }
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A letter per cell for its style: what colours there are, and what is bold, dim or reversed (upper case).
fn styles(buffer: &Buffer, y: u16) -> String {
    let cells = (0..buffer.area.width).map(|x| &buffer[(x, y)]);
    let marks = cells.map(|cell| {
        let letter = match cell.fg {
            Color::Reset if cell.modifier.contains(Modifier::DIM) => 'd',
            Color::Reset if cell.modifier.contains(Modifier::BOLD) => 'h',
            Color::Reset => '.',
            Color::Red | Color::LightRed | Color::Indexed(1) => 'r',
            Color::Green => 'g',
            Color::Yellow => 'y',
            Color::Blue => 'b',
            Color::Cyan => 'c',
            Color::Magenta => 'm',
            _ => '?',
        };
        let letter = if cell.modifier.contains(Modifier::REVERSED) {
            letter.to_ascii_uppercase()
        } else {
            letter
        };
        if letter == '.' && cell.modifier.contains(Modifier::REVERSED) {
            '#'
        } else {
            letter
        }
    });
    marks.collect::<String>().trim_end_matches('.').to_owned()
}

#[test]
fn the_table_at_every_width() {
    for width in [40, 60, 80, 120, 200] {
        let app = desk((width, 24), &[]);
        insta::assert_snapshot!(format!("table-{width}"), text(&drawn(&app, SIXTEEN, NOW)));
    }
}

#[test]
fn the_table_without_colour_or_unicode() {
    let app = desk((80, 24), &[Key::Char('j'), Key::Char(' ')]);
    let buffer = drawn(&app, MONO, NOW);
    insta::assert_snapshot!("table-mono", text(&buffer));
    assert!(
        buffer
            .content()
            .iter()
            .all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset)
    );
    let beyond = |cell: &&ratatui::buffer::Cell| !cell.symbol().is_ascii();
    let beyond: Vec<&str> = buffer
        .content()
        .iter()
        .filter(beyond)
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    assert_eq!(beyond.concat(), "日", "only what the host printed is not ASCII");
}

#[test]
fn the_colours_of_the_table() {
    let buffer = drawn(&desk((80, 24), &[]), SIXTEEN, NOW);
    let lines: Vec<String> = (0..24).map(|y| styles(&buffer, y)).collect();
    insta::assert_snapshot!("table-colours", lines.join("\n"));
    assert!(
        buffer.content().iter().all(|cell| cell.bg == Color::Reset),
        "the background is never painted"
    );
}

#[test]
fn what_lies_over_the_screen() {
    let q = Key::Char('q');
    for (name, size, keys) in [
        ("help", (80, 24), &[Key::Char('?')][..]),
        ("help-tall", (120, 45), &[Key::Char('?')]),
        ("help-wide", (200, 50), &[Key::Char('?')]),
        ("help-narrow", (40, 12), &[Key::Char('?'), Key::Char('G')]),
        ("details", (80, 24), &[Key::Char('G'), Key::Char('k'), Key::Char('i')]),
        // What a key says there is seen there.
        (
            "details-notice",
            (80, 24),
            &[Key::Char('G'), Key::Char('i'), Key::Char('K')],
        ),
        ("details-narrow", (40, 24), &[Key::Char('j'), Key::Char('i')]),
        ("cancel", (80, 24), &[Key::Char('*'), Key::Char('x')]),
        ("kill", (80, 24), &[Key::Char('X')]),
        ("retry-all", (80, 24), &[Key::Char('R')]),
        ("quit", (80, 24), &[q, Key::Ctrl('c')]),
        ("quit-narrow", (40, 12), &[q]),
        ("filter", (80, 24), &[Key::Char('/'), Key::Char('d'), Key::Char('b')]),
    ] {
        let buffer = drawn(&desk(size, keys), SIXTEEN, Stamp::from_secs(101));
        insta::assert_snapshot!(name, text(&buffer));
    }
}

/// The details of a running job whose host is pressed for everything.
fn details_of_a_pressed_host(size: (u16, u16)) -> App {
    let process = |pid, parent, state, elapsed, waits_in: &str, arguments: &str| Process {
        pid,
        parent,
        state,
        owner: "root".into(),
        elapsed,
        cpu: elapsed / 20,
        waits_in: Some(waits_in.into()),
        arguments: arguments.into(),
    };
    let state = HostState {
        processes: vec![
            process(4711, 1, 'S', 41, "do_wait", "sh"),
            process(4712, 4711, 'S', 41, "do_wait", "apt-get -y upgrade"),
            process(
                4802,
                4712,
                'D',
                12,
                "jbd2_log_wait_commit",
                "/usr/bin/dpkg --status-fd 21 --no-triggers --unpack --auto-deconfigure --recursive /tmp/apt-dpkg-install-x",
            ),
        ],
        more: 0,
        means: Some(Means::Proc),
        load: Some([9.5, 4.25, 2.0]),
        processors: Some(4),
        memory: Some([16_000_000_000, 700_000_000]),
        disk: Disk::Job {
            size: 40_000_000_000,
            available: 19_000_000_000,
        },
    };
    let mut app = desk(size, &[]);
    let keys = ["/", "w", "e", "b", "2", "1"].map(|key| Key::Char(key.chars().next().unwrap_or_default()));
    for key in keys.into_iter().chain([Key::Enter, Key::Char('i')]) {
        let _ = update(&mut app, Msg::Key(key), NOW);
        let _ = update(&mut app, Msg::Frame, NOW);
    }
    let probe = Probe {
        at: NOW,
        job: JobId(2),
        attempt: AttemptNo::FIRST,
        seen: Seen::Host(Box::new(state)),
    };
    let _ = update(&mut app, Msg::Runner(Message::Probe(probe)), NOW);
    let words = vec!["Warning: Permanently added 'web21' (ED25519) to the list of known hosts.".into()];
    let _ = update(&mut app, Msg::Words(JobId(2), words), NOW);
    app
}

#[test]
fn what_presses_a_host_is_set_off_in_the_details() {
    let buffer = drawn(&details_of_a_pressed_host((80, 24)), SIXTEEN, Stamp::from_secs(101));
    let warned: Vec<String> = text(&buffer)
        .lines()
        .zip(0..)
        .filter(|(_, y)| styles(&buffer, *y).contains('y'))
        .map(|(line, _)| line.trim_matches(['│', ' ']).to_owned())
        .collect();
    insta::assert_snapshot!("probe-warned", warned.join("\n"));
}

#[test]
fn the_question_on_leaving_a_run_that_goes_on() {
    let seat = |access| Seat {
        bond: Bond::Free,
        tie: Tie::Free,
        access,
        who: None,
        logout: Some("at logout the session manager of this machine will end the run".to_owned()),
    };
    for (name, size, keys) in [
        ("detach", (80, 24), &[Key::Char('q'), Key::Ctrl('c')][..]),
        ("detach-narrow", (40, 14), &[Key::Char('q')]),
    ] {
        let mut app = App::new(Arc::new(every_state_plan()), every_state(), NOW).seated(seat(Access::Full));
        let (width, height) = size;
        let _ = update(&mut app, Msg::Resize(Size { width, height }), NOW);
        for key in keys {
            let _ = update(&mut app, Msg::Key(*key), NOW);
        }
        let _ = update(&mut app, Msg::Frame, NOW);
        insta::assert_snapshot!(name, text(&drawn(&app, SIXTEEN, Stamp::from_secs(101))));
    }
}

#[test]
fn a_silent_link_and_what_is_overdue_stand_in_the_row() {
    let mut plan = every_state_plan();
    plan.settings.let_finish = true;
    plan.settings.on_disconnect = OnDisconnect::Keep;
    let mut board = every_state();
    let limit = Limit::Run;
    board.apply(&event(&plan, 0, 95, Change::Overdue { limit }));
    let since = Stamp::from_secs(75);
    board.apply(&event(&plan, 2, 95, Change::LinkSilent { since }));
    let seat = Seat {
        bond: Bond::Free,
        ..Seat::default()
    };
    let mut app = App::new(Arc::new(plan), board, NOW).seated(seat);
    let size = Size { width: 100, height: 24 };
    for (name, keys) in [
        ("silent-and-overdue", &[][..]),
        ("overdue-details", &[Key::Char('i')]),
        ("leave-let-finish", &[Key::Char('i'), Key::Char('q')]),
    ] {
        let _ = update(&mut app, Msg::Resize(size), NOW);
        for key in keys {
            let _ = update(&mut app, Msg::Key(*key), NOW);
        }
        let _ = update(&mut app, Msg::Frame, NOW);
        insta::assert_snapshot!(name, text(&drawn(&app, SIXTEEN, NOW)));
    }
}

#[test]
fn what_is_unusual_stands_in_the_header() {
    let unrecorded = What::Unrecorded(Unrecorded {
        bytes: 12_000,
        events: 3,
        detail: "No space left on device".to_owned(),
    });
    let agent = What::Paused(PauseReason::AgentGone);
    for (name, what, bond, access) in [
        ("read-only", None, Bond::Free, Access::ReadOnly),
        ("not-recorded", Some(unrecorded), Bond::Free, Access::Full),
        ("agent-gone", Some(agent), Bond::Free, Access::Full),
    ] {
        let seat = Seat {
            bond,
            tie: Tie::Free,
            access,
            ..Seat::default()
        };
        let mut app = App::new(Arc::new(every_state_plan()), every_state(), NOW).seated(seat);
        let size = Size { width: 100, height: 10 };
        let _ = update(&mut app, Msg::Resize(size), NOW);
        if let Some(what) = what {
            let _ = update(&mut app, Msg::Runner(Message::Event(Event { at: NOW, what })), NOW);
        }
        let _ = update(&mut app, Msg::Frame, NOW);
        insta::assert_snapshot!(name, text(&drawn(&app, SIXTEEN, Stamp::from_secs(110))));
    }
    let mut board = every_state();
    board.interrupt();
    let seat = Seat {
        bond: Bond::Record,
        tie: Tie::Free,
        ..Seat::default()
    };
    let mut app = App::new(Arc::new(every_state_plan()), board, NOW).seated(seat);
    let size = Size { width: 100, height: 10 };
    let _ = update(&mut app, Msg::Resize(size), NOW);
    let _ = update(&mut app, Msg::Frame, NOW);
    insta::assert_snapshot!("interrupted", text(&drawn(&app, SIXTEEN, Stamp::from_secs(500))));
}

/// The output of web05 after some keys, read from disk: not all of it, from both streams, in lines of any length.
fn output_of_web05(room: (u16, u16), keys: &[Key]) -> App {
    let to_web05 = [Key::Char('/'), Key::Char('0'), Key::Char('5'), Key::Enter, Key::Enter];
    let mut app = desk(room, &to_web05);
    let at = |secs| Stamp::from_secs(secs);
    let loaded = Loaded {
        job: JobId(6),
        attempt: AttemptNo::FIRST,
        ticket: 1,
        skipped: 96_000_000,
        cut: vec![Stream::Stdout, Stream::Stderr],
        pieces: vec![
            Read::at_once(
                Stream::Stdout,
                b"cut off\nReading package lists...\nGet:1 http://deb.example.org/debian ".to_vec(),
                at(52),
            ),
            Read::at_once(
                Stream::Stderr,
                b"cut off\nW: \x1b[33mSome index files failed to download.\x1b[0m They have been ignored, or old ones used instead.\n".to_vec(),
                at(61),
            ),
            Read::at_once(
                Stream::Stdout,
                "stable InRelease\nProcessing triggers for 日本語 man-db ...\n".into(),
                at(93),
            ),
        ],
        spot: None,
        more: false,
        error: None,
    };
    let _ = update(&mut app, Msg::Loaded(loaded), NOW);
    for key in keys {
        let _ = update(&mut app, Msg::Key(*key), NOW);
    }
    app
}

#[test]
fn the_header_says_how_the_run_stands() {
    for (name, what) in [
        ("paused", What::Paused(PauseReason::Asked)),
        ("draining", What::Draining),
    ] {
        let mut app = desk((80, 10), &[]);
        let event = Event { at: NOW, what };
        let _ = update(&mut app, Msg::Runner(Message::Event(event)), NOW);
        insta::assert_snapshot!(name, text(&drawn(&app, SIXTEEN, NOW)));
    }
    let mut app = desk((100, 10), &[Key::Char('j')]);
    for job in 0..16 {
        let event = event(app.plan(), job, 100, done(Outcome::Ok, 9));
        let _ = update(&mut app, Msg::Runner(Message::Event(event)), NOW);
    }
    insta::assert_snapshot!("all-done", text(&drawn(&app, SIXTEEN, Stamp::from_secs(500))));
}

#[test]
fn no_size_is_too_small_or_too_large() {
    for width in (0..=200).step_by(19).chain([1, 39, 40, 41, 80]) {
        for height in [0, 1, 2, 7, 8, 9, 24, 60] {
            for keys in [
                &[][..],
                &[Key::Char('?')],
                &[Key::Char('i')],
                &[Key::Char('q')],
                &[Key::Enter],
                &[Key::Char('/')],
                &[Key::Char('2')],
                &[Key::Char('3')],
                &[Key::Char('4')],
                &[Key::Char('d')],
            ] {
                for look in [SIXTEEN, MONO] {
                    drawn(&desk((width, height), keys), look, NOW);
                }
            }
        }
    }
    assert_eq!(
        text(&drawn(&desk((39, 3), &[]), SIXTEEN, NOW)),
        "heeler needs 40x8, this is 39x3\n\n"
    );
}
