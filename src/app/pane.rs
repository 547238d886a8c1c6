//! How far an overlay with more text than room is scrolled.

use crate::keys::Action;

/// A scrolled text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pane {
    /// The first row shown.
    pub top: usize,
}

impl Pane {
    /// The first row to show of `rows` in a window of `page`: that may have grown since.
    pub fn first(self, rows: usize, page: usize) -> usize {
        self.top.min(rows.saturating_sub(page))
    }

    /// Takes in what was pressed, for a text of `rows` rows in a window of `page`; says whether that scrolls.
    pub(super) fn press(&mut self, action: Option<Action>, rows: usize, page: usize) -> bool {
        let page = page.max(1);
        let last = rows.saturating_sub(page);
        self.top = self.first(rows, page);
        let top = match action {
            Some(Action::Down) => self.top + 1,
            Some(Action::Up) => self.top.saturating_sub(1),
            Some(Action::HalfDown) => self.top + page / 2,
            Some(Action::HalfUp) => self.top.saturating_sub(page / 2),
            Some(Action::PageDown) => self.top + page,
            Some(Action::PageUp) => self.top.saturating_sub(page),
            Some(Action::Top) => 0,
            Some(Action::Bottom) => last,
            _ => return false,
        };
        self.top = top.min(last);
        true
    }
}
