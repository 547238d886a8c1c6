//! What of a question must be in sight before it can be answered, and whether there is room for it.

use super::confirm::Confirm;
use super::message::Size;
use super::text::{width, wrap_words};

/// The widest text of a question.
const WIDEST: u16 = 72;

/// How many columns the text of a question has, inside its frame.
pub fn question_columns(columns: u16) -> u16 {
    columns.saturating_sub(6).min(WIDEST)
}

/// How many rows a question has, inside its frame.
pub fn question_rows(rows: u16) -> usize {
    usize::from(rows.saturating_sub(2))
}

impl Confirm {
    /// What may not be left out, however little room there is.
    pub fn cautions(&self) -> Vec<String> {
        let hidden = (self.hidden > 0).then(|| format!("{} of them hidden by the filter", self.hidden));
        hidden.into_iter().chain(self.warning.clone()).collect()
    }

    /// What is asked to be typed, where something must be.
    pub fn asked(&self) -> Option<String> {
        let wanted = self.wanted()?;
        Some(if self.is_named() {
            format!("type {wanted}, then enter: ")
        } else {
            format!("type the number {wanted}, then y: ")
        })
    }

    /// Whether what is typed stands behind what is asked for, in so many columns; else it has a row of its own.
    pub fn asks_in_one_row(&self, columns: u16) -> bool {
        let (asked, wanted) = (self.asked().unwrap_or_default(), self.wanted().unwrap_or_default());
        width(&asked) + width(&wanted) < usize::from(columns)
    }

    /// Whether everything that must be seen can be, on a terminal of this size. What cannot be seen is not answered.
    pub fn has_room(&self, size: Size) -> bool {
        /// The fewest rows for what it is about: the beginning, and how much more there is.
        const LEAST: usize = 2;
        /// The fewest rows more for a command: its beginning, its end, and how much there is between.
        const COMMAND: usize = 2;
        let columns = question_columns(size.width);
        let rows = |text: &String| wrap_words(text, usize::from(columns)).len();
        let cautions: usize = self.cautions().iter().map(rows).sum();
        let typed = match self.asked() {
            None => 0,
            Some(_) if self.asks_in_one_row(columns) => 1,
            Some(asked) => rows(&asked) + 1,
        };
        let buttons = 1;
        let about = LEAST + if self.command.is_some() { COMMAND } else { 0 };
        about + cautions + typed + buttons <= question_rows(size.height)
    }
}
