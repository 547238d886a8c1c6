//! What is watched while the details of a job lie over the screen: its host, asked again and again as long as the job
//! runs, and ssh's own words. Nothing is asked when they are closed, or by who may only look.

use super::message::{Effect, Effects};
use super::overlay::Overlay;
use super::state::App;
use crate::model::board::Row;
use crate::model::id::JobId;
use crate::model::phase::Phase;
use crate::model::probe::Probe;
use crate::model::request::Request;
use crate::model::stamp::Stamp;
use std::time::Duration;

/// Between an answer and the next question.
const PAUSE: Duration = Duration::from_secs(2);

/// How long an answer is waited for; the runner gives up before.
const PATIENCE: Duration = Duration::from_secs(15);

/// The job whose details are open.
#[derive(Debug)]
pub(super) struct Watch {
    job: JobId,
    newest: Option<Probe>,
    words: Vec<String>,
    /// When its host is asked next.
    due: Stamp,
}

/// What is known of a host by asking it.
#[derive(Clone, Copy, Debug)]
pub(super) enum View<'a> {
    /// Nothing of the job runs there, or nobody can be asked.
    Idle,
    /// Who may only look does not ask.
    Locked,
    /// It has not answered yet.
    Asking,
    /// This.
    Seen(&'a Probe),
}

/// Begins to watch, asks what is due, and stops when the details are closed.
pub(super) fn follow(app: &mut App, now: Stamp) -> Effects {
    let Overlay::Details(job, _) = app.overlay else {
        app.watch = None;
        return Effects::none();
    };
    let asks = !app.is_locked() && !app.is_too_small() && runs(app, job);
    let begins = app.watch.as_ref().is_none_or(|watch| watch.job != job);
    let watch = app.watch.get_or_insert_with(|| Watch::new(job, now));
    if begins {
        *watch = Watch::new(job, now);
    }
    let is_due = asks && watch.due <= now;
    let words = if begins || is_due {
        Effect::Words(job).into()
    } else {
        Effects::none()
    };
    if !is_due {
        return words;
    }
    watch.due = now + PATIENCE;
    words.and(Effects::request(Request::Probe { job }))
}

/// Takes in what a look brought.
pub(super) fn take(app: &mut App, probe: Probe, now: Stamp) {
    if let Some(watch) = app.watch.as_mut().filter(|watch| watch.job == probe.job) {
        watch.newest = Some(probe);
        watch.due = now + PAUSE;
    }
}

/// Takes in the last of ssh's own words.
pub(super) fn take_words(app: &mut App, job: JobId, words: Vec<String>) {
    if let Some(watch) = app.watch.as_mut().filter(|watch| watch.job == job) {
        watch.words = words;
    }
}

/// When a host is asked next.
pub(super) fn wake(app: &App) -> Option<Stamp> {
    let watch = app.watch.as_ref()?;
    (!app.is_locked() && !app.is_too_small() && runs(app, watch.job)).then_some(watch.due)
}

/// What the host of a job is like.
pub(super) fn view<'a>(app: &'a App, row: &Row) -> View<'a> {
    if !runs(app, row.job) {
        return View::Idle;
    }
    let watch = app.watch.as_ref().filter(|watch| watch.job == row.job);
    let newest = watch.and_then(|watch| watch.newest.as_ref());
    match newest.filter(|probe| probe.attempt == row.attempt) {
        Some(probe) => View::Seen(probe),
        None if app.is_locked() => View::Locked,
        None => View::Asking,
    }
}

/// The last of ssh's own words about the host of a job.
pub(super) fn words(app: &App, job: JobId) -> &[String] {
    let watch = app.watch.as_ref().filter(|watch| watch.job == job);
    watch.map_or(&[], |watch| &watch.words)
}

/// Whether a command of the job runs, and there is somebody who could look at it.
fn runs(app: &App, job: JobId) -> bool {
    let phase = app.board.row(job).map(|row| &row.phase);
    app.board.course().is_live() && matches!(phase, Some(Phase::Running { .. } | Phase::Stopping { .. }))
}

impl Watch {
    fn new(job: JobId, now: Stamp) -> Self {
        Self {
            job,
            newest: None,
            words: Vec::new(),
            due: now,
        }
    }
}
