//! Key presses and the mouse, as the terminal library tells them, in the dashboard's own terms. Repeats and releases,
//! which some terminals report apart, are left out.

use super::view::Spots;
use crate::app::{Key, Msg, Size, Wheel};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// What an event of the terminal tells the dashboard, on which this was drawn last; `None` for what is not for it.
pub(super) fn message(event: Event, drawn: &Spots) -> Option<Msg> {
    match event {
        Event::Mouse(mouse) => point(mouse, drawn),
        Event::Key(key) if key.kind == KeyEventKind::Press => translate(key).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::FocusGained => Some(Msg::Focus(true)),
        Event::FocusLost => Some(Msg::Focus(false)),
        Event::Resize(width, height) => Some(Msg::Resize(Size { width, height })),
        // Repeats and releases.
        Event::Key(_) => None,
    }
}

fn point(mouse: MouseEvent, drawn: &Spots) -> Option<Msg> {
    match mouse.kind {
        MouseEventKind::ScrollDown => Some(Msg::Wheel(Wheel::Down)),
        MouseEventKind::ScrollUp => Some(Msg::Wheel(Wheel::Up)),
        MouseEventKind::Down(MouseButton::Left) => drawn.at(mouse.column, mouse.row).map(Msg::Click),
        _ => None,
    }
}

fn translate(event: KeyEvent) -> Option<Key> {
    if event.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    Some(match event.code {
        KeyCode::Char(c) if control => Key::Ctrl(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Insert => Key::Insert,
        KeyCode::Delete => Key::Delete,
        KeyCode::F(number) => Key::F(number),
        _ => return None,
    })
}
