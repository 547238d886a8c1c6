//! What the runner has confirmed of limits, signals and the width: said once for all the jobs that it is about.

use super::confirmed::Confirmed;
use super::state::App;
use crate::model::elapsed::Elapsed;
use crate::model::event::Change;
use crate::model::id::JobId;
use crate::model::stamp::Stamp;

/// Says that a limit was changed or a signal was sent.
pub(super) fn hear(app: &mut App, job: JobId, change: &Change, now: Stamp) {
    if !matches!(change, Change::Limit { .. } | Change::Signalled { .. }) {
        return;
    }
    let confirmed = Confirmed::after(app.confirmed.take(), change, now);
    let count = confirmed.count();
    let whose = if count == 1 {
        app.label(job).to_owned()
    } else {
        format!("{count} jobs")
    };
    let text = match change {
        Change::Limit { run: Some(limit) } => format!("time limit of {whose} is {} now", Elapsed::Running(*limit)),
        Change::Limit { run: None } => format!("no time limit any more for {whose}"),
        Change::Signalled { signal } => format!("{signal} sent to {whose}"),
        _ => return,
    };
    app.say(text, now);
    app.confirmed = Some(confirmed);
}

/// Says how many may run at once, and why not as many as were wanted.
pub(super) fn width(app: &mut App, width: usize, now: Stamp) {
    let text = match app.width_asked.take() {
        Some(asked) if width < asked => {
            format!("width is {width} now, not {asked}: no more files may be open (ulimit -n)")
        }
        _ => format!("width is {width} now"),
    };
    app.say(text, now);
}
