//! The command line under the operator's hands.

use super::complete::completions;
use super::reader::{CommandError, usage};
use crate::app::input::{Input, LONGEST, Typed};
use crate::app::recall::Recall;
use crate::keys::Key;
use crate::model::board::Board;

/// A command being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    input: Input,
    /// Why the command was not taken.
    error: Option<String>,
    /// The ways to go on, after Tab found more than one.
    offered: Vec<String>,
    recall: Recall,
}

impl Default for CommandLine {
    fn default() -> Self {
        Self {
            input: Input::with_room(LONGEST),
            error: None,
            offered: Vec::new(),
            recall: Recall::default(),
        }
    }
}

impl CommandLine {
    /// The text so far.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Why the command was not taken.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// What helps to go on: the ways that Tab found, or how the command is written and what it does.
    pub fn hint(&self) -> String {
        if !self.offered.is_empty() {
            return self.offered.join("  ");
        }
        match usage(self.input.text()) {
            Some((usage, about)) => format!("{usage}: {about}"),
            None => "tab completes, up recalls".to_owned(),
        }
    }

    /// The command was not taken.
    pub(in crate::app) fn refuse(&mut self, error: &CommandError) {
        self.error = Some(error.to_string());
    }

    pub(in crate::app) fn paste(&mut self, text: &str) {
        self.error = None;
        self.input.paste(text);
    }

    /// Takes in a key; `history` is what was typed earlier, oldest first.
    pub(in crate::app) fn press(&mut self, key: Key, history: &[String], board: &Board) -> Typed {
        self.error = None;
        self.offered.clear();
        match key {
            Key::Tab => {
                let (length, found) = completions(self.input.text(), board);
                self.offered = self.input.complete(length, found);
            }
            Key::Up => self.recall.earlier(history, &mut self.input),
            Key::Down => self.recall.later(history, &mut self.input),
            Key::Backspace if self.input.text().is_empty() => return Typed::Dropped,
            key => return self.input.press(key),
        }
        Typed::On
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::fleet;

    fn typed(line: &mut CommandLine, keys: &[Key], history: &[String]) -> String {
        let board = fleet();
        for key in keys {
            assert_eq!(line.press(*key, history, &board), Typed::On);
        }
        line.input().text().to_owned()
    }

    fn letters(text: &str) -> Vec<Key> {
        text.chars().map(Key::Char).collect()
    }

    #[test]
    fn tab_goes_on_as_far_as_there_is_one_way() {
        let mut line = CommandLine::default();
        let mut tab = |text: &str| {
            let keys: Vec<Key> = letters(text).into_iter().chain([Key::Tab]).collect();
            typed(&mut line, &keys, &[])
        };
        assert_eq!(tab("can"), "cancel ");
        assert_eq!(tab("st"), "cancel state:");
        assert_eq!(tab("ru"), "cancel state:running ");
        assert_eq!(tab("host:web2"), "cancel state:running host:web21 ");
        let mut line = CommandLine::default();
        let keys: Vec<Key> = letters("retry state:t").into_iter().chain([Key::Tab]).collect();
        assert_eq!(typed(&mut line, &keys, &[]), "retry state:time");
        assert_eq!(line.hint(), "state:timed-out  state:timeout");
        let mut line = CommandLine::default();
        let keys: Vec<Key> = letters("signal u").into_iter().chain([Key::Tab]).collect();
        assert_eq!(typed(&mut line, &keys, &[]), "signal USR");
        assert_eq!(line.hint(), "USR1  USR2");
    }

    #[test]
    fn earlier_commands_come_back_and_so_does_what_was_typed() {
        let history = ["pause".to_owned(), "width 4".to_owned()];
        let mut line = CommandLine::default();
        assert_eq!(typed(&mut line, &letters("ret"), &history), "ret");
        for (key, text) in [
            (Key::Up, "width 4"),
            (Key::Up, "pause"),
            (Key::Up, "pause"),
            (Key::Down, "width 4"),
            (Key::Down, "ret"),
            (Key::Down, "ret"),
        ] {
            assert_eq!(typed(&mut line, &[key], &history), text);
        }
    }
}
