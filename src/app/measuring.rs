//! What is read out of the outputs as columns. The whole output of a job is read once, when the job is over; while it
//! runs, its last lines are looked at as they come. Nothing is read where there are no fields.

use super::filter::{Filter, Known};
use super::measures::{Measured, Measures, Quest};
use super::message::{Effect, Effects};
use super::order::Sort;
use super::state::App;
use super::view::View;
use crate::model::board::Row;
use crate::model::event::Stream;
use crate::model::field::{Field, Scan, Value};
use crate::model::id::JobId;
use crate::model::outcome::OutcomeClass;
use crate::model::stamp::Stamp;
use crate::model::text::StyledLine;

/// How many outputs are asked for at once.
const BATCH: usize = 1024;
/// Of so many running jobs the last lines are looked at before a frame.
const LOUD: usize = 500;

/// Reads other fields from now on; what named them goes on with those that are still there.
pub(super) fn set_fields(app: &mut App, fields: &[Field], now: Stamp) {
    let place = |fields: &[Field], name: &str| fields.iter().position(|field| field.name() == name);
    let name_of = |app: &App, at: usize| app.board.fields().get(at).map(|field| field.name().to_owned());
    let (sort, reversed) = app.table.sort();
    let sorted_by = match sort {
        Sort::Value(at) => name_of(app, at),
        _ => None,
    };
    let shown = name_of(app, app.bucketed);
    app.board.set_fields(fields);
    app.measuring = Measures::of(&app.board, app.measuring.series + 1);
    if let Some(name) = sorted_by {
        let sort = place(fields, &name).map_or(Sort::default(), Sort::Value);
        app.table.set_sort(sort, reversed);
    }
    app.bucketed = shown.and_then(|name| place(fields, &name)).unwrap_or_default();
    match Filter::read(app.table.filter().text(), Known::of(&app.board)) {
        Ok(filter) => app.table.set_filter(filter),
        Err(error) => {
            app.table.set_filter(Filter::default());
            app.say(format!("the filter is cleared: {error}"), now);
        }
    }
    app.table.arrange(&app.board, now);
    app.clusters.note_change();
}

/// A job has printed something; says whether anybody wants to know.
pub(super) fn note_output(app: &mut App, job: JobId) -> bool {
    let is_wanted = !app.board.fields().is_empty();
    if is_wanted {
        app.measuring.loud.insert(job);
    }
    is_wanted
}

/// The wish to read what is not known.
pub(super) fn wish(app: &mut App) -> Effects {
    let (board, measuring) = (&app.board, &mut app.measuring);
    if measuring.asked > 0 || measuring.changed.is_empty() {
        return Effects::none();
    }
    let is_unread = |row: &&Row| match row.phase.outcome().map(crate::model::outcome::Outcome::class) {
        Some(OutcomeClass::Unreachable | OutcomeClass::Skipped) => false,
        Some(_) => measuring.known.get(&row.job) != Some(&row.attempt),
        None => measuring.behind.contains(&row.job),
    };
    let changed = std::mem::take(&mut measuring.changed);
    let rows = changed.iter().filter_map(|job| board.row(*job));
    let mut unread: Vec<&Row> = rows.filter(is_unread).collect();
    unread.sort_by_key(|row| row.printed(Stream::Stdout) + row.printed(Stream::Stderr));
    let rest = unread.split_off(unread.len().min(BATCH));
    let jobs: Vec<_> = unread.iter().map(|row| (row.job, row.attempt)).collect();
    measuring.changed = rest.into_iter().map(|row| row.job).collect();
    measuring.asked = jobs.len();
    if jobs.is_empty() {
        return Effects::none();
    }
    let (series, fields) = (measuring.series, board.fields().to_vec());
    Effect::Measure(Quest { series, fields, jobs }).into()
}

/// Takes in what was found.
pub(super) fn take(app: &mut App, measured: Measured) {
    if measured.series != app.measuring.series {
        return;
    }
    app.measuring.asked = app.measuring.asked.saturating_sub(measured.jobs.len());
    for (job, attempt, values) in measured.jobs {
        app.measuring.behind.remove(&job);
        let Some(row) = app.board.row(job).filter(|row| row.attempt == attempt) else {
            // Another attempt has ended meanwhile, or will.
            app.measuring.changed.insert(job);
            continue;
        };
        let values = if row.phase.is_done() {
            app.measuring.known.insert(job, attempt);
            values
        } else {
            // What was seen meanwhile is newer.
            newer(values, &row.values)
        };
        app.measuring.unsettled |= app.board.measure(job, attempt, values);
    }
}

fn newer(old: Vec<Option<Value>>, new: &[Option<Value>]) -> Vec<Option<Value>> {
    let new = new.iter().cloned().chain(std::iter::repeat(None));
    old.into_iter().zip(new).map(|(old, new)| new.or(old)).collect()
}

/// Looks at the last lines of what has printed, and works the columns out, before a frame is drawn.
pub(super) fn frame(app: &mut App, now: Stamp) {
    for _ in 0..LOUD {
        let Some(job) = app.measuring.loud.pop_first() else {
            break;
        };
        let Some(row) = app.board.row(job).filter(|row| !row.phase.is_done()) else {
            continue;
        };
        let mut scan = Scan::new(app.board.fields());
        row.tail.lines().map(StyledLine::text).for_each(|line| scan.line(line));
        let values = newer(row.values.clone(), &scan.finish());
        let attempt = row.attempt;
        app.measuring.unsettled |= app.board.measure(job, attempt, values);
    }
    // Some are left: a further frame.
    app.dirty |= !app.measuring.loud.is_empty();
    if !app.measuring.is_due(now) {
        return;
    }
    app.measuring.unsettled = false;
    app.measuring.settled = Some(now);
    app.board.settle_columns();
    if matches!(app.table.sort(), (Sort::Value(_), _)) || app.table.filter().reads_values() {
        app.table.note_drift();
    }
    if app.view == View::Buckets {
        app.clusters.note_change();
    }
}
