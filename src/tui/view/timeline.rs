//! Who ran when: the rows of the table with a bar each over the run's time, and the axis above them.

use super::paint::Brush;
use super::state::{of_class, state};
use crate::app::{App, Lag, Pack, Pointed, Scale, Sort, bar};
use crate::model::board::Row;
use crate::model::elapsed::Elapsed;
use crate::model::stamp::Stamp;
use crate::model::tally::Standing;
use crate::tui::theme::{Role, Sign};
use ratatui::layout::Rect;

/// Where the columns begin, and how wide they are.
///
/// ```text
/// mark cursor sign host elapsed ! bar                    lag
/// ```
struct Columns {
    host: (u16, u16),
    elapsed: (u16, u16),
    bar: (u16, u16),
    lag: Option<(u16, u16)>,
}

impl Columns {
    fn new(width: u16, widest_host: usize) -> Self {
        const LAG: u16 = 18;
        let widest_host = u16::try_from(widest_host).unwrap_or(u16::MAX).max(4);
        let host = (5, widest_host.min(if width < 60 { 12 } else { width / 4 }));
        let elapsed = (host.0 + host.1 + 1, 7);
        let start = elapsed.0 + elapsed.1 + 3;
        let room = width.saturating_sub(start + 1);
        let lag = (width >= 110).then(|| (width.saturating_sub(LAG), LAG));
        let bar = (start, room.saturating_sub(lag.map_or(0, |(_, wide)| wide + 1)));
        Self {
            host,
            elapsed,
            bar,
            lag,
        }
    }
}

/// Draws the axis and the rows.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, now: Stamp) {
    let columns = Columns::new(area.width, app.host_columns());
    let end = app.elapsed(now);
    let scale = Scale::new(end, usize::from(columns.bar.1));
    heads(brush, area, &columns, scale);
    let table = app.table();
    let top = area.y.saturating_add(1);
    let pack = Pack::of(app.board(), now);
    let range = table.range();
    let shown = table.order().iter().enumerate().skip(table.top());
    for (y, (place, job)) in (top..area.bottom()).zip(shown) {
        let Some(row) = app.board().row(*job) else { continue };
        let area = Rect { y, height: 1, ..area };
        if table.is_marked(*job) || range.as_ref().is_some_and(|range| range.contains(&place)) {
            brush.text((area.x, y), 1, brush.sign(Sign::Mark), Role::Mark);
        }
        draw_row(brush, area, &columns, row, (&pack, place == table.place()));
        draw_bar(brush, area, &columns, row, (scale, Stamp(end)));
        brush.spot(area, Pointed::Row(*job));
    }
}

fn heads(brush: &mut Brush<'_>, area: Rect, columns: &Columns, scale: Scale) {
    let (x, y) = (area.x, area.y);
    brush.text((x + columns.host.0, y), columns.host.1, "HOST", Role::Dim);
    brush.text_right((x + columns.elapsed.0, y), columns.elapsed.1, "ELAPSED", Role::Dim);
    for (column, sort) in [(columns.host, Sort::Plan), (columns.elapsed, Sort::Elapsed)] {
        brush.head(area, column, sort);
    }
    let (start, room) = columns.bar;
    for (column, time) in scale.marks() {
        let column = column as u16;
        // A mark stands where its text begins, and has room for it or is not there.
        let text = format!("|{time}");
        if usize::from(room.saturating_sub(column)) >= text.len() {
            brush.text((x + start + column, y), room - column, &text, Role::Dim);
        }
    }
}

fn draw_row(brush: &mut Brush<'_>, area: Rect, columns: &Columns, row: &Row, (pack, has_cursor): (&Pack, bool)) {
    let Rect { x, y, .. } = area;
    let (sign, word, role) = state(row, pack.now());
    let lag = pack.lag(row);
    if has_cursor {
        brush.text((x + 1, y), 1, ">", Role::Mark);
    }
    brush.text((x + 3, y), 1, brush.sign(sign), role);
    let name = if has_cursor { Role::Title } else { Role::Text };
    brush.text((x + columns.host.0, y), columns.host.1, row.host.as_str(), name);
    if let Some(elapsed) = row.phase.elapsed(pack.now()) {
        let elapsed = if row.phase.is_done() {
            Elapsed::Over(elapsed).to_string()
        } else {
            Elapsed::Running(elapsed).to_string()
        };
        brush.text_right((x + columns.elapsed.0, y), columns.elapsed.1, &elapsed, Role::Text);
    }
    if let Some((at, room)) = columns.lag {
        let words = lag.map_or(word, |lag: Lag| lag.to_string());
        let role = if lag.is_some() { Role::Warning } else { role };
        brush.text((x + at, y), room, &words, role);
    }
    if has_cursor {
        let whole = Rect {
            x: x + 1,
            width: columns.bar.0.saturating_sub(2),
            ..area
        };
        brush.set_off(whole, Role::Chosen);
    }
    if lag.is_some() {
        brush.text((x + columns.bar.0.saturating_sub(2), y), 1, "!", Role::Alert);
    }
}

fn draw_bar(brush: &mut Brush<'_>, area: Rect, columns: &Columns, row: &Row, (scale, end): (Scale, Stamp)) {
    let cells = bar(row, scale, end);
    let mut column = 0;
    for run in cells.chunk_by(|one, other| one == other) {
        if let Some(standing) = run[0] {
            let (sign, role) = leg(standing);
            let text = brush.sign(sign).repeat(run.len());
            let at = columns.bar.0 + column;
            brush.text((area.x + at, area.y), run.len() as u16, &text, role);
        }
        column += run.len() as u16;
    }
}

/// How a part of a bar looks; each differs by its sign too.
pub(super) fn leg(standing: Standing) -> (Sign, Role) {
    match standing {
        Standing::Queued => (Sign::Queued, Role::Waiting),
        Standing::Connecting => (Sign::LegConnecting, Role::Connecting),
        Standing::Running => (Sign::LegRunning, Role::Running),
        Standing::Slow => (Sign::LegSlow, Role::Warning),
        Standing::Stopping => (Sign::LegStopping, Role::Warning),
        Standing::Backoff => (Sign::Backoff, Role::Warning),
        Standing::Done(class) => of_class(class),
    }
}
