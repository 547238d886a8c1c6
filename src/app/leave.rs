//! Leaving: the question, what each answer asks of the runner, and when the dashboard goes by itself. After *cancel* it
//! stays until every row says how it ended.

use super::confirm::{Confirm, Intent};
use super::message::{Effect, Effects};
use super::overlay::Overlay;
use super::question;
use super::quit::{Choice, QuitQuestion};
use super::seat::Access;
use super::state::{App, Departure};
use crate::model::board::Course;
use crate::model::bond::{Bond, Tie};
use crate::model::id::JobId;
use crate::model::outcome::OutcomeClass;
use crate::model::request::{Force, Request};
use crate::model::stamp::Stamp;
use crate::model::tally::Standing;

/// Whether nothing runs or waits, so that leaving needs no question.
pub(super) fn is_free(app: &App) -> bool {
    app.board.all_done() || !app.board.course().is_live() || app.is_planned()
}

/// `q` and ^C: goes at once when nothing runs or waits, otherwise asks.
pub(super) fn ask(app: &mut App, now: Stamp) -> Effects {
    if is_free(app) {
        return go(app);
    }
    let free = app.seat.bond == Bond::Free;
    let mut choices = vec![Choice::Stay];
    if free {
        choices.push(match app.seat.tie {
            Tie::Free => Choice::Detach,
            Tie::Starter => Choice::Depart,
        });
    }
    choices.extend(match app.departure {
        // Whoever may only look leaves the run alone; a tied run must still have a way out.
        _ if free && app.seat.access == Access::ReadOnly => vec![],
        Departure::None if app.plan.settings.let_finish => vec![Choice::Drain],
        _ if app.plan.settings.let_finish => vec![Choice::LetGo],
        Departure::None => vec![Choice::Drain, Choice::Cancel],
        Departure::Draining => vec![Choice::Cancel, Choice::Kill],
        Departure::Cancelling | Departure::Killing => vec![Choice::Kill],
    });
    app.overlay = Overlay::Quit(QuitQuestion::new(choices, now));
    Effects::none()
}

/// Does what was chosen; where many running jobs would be ended, the number is asked for first.
pub(super) fn take(app: &mut App, choice: Choice, now: Stamp) -> Effects {
    let (departure, intent) = match choice {
        Choice::Stay => return Effects::none(),
        Choice::Detach | Choice::Depart => {
            app.left = true;
            return Effect::Detach.into();
        }
        Choice::Drain => return end(app, Departure::Draining, now),
        Choice::Cancel => (Departure::Cancelling, Intent::CancelAll),
        Choice::LetGo => return end(app, Departure::Killing, now),
        Choice::Kill => (Departure::Killing, Intent::KillAll),
    };
    if Confirm::needs_number(intent, app.board.tally().live()) {
        let unfinished = app.board.rows().iter().filter(|row| !row.phase.is_done());
        let targets: Vec<JobId> = unfinished.map(|row| row.job).collect();
        question::ask(app, intent, &targets, now);
        return Effects::none();
    }
    end(app, departure, now)
}

/// Ends the run in some way; the dashboard goes when all is over.
pub(super) fn end(app: &mut App, departure: Departure, now: Stamp) -> Effects {
    let (request, text) = match departure {
        Departure::None => return Effects::none(),
        Departure::Draining if app.plan.settings.let_finish => (
            Request::Drain,
            "nothing more is started; leaves when what runs has finished",
        ),
        Departure::Draining => (Request::Drain, "drain asked: leaves when what runs is over"),
        Departure::Cancelling => (
            Request::Quit { force: Force::Graceful },
            "cancel asked for everything: leaves when all is over",
        ),
        Departure::Killing if app.plan.settings.let_finish => (
            Request::Quit { force: Force::Now },
            "asked to let go of what runs: leaves when that is done",
        ),
        Departure::Killing => (
            Request::Quit { force: Force::Now },
            "kill asked for everything: leaves when all is over",
        ),
    };
    app.departure = departure;
    app.table.unmark();
    app.say(text, now);
    Effects::request(request)
}

/// What the operator is told while this program is suspended: the runner, another process, is not. `None` when nothing
/// runs.
pub fn suspended(app: &App) -> Option<String> {
    let running = match app.board.tally().live() {
        0 => return None,
        1 => "1 job runs on".to_owned(),
        count => format!("{count} jobs run on"),
    };
    Some(format!("heeler is suspended; {running}: fg goes on"))
}

/// Goes by itself when all is over: if the operator said so, or if all is well and nobody has touched a key.
pub(super) fn when_over(app: &mut App, now: Stamp) -> Effects {
    if app.board.all_done() && matches!(app.overlay, Overlay::Quit(_)) {
        // There is nothing left to decide, and its answers would promise what cannot be done any more.
        app.overlay = Overlay::None;
        app.say("all is over; q leaves", now);
    }
    let tally = app.board.tally();
    let all_ok = tally.count(Standing::Done(OutcomeClass::Ok)) == tally.total();
    let unwatched = all_ok && !app.touched && app.seat.bond != Bond::Record;
    // An interrupted run is not over: somebody has to see that.
    let waits = !app.board.all_done() || app.board.course() == Course::Interrupted;
    if app.left || waits || !(app.is_leaving() || unwatched) {
        return Effects::none();
    }
    go(app)
}

fn go(app: &mut App) -> Effects {
    app.left = true;
    Effect::Leave.into()
}

#[cfg(test)]
mod tests;
