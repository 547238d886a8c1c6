//! The question on leaving while jobs run or wait: *stay* is chosen, ^C moves the choice and never takes it, Enter takes
//! nothing but *stay*, and whatever else is chosen wants its own letter after a moment.

use super::arming::ARMING;
use crate::keys::Key;
use crate::model::stamp::Stamp;

/// The ways out, from the harmless to the hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// Stay.
    Stay,
    /// Leave; the run goes on.
    Detach,
    /// Leave a run that ends with another program.
    Depart,
    /// Start nothing more, wait for what runs, then leave.
    Drain,
    /// Cancel everything, wait until it is over, then leave.
    Cancel,
    /// Kill everything that is still there.
    Kill,
    /// Leave what runs running, and nobody watches it.
    LetGo,
}

impl Choice {
    /// The key that takes it.
    pub fn key(self) -> char {
        match self {
            Self::Stay => 's',
            Self::Detach | Self::Depart => 'd',
            Self::Drain => 'r',
            Self::Cancel => 'c',
            Self::Kill => 'k',
            Self::LetGo => 'g',
        }
    }

    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stay => "stay",
            Self::Detach | Self::Depart => "detach",
            Self::Drain => "drain",
            Self::Cancel => "cancel",
            Self::Kill => "kill now",
            Self::LetGo => "let go",
        }
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Stay => "go on watching",
            Self::Detach => "leave; the run goes on",
            Self::Depart => "leave; the run ends with the program that started it",
            Self::Drain => "start nothing more, wait for what runs; then leave",
            Self::Cancel => "end everything: TERM, grace, KILL; then leave",
            Self::Kill => "KILL everything at once; then leave",
            Self::LetGo => "end the run; what runs goes on, and nobody watches it",
        }
    }
}

/// The question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuitQuestion {
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// What is chosen.
    pub chosen: Choice,
    /// When it was asked, or the choice last moved.
    pub moved: Stamp,
}

/// What a key made of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Still open.
    Open,
    /// Taken.
    Taken(Choice),
}

impl QuitQuestion {
    pub(super) fn new(choices: Vec<Choice>, now: Stamp) -> Self {
        Self {
            choices,
            chosen: Choice::Stay,
            moved: now,
        }
    }

    pub(super) fn press(&mut self, key: Key, now: Stamp) -> Way {
        let armed = now.since(self.moved) >= ARMING;
        match key {
            Key::Esc => return Way::Taken(Choice::Stay),
            Key::Down | Key::Right | Key::Tab | Key::Char('j') => self.step(1, now),
            Key::Ctrl('c') => self.climb(now),
            Key::Up | Key::Left | Key::BackTab => self.step(self.choices.len().saturating_sub(1), now),
            Key::Enter if armed && self.chosen == Choice::Stay => return Way::Taken(Choice::Stay),
            Key::Char(letter) if armed => {
                if let Some(choice) = self.choices.iter().find(|choice| choice.key() == letter) {
                    return Way::Taken(*choice);
                }
            }
            _ => {}
        }
        Way::Open
    }

    /// ^C: the next way out that ends waiting. Draining waits, so it is left out where one may as well detach.
    fn climb(&mut self, now: Stamp) {
        self.step(1, now);
        if self.chosen == Choice::Drain
            && (self.choices.contains(&Choice::Detach) || self.choices.contains(&Choice::Depart))
        {
            self.step(1, now);
        }
    }

    fn step(&mut self, by: usize, now: Stamp) {
        let at = self
            .choices
            .iter()
            .position(|choice| *choice == self.chosen)
            .unwrap_or(0);
        if let Some(next) = self.choices.get((at + by) % self.choices.len().max(1)) {
            self.chosen = *next;
            self.moved = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Action, KeyClash, KeyMap};

    #[test]
    fn leaving_is_asked_for_by_no_key_that_takes_a_way() {
        let all = [
            Choice::Stay,
            Choice::Detach,
            Choice::Depart,
            Choice::Drain,
            Choice::Cancel,
            Choice::Kill,
            Choice::LetGo,
        ];
        for choice in all {
            let (action, key) = (Action::Quit, Key::Char(choice.key()));
            assert_eq!(
                KeyMap::with(&[(action, vec![key])]),
                Err(KeyClash::Answer { action, key })
            );
        }
    }
}
