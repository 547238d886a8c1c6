//! Comparing outputs: with which one, reading both, and moving about in what came of it.

use super::difference::{Compared, Comparison, DifferenceView, Standstill};
use super::message::{Effect, Effects};
use super::pane::rows_moved;
use super::prints::Print;
use super::state::{App, Screen};
use crate::keys::Action;
use crate::model::board::Row;
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::Outcome;
use crate::model::stamp::Stamp;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Columns before the text: the sign of the side, and a space.
pub(super) const GUTTER: u16 = 2;

/// `d`: two marked jobs with each other, otherwise the job at hand with the commonest output.
pub(super) fn open(app: &mut App, now: Stamp) -> Effects {
    let marked: Vec<JobId> = if app.acts_on_marks() { app.targets() } else { Vec::new() };
    let (job, other) = match marked[..] {
        [] => (app.job_at_hand(), None),
        [left, right] => (Some(right), Some(left)),
        _ => {
            let text = format!(
                "two marked jobs are compared with each other, none with the commonest output; {} are marked",
                marked.len()
            );
            app.say(text, now);
            return Effects::none();
        }
    };
    let Some(row) = job.and_then(|job| app.board.row(job)) else {
        return Effects::none();
    };
    let (job, attempt) = (row.job, row.attempt);
    if other.is_none() && !app.board.rows().iter().any(|row| row.job != job && is_candidate(row)) {
        app.say("nothing to compare with yet: no other job is over; or mark two", now);
        return Effects::none();
    }
    app.table.steer();
    app.tickets += 1;
    app.screen = Screen::Difference(Box::new(DifferenceView::new((job, attempt), app.tickets)));
    fit(app);
    match other {
        Some(other) => compare(app, other, 1),
        None => Effects::none(),
    }
}

/// Whether the output of a job may be compared with: something ran, and it is over.
fn is_candidate(row: &Row) -> bool {
    let outcome = row.phase.outcome();
    outcome.is_some_and(|outcome| !matches!(outcome, Outcome::Unreachable { .. } | Outcome::Skipped { .. }))
}

/// Tells the difference how much room it has.
pub(super) fn fit(app: &mut App) {
    let body = app.body();
    if let Screen::Difference(view) = &mut app.screen {
        view.resize(usize::from(body.width.saturating_sub(GUTTER)), usize::from(body.height));
    }
}

/// When it is known which output is the commonest, it is compared with.
pub(super) fn go_on(app: &mut App) -> Effects {
    let Screen::Difference(view) = &mut app.screen else {
        return Effects::none();
    };
    if *view.state() != Standstill::Surveying || !app.prints.is_complete() {
        return Effects::none();
    }
    let job = view.job();
    let own = app.board.row(job).and_then(|row| app.prints.of(row));
    let others = || {
        app.board
            .rows()
            .iter()
            .filter(|row| row.job != job && is_candidate(row))
    };
    let well = || others().filter(|row| row.phase.outcome().is_some_and(Outcome::is_ok));
    let commonest = commonest(well().filter_map(|row| Some((row.job, app.prints.of(row)?))));
    let all_commonest = || self::commonest(others().filter_map(|row| Some((row.job, app.prints.of(row)?))));
    match commonest.or_else(all_commonest) {
        None => {
            view.set_state(Standstill::Nothing("no other output is whole on record".to_owned()));
            Effects::none()
        }
        Some((other, count, print)) if own == Some(print) => {
            view.compare_with(other, count);
            let as_others = match count {
                1 => "one other job".to_owned(),
                _ => format!("{count} others"),
            };
            view.set_state(Standstill::Nothing(format!(
                "no difference: it printed the same as {as_others}, which is the commonest output"
            )));
            Effects::none()
        }
        Some((other, count, _)) => compare(app, other, count),
    }
}

/// The commonest of these outputs: the first job with it, and how many have it.
fn commonest(prints: impl Iterator<Item = (JobId, Print)>) -> Option<(JobId, usize, Print)> {
    let mut counts: HashMap<Print, (usize, Reverse<JobId>)> = HashMap::new();
    for (job, print) in prints {
        if matches!(print, Print::Nothing | Print::Text(_)) {
            counts.entry(print).or_insert((0, Reverse(job))).0 += 1;
        }
    }
    let (print, (count, Reverse(job))) = counts.into_iter().max_by_key(|(_, rank)| *rank)?;
    Some((job, count, print))
}

fn compare(app: &mut App, other: JobId, peers: usize) -> Effects {
    let attempt = app.board.row(other).map_or(AttemptNo::FIRST, |row| row.attempt);
    let Screen::Difference(view) = &mut app.screen else {
        return Effects::none();
    };
    view.compare_with(other, peers);
    Effect::Compare(Comparison {
        ticket: view.ticket(),
        left: (other, attempt),
        right: (view.job(), view.attempt()),
    })
    .into()
}

/// Takes in what came of a comparison.
pub(super) fn take(app: &mut App, compared: Compared) {
    if let Screen::Difference(view) = &mut app.screen
        && view.ticket() == compared.ticket
    {
        view.set_state(match compared.result {
            Ok(difference) => Standstill::Ready(difference),
            Err(words) => Standstill::Nothing(words),
        });
    }
}

/// What the keys do.
pub(super) fn act(app: &mut App, action: Action, now: Stamp) -> Effects {
    let page = isize::try_from(app.body().height.max(1)).unwrap_or(1);
    let Screen::Difference(view) = &mut app.screen else {
        return Effects::none();
    };
    if let Some(rows) = rows_moved(action, page) {
        view.scroll(rows);
    }
    match action {
        Action::Top => view.go_to(0),
        Action::Bottom => view.go_to(usize::MAX),
        Action::NextChange | Action::PreviousChange if view.step(action == Action::NextChange) => {}
        Action::NextChange | Action::PreviousChange => app.say("no further difference that way", now),
        Action::Back => app.screen = Screen::Table,
        _ => {}
    }
    Effects::none()
}
