//! The views whose rows are clusters of jobs: forming them, moving about in them, and what the keys do there.

use super::buckets::buckets;
use super::clusters::{Clusters, rooms};
use super::failures::{failures, is_failure};
use super::groups::groups;
use super::lag::Pack;
use super::message::{Effect, Effects};
use super::prints::Sketch;
use super::reading;
use super::state::{App, Screen};
use super::table::Only;
use super::text::width;
use super::view::View;
use crate::keys::Action;
use crate::model::board::Row;
use crate::model::stamp::Stamp;
use crate::nodeset::fold_to_width;

/// Shows the jobs in another way.
pub(super) fn switch(app: &mut App, view: View, now: Stamp) {
    let job = app
        .clusters
        .cursor()
        .filter(|_| app.is_gathered() && app.clusters.is_steered());
    app.view = view;
    app.clusters = Clusters::default();
    if view == View::Failures && app.table.only().is_some() {
        // Whoever looked at one cause wants to see the others again.
        app.table.set_only(None);
        app.table.arrange(&app.board, now);
    }
    if view.is_gathered() {
        form(app, now);
        app.clusters.hurry();
    } else if let Some(job) = job {
        app.table.point_at(job);
    }
}

/// The rows take their places before they are drawn.
pub(super) fn frame(app: &mut App, now: Stamp) {
    if !app.is_gathered() {
        return;
    }
    if app.clusters.is_due(now) && !app.is_gathering_held(now) {
        form(app, now);
    }
    app.clusters.show_cursor(page(app));
}

/// Something happened to a job, or the terminal has another size.
pub(super) fn note_change(app: &mut App) {
    if app.view.is_gathered() {
        app.clusters.note_change();
    }
}

/// Others are to be shown than before.
pub(super) fn form_anew(app: &mut App, now: Stamp) {
    if app.is_gathered() {
        form(app, now);
    }
}

/// What outputs were found to be.
pub(super) fn take(app: &mut App, sketches: &[Sketch]) {
    app.prints.take(sketches);
    if app.view.is_gathered() {
        app.clusters.note_change();
    }
}

/// The wish to read what somebody looks at.
pub(super) fn wish(app: &mut App) -> Effects {
    let wanted = match &app.screen {
        Screen::Table => app.view == View::Groups,
        Screen::Difference(view) => *view.state() == super::difference::Standstill::Surveying,
        Screen::Output(_) => false,
    };
    let wanted = wanted.then(|| app.prints.wish(&app.board)).flatten();
    Effects::from(wanted.map(Effect::Survey))
}

fn form(app: &mut App, now: Stamp) {
    if app.view == View::Buckets {
        // A value of which the columns do not know is in no bucket.
        app.board.settle_columns();
    }
    let pack = Pack::of(&app.board, now);
    let of_view = |row: &&Row| app.view != View::Failures || is_failure(row);
    let rows = app.board.rows().iter().filter(of_view);
    let (shown, hidden): (Vec<&Row>, Vec<&Row>) = rows.partition(|row| app.table.lets_through(row, &pack));
    let hidden = hidden.len();
    let mut rows = match app.view {
        View::Failures => failures(&app.board, &shown, &app.keys),
        View::Buckets => buckets(&app.board, &shown, app.bucketed),
        _ => groups(&app.board, &shown, &app.prints),
    };
    let columns = usize::from(app.size.width);
    for row in &mut rows {
        let (_, room) = rooms(columns, width(&row.words()));
        let jobs = row.jobs.iter().filter_map(|job| app.board.row(*job));
        row.hosts = fold_to_width(jobs.map(|row| &row.host), room);
    }
    app.clusters.form(rows, hidden, now);
}

/// How many rows are on the screen.
fn page(app: &App) -> usize {
    (usize::from(app.body().height) / app.view.lines()).max(1)
}

/// What the keys do.
pub(super) fn act(app: &mut App, action: Action, now: Stamp) -> Effects {
    let page = isize::try_from(page(app)).unwrap_or(1);
    app.clusters.touch(now);
    let clusters = &mut app.clusters;
    match action {
        Action::Down => clusters.move_by(1),
        Action::Up => clusters.move_by(-1),
        Action::Top => clusters.move_to(0),
        Action::Bottom => clusters.move_to(usize::MAX),
        Action::HalfDown => clusters.move_by((page / 2).max(1)),
        Action::HalfUp => clusters.move_by(-(page / 2).max(1)),
        Action::PageDown => clusters.move_by(page),
        Action::PageUp => clusters.move_by(-page),
        Action::Mark => {
            if let Some(cluster) = clusters.at_hand() {
                app.table.mark_together(&cluster.jobs);
                clusters.move_by(1);
            }
        }
        Action::MarkAll => {
            let shown: Vec<_> = clusters.rows().iter().flat_map(|row| &row.jobs).copied().collect();
            app.table.mark(shown);
        }
        Action::Unmark => app.table.unmark(),
        Action::Open if matches!(app.view, View::Failures | View::Buckets) => narrow(app, now),
        Action::Open => return reading::open(app),
        Action::Sort if app.view == View::Buckets => next_field(app, now),
        Action::Back => switch(app, View::Hosts, now),
        _ => {
            let key = app.keys.hint(Action::Hosts);
            app.say(format!("not here: {key} shows the hosts one by one"), now);
        }
    }
    Effects::none()
}

/// Shows the buckets of the next field.
fn next_field(app: &mut App, now: Stamp) {
    app.bucketed = (app.bucketed + 1) % app.board.fields().len().max(1);
    switch(app, View::Buckets, now);
}

/// Shows the jobs of the row at hand one by one, and no others.
fn narrow(app: &mut App, now: Stamp) {
    let Some(cluster) = app.clusters.at_hand() else { return };
    let only = Only {
        words: cluster.words_alone(),
        jobs: cluster.jobs.iter().copied().collect(),
    };
    app.table.set_only(Some(only));
    switch(app, View::Hosts, now);
    app.table.arrange(&app.board, now);
    app.table.let_go();
}
