//! What the mouse does. It moves, scrolls, sorts and opens; it asks the runner for nothing and answers no question.

use super::message::Effects;
use super::overlay::Overlay;
use super::state::{App, Screen};
use crate::keys::Action;
use crate::model::id::JobId;
use crate::model::stamp::Stamp;

use super::order::Sort;

/// What lies under the pointer, as it was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointed {
    /// The row of a job, or of the cluster that it stands for.
    Row(JobId),
    /// The head of a column by which rows can be sorted.
    Head(Sort),
    /// A key in the footer.
    Label(Action),
}

/// Which way the wheel was turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wheel {
    /// Towards what is further down.
    Down,
    /// Towards what is further up.
    Up,
}

impl Wheel {
    /// How many lines one step of the wheel is.
    pub(super) const LINES: usize = 3;

    /// The key for a line of it.
    pub(super) fn action(self) -> Action {
        match self {
            Self::Down => Action::Down,
            Self::Up => Action::Up,
        }
    }
}

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
        Pointed::Label(action) if !action.asks_runner() => return Some(action),
        Pointed::Row(_) | Pointed::Head(_) | Pointed::Label(_) => {}
    }
    None
}

/// `:mouse`.
pub(super) fn switch(app: &mut App, now: Stamp) -> Effects {
    app.mouse = app.mouse.other();
    app.say(
        match app.mouse {
            crate::keys::Mouse::On => "mouse on; with shift the terminal selects as before",
            crate::keys::Mouse::Off => "mouse off: the terminal selects",
        },
        now,
    );
    super::message::Effect::Mouse(app.mouse).into()
}
