//! The question for the password that `sudo` wants, and what keys make of it. It shows nothing of what is typed. Pasting is
//! allowed, as people keep passwords elsewhere.

use super::arming::ARMING;
use crate::keys::Key;
use crate::model::board::{Board, Password};
use crate::model::secret::Secret;
use crate::model::stamp::Stamp;

/// Where the question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The password is typed.
    Typing,
    /// Whether to give none.
    Declining,
}

/// The question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordQuestion {
    /// Where it is.
    pub stage: Stage,
    /// What was typed so far.
    pub typed: Secret,
    /// When it was asked.
    pub opened: Stamp,
}

/// Whether the question opens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// No: nothing is wanted, or it was put off.
    None,
    /// As soon as nothing else has the keys.
    Due,
}

impl Turn {
    /// In a run that stands so.
    pub(super) fn of(board: &Board) -> Self {
        match board.password() {
            Password::Wanted { .. } => Self::Due,
            Password::NotWanted => Self::None,
        }
    }
}

/// What a key made of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Still open.
    Open,
    /// Not now.
    Closed,
    /// The password is there.
    Given,
    /// Nobody is going to give one.
    Declined,
}

impl PasswordQuestion {
    /// A question that is asked now.
    pub(super) fn new(now: Stamp) -> Self {
        Self {
            stage: Stage::Typing,
            typed: Secret::typed(),
            opened: now,
        }
    }

    /// Whether keys are taken: not those that were meant for what was there before.
    pub fn is_armed(&self, now: Stamp) -> bool {
        now.since(self.opened) >= ARMING
    }

    pub(super) fn press(&mut self, key: Key, now: Stamp) -> Entry {
        if key == Key::Ctrl('c') {
            return Entry::Closed;
        }
        if !self.is_armed(now) {
            return Entry::Open;
        }
        match (self.stage, key) {
            (Stage::Typing, Key::Esc) => {
                self.typed.clear();
                self.stage = Stage::Declining;
                self.opened = now;
            }
            (Stage::Typing, Key::Enter) if !self.typed.is_empty() => return Entry::Given,
            (Stage::Typing, Key::Char(c)) => self.typed.push(c),
            (Stage::Typing, Key::Backspace | Key::Ctrl('h')) => self.typed.pop(),
            (Stage::Typing, Key::Ctrl('u' | 'w')) => self.typed.clear(),
            (Stage::Declining, Key::Char('y')) => return Entry::Declined,
            (Stage::Declining, Key::Esc | Key::Enter | Key::Char('n')) => self.stage = Stage::Typing,
            _ => {}
        }
        Entry::Open
    }

    /// Takes in pasted text: its first line.
    pub(super) fn paste(&mut self, pasted: &str, now: Stamp) {
        if self.is_armed(now) && self.stage == Stage::Typing {
            pasted
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .for_each(|c| self.typed.push(c));
        }
    }
}
