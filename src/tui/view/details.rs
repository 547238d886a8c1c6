//! The details of one job: every fact, wrapped, nothing cut.

use super::paint::Brush;
use crate::app::{App, NAME_COLUMNS, Pane, Weight, facts};
use crate::model::id::JobId;
use crate::model::stamp::Stamp;
use crate::tui::theme::Role;
use ratatui::layout::Rect;

/// Draws them over everything but the footer.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, (job, pane): (JobId, Pane), now: Stamp) {
    let area = Rect {
        height: area.height.saturating_sub(1),
        ..area
    };
    let (columns, height) = app.panel();
    let room = usize::from(columns).saturating_sub(NAME_COLUMNS);
    let lines = facts(app, job, now).into_iter().flat_map(|fact| {
        let role = match fact.weight {
            Weight::Plain => Role::Text,
            Weight::Warning => Role::Warning,
        };
        let rows = fact.rows(room).into_iter().map(move |row| (row, role));
        let names = std::iter::once(fact.name).chain(std::iter::repeat(String::new()));
        names.zip(rows).collect::<Vec<_>>()
    });
    let lines: Vec<_> = lines.collect();
    let title = match lines.len().saturating_sub(pane.top + height) {
        0 => format!("details of {}", app.label(job)),
        1 => format!("details of {} (1 more line below)", app.label(job)),
        below => format!("details of {} ({below} more lines below)", app.label(job)),
    };
    let inner = brush.panel(area, &title);
    for (y, (name, (text, role))) in (inner.y..inner.bottom()).zip(lines.into_iter().skip(pane.top)) {
        let x = inner.x + 1;
        brush.text((x, y), NAME_COLUMNS as u16, &name, Role::Dim);
        brush.text((x + NAME_COLUMNS as u16, y), room as u16, &text, role);
    }
}
