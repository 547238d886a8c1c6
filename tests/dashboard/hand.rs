//! The hand on the keyboard: it presses the keys that the table of actions names, and believes a key only when what it
//! does is seen, which must not have been seen before. `keys` reads the sources for who presses what.

use heeler::app::{Action, Key};

use crate::support::tmux::Terminal;

/// Something that is to be seen on a screen.
pub trait Sight {
    /// What it is, for who reads a failure.
    fn what(&self) -> String;
    /// Whether it is there.
    fn is_on(&self, screen: &str) -> bool;
}

/// A text somewhere on it.
impl Sight for &str {
    fn what(&self) -> String {
        format!("{self:?}")
    }

    fn is_on(&self, screen: &str) -> bool {
        screen.contains(self)
    }
}

/// Anything else, with its name.
impl<S: Into<String> + Clone, F: Fn(&str) -> bool> Sight for (S, F) {
    fn what(&self) -> String {
        self.0.clone().into()
    }

    fn is_on(&self, screen: &str) -> bool {
        self.1(screen)
    }
}

/// Presses the first key of an action and returns the screen that shows what it does.
#[track_caller]
pub fn does(terminal: &Terminal, action: Action, sight: &impl Sight) -> String {
    let key = action.keys().first().copied();
    let key = key.unwrap_or_else(|| panic!("{action:?} has a key"));
    does_by(terminal, action, key, sight)
}

/// The same by another one of its keys.
#[track_caller]
pub fn does_by(terminal: &Terminal, action: Action, key: Key, sight: &impl Sight) -> String {
    assert!(action.keys().contains(&key), "{key} is no key of {action:?}");
    let (before, what) = (terminal.screen(), sight.what());
    assert!(
        !sight.is_on(&before),
        "{key} shows nothing new, there is already: {what}\n{before}"
    );
    strike(terminal, key);
    terminal.wait_until(&format!("{action:?} by {key}: {what}"), |screen| sight.is_on(screen))
}

/// Presses a key, whatever it may do.
#[track_caller]
pub fn strike(terminal: &Terminal, key: Key) {
    let name = match key {
        Key::Char(c) => return terminal.send(&c.to_string()),
        Key::Ctrl(c) => return terminal.send_key(&format!("C-{c}")),
        Key::Enter => "Enter",
        Key::Esc => "Escape",
        Key::Tab => "Tab",
        Key::BackTab => "BTab",
        Key::Backspace => "BSpace",
        Key::Up => "Up",
        Key::Down => "Down",
        Key::Left => "Left",
        Key::Right => "Right",
        Key::Home => "Home",
        Key::End => "End",
        Key::PageUp => "PPage",
        Key::PageDown => "NPage",
        Key::Insert => "IC",
        Key::Delete => "DC",
        Key::F(number) => return terminal.send_key(&format!("F{number}")),
    };
    terminal.send_key(name);
}
