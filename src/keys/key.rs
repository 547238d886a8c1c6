//! Keys as the dashboard knows them, whatever terminal library reads them, and their names for help and footer.

use crate::model::nearest::nearest;
use std::fmt;
use std::str::FromStr;

/// A key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A character, with shift already in it.
    Char(char),
    /// A letter with Control.
    Ctrl(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Tab backwards.
    BackTab,
    /// Backspace.
    Backspace,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
    /// A function key, by its number.
    F(u8),
}

/// The keys that have a name of their own.
const NAMED: [(Key, &str); 16] = [
    (Key::Char(' '), "space"),
    (Key::Enter, "enter"),
    (Key::Esc, "esc"),
    (Key::Tab, "tab"),
    (Key::BackTab, "shift-tab"),
    (Key::Backspace, "backspace"),
    (Key::Up, "up"),
    (Key::Down, "down"),
    (Key::Left, "left"),
    (Key::Right, "right"),
    (Key::Home, "home"),
    (Key::End, "end"),
    (Key::PageUp, "pgup"),
    (Key::PageDown, "pgdn"),
    (Key::Insert, "insert"),
    (Key::Delete, "delete"),
];
/// The last function key that terminals tell apart.
const LAST_F: u8 = 12;

/// Why a text names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// It is none.
    #[error("{0:?} is no key{1}")]
    Unknown(String, String),
    /// It reaches nobody under this name.
    #[error("a terminal sends {0} as {1}; write {1}")]
    Alias(String, &'static str),
}

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let mut chars = text.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            let shows = !c.is_control() && unicode_width::UnicodeWidthChar::width(c).is_some_and(|width| width > 0);
            return shows.then_some(Self::Char(c)).ok_or_else(|| unknown(text));
        }
        let lower = text.to_ascii_lowercase();
        if let Some((key, _)) = NAMED.iter().find(|(_, name)| *name == lower) {
            return Ok(*key);
        }
        if let Some(number) = lower.strip_prefix('f').and_then(|number| number.parse().ok()) {
            return if (1..=LAST_F).contains(&number) {
                Ok(Self::F(number))
            } else {
                Err(unknown(text))
            };
        }
        match lower.strip_prefix('^').map(str::as_bytes) {
            Some([b'i']) => Err(NoKey::Alias("^I".to_owned(), "tab")),
            Some([b'm']) => Err(NoKey::Alias("^M".to_owned(), "enter")),
            Some([letter @ b'a'..=b'z']) => Ok(Self::Ctrl(char::from(*letter))),
            _ => Err(unknown(text)),
        }
    }
}

fn unknown(text: &str) -> NoKey {
    let meant = nearest(&text.to_ascii_lowercase(), &NAMED.map(|(_, name)| name));
    let advice = if let Some(name) = meant.filter(|_| text.chars().count() > 2) {
        format!("; did you mean {name}?")
    } else {
        let names = NAMED.map(|(_, name)| name).join(", ");
        format!("; write one character, ^D, F5, or one of {names}")
    };
    NoKey::Unknown(text.to_owned(), advice)
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((_, name)) = NAMED.iter().find(|(key, _)| key == self) {
            return f.write_str(name);
        }
        match self {
            Self::Char(c) => write!(f, "{c}"),
            Self::Ctrl(c) => write!(f, "^{}", c.to_ascii_uppercase()),
            Self::F(number) => write!(f, "F{number}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_by_the_name_under_which_it_is_shown() {
        let named = NAMED.map(|(key, _)| key);
        let further = [
            Key::Char('x'),
            Key::Char('^'),
            Key::Char('F'),
            Key::Char('ö'),
            Key::Ctrl('d'),
            Key::F(12),
        ];
        for key in named.into_iter().chain(further) {
            assert_eq!(key.to_string().parse(), Ok(key), "{key}");
            assert!(!key.to_string().is_empty());
        }
        assert_eq!("^d".parse(), Ok(Key::Ctrl('d')));
        assert_eq!("PgDn".parse(), Ok(Key::PageDown));
        assert_eq!("f5".parse(), Ok(Key::F(5)));
    }

    #[test]
    fn what_is_no_key_is_explained() {
        let all = "; write one character, ^D, F5, or one of space, enter, esc, tab, shift-tab, backspace, up, down, \
                   left, right, home, end, pgup, pgdn, insert, delete";
        for (text, reason) in [
            ("spcae", "\"spcae\" is no key; did you mean space?".to_owned()),
            ("F13", format!("\"F13\" is no key{all}")),
            ("", format!("\"\" is no key{all}")),
            ("^I", "a terminal sends ^I as tab; write tab".to_owned()),
            ("\u{200b}", format!("\"\\u{{200b}}\" is no key{all}")),
        ] {
            let refused = text.parse::<Key>().expect_err(text);
            assert_eq!(refused.to_string(), reason);
        }
    }
}
