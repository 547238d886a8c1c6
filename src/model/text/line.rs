//! One line of harmless text with its colours.

use super::ink::Ink;
use std::mem;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A line without its end: text that is safe to show, and the ink of each run of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StyledLine {
    text: String,
    /// Where a run of one ink ends, in bytes; the last ends with the text.
    runs: Vec<(usize, Ink)>,
}

impl StyledLine {
    /// The text without colours.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The runs of one ink, from left to right.
    pub fn spans(&self) -> impl Iterator<Item = (&str, Ink)> {
        let mut start = 0;
        self.runs.iter().map(move |(end, ink)| {
            let from = mem::replace(&mut start, *end);
            (&self.text[from..*end], *ink)
        })
    }

    /// Whether there is nothing to see.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// How many columns of a terminal the line takes.
    pub fn width(&self) -> usize {
        self.text.width()
    }

    pub(super) fn push(&mut self, c: char, ink: Ink) {
        self.text.push(c);
        match self.runs.last_mut() {
            Some((end, last)) if *last == ink => *end = self.text.len(),
            _ => self.runs.push((self.text.len(), ink)),
        }
    }

    /// Takes back the last character, for a backspace; returns its width.
    pub(super) fn pop(&mut self) -> usize {
        let Some(c) = self.text.pop() else { return 0 };
        let len = self.text.len();
        while self.runs.len() > 1 && self.runs[self.runs.len() - 2].0 >= len {
            self.runs.pop();
        }
        match self.runs.last_mut() {
            Some(_) if len == 0 => self.runs.clear(),
            Some((end, _)) => *end = len,
            None => {}
        }
        c.width().unwrap_or(0)
    }
}
