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
        let Some(action) = action else { return false };
        let rows = isize::try_from(page).unwrap_or(isize::MAX);
        let top = match (action, rows_moved(action, rows)) {
            (_, Some(rows)) => self.top.saturating_add_signed(rows),
            (Action::Top, None) => 0,
            (Action::Bottom, None) => last,
            _ => return false,
        };
        self.top = top.min(last);
        true
    }
}

/// By how many rows an action moves in a window of `page` rows, down where that is positive; nothing where it does not.
pub(super) fn rows_moved(action: Action, page: isize) -> Option<isize> {
    Some(match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::HalfDown => page / 2,
        Action::HalfUp => -page / 2,
        Action::PageDown => page,
        Action::PageUp => -page,
        _ => return None,
    })
}
