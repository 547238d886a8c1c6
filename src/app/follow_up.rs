//! A further command for hosts of the run, as a run of its own that names this one as its parent: which hosts are meant,
//! the prompt, the question, and the word to the shell. What runs goes on.

use super::confirm::{Confirm, Intent, TYPE_ABOVE};
use super::input::{Input, Typed};
use super::key::Key;
use super::message::{Effect, Effects};
use super::obey::remember_in;
use super::overlay::Overlay;
use super::question::named;
use super::recall::Recall;
use super::state::{App, Screen};
use crate::model::bond::Bond;
use crate::model::id::JobId;
use crate::model::stamp::Stamp;

/// The longest command that is typed here; a longer one is a script's.
const LONGEST: usize = 4096;

/// The prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// On the hosts of which jobs: those that were drawn when it was opened.
    pub jobs: Vec<JobId>,
    /// Their hosts, put briefly.
    pub hosts: String,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// The command so far.
    pub input: Input,
    of_marks: bool,
    recall: Recall,
}

/// `!`: opens the prompt for what is marked or at hand.
pub(super) fn begin(app: &mut App, now: Stamp) -> Effects {
    let jobs = targets(app);
    if jobs.is_empty() {
        app.say("no row is chosen", now);
        return Effects::none();
    }
    app.table.steer();
    app.overlay = Overlay::FollowUp(FollowUp {
        hosts: named(app, &jobs),
        hidden: app.table.hidden(&jobs),
        of_marks: app.acts_on_marks(),
        input: Input::with_room(LONGEST),
        recall: Recall::default(),
        jobs,
    });
    Effects::none()
}

/// `:run COMMAND`: straight to the question.
pub(super) fn run(app: &mut App, command: &str, now: Stamp) -> Effects {
    let jobs = targets(app);
    if jobs.is_empty() {
        app.say("no row is chosen", now);
        return Effects::none();
    }
    app.table.steer();
    let of_marks = app.acts_on_marks();
    ask(app, jobs, of_marks, command, now);
    Effects::none()
}

/// What is meant: as for every other action, but where nothing has begun yet and nothing is marked, all that is shown.
fn targets(app: &App) -> Vec<JobId> {
    let plain = matches!(app.screen, Screen::Table) && !app.acts_on_marks();
    if app.seat.bond == Bond::Planned && plain && !app.is_gathered() {
        return app.table.order().to_vec();
    }
    app.targets()
}

/// A key at the prompt.
pub(super) fn press(app: &mut App, mut prompt: FollowUp, key: Key, now: Stamp) -> Effects {
    let typed = match key {
        Key::Up => {
            prompt.recall.earlier(&app.typed, &mut prompt.input);
            Typed::On
        }
        Key::Down => {
            prompt.recall.later(&app.typed, &mut prompt.input);
            Typed::On
        }
        Key::Backspace if prompt.input.text().is_empty() => Typed::Dropped,
        key => prompt.input.press(key),
    };
    match typed {
        Typed::On => app.overlay = Overlay::FollowUp(prompt),
        Typed::Dropped => app.say("nothing was run", now),
        Typed::Taken if prompt.input.text().trim().is_empty() => app.overlay = Overlay::FollowUp(prompt),
        Typed::Taken => {
            let command = prompt.input.text().to_owned();
            ask(app, prompt.jobs, prompt.of_marks, &command, now);
        }
    }
    Effects::none()
}

/// Whether to do it, with everything that follows from it in sight. Never without a question.
fn ask(app: &mut App, jobs: Vec<JobId>, of_marks: bool, command: &str, now: Stamp) {
    remember_in(&mut app.typed, command);
    let most = app
        .session
        .confirm_above
        .map_or(TYPE_ABOVE, |above| above.min(TYPE_ABOVE));
    app.overlay = Overlay::Confirm(Confirm {
        intent: Intent::FollowUp,
        of_marks,
        hosts: named(app, &jobs),
        running: 0,
        left: Vec::new(),
        left_alone: 0,
        hidden: app.table.hidden(&jobs),
        warning: None,
        opened: now,
        typed: (jobs.len() > most).then(Input::default),
        command: Some(command.to_owned()),
        jobs,
    });
}

/// The answer was yes. Marks stay: the next command may be for the same hosts.
pub(super) fn confirmed(app: &mut App, confirm: Confirm) -> Effects {
    let Some(command) = confirm.command else {
        return Effects::none();
    };
    app.left = true;
    Effect::FollowUp(Errand {
        jobs: confirm.jobs,
        command,
    })
    .into()
}

/// A command and the jobs on whose hosts it is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Which jobs.
    pub jobs: Vec<JobId>,
    /// Shell text, byte for byte.
    pub command: String,
}
