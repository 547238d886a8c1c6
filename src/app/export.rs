//! Taking something away: the hosts that are meant, to the clipboard or into a file, or the report of the run into a
//! file. Nothing is replaced without a question.

use super::input::{Input, Typed};
use super::message::{Content, Effect, Effects, Export};
use super::overlay::Overlay;
use super::state::App;
use super::writing::Writing;
use crate::keys::{Action, Key};
use crate::model::stamp::Stamp;
use crate::nodeset::fold;

/// The most that terminals take for their clipboard, in base64.
const CLIPBOARD: usize = 74_000;

/// The hosts of the jobs that an action would be about, folded.
fn meant(app: &App) -> String {
    let jobs = app.targets();
    fold(jobs.iter().filter_map(|job| app.board.row(*job)).map(|row| &row.host))
}

/// `y`: the folded node set to the clipboard.
pub(super) fn copy(app: &mut App, now: Stamp) -> Effects {
    let set = meant(app);
    if set.is_empty() {
        app.say("no row is chosen", now);
        return Effects::none();
    }
    if set.len().div_ceil(3) * 4 > CLIPBOARD {
        let export = app.keys.hint(Action::Export);
        app.say(
            format!("too long for the terminal's clipboard (74 kB): {export} writes it to a file"),
            now,
        );
        return Effects::none();
    }
    app.say(format!("handed to the terminal's clipboard: {set}"), now);
    Effect::Copy(set).into()
}

/// `E`: asks what is to be written.
pub(super) fn begin(app: &mut App) {
    let set = meant(app);
    app.overlay = Overlay::Writing(Writing::Choosing(set));
}

/// A key, while it is asked what is to be written, where, and whether that may be replaced.
pub(super) fn press(app: &mut App, writing: Writing, key: Key, now: Stamp) -> Effects {
    let run = &app.plan.run;
    match writing {
        Writing::Choosing(set) => match key {
            Key::Char('n') if !set.is_empty() => {
                let name = Input::new(&format!("heeler-{run}.nodes"));
                app.overlay = Overlay::Writing(Writing::Naming(Content::NodeSet(set), name));
            }
            Key::Char('j') => {
                let name = Input::new(&format!("heeler-{run}.json"));
                app.overlay = Overlay::Writing(Writing::Naming(Content::Report, name));
            }
            Key::Esc | Key::Ctrl('c') | Key::Char('q') => app.say("nothing was written", now),
            _ => app.overlay = Overlay::Writing(Writing::Choosing(set)),
        },
        Writing::Naming(what, mut name) => match name.press(key) {
            Typed::On => app.overlay = Overlay::Writing(Writing::Naming(what, name)),
            Typed::Taken if !name.text().trim().is_empty() => {
                let path = name.text().trim().to_owned();
                let replace = false;
                return Effect::Write(Export { what, path, replace }).into();
            }
            Typed::Taken | Typed::Dropped => app.say("nothing was written", now),
        },
        Writing::Replacing(export, asked) => match key {
            Key::Char('y') if now >= asked + super::arming::ARMING => {
                let replace = true;
                return Effect::Write(Export { replace, ..export }).into();
            }
            Key::Esc | Key::Ctrl('c') | Key::Char('n' | 'q') => app.say("nothing was written", now),
            _ => app.overlay = Overlay::Writing(Writing::Replacing(export, asked)),
        },
    }
    Effects::none()
}

/// The file exists: asks whether to replace it, unless something else has come up since.
pub(super) fn exists(app: &mut App, export: Export, now: Stamp) {
    if app.overlay == Overlay::None {
        app.overlay = Overlay::Writing(Writing::Replacing(export, now));
    } else {
        app.say(format!("{} exists; nothing was written", export.path), now);
    }
}
