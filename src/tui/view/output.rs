//! The output of one job: a title, and the rows of text with a mark before what came on standard error.

use super::paint::Brush;
use super::state::state;
use crate::app::{App, GUTTER, OutputView, TIME_COLUMNS, began, bytes, time_of_line};
use crate::model::event::Stream;
use crate::model::stamp::Stamp;
use crate::tui::theme::{Role, Sign};
use ratatui::layout::Rect;

/// Draws it.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, view: &OutputView, now: Stamp) {
    title(brush, area, app, view, now);
    let rows = view.rows();
    let top = area.y.saturating_add(1);
    if rows.is_empty() {
        let text = if view.has_more() { "reading" } else { "no output" };
        brush.text(
            (area.x + GUTTER, top),
            area.width.saturating_sub(GUTTER),
            text,
            Role::Dim,
        );
    }
    let times = if view.shows_times() { TIME_COLUMNS } else { 0 };
    let began = began(app, view);
    for (y, row) in (top..area.bottom()).zip(rows) {
        // A line that takes several rows has one time.
        if times > 0 && row.part.start == 0 {
            let time = time_of_line(&app.plan().started, row.at, began);
            brush.text((area.x, y), area.width.min(times), &time, Role::Dim);
        }
        if row.stream == Stream::Stderr {
            brush.text((area.x + times, y), 1, brush.sign(Sign::Stderr), Role::Stderr);
        }
        let before = GUTTER + times;
        let (x, width) = (area.x + before, area.width.saturating_sub(before));
        brush.output((x, y), width, (row.line, row.part.clone()), false);
        let Some(search) = view.search() else { continue };
        for hit in search.ranges(row.line.text()) {
            let (from, to) = (hit.start.max(row.part.start), hit.end.min(row.part.end));
            if from < to {
                let text = row.line.text();
                let before = crate::app::text::width(&text[row.part.start..from]) as u16;
                let wide = crate::app::text::width(&text[from..to]) as u16;
                let hit = Rect {
                    x: x.saturating_add(before),
                    y,
                    width: wide.min(width.saturating_sub(before)),
                    height: 1,
                };
                brush.set_off(hit, Role::Hit);
            }
        }
    }
}

fn title(brush: &mut Brush<'_>, area: Rect, app: &App, view: &OutputView, now: Stamp) {
    let Some(row) = app.board().row(view.job()) else { return };
    let dot = brush.sign(Sign::Dot);
    let is_last = view.attempt() == row.attempt;
    let (_, word, role) = state(row, now);
    let attempt = format!("attempt {} of {}", view.attempt(), row.attempt);
    let earlier = row.earlier.get(view.attempt().0.saturating_sub(1) as usize);
    let (word, role) = match earlier {
        Some(ending) if !is_last => (ending.outcome.to_string(), Role::Dim),
        _ => (word, role),
    };
    let mut texts = vec![
        (" ", Role::Text),
        (row.host.as_str(), Role::Title),
        (dot, Role::Dim),
        (&word, role),
        (dot, Role::Dim),
        (&attempt, Role::Dim),
        (dot, Role::Dim),
        (view.streams().word(), Role::Dim),
    ];
    let size = bytes(row.printed(Stream::Stdout) + row.printed(Stream::Stderr));
    if is_last {
        texts.extend([(dot, Role::Dim), (size.as_str(), Role::Dim)]);
    }
    brush.texts((area.x, area.y), area.width, texts);
}
