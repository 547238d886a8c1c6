//! What lies under the pointer is what was drawn there, and own keys and hints are drawn.

use super::*;
use crate::app::{Action, Pointed, Sort};
use crate::app::{Hint, KeyMap, Mouse, Overlay};
use crate::tui::view::{Spots, paint};

fn painted(app: &App) -> (String, Spots) {
    let Size { width, height } = app.size();
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut spots = Spots::default();
    terminal.draw(|frame| spots = paint(frame, app, SIXTEEN, NOW)).unwrap();
    (text(terminal.backend().buffer()), spots)
}

#[test]
fn rows_heads_and_labels_are_where_they_were_drawn() {
    for view in ['1', '4'] {
        let app = desk((80, 24), &[Key::Char(view)]);
        let (screen, spots) = painted(&app);
        for (y, line) in screen.lines().enumerate() {
            let pointed = spots.at(30, y as u16);
            let drawn = app.board().rows().iter().find(|row| {
                let mut words = line.split_whitespace();
                (3..22).contains(&y) && words.any(|word| word == row.host.as_str())
            });
            match drawn {
                Some(row) => assert_eq!(pointed, Some(Pointed::Row(row.job)), "{line}"),
                None => assert!(!matches!(pointed, Some(Pointed::Row(_))), "{line}"),
            }
        }
        let heads = screen.lines().nth(2).unwrap();
        let at = |word: &str| heads.find(word).unwrap() as u16;
        assert_eq!(spots.at(at("HOST"), 2), Some(Pointed::Head(Sort::Plan)));
        assert_eq!(spots.at(at("ELAPSED"), 2), Some(Pointed::Head(Sort::Elapsed)));
        let footer = screen.lines().last().unwrap();
        let help = footer.find("? help").unwrap() as u16;
        assert_eq!(spots.at(help, 23), Some(Pointed::Label(Action::Help)));
        assert_eq!(spots.at(help + 5, 23), Some(Pointed::Label(Action::Help)));
        assert_eq!(spots.at(help + 6, 23), None, "between two of them");
    }
}

#[test]
fn under_a_question_there_is_nothing_to_point_at() {
    for keys in [
        &[Key::Char('X')][..],
        &[Key::Char('q')],
        &[Key::Char('?')],
        &[Key::Char('/')],
    ] {
        let app = desk((80, 24), keys);
        assert_ne!(*app.overlay(), Overlay::None);
        let (_, spots) = painted(&app);
        for y in 0..24 {
            assert!((0..80).all(|x| spots.at(x, y).is_none()), "{keys:?}");
        }
    }
}

#[test]
fn the_footer_shows_the_operators_own_keys() {
    let own = [(Action::Cancel, vec![Key::F(8)]), (Action::Retry, vec![])];
    let mut app = desk((80, 24), &[]).handled_by(KeyMap::with(&own).unwrap(), Mouse::Off);
    let _ = update(&mut app, Msg::Frame, NOW);
    let (screen, _) = painted(&app);
    let footer = screen.lines().last().unwrap();
    assert!(footer.starts_with(" F8 cancel  enter output  "), "{footer}");
}

#[test]
fn what_was_scrolled_fills_a_window_that_has_grown() {
    for opens in ['?', 'i'] {
        let mut app = desk((80, 12), &[Key::Char(opens), Key::Char('G')]);
        let _ = update(&mut app, Msg::Resize(Size { width: 200, height: 50 }), NOW);
        let (screen, _) = painted(&app);
        let first = screen.lines().nth(1).unwrap();
        assert!(first.contains("Moving") || first.contains("host"), "{first}");
    }
}

#[test]
fn a_newcomer_sees_the_first_keys_on_every_width() {
    for (width, seen) in [
        (
            80,
            " ? shows every key, x cancels, q asks before it leaves · row 1 of 16",
        ),
        (40, " ? shows every key, x cancels, q asks …"),
    ] {
        let app = desk((width, 24), &[]).hinting(Hint::FirstKeys);
        let (screen, _) = painted(&app);
        let status = screen.lines().nth(22).unwrap();
        assert!(status.starts_with(seen), "{status}");
    }
}
