//! Acting on jobs: what is asked of the runner at once, what is confirmed first, and what makes no sense and is said so.

use super::confirm::{Confirm, Intent};
use super::following;
use super::leave;
use super::message::Effects;
use super::question::{self, ask, ask_kill_left, holding, may_live_on, was_refused};
use super::state::{App, Departure};
use crate::keys::Action;
use crate::model::board::{Course, Row};
use crate::model::elapsed::Elapsed;
use crate::model::id::JobId;
use crate::model::phase::Phase;
use crate::model::request::{Adjust, Request};
use crate::model::signal::Sig;
use crate::model::stamp::Stamp;
use std::time::Duration;

/// `x`: the job under the cursor at once, others after a question.
pub(super) fn cancel(app: &mut App, now: Stamp) -> Effects {
    let targets = app.targets();
    if let [job] = targets[..]
        && is_in_sight(app, job, now)
        && let Some(row) = app.board.row(job)
        && !row.phase.is_done()
        && !question::is_left_to_finish(app, job)
    {
        if matches!(row.phase, Phase::Stopping { .. }) {
            let text = format!(
                "{} is being stopped already; {} kills it now",
                row.host,
                app.keys.hint(Action::Kill)
            );
            app.say(text, now);
            return Effects::none();
        }
        app.table.steer();
        unmark_meant(app);
        app.say(format!("cancel asked for {}", app.label(job)), now);
        return Effects::request(Intent::Cancel.request(targets));
    }
    ask(app, Intent::Cancel, &targets, now);
    Effects::none()
}

/// `X`: never without a question.
pub(super) fn kill(app: &mut App, now: Stamp) -> Effects {
    let targets = app.targets();
    match targets[..] {
        [job] if question::is_left_to_finish(app, job) => ask(app, Intent::KillNamed, &targets, now),
        _ => ask(app, Intent::Kill, &targets, now),
    }
    Effects::none()
}

/// `r`: the job under the cursor at once, others after a question; and a question where it may still be running.
pub(super) fn retry(app: &mut App, now: Stamp) -> Effects {
    if let Some(refusal) = refusal(app) {
        app.say(refusal, now);
        return Effects::none();
    }
    let targets = app.targets();
    if let [job] = targets[..]
        && is_in_sight(app, job, now)
        && let Some(row) = app.board.row(job)
        && row.phase.is_done()
        && !may_live_on(row)
    {
        app.table.steer();
        unmark_meant(app);
        app.say(format!("retry asked for {}", app.label(job)), now);
        return Effects::request(Intent::Retry.request(targets));
    }
    let intent = match targets[..] {
        [job] if app.board.row(job).is_some_and(was_refused) => Intent::RetryAnyway,
        _ => Intent::Retry,
    };
    ask(app, intent, &targets, now);
    Effects::none()
}

/// `l`: which processes are alive.
pub(super) fn look(app: &mut App, jobs: Vec<JobId>, now: Stamp) -> Effects {
    if !app.board.course().is_live() {
        app.say("nothing can be looked at any more: the run is over", now);
        return Effects::none();
    }
    if let [job] = jobs[..] {
        app.say(format!("a look at {} asked for", app.label(job)), now);
    } else {
        app.say(
            format!("a look at the hosts of {} asked for", self::jobs(jobs.len())),
            now,
        );
    }
    Effects::request(Request::Look { jobs })
}

/// The details of a job are opened: where something of it may be alive that is looked into, once.
pub(super) fn look_unasked(app: &App, job: JobId, now: Stamp) -> Effects {
    /// What was looked at just now is not looked at again.
    const FRESH: Duration = Duration::from_secs(5);
    let Some(row) = app.board.row(job) else {
        return Effects::none();
    };
    let is_fresh = row.looked().is_some_and(|at| now.since(at) < FRESH);
    if app.is_locked() || !app.board.course().is_live() || is_fresh || !row.may_have_left() {
        return Effects::none();
    }
    Effects::request(Request::Look { jobs: vec![job] })
}

/// `K`: never without a question.
pub(super) fn kill_left(app: &mut App, job: JobId, now: Stamp) -> Effects {
    if app.board.course().is_live() {
        ask_kill_left(app, job, now);
    } else {
        app.say("nothing can be killed any more: the run is over", now);
    }
    Effects::none()
}

/// `R`: everything that did not end well, wherever it is.
pub(super) fn retry_all(app: &mut App, now: Stamp) -> Effects {
    if let Some(refusal) = refusal(app) {
        app.say(refusal, now);
        return Effects::none();
    }
    let failed = |row: &&Row| row.phase.outcome().is_some_and(|outcome| !outcome.is_ok());
    let targets: Vec<JobId> = app.board.rows().iter().filter(failed).map(|row| row.job).collect();
    if targets.is_empty() {
        app.say("nothing to retry: no job has ended otherwise than ok", now);
        return Effects::none();
    }
    ask(app, Intent::Retry, &targets, now);
    Effects::none()
}

/// Once more, whatever it was said by.
pub(super) fn retry_these(app: &mut App, targets: &[JobId], intent: Intent, now: Stamp) -> Effects {
    if let Some(refusal) = refusal(app) {
        app.say(refusal, now);
        return Effects::none();
    }
    ask(app, intent, targets, now);
    Effects::none()
}

/// `a`: everything that has not started.
pub(super) fn skip_rest(app: &mut App, now: Stamp) -> Effects {
    let all: Vec<JobId> = app.board.rows().iter().map(|row| row.job).collect();
    let waiting = |job: &JobId| app.board.row(*job).is_some_and(|row| Intent::Skip.fits(&row.phase));
    let targets: Vec<JobId> = all.into_iter().filter(waiting).collect();
    if targets.is_empty() {
        app.say("nothing waits to be started", now);
        return Effects::none();
    }
    ask(app, Intent::Skip, &targets, now);
    Effects::none()
}

/// A signal: to the job under the cursor at once, to others after a question, and KILL never without one.
pub(super) fn signal(app: &mut App, targets: &[JobId], signal: Sig, now: Stamp) -> Effects {
    if let [job] = *targets
        && signal != Sig::Kill
        && is_in_sight(app, job, now)
        && !question::is_left_to_finish(app, job)
        && app
            .board
            .row(job)
            .is_some_and(|row| Intent::Signal(signal).fits(&row.phase))
    {
        app.table.steer();
        // Of jobs that were said by a filter the marks know nothing.
        if app.targets() == targets {
            unmark_meant(app);
        }
        app.say(format!("{signal} asked for {}", app.label(job)), now);
        return Effects::request(Intent::Signal(signal).request(vec![job]));
    }
    ask(app, Intent::Signal(signal), targets, now);
    Effects::none()
}

/// Another limit on the run time. To cut that of more than one job asks first: it may end them at once. So does a limit
/// where none held, and none where one did.
pub(super) fn limit(app: &mut App, targets: &[JobId], by: Adjust, now: Stamp) -> Effects {
    let intent = Intent::Limit(by);
    let is_cut = matches!(by, Adjust::Shorter(_));
    let holds = |job: &JobId| app.board.row(*job).is_some_and(|row| holding(app, row).is_some());
    let fits = |job: &JobId| {
        let row = app.board.row(*job).filter(|row| intent.fits(&row.phase));
        row.is_some() && (!is_cut || holds(job))
    };
    let fitting: Vec<JobId> = targets.iter().copied().filter(fits).collect();
    let sets_one = matches!(by, Adjust::Longer(_)) && !fitting.iter().all(holds);
    let asks = is_cut || sets_one || by == Adjust::Off;
    let in_sight = matches!(fitting[..], [job] if targets.len() == 1 && is_in_sight(app, job, now));
    if is_cut && fitting.is_empty() && !targets.is_empty() {
        app.say("no limit holds for what is meant and runs: nothing can be cut", now);
        return Effects::none();
    }
    if fitting.is_empty() || (asks && !in_sight) {
        ask(app, intent, if is_cut { &fitting } else { targets }, now);
        return Effects::none();
    }
    app.table.steer();
    let change = match by {
        Adjust::Longer(time) if sets_one => format!("a limit of {} from now", Elapsed::Running(time)),
        Adjust::Longer(more) => format!("{} more", Elapsed::Running(more)),
        Adjust::Shorter(less) => format!("{} less", Elapsed::Running(less)),
        Adjust::Off => "no limit".to_owned(),
    };
    app.say(format!("{change} asked for {}", jobs(fitting.len())), now);
    Effects::request(intent.request(fitting))
}

/// `+` and `-`: by a tenth of the limit, or a minute. Where none holds these keys set none: more time would be less.
pub(super) fn step_limit(app: &mut App, longer: bool, now: Stamp) -> Effects {
    const LEAST: Duration = Duration::from_secs(60);
    let limit_of = |job: &JobId| {
        let row = app
            .board
            .row(*job)
            .filter(|row| matches!(row.phase, Phase::Running { .. }))?;
        Some((*job, holding(app, row)?))
    };
    let limited: Vec<(JobId, Duration)> = app.targets().iter().filter_map(limit_of).collect();
    let Some(smallest) = limited.iter().map(|(_, limit)| *limit).min() else {
        let text = "no limit holds for what is meant and runs; :timeout +10m sets one, from now";
        app.say(text, now);
        return Effects::none();
    };
    let step = Duration::from_secs((smallest / 10).as_secs()).max(LEAST);
    let targets: Vec<JobId> = limited.into_iter().map(|(job, _)| job).collect();
    let by = if longer {
        Adjust::Longer(step)
    } else {
        Adjust::Shorter(step)
    };
    limit(app, &targets, by, now)
}

/// `[` and `]`: by a tenth, at least by one.
pub(super) fn step_width(app: &mut App, wider: bool, now: Stamp) -> Effects {
    let width = app.board.width();
    let step = (width / 10).max(1);
    let next = if wider {
        width + step
    } else {
        width.saturating_sub(step).max(1)
    };
    if next == width {
        let pause = app.keys.hint(Action::Pause);
        app.say(format!("the width is 1: less is to pause, {pause}"), now);
        return Effects::none();
    }
    set_width(app, next, now)
}

/// Another width; more than double asks first.
pub(super) fn set_width(app: &mut App, width: usize, now: Stamp) -> Effects {
    if let Some(refusal) = refusal(app) {
        app.say(refusal, now);
        return Effects::none();
    }
    if width > 2 * app.board.width() {
        let unfinished = app.board.rows().iter().filter(|row| !row.phase.is_done());
        let targets: Vec<JobId> = unfinished.map(|row| row.job).collect();
        ask(app, Intent::Widen(width), &targets, now);
        return Effects::none();
    }
    widen(app, width, now)
}

fn widen(app: &mut App, width: usize, now: Stamp) -> Effects {
    app.say(format!("width {width} asked"), now);
    app.width_asked = Some(width);
    Effects::request(Request::Width { width })
}

/// Nothing more is started, for the rest of the run: never without a question.
pub(super) fn drain(app: &mut App, now: Stamp) -> Effects {
    if let Some(refusal) = refusal(app) {
        app.say(refusal, now);
        return Effects::none();
    }
    let all: Vec<JobId> = app.board.rows().iter().map(|row| row.job).collect();
    ask(app, Intent::Drain, &all, now);
    Effects::none()
}

/// `p`: pause, or go on.
pub(super) fn pause(app: &mut App, now: Stamp) -> Effects {
    let (request, text) = match app.board.course() {
        Course::Going if app.is_leaving() => {
            app.say("the run is being ended", now);
            return Effects::none();
        }
        Course::Going => (Request::Pause, "pause asked: what runs goes on, nothing new is started"),
        Course::Paused(_) => (Request::Continue, "continue asked"),
        Course::Draining => {
            app.say("the run is draining: nothing more is started anyway", now);
            return Effects::none();
        }
        Course::Ended => {
            app.say("the run has ended", now);
            return Effects::none();
        }
        Course::Interrupted => {
            app.say(INTERRUPTED, now);
            return Effects::none();
        }
    };
    app.say(text, now);
    Effects::request(request)
}

/// The answer was yes: to the jobs that were drawn when it was asked.
pub(super) fn confirmed(app: &mut App, confirm: Confirm, now: Stamp) -> Effects {
    match confirm.intent {
        Intent::FollowUp => return following::confirmed(app, confirm),
        Intent::CancelAll => return leave::end(app, Departure::Cancelling, now),
        Intent::KillAll => return leave::end(app, Departure::Killing, now),
        Intent::KillLeft => return kill_left_now(app, &confirm, now),
        Intent::Widen(width) => return widen(app, width, now),
        Intent::Drain => {
            app.say("drain asked: nothing more is started", now);
            return Effects::request(Request::Drain);
        }
        _ => {}
    }
    if confirm.of_marks {
        app.table.unmark();
    }
    app.table.steer();
    let count = confirm.jobs.len();
    let verb = match confirm.intent {
        Intent::RetryAnyway => "retry all the same",
        Intent::Signal(signal) => signal.name(),
        intent => intent.verb(),
    };
    app.say(format!("{verb} asked for {}", jobs(count)), now);
    Effects::request(confirm.intent.request(confirm.jobs))
}

fn kill_left_now(app: &mut App, confirm: &Confirm, now: Stamp) -> Effects {
    let pids: Vec<u32> = confirm.left.iter().map(|left| left.pid).collect();
    let [job] = confirm.jobs[..] else {
        return Effects::none();
    };
    let count = pids.len();
    app.say(format!("KILL to {} asked for", processes(count)), now);
    Effects::request(Request::KillLeft { job, pids })
}

/// `1 process`, `7 processes`.
fn processes(count: usize) -> String {
    format!("{count} {}", if count == 1 { "process" } else { "processes" })
}

/// Whether the operator is looking at this job: not a marked one that may be hidden or scrolled away, nor one that came
/// under the cursor by itself a moment ago.
fn is_in_sight(app: &App, job: JobId, now: Stamp) -> bool {
    app.job_at_hand() == Some(job) && !app.has_slipped(now)
}

/// The marks go when they have said which jobs were meant; those that an action had nothing to do with stay.
fn unmark_meant(app: &mut App) {
    if app.acts_on_marks() {
        app.table.unmark();
    }
}

/// `1 job`, `7 jobs`.
fn jobs(count: usize) -> String {
    format!("{count} {}", if count == 1 { "job" } else { "jobs" })
}

/// Why nothing can be retried any more.
fn refusal(app: &App) -> Option<String> {
    match app.board.course() {
        Course::Ended => Some(format!("the run has ended; heeler retry {} tries again", app.plan.run)),
        Course::Interrupted => Some(INTERRUPTED.to_owned()),
        _ if app.is_leaving() => Some("the run is being ended; nothing more is started".to_owned()),
        Course::Draining => Some("the run is draining: nothing more is started".to_owned()),
        Course::Going | Course::Paused(_) => None,
    }
}

/// The status line says beside it what is the matter, and what helps.
const INTERRUPTED: &str = "nothing can be asked of the run now";
