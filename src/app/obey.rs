//! Doing what was typed on the command line, through the same doors as the keys.

use super::act;
use super::command::{Command, Jobs, Verb, With};
use super::confirm::Intent;
use super::filter::Filter;
use super::follow_up;
use super::gathering;
use super::help;
use super::lag::Pack;
use super::leave;
use super::measuring;
use super::message::Effects;
use super::overlay::Overlay;
use super::pane::Pane;
use super::question::ask;
use super::state::App;
use super::view::View;
use crate::model::board::Course;
use crate::model::field::Field;
use crate::model::id::JobId;
use crate::model::stamp::Stamp;

/// The most commands that are kept.
const MOST: usize = 100;

/// Keeps a command for later.
pub(super) fn remember(app: &mut App, text: &str) {
    remember_in(&mut app.commands, text);
}

/// Keeps a text behind others of its kind.
pub(super) fn remember_in(texts: &mut Vec<String>, text: &str) {
    texts.retain(|earlier| earlier != text);
    texts.push(text.to_owned());
    if texts.len() > MOST {
        texts.remove(0);
    }
}

/// Does it.
pub(super) fn obey(app: &mut App, command: Command, now: Stamp) -> Effects {
    let Command { verb, with, jobs } = command;
    match (verb, with) {
        (Verb::Cancel, _) if jobs == Jobs::AtHand => return act::cancel(app, now),
        (Verb::Kill, _) if jobs == Jobs::AtHand => return act::kill(app, now),
        (Verb::Cancel, _) => ask_about(app, Intent::Cancel, &jobs, now),
        (Verb::Kill, _) => ask_about(app, Intent::Kill, &jobs, now),
        (Verb::Skip, _) => ask_about(app, Intent::Skip, &jobs, now),
        (Verb::Retry, With::EvenIfRunning) => {
            let targets = targets(app, &jobs, now);
            return act::retry_these(app, &targets, Intent::RetryAnyway, now);
        }
        (Verb::Retry, _) => {
            return match jobs {
                Jobs::AtHand => act::retry(app, now),
                Jobs::Failed => act::retry_all(app, now),
                Jobs::Fitting(_) => {
                    let targets = targets(app, &jobs, now);
                    act::retry_these(app, &targets, Intent::Retry, now)
                }
            };
        }
        (_, With::Signal(signal)) => {
            let targets = targets(app, &jobs, now);
            return act::signal(app, &targets, signal, now);
        }
        (_, With::Limit(by)) => {
            let targets = targets(app, &jobs, now);
            return act::limit(app, &targets, by, now);
        }
        (_, With::Text(text)) => return follow_up::run(app, &text, now),
        (_, With::Width(width)) => return act::set_width(app, width, now),
        (Verb::Pause, _) if matches!(app.board.course(), Course::Paused(_)) => {
            app.say("the run is paused already", now);
        }
        (Verb::Continue, _) if app.board.course() == Course::Going => app.say("the run is not paused", now),
        (Verb::Pause | Verb::Continue, _) => return act::pause(app, now),
        (Verb::Drain, _) => return act::drain(app, now),
        (Verb::Filter, _) => {
            let filter = match jobs {
                Jobs::Fitting(filter) => filter,
                Jobs::AtHand | Jobs::Failed => Filter::default(),
            };
            app.table.set_filter(filter);
            app.table.arrange(&app.board, now);
            gathering::form_anew(app, now);
        }
        (_, With::Sort(sort, reversed)) => {
            app.table.set_sort(sort, reversed);
            app.table.arrange(&app.board, now);
        }
        (_, With::Field(field)) => {
            let fields = Field::joined(app.board.fields().to_vec(), &[field]);
            measuring::set_fields(app, &fields, now);
        }
        (Verb::Field, With::Place(place)) => {
            let mut fields = app.board.fields().to_vec();
            fields.remove(place);
            measuring::set_fields(app, &fields, now);
        }
        (Verb::Buckets, with) => {
            if let With::Place(place) = with {
                app.bucketed = place;
            }
            gathering::switch(app, View::Buckets, now);
        }
        (Verb::Mark, _) => {
            let targets = targets(app, &jobs, now);
            app.say(format!("{} fit, marked", targets.len()), now);
            app.table.mark(targets);
        }
        (Verb::Unmark, _) => app.table.unmark(),
        (Verb::Write, _) => app.say("it is not read-only", now),
        (Verb::ReadOnly, _) => app.say("it is read-only already", now),
        (Verb::Quit, _) => return leave::ask(app, now),
        (Verb::Help, _) => {
            app.overlay = Overlay::Help(Pane {
                top: help::of_commands(app.panel().0),
            });
        }
        (Verb::Signal | Verb::Timeout | Verb::Width | Verb::Sort | Verb::Field | Verb::Run, _) => {}
    }
    Effects::none()
}

fn ask_about(app: &mut App, intent: Intent, jobs: &Jobs, now: Stamp) {
    let targets = targets(app, jobs, now);
    if targets.is_empty() {
        app.say("no job fits", now);
        return;
    }
    ask(app, intent, &targets, now);
}

/// The jobs that are meant, whether they are shown or not.
fn targets(app: &App, jobs: &Jobs, now: Stamp) -> Vec<JobId> {
    let rows = app.board.rows().iter();
    match jobs {
        Jobs::AtHand => app.targets(),
        Jobs::Failed => {
            let failed = rows.filter(|row| row.phase.outcome().is_some_and(|outcome| !outcome.is_ok()));
            failed.map(|row| row.job).collect()
        }
        Jobs::Fitting(filter) => {
            let pack = Pack::of(&app.board, now);
            let fitting = rows.filter(|row| filter.lets_through(row, &pack));
            fitting.map(|row| row.job).collect()
        }
    }
}
