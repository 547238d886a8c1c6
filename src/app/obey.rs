//! Doing what was typed on the command line, through the same doors as the keys.

use super::act;
use super::command::{Command, Jobs, Verb, With};
use super::confirm::Intent;
use super::filter::Filter;
use super::following;
use super::gathering;
use super::help;
use super::lag::Pack;
use super::leave;
use super::measuring;
use super::message::Effects;
use super::overlay::Overlay;
use super::pane::Pane;
use super::question::ask;
use super::recall::remember_in;
use super::state::App;
use super::view::View;
use crate::keys::Action;
use crate::model::board::Course;
use crate::model::field::Field;
use crate::model::id::JobId;
use crate::model::stamp::Stamp;

/// Keeps a command for later.
pub(super) fn remember(app: &mut App, text: &str) {
    remember_in(&mut app.commands, text);
}

/// Does it.
pub(super) fn obey(app: &mut App, command: Command, now: Stamp) -> Effects {
    let Command { verb, with, jobs } = command;
    match (verb, with) {
        (Verb::Of(Action::Cancel), _) => ask_about(app, Intent::Cancel, &jobs, now),
        (Verb::Of(Action::Kill), _) => ask_about(app, Intent::Kill, &jobs, now),
        (Verb::Skip, _) => ask_about(app, Intent::Skip, &jobs, now),
        (Verb::Of(Action::Retry), With::EvenIfRunning) => {
            let targets = targets(app, &jobs, now);
            return act::retry_these(app, &targets, Intent::RetryAnyway, now);
        }
        (Verb::Of(Action::Retry), _) => {
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
        (_, With::Text(text)) => return following::run(app, &text, now),
        (_, With::Width(width)) => return act::set_width(app, width, now),
        (Verb::Of(Action::Pause), _) if matches!(app.board.course(), Course::Paused(_)) => {
            app.say("the run is paused already", now);
        }
        (Verb::Continue, _) if app.board.course() == Course::Going => app.say("the run is not paused", now),
        (Verb::Of(Action::Pause) | Verb::Continue, _) => return act::pause(app, now),
        (Verb::Drain, _) => return act::drain(app, now),
        (Verb::Of(Action::Filter), _) => {
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
        (Verb::Of(Action::Buckets), with) => {
            if let With::Place(place) = with {
                app.bucketed = place;
            }
            gathering::switch(app, View::Buckets, now);
        }
        (Verb::Of(Action::Mark), _) => {
            let targets = targets(app, &jobs, now);
            app.say(format!("{} fit, marked", targets.len()), now);
            app.table.mark(targets);
        }
        (Verb::Write, _) => app.say("it is not read-only", now),
        (Verb::ReadOnly, _) => app.say("it is read-only already", now),
        (Verb::Of(Action::Quit), _) => return leave::ask(app, now),
        (Verb::Of(Action::Help), _) => {
            app.overlay = Overlay::Help(Pane {
                top: help::of_commands(&app.keys, app.panel()),
            });
        }
        // The other actions take nothing, and are done as by their keys.
        (Verb::Signal | Verb::Timeout | Verb::Width | Verb::Field | Verb::Run | Verb::Of(_), _) => {}
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
