//! A line of text being typed: for the filter and the search.

use crate::keys::Key;

/// The longest text that is taken, unless there is more room.
const LIMIT: usize = 200;
/// The longest command that is typed; a longer one is a script's.
pub(super) const LONGEST: usize = 4096;

/// A text under the operator's hands; the cursor is always at its end. What finds no room in it is counted, and while
/// something has found none it is not taken: half of what was typed is something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    room: Room,
    /// How many characters behind the text found no room.
    over: usize,
    /// How many lines behind the first were pasted just now.
    further: usize,
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
            ..Self::default()
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
        (self.over, self.further) = (0, 0);
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the operator should know of it: that it is too long, or that more was pasted than is taken.
    pub fn remark(&self) -> Option<String> {
        match (self.over, self.further) {
            (0, 0) => None,
            (0, 1) => Some("1 further line was left out".to_owned()),
            (0, lines) => Some(format!("{lines} further lines were left out")),
            (over, _) => Some(format!("too long by {over}: shorten it, or ^U clears it")),
        }
    }

    /// Takes in a key.
    pub(super) fn press(&mut self, key: Key) -> Typed {
        if key == Key::Enter {
            return if self.over > 0 { Typed::On } else { Typed::Taken };
        }
        self.further = 0;
        match key {
            Key::Esc | Key::Ctrl('c') => return Typed::Dropped,
            Key::Char(c) => self.push(c),
            // It stands at the end.
            Key::Backspace | Key::Ctrl('h') if self.over > 0 => self.over -= 1,
            Key::Backspace | Key::Ctrl('h') => {
                self.text.pop();
            }
            Key::Ctrl('u') => self.replace(""),
            // Where the word begins is not known.
            Key::Ctrl('w') if self.over > 0 => {}
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
        let Some(first) = ways.first().filter(|_| self.over == 0) else {
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
        // A terminal may end the lines of what it pastes with a carriage return.
        let mut lines = text.split(['\n', '\r']);
        lines.next().unwrap_or_default().chars().for_each(|c| self.push(c));
        self.further = lines.filter(|line| !line.trim().is_empty()).count();
    }

    fn push(&mut self, c: char) {
        if c.is_control() || super::text::char_width(c) == 0 {
            return;
        }
        if self.over > 0 || self.text.len() + c.len_utf8() > self.room.0 {
            self.over += 1;
        } else {
            self.text.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_is_counted_and_nothing_is_taken_until_it_is_gone() {
        let mut input = Input::with_room(5);
        input.paste("rm /a/b");
        assert_eq!(input.text(), "rm /a");
        let too_long = |over| Some(format!("too long by {over}: shorten it, or ^U clears it"));
        assert_eq!(input.remark(), too_long(2));
        assert_eq!(input.press(Key::Enter), Typed::On);
        assert_eq!(input.press(Key::Char('c')), Typed::On);
        assert_eq!(input.press(Key::Ctrl('w')), Typed::On);
        assert_eq!((input.text(), input.remark()), ("rm /a", too_long(3)));
        for _ in 0..3 {
            assert_eq!(input.press(Key::Enter), Typed::On);
            input.press(Key::Backspace);
        }
        assert_eq!((input.text(), input.remark()), ("rm /a", None));
        assert_eq!(input.press(Key::Enter), Typed::Taken);
        input.paste("bcd");
        input.press(Key::Ctrl('u'));
        assert_eq!((input.text(), input.remark()), ("", None));
        input.paste("abcdé");
        assert_eq!((input.text(), input.remark()), ("abcd", too_long(1)));
    }

    #[test]
    fn lines_behind_the_first_are_left_out_and_that_is_said() {
        let mut input = Input::default();
        input.paste("uptime\r\n");
        assert_eq!((input.text(), input.remark()), ("uptime", None));
        input.replace("");
        input.paste("cd /\rls\r\r-l");
        assert_eq!(input.text(), "cd /");
        assert_eq!(input.remark().as_deref(), Some("2 further lines were left out"));
        input.press(Key::Char('x'));
        assert_eq!(input.remark(), None);
    }
}
