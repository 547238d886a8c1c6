//! The table: a row per job that is shown, the cursor's row always among them.

use super::paint::Brush;
use super::state::state;
use crate::app::{Action, App, Lag, Pack, Pointed, Said, Sort, link_silence, remark, said};
use crate::model::board::{Board, Row};
use crate::model::elapsed::Elapsed;
use crate::model::field::Kind;
use crate::model::outcome::Outcome;
use crate::model::phase::Phase;
use crate::model::progress::progress;
use crate::model::stamp::Stamp;
use crate::model::text::StyledLine;
use crate::tui::theme::{Role, Sign};
use ratatui::layout::Rect;

/// The least room in which output says anything.
const OUTPUT: u16 = 10;

/// Where the columns begin, and how wide they are; those that have no room are not there.
///
/// ```text
/// mark cursor sign word           host     elapsed  try  values  output
/// ```
struct Columns {
    word: (u16, u16),
    host: (u16, u16),
    elapsed: (u16, u16),
    attempt: Option<(u16, u16)>,
    /// One for each field that has room, each with a sign behind it.
    values: Vec<(u16, u16)>,
    output: Option<(u16, u16)>,
}

impl Columns {
    fn new(width: u16, widest_host: usize, values: impl Iterator<Item = u16>) -> Self {
        let widest_host = u16::try_from(widest_host).unwrap_or(u16::MAX).max(4);
        // `signal 11 (139)` has fifteen.
        let word = (5, if width < 60 { 11 } else { 15 });
        let most = if width < 60 { 16 } else { width / 4 };
        let host = (word.0 + word.1 + 1, widest_host.min(most));
        let elapsed = (host.0 + host.1 + 1, 7);
        let attempt = (width >= 60).then_some((elapsed.0 + elapsed.1 + 2, 3));
        let (before, before_width) = attempt.unwrap_or(elapsed);
        let mut start = before + before_width + 2;
        let mut places = Vec::new();
        for value in values {
            if start + value + 1 > width {
                break;
            }
            places.push((start, value));
            start += value + 3;
        }
        let room = width.saturating_sub(start);
        Self {
            word,
            host,
            elapsed,
            attempt,
            values: places,
            output: (room >= OUTPUT).then_some((start, room)),
        }
    }
}

/// Draws the heads of the columns and the rows.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, now: Stamp) {
    let columns = Columns::new(area.width, app.host_columns(), value_columns(app.board()));
    heads(brush, area, &columns, app.board());
    let table = app.table();
    let range = table.range();
    let rows = Rect {
        y: area.y.saturating_add(1),
        height: area.height.saturating_sub(1),
        ..area
    };
    if table.order().is_empty() {
        brush.text(
            (area.x + 3, rows.y),
            area.width.saturating_sub(3),
            &nothing(app),
            Role::Dim,
        );
    }
    let pack = Pack::of(app.board(), now);
    let shown = table
        .order()
        .iter()
        .enumerate()
        .skip(table.top())
        .take(usize::from(rows.height));
    for (y, (place, job)) in (rows.y..).zip(shown) {
        let Some(row) = app.board().row(*job) else { continue };
        let line = Line {
            area: Rect { y, height: 1, ..area },
            has_cursor: place == table.place(),
            is_marked: table.is_marked(*job) || range.as_ref().is_some_and(|range| range.contains(&place)),
            is_planned: app.is_planned(),
        };
        draw_row(brush, &line, &columns, row, &pack);
        brush.spot(line.area, Pointed::Row(*job));
        if !columns.values.is_empty() {
            draw_values(brush, &line, &columns, row, app.board());
        }
    }
}

/// How wide the values of each field are.
fn value_columns(board: &Board) -> impl Iterator<Item = u16> {
    /// The most.
    const WIDEST: usize = 16;
    let fields = board.fields().iter().zip(board.columns());
    fields.map(|(field, column)| field.name().len().max(column.width()).min(WIDEST) as u16)
}

/// The values of a row: numbers at the right end of their column, and a sign behind what is out of line.
fn draw_values(brush: &mut Brush<'_>, line: &Line, columns: &Columns, row: &Row, board: &Board) {
    let Rect { x, y, .. } = line.area;
    let values = row.values.iter().zip(board.columns());
    for ((value, column), (at, width)) in values.zip(&columns.values) {
        let Some(value) = value else { continue };
        let is_outlier = column.is_outlier(value);
        let role = match (is_outlier, line.has_cursor) {
            (_, true) => Role::Chosen,
            (true, false) => Role::Warning,
            (false, false) => Role::Text,
        };
        match column.kind() {
            Kind::Number(_) => brush.text_right((x + at, y), *width, value.text(), role),
            Kind::Text => {
                brush.text((x + at, y), *width, value.text(), role);
            }
        }
        if is_outlier {
            brush.text((x + at + width, y), 1, brush.sign(Sign::Outlier), role);
        }
    }
}

/// A row's place on the screen, and how it is set off.
struct Line {
    area: Rect,
    has_cursor: bool,
    is_marked: bool,
    /// Nothing is known of the job yet.
    is_planned: bool,
}

fn nothing(app: &App) -> String {
    let back = app.keys().hint(Action::Back);
    if app.table().stragglers_only() {
        format!("no stragglers now; {back} shows all rows")
    } else {
        format!("the filter lets no row through; {back} clears it")
    }
}

fn heads(brush: &mut Brush<'_>, area: Rect, columns: &Columns, board: &Board) {
    let y = area.y;
    let mut head = |(x, width): (u16, u16), text: &str| {
        brush.text((area.x + x, y), width, text, Role::Dim);
    };
    let state = (3, columns.word.1 + 2);
    head(state, "STATE");
    head(columns.host, "HOST");
    if let Some(output) = columns.output {
        head(output, "OUTPUT");
    }
    for ((field, column), (x, width)) in board.fields().iter().zip(board.columns()).zip(&columns.values) {
        let name = field.name().to_ascii_uppercase();
        match column.kind() {
            Kind::Number(_) => brush.text_right((area.x + x, y), *width, &name, Role::Dim),
            Kind::Text => {
                brush.text((area.x + x, y), *width, &name, Role::Dim);
            }
        }
    }
    let (x, width) = columns.elapsed;
    brush.text_right((area.x + x, y), width, "ELAPSED", Role::Dim);
    if let Some((x, width)) = columns.attempt {
        brush.text_right((area.x + x, y), width, "TRY", Role::Dim);
    }
    for (column, sort) in [
        (state, Sort::State),
        (columns.host, Sort::Plan),
        (columns.elapsed, Sort::Elapsed),
    ] {
        brush.head(area, column, sort);
    }
}

fn draw_row(brush: &mut Brush<'_>, line: &Line, columns: &Columns, row: &Row, pack: &Pack) {
    let Rect { x, y, .. } = line.area;
    let now = pack.now();
    let (sign, word, role) = state(row, now);
    if line.is_marked {
        brush.text((x, y), 1, brush.sign(Sign::Mark), Role::Mark);
    }
    if line.has_cursor {
        brush.text((x + 1, y), 1, ">", Role::Mark);
    }
    if !line.is_planned {
        brush.text((x + 3, y), 1, brush.sign(sign), role);
        brush.text((x + columns.word.0, y), columns.word.1, &word, role);
    }
    let host = if line.has_cursor { Role::Title } else { Role::Text };
    brush.text((x + columns.host.0, y), columns.host.1, row.host.as_str(), host);
    if let Some(elapsed) = elapsed(row, now).filter(|_| !line.is_planned) {
        brush.text_right((x + columns.elapsed.0, y), columns.elapsed.1, &elapsed, Role::Text);
    }
    if let Some((at, width)) = columns.attempt.filter(|_| !line.is_planned) {
        brush.text_right((x + at, y), width, &row.attempt.to_string(), Role::Text);
    }
    if let Some((at, width)) = columns.output.filter(|_| !line.is_planned) {
        draw_output(brush, (x + at, y), width, row, pack);
    }
    if line.has_cursor {
        let whole = Rect {
            x: x + 1,
            width: line.area.width.saturating_sub(1),
            ..line.area
        };
        brush.set_off(whole, Role::Chosen);
    }
}

fn elapsed(row: &Row, now: Stamp) -> Option<String> {
    let elapsed = row.phase.elapsed(now)?;
    Some(match row.phase {
        Phase::Done {
            outcome: Outcome::Skipped { .. },
            ..
        } => return None,
        Phase::Done { .. } => Elapsed::Over(elapsed).to_string(),
        _ => Elapsed::Running(elapsed).to_string(),
    })
}

/// Why a job is to be looked at, where its state does not say so.
fn lag(row: &Row, pack: &Pack) -> Option<String> {
    match pack.lag(row)? {
        Lag::Stopping | Lag::Slow | Lag::Overdue | Lag::LinkSilent(_) => None,
        lag => Some(lag.to_string()),
    }
}

/// What must be said first, then the output or the words that stand in for it.
fn draw_output(brush: &mut Brush<'_>, (x, y): (u16, u16), width: u16, row: &Row, pack: &Pack) {
    if let Some(silence) = link_silence(row, pack.now()) {
        brush.text((x, y), width, &silence, Role::Warning);
        return;
    }
    let mut used = 0;
    for (words, role) in [(lag(row, pack), Role::Warning), (remark(row), Role::Dim)] {
        if let Some(words) = words {
            used += brush.text((x + used, y), width.saturating_sub(used), &format!("[{words}] "), role);
        }
    }
    let (x, width) = (x + used, width.saturating_sub(used));
    match said(row) {
        Said::Nothing => {}
        Said::Words(words) => {
            brush.text((x, y), width, &words, Role::Dim);
        }
        Said::Output(line) => {
            let shown = how_far(row).filter(|_| line_is_unfinished(row, line));
            let used = shown.map_or(0, |hundredths| draw_bar(brush, (x, y), width, hundredths));
            let (x, width) = (x + used, width.saturating_sub(used));
            brush.output((x, y), width, (line, 0..line.text().len()), false);
        }
    }
}

/// How far a running command says that it is.
fn how_far(row: &Row) -> Option<u8> {
    let runs = matches!(row.phase, Phase::Running { .. } | Phase::Stopping { .. });
    let line = row.tail.unfinished().filter(|_| runs)?;
    progress(line.text())
}

/// Whether the line that the row shows is the one that is still being written.
fn line_is_unfinished(row: &Row, line: &StyledLine) -> bool {
    row.tail
        .unfinished()
        .is_some_and(|unfinished| std::ptr::eq(unfinished, line))
}

/// A small bar where there is room for it; returns the columns that it took.
fn draw_bar(brush: &mut Brush<'_>, (x, y): (u16, u16), width: u16, hundredths: u8) -> u16 {
    /// Columns of the bar.
    const BAR: u16 = 10;
    /// The least room for the text behind it.
    const TEXT: u16 = 30;
    if width < BAR + 1 + TEXT {
        return 0;
    }
    let done = u16::from(hundredths.min(100)) * BAR / 100;
    let full = brush.sign(Sign::BarOk).repeat(usize::from(done));
    let rest = brush.sign(Sign::BarRest).repeat(usize::from(BAR - done));
    brush.texts(
        (x, y),
        BAR,
        [(full.as_str(), Role::Running), (rest.as_str(), Role::Dim)],
    ) + 1
}
