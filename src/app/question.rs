//! Putting the question before something is done to jobs: which of those meant it makes sense for, and what the operator
//! should know.

use super::confirm::{Confirm, Intent};
use super::input::Input;
use super::overlay::Overlay;
use super::state::App;
use super::text::one_line;
use crate::keys::Action;
use crate::model::board::Row;
use crate::model::elapsed::Elapsed;
use crate::model::id::JobId;
use crate::model::left::{Kin, Left};
use crate::model::outcome::{Outcome, SkipReason};
use crate::model::request::Adjust;
use crate::model::stamp::Stamp;
use crate::nodeset::fold_to_width;
use std::time::Duration;

/// Asks before doing something to jobs; says so when it makes no sense for any of them.
pub(super) fn ask(app: &mut App, intent: Intent, targets: &[JobId], now: Stamp) {
    let meant = targets.len();
    let wants_done = intent.tries_again();
    let may_end = intent != Intent::KillNamed && !intent.is_harmless();
    let is_spared = |job: JobId| may_end && is_left_to_finish(app, job);
    let fits = |job: &JobId| {
        let row = app.board.row(*job);
        row.is_some_and(|row| intent.fits(&row.phase)) && !is_spared(*job)
    };
    let fitting: Vec<JobId> = targets.iter().copied().filter(fits).collect();
    if fitting.is_empty() {
        let text = match *targets {
            [] if app.board.all_done() && !wants_done => "all is over: nothing runs or waits".to_owned(),
            [] => "no row is chosen".to_owned(),
            [job] if is_spared(job) => spared(app, job),
            _ if targets.iter().any(|job| is_spared(*job)) => {
                let kill = app.keys.hint(Action::Kill);
                format!("what runs is left to finish (--let-finish): {kill} kills it one by one, each by its name")
            }
            _ if matches!(intent, Intent::Skip | Intent::Drain) => {
                "nothing of what is meant waits to be started".to_owned()
            }
            _ if matches!(intent, Intent::Signal(_) | Intent::Limit(_)) => "nothing of what is meant runs".to_owned(),
            [job] if wants_done => format!("{} is not over; cancel it first", app.label(job)),
            [job] => format!("{} is over already", app.label(job)),
            _ if wants_done => format!("none of the {meant} jobs is over"),
            _ => format!("all of the {meant} jobs are over already"),
        };
        app.say(text, now);
        return;
    }
    let running = count(app, &fitting, |row| row.phase.is_live());
    let risky = count(app, &fitting, may_live_on);
    let warning = (wants_done && risky > 0).then(|| match fitting.len() {
        1 if intent == Intent::RetryAnyway => refused_for(app, fitting[0]),
        1 => "it may still be running there from the attempt before".to_owned(),
        _ => format!("{risky} of them may still be running from the attempt before"),
    });
    let warning = warning.or_else(|| (wants_done && will_fail_again(app, &fitting)).then(|| AGAIN.to_owned()));
    let warning = warning.or_else(|| sets_limit(app, intent, &fitting));
    app.overlay = Overlay::Confirm(Confirm {
        intent,
        of_marks: app.acts_on_marks() && app.targets() == targets,
        hosts: named(app, &fitting),
        running,
        left: Vec::new(),
        left_alone: meant - fitting.len(),
        hidden: app.table.hidden(&fitting),
        warning,
        command: None,
        opened: now,
        typed: (intent == Intent::KillNamed || Confirm::needs_number(intent, running)).then(Input::default),
        jobs: fitting,
    });
}

/// What more time is for jobs that have no limit: less.
fn sets_limit(app: &App, intent: Intent, jobs: &[JobId]) -> Option<String> {
    let Intent::Limit(Adjust::Longer(time)) = intent else {
        return None;
    };
    let free = count(app, jobs, |row| holding(app, row).is_none());
    let which = match (free, jobs.len()) {
        (0, _) => return None,
        (1, 1) => "it has no limit yet".to_owned(),
        (free, all) if free == all => "they have no limit yet".to_owned(),
        (1, _) => "1 of them has no limit yet".to_owned(),
        _ => format!("{free} of them have no limit yet"),
    };
    let time = Elapsed::Running(time);
    Some(format!(
        "{which}: a limit of {time} from now, and what runs then is ended"
    ))
}

/// The limit on the run time of a job that holds.
pub(super) fn holding(app: &App, row: &Row) -> Option<Duration> {
    let settled = app.plan.settings.run_limit(app.board.durations());
    row.own_limit.or(settled)
}

/// Why nothing is sent to a job that is to finish.
fn spared(app: &App, job: JobId) -> String {
    format!(
        "{} is left to finish (--let-finish): nothing is sent; {} kills it, by its name",
        app.label(job),
        app.keys.hint(Action::Kill)
    )
}

/// `K`: asks before killing what is known to be left of a job. Of one that runs that is only what has escaped from it; of
/// one that is to finish nothing while it runs, and afterwards, as it may run on, only by its host's name.
pub(super) fn ask_kill_left(app: &mut App, job: JobId, now: Stamp) {
    if is_left_to_finish(app, job) {
        return app.say(spared(app, job), now);
    }
    let Some(row) = app.board.row(job) else { return };
    let runs = !row.phase.is_done();
    let left: Vec<Left> = row
        .alive()
        .filter(|left| !runs || left.kin == Kin::Escaped)
        .cloned()
        .collect();
    if left.is_empty() {
        let host = row.host.clone();
        let look = app.keys.hint(Action::Look);
        app.say(
            match row.looked() {
                None => format!("nothing is known to be left on {host}; {look} looks"),
                Some(_) if runs => format!("nothing has escaped from the command on {host}; {look} looks again"),
                Some(_) => format!("nothing was left on {host} at the last look; {look} looks again"),
            },
            now,
        );
        return;
    }
    let escaped = left.iter().any(|left| left.kin == Kin::Escaped);
    app.overlay = Overlay::Confirm(Confirm {
        intent: Intent::KillLeft,
        jobs: vec![job],
        of_marks: false,
        hosts: named(app, &[job]),
        running: 0,
        left,
        left_alone: 0,
        hidden: 0,
        warning: escaped.then(|| "what escaped may be a daemon that was left on purpose".to_owned()),
        command: None,
        opened: now,
        typed: app.plan.settings.let_finish.then(Input::default),
    });
}

const AGAIN: &str = "by itself this will end the same way: look at the key, or the host's key, first";

/// Whether none of these can get any further before somebody has seen to keys.
fn will_fail_again(app: &App, jobs: &[JobId]) -> bool {
    let lacks_key = |row: &Row| {
        let outcome = row.phase.outcome();
        matches!(outcome, Some(Outcome::Unreachable { cause, .. }) if cause.retry_does_harm())
    };
    jobs.iter().filter_map(|job| app.board.row(*job)).all(lacks_key)
}

/// Why the host refused to start the job once more: what runs there.
fn refused_for(app: &App, job: JobId) -> String {
    let outcome = app.board.row(job).and_then(|row| row.phase.outcome());
    match outcome {
        Some(Outcome::Skipped {
            detail: Some(detail), ..
        }) => one_line(detail),
        _ => "it may still be running there from the attempt before".to_owned(),
    }
}

/// Whether a job was not started because something of an earlier attempt is, or may be, alive, and still is as far as is
/// known.
pub(super) fn was_refused(row: &Row) -> bool {
    let why = match row.phase.outcome() {
        Some(Outcome::Skipped { why, .. }) => *why,
        _ => return false,
    };
    matches!(why, SkipReason::AlreadyRunning | SkipReason::MayBeRunning) && !row.doubtful.is_empty()
}

/// Whether the command of a job runs and may be ended by nothing but its host's name.
pub(super) fn is_left_to_finish(app: &App, job: JobId) -> bool {
    app.plan.settings.let_finish && app.board.row(job).is_some_and(|row| row.phase.is_live())
}

fn count(app: &App, jobs: &[JobId], holds: impl Fn(&Row) -> bool) -> usize {
    jobs.iter()
        .filter_map(|job| app.board.row(*job))
        .filter(|row| holds(row))
        .count()
}

/// Whether an attempt may have left something running on the host.
pub(super) fn may_live_on(row: &Row) -> bool {
    !row.doubtful.is_empty() || row.phase.outcome().is_some_and(Outcome::may_live_on)
}

/// The hosts of jobs, folded, as far as they fit.
pub(super) fn named(app: &App, jobs: &[JobId]) -> String {
    /// The most characters: two lines of a dialog on a narrow screen.
    const ROOM: usize = 120;
    fold_to_width(
        jobs.iter().filter_map(|job| app.board.row(*job)).map(|row| &row.host),
        ROOM,
    )
}
