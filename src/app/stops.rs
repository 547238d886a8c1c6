//! What became of the jobs that were told to end from here: said once the last of them has, because their rows may be
//! out of sight by then.

use super::message::{Effect, Effects};
use super::state::App;
use crate::model::id::JobId;
use crate::model::phase::Phase;
use crate::model::request::Request;
use crate::model::stamp::Stamp;

/// Notes which jobs are being told to end.
pub(super) fn note(app: &mut App, effects: &Effects) {
    for effect in effects.iter() {
        if let Effect::Request(Request::Cancel { jobs, .. }) = effect {
            app.stops.clone_from(jobs);
        }
    }
}

/// A job has changed: says what became of all that were told to end, when none of them lives any more.
pub(super) fn hear(app: &mut App, job: JobId, now: Stamp) {
    if !app.stops.contains(&job) || !app.stops.iter().all(|job| is_over(app, *job)) {
        return;
    }
    let jobs = std::mem::take(&mut app.stops);
    let mut ends: Vec<(usize, String)> = Vec::new();
    for end in jobs.iter().filter_map(|job| end(app, *job)) {
        match ends.iter_mut().find(|(_, known)| *known == end) {
            Some((count, _)) => *count += 1,
            None => ends.push((1, end)),
        }
    }
    let text = match (&jobs[..], &ends[..]) {
        ([job], [(_, end)]) => format!("{}: {end}", app.label(*job)),
        (_, [(count, end)]) => format!("{count} jobs: {end}"),
        _ => {
            let ends: Vec<String> = ends.iter().map(|(count, end)| format!("{count} {end}")).collect();
            format!("of {} jobs: {}", jobs.len(), ends.join("; "))
        }
    };
    app.say(text, now);
}

fn is_over(app: &App, job: JobId) -> bool {
    app.board.row(job).is_none_or(|row| row.phase.is_done())
}

/// How the job ended and what became of its processes.
fn end(app: &App, job: JobId) -> Option<String> {
    let Phase::Done { outcome, .. } = &app.board.row(job)?.phase else {
        return None;
    };
    Some(match outcome.fate() {
        Some(fate) => format!("{}, {fate}", outcome.class().word()),
        None => outcome.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use crate::app::fixture::{done, event, plan};
    use crate::app::{App, Msg, Size, update};
    use crate::app::{Effects, Key};
    use crate::model::board::Board;
    use crate::model::event::{Change, Event, Message};
    use crate::model::outcome::{CancelledBy, Ended, Fate, Outcome};
    use crate::model::stamp::Stamp;
    use std::sync::Arc;

    const LATER: Stamp = Stamp::from_secs(10);

    fn cancelled(fate: Fate) -> Change {
        let by = CancelledBy::Operator;
        let ended = Some(Ended::Signal {
            number: 15,
            status: 143,
        });
        done(Outcome::Cancelled { by, fate, ended }, 9)
    }

    #[test]
    fn what_became_of_the_jobs_is_said_when_the_last_one_is_over() {
        let plan = Arc::new(plan(&["web1", "web2", "web3"]));
        let mut app = App::new(plan.clone(), Board::new(&plan), Stamp::default());
        let hear = |app: &mut App, event: Event| -> Effects { update(app, Msg::Runner(Message::Event(event)), LATER) };
        let (width, height) = (80, 24);
        let _ = update(&mut app, Msg::Resize(Size { width, height }), LATER);
        for job in 0..3 {
            let _ = hear(&mut app, event(&plan, job, 1, Change::Running { pid: 100 + job }));
        }
        for key in ['*', 'x'] {
            let _ = update(&mut app, Msg::Key(Key::Char(key)), LATER);
        }
        let armed = Stamp::from_secs(12);
        let asked = update(&mut app, Msg::Key(Key::Char('y')), armed);
        assert!(!asked.is_empty());
        let _ = hear(&mut app, event(&plan, 0, 10, cancelled(Fate::Gone)));
        let _ = hear(&mut app, event(&plan, 1, 10, cancelled(Fate::Unknown)));
        assert_eq!(app.notice(armed), Some("cancel asked for 3 jobs"));
        let _ = hear(&mut app, event(&plan, 2, 10, cancelled(Fate::Gone)));
        let said = "of 3 jobs: 2 cancelled, confirmed gone; 1 cancelled, remote unknown";
        assert_eq!(app.notice(LATER), Some(said));
        // It is said once.
        let _ = update(&mut app, Msg::Key(Key::Char('U')), armed);
        let _ = hear(&mut app, event(&plan, 2, 10, cancelled(Fate::Gone)));
        assert_ne!(app.notice(LATER), Some(said));
    }
}
