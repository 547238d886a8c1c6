//! Which region is where.
//!
//! ```text
//!  heeler  COMMAND                        NODES  width 64   4m12s  about 2m left   header
//!  ██████████▓▓▒▒░░░░   31 ok   2 failed   6 running (2 slow)   3 queued           header
//!    STATE          HOST     ELAPSED  TRY  OUTPUT                                  body: what the view shows
//!  > ◐ slow         web17      4m12s    1  Setting up linux-image …
//!  …
//!  row 1 of 43 · by attention                                                      status
//!  x cancel  r retry  enter output  …                            ? help  q quit    footer
//! ```
//! Help, details and questions lie over it.

use super::paint::Brush;
use super::{clusters, details, dialog, difference, footer, header, help, output, prompt, status, table, timeline};
use crate::app::{App, Overlay, Screen, View};
use crate::model::stamp::Stamp;
use crate::tui::theme::{Look, Role};
use ratatui::Frame;
use ratatui::layout::Rect;

/// Draws the dashboard as it is at `now`.
pub fn draw(frame: &mut Frame<'_>, app: &App, look: Look, now: Stamp) {
    let area = frame.area();
    let mut brush = Brush::new(frame.buffer_mut(), look);
    if app.is_too_small() {
        too_small(&mut brush, area);
        return;
    }
    header::draw(&mut brush, row(area, 0, 2), app, now);
    let body = row(area, 2, area.height.saturating_sub(4));
    match app.screen() {
        Screen::Table => match app.view() {
            View::Hosts => table::draw(&mut brush, body, app, now),
            View::Timeline => timeline::draw(&mut brush, body, app, now),
            View::Groups | View::Failures | View::Buckets => clusters::draw(&mut brush, body, app),
        },
        Screen::Output(view) => output::draw(&mut brush, body, app, view, now),
        Screen::Difference(view) => difference::draw(&mut brush, body, app, view),
    }
    status::draw(&mut brush, row(area, area.height.saturating_sub(2), 1), app, now);
    footer::draw(&mut brush, row(area, area.height.saturating_sub(1), 1), app, now);
    match app.overlay() {
        Overlay::Help(pane) => help::draw(&mut brush, area, app, *pane),
        Overlay::Details(job, pane) => details::draw(&mut brush, area, app, (*job, *pane), now),
        Overlay::Confirm(confirm) => dialog::confirm(&mut brush, area, app, confirm, now),
        Overlay::Quit(question) => dialog::quit(&mut brush, area, app, question),
        Overlay::FollowUp(prompt) => prompt::draw(&mut brush, area, app, prompt),
        Overlay::Password(question) => dialog::password(&mut brush, area, app, question, now),
        Overlay::None
        | Overlay::Filter(_)
        | Overlay::Search(_)
        | Overlay::Time(_)
        | Overlay::Writing(_)
        | Overlay::Command(_) => {}
    }
}

/// The rows from `y` on, `height` of them, as far as there are so many.
fn row(area: Rect, y: u16, height: u16) -> Rect {
    Rect {
        y: area.y.saturating_add(y),
        height,
        ..area
    }
    .intersection(area)
}

fn too_small(brush: &mut Brush<'_>, area: Rect) {
    let text = format!("heeler needs 40x8, this is {}x{}", area.width, area.height);
    let lines = crate::app::text::wrap_words(&text, usize::from(area.width));
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        brush.text((area.x, y), area.width, &line, Role::Text);
    }
}
