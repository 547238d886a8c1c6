//! A line of text being typed: for the filter and the search.

use super::key::Key;

/// The longest text that is taken, unless there is more room.
const LIMIT: usize = 200;

/// A text under the operator's hands; the cursor is always at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    room: Room,
}

/// How long a text may become, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(LIMIT)
    }
}

/// What a key made of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Still typing.
    On,
    /// Enter: take it.
    Taken,
    /// Escape: never mind.
    Dropped,
}

impl Input {
    /// An input that begins with a text.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            room: Room::default(),
        }
    }

    /// An empty input that takes so many bytes.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self {
            room: Room(bytes),
            ..Self::default()
        }
    }

    /// Another text, in the same room.
    pub(super) fn replace(&mut self, text: &str) {
        text.clone_into(&mut self.text);
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes in a key.
    pub(super) fn press(&mut self, key: Key) -> Typed {
        match key {
            Key::Enter => return Typed::Taken,
            Key::Esc | Key::Ctrl('c') => return Typed::Dropped,
            Key::Char(c) => self.push(c),
            Key::Backspace | Key::Ctrl('h') => {
                self.text.pop();
            }
            Key::Ctrl('u') => self.text.clear(),
            Key::Ctrl('w') => {
                let kept = self.text.trim_end().rfind(' ').map_or(0, |space| space + 1);
                self.text.truncate(kept);
            }
            _ => {}
        }
        Typed::On
    }

    /// Goes on where that can be done in one way, as far as all ways agree; replaces so many bytes at the end. Returns the
    /// ways, where there are several.
    pub(super) fn complete(&mut self, length: usize, ways: Vec<String>) -> Vec<String> {
        let Some(first) = ways.first() else {
            return Vec::new();
        };
        let agree =
            |until: &usize| first.is_char_boundary(*until) && ways.iter().all(|way| way.starts_with(&first[..*until]));
        let common = (0..=first.len()).rev().find(agree).unwrap_or_default();
        self.text.truncate(self.text.len().saturating_sub(length));
        self.paste(&first[..common]);
        if ways.len() > 1 {
            return ways;
        }
        if !first.ends_with([':', '>', '=']) {
            self.push(' ');
        }
        Vec::new()
    }

    /// Takes in pasted text: its first line, without controls.
    pub(super) fn paste(&mut self, text: &str) {
        text.lines()
            .next()
            .unwrap_or_default()
            .chars()
            .for_each(|c| self.push(c));
    }

    fn push(&mut self, c: char) {
        if !c.is_control() && super::text::char_width(c) > 0 && self.text.len() < self.room.0 {
            self.text.push(c);
        }
    }
}
