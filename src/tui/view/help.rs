//! The help: every key, from the table of actions.

use super::paint::Brush;
use crate::app::{App, HelpRow, Pane, help};
use crate::tui::theme::Role;
use ratatui::layout::Rect;

/// Columns of the keys.
const KEYS: u16 = 9;

/// Draws it over everything but the footer.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, pane: Pane) {
    let area = Rect {
        height: area.height.saturating_sub(1),
        ..area
    };
    let (columns, rows) = app.panel();
    let lines = help(app.keys(), (columns, rows));
    let top = pane.first(lines.len(), rows);
    let below = lines.len().saturating_sub(top + rows);
    let title = if below > 0 {
        format!("heeler: keys ({below} more lines below)")
    } else {
        "heeler: keys".to_owned()
    };
    let inner = brush.panel(area, &title);
    for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(top)) {
        let width = columns / line.len().max(1) as u16;
        let mut right = columns;
        // From the right, because a cell behind which there is nothing has the room.
        for (cell, place) in line.iter().zip(0..).collect::<Vec<(_, u16)>>().into_iter().rev() {
            if *cell == HelpRow::Blank {
                continue;
            }
            let x = place * width;
            row(
                brush,
                (inner.x + 1 + x, y),
                right.saturating_sub(x + u16::from(right < columns)),
                cell,
            );
            right = x;
        }
    }
}

fn row(brush: &mut Brush<'_>, (x, y): (u16, u16), width: u16, row: &HelpRow) {
    match row {
        HelpRow::Blank => {}
        HelpRow::Heading(text) => {
            brush.text((x, y), width, text, Role::Title);
        }
        HelpRow::Note(text) => {
            brush.text((x, y), width, text, Role::Text);
        }
        HelpRow::Keys(keys, what) => {
            brush.text((x + 1, y), KEYS, keys, Role::Key);
            brush.text((x + KEYS + 2, y), width.saturating_sub(KEYS + 2), what, Role::Text);
        }
    }
}
