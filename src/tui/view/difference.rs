//! The difference of two outputs: what is compared with what, and the lines with the sign of their side.

use super::paint::Brush;
use crate::app::text::width;
use crate::app::{App, DiffLine, DiffPart, DifferenceView, Side, Standstill};
use crate::model::event::Stream;
use crate::tui::theme::{Role, Sign};
use ratatui::layout::Rect;
use std::ops::Range;

/// Columns before the text: the sign of the side, and a space.
const GUTTER: u16 = 2;

/// Draws it.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, view: &DifferenceView) {
    title(brush, area, app, view);
    let top = area.y.saturating_add(1);
    let words = match view.state() {
        Standstill::Surveying => "reading what the others printed",
        Standstill::Reading => "reading",
        Standstill::Nothing(words) => words,
        Standstill::Ready(difference) if difference.parts.is_empty() => "neither has printed anything",
        Standstill::Ready(_) => "",
    };
    let (x, room) = (area.x + GUTTER, area.width.saturating_sub(GUTTER));
    for (y, line) in (top..area.bottom()).zip(crate::app::text::wrap_words(words, usize::from(room))) {
        brush.text((x, y), room, &line, Role::Text);
    }
    for (y, (part, bytes)) in (top..area.bottom()).zip(view.shown()) {
        match part {
            DiffPart::Stream(stream) => {
                let name = match stream {
                    Stream::Stdout => "standard output",
                    Stream::Stderr => "standard error",
                };
                brush.text((x, y), room, name, Role::Title);
            }
            DiffPart::Equal(count) => {
                let lines = if *count == 1 { "line" } else { "lines" };
                let text = format!("{} {count} equal {lines}", brush.sign(Sign::Ellipsis));
                brush.text((x, y), room, &text, Role::Dim);
            }
            DiffPart::Line(line) => draw_line(brush, Rect { y, height: 1, ..area }, line, &bytes),
        }
    }
}

fn draw_line(brush: &mut Brush<'_>, area: Rect, line: &DiffLine, bytes: &Range<usize>) {
    let (x, room) = (area.x + GUTTER, area.width.saturating_sub(GUTTER));
    let (sign, role) = match line.side {
        Side::Both => (" ", Role::Dim),
        Side::Left => ("-", Role::Failed),
        Side::Right => ("+", Role::Ok),
    };
    brush.text((area.x, area.y), 1, sign, role);
    brush.text((x, area.y), room, &line.text[bytes.clone()], role);
    for mark in &line.marks {
        let (from, to) = (mark.start.max(bytes.start), mark.end.min(bytes.end));
        if from < to {
            let before = width(&line.text[bytes.start..from]) as u16;
            let wide = width(&line.text[from..to]) as u16;
            let hit = Rect {
                x: x.saturating_add(before),
                width: wide.min(room.saturating_sub(before)),
                ..area
            };
            brush.set_off(hit, Role::Hit);
        }
    }
}

fn title(brush: &mut Brush<'_>, area: Rect, app: &App, view: &DifferenceView) {
    let is_over = app.board().row(view.job()).is_none_or(|row| row.phase.is_done());
    let against = match view.against() {
        None => "the commonest output".to_owned(),
        Some((job, 1)) => app.label(job).to_owned(),
        Some((job, peers)) => format!("{} and {} more", app.label(job), peers - 1),
    };
    let so_far = if is_over { "" } else { ", so far" };
    let dot = brush.sign(Sign::Dot);
    let texts = [
        (" difference", Role::Title),
        (dot, Role::Dim),
        ("- ", Role::Failed),
        (&against, Role::Text),
        (dot, Role::Dim),
        ("+ ", Role::Ok),
        (app.label(view.job()), Role::Title),
        (so_far, Role::Dim),
    ];
    brush.texts((area.x, area.y), area.width, texts);
}
