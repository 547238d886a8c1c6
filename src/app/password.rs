//! When the question for the password is asked: it opens by itself as soon as nothing else is asked, and closes when
//! somebody else has answered.

use super::overlay::Overlay;
use super::secret::{PasswordQuestion, Turn};
use super::state::App;
use crate::keys::Action;
use crate::model::board::Password;
use crate::model::event::What;
use crate::model::stamp::Stamp;

/// Takes in what happened to the run.
pub(super) fn hear(app: &mut App, what: &What) {
    match what {
        What::PasswordWanted { .. } => app.password = Turn::Due,
        What::PasswordGiven | What::RunEnded { .. } => {
            app.password = Turn::None;
            if matches!(app.overlay, Overlay::Password(_)) {
                app.overlay = Overlay::None;
            }
        }
        _ => {}
    }
}

/// Opens the question when somebody is to be asked and nothing else has the keys.
pub(super) fn open_when_due(app: &mut App, now: Stamp) {
    if app.password == Turn::Due && app.overlay == Overlay::None && !app.is_locked() && is_wanted(app) {
        app.password = Turn::None;
        app.overlay = Overlay::Password(PasswordQuestion::new(now));
        app.dirty = true;
    }
}

/// Opens the question because the operator wants to answer it.
pub(super) fn ask(app: &mut App, now: Stamp) {
    if is_wanted(app) {
        app.overlay = Overlay::Password(PasswordQuestion::new(now));
    } else {
        app.say("no host waits for a password", now);
    }
}

/// What is said when the question was closed without an answer.
pub(super) fn later(app: &App) -> String {
    let key = app.keys.hint(Action::Password);
    format!("the hosts wait; {key} asks for the password again")
}

fn is_wanted(app: &App) -> bool {
    app.board.course().is_live() && *app.board.password() != Password::NotWanted
}
