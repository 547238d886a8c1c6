//! What the mouse does. It moves, scrolls, sorts and opens; it asks the runner for nothing and answers no question.

use super::message::{Effect, Effects};
use super::overlay::Overlay;
use super::pointer::Pointed;
use super::state::{App, Screen};
use crate::keys::{Action, Mouse};
use crate::model::stamp::Stamp;

/// A click: on what lies bare it does what it says, on anything else nothing.
pub(super) fn click(app: &mut App, pointed: Pointed, now: Stamp) -> Option<Action> {
    if app.overlay != Overlay::None || app.is_too_small() {
        return None;
    }
    match pointed {
        Pointed::Row(job) if matches!(app.screen, Screen::Table) => {
            if app.view.is_gathered() {
                app.clusters.touch(now);
                app.clusters.move_to_job(job);
            } else {
                app.table.move_to_job(job);
            }
        }
        Pointed::Head(sort) if matches!(app.screen, Screen::Table) => {
            let (before, reversed) = app.table.sort();
            app.table.set_sort(sort, before == sort && !reversed);
            app.table.arrange(&app.board, now);
        }
        Pointed::Label(action) if !action.asks_runner() && action != Action::Lock => return Some(action),
        Pointed::Row(_) | Pointed::Head(_) | Pointed::Label(_) => {}
    }
    None
}

/// `:mouse`.
pub(super) fn switch(app: &mut App, now: Stamp) -> Effects {
    app.mouse = app.mouse.other();
    app.say(
        match app.mouse {
            Mouse::On => "mouse on; with shift the terminal selects as before",
            Mouse::Off => "mouse off: the terminal selects",
        },
        now,
    );
    Effect::Mouse(app.mouse).into()
}
