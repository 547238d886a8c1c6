//! Calling an operator who is not at the keyboard: with the terminal's bell, or a notice on the desktop.

use super::message::{Effect, Effects};
use super::state::App;
use crate::model::event::{Change, Event, What};
use crate::model::outcome::OutcomeClass;
use crate::model::phase::Phase;
use crate::model::stamp::Stamp;
use crate::model::summons::When;
use crate::model::tally::Standing;
use std::time::Duration;

/// Who has not touched a key for so long may be looking elsewhere.
const AWAY: Duration = Duration::from_secs(10);

/// Calls for what has just happened, if it is a reason and nobody looks.
pub(super) fn summon(app: &mut App, event: &Event, now: Stamp) -> Effects {
    let failure = is_failure(app, event) && !app.presence.failed;
    app.presence.failed |= failure;
    let over = app.board.all_done();
    let end = over && !app.presence.ended;
    app.presence.ended = over;
    let presence = app.presence;
    let is_away = presence.elsewhere || now.since(presence.seen) >= AWAY;
    let calls = |when: When| match when {
        When::End => end,
        When::Failure => failure,
        When::Never => false,
    };
    let (bell, notify) = (calls(presence.summons.bell), calls(presence.summons.notify));
    if !is_away || !(bell || notify) {
        return Effects::none();
    }
    let text = if end {
        title(app)
    } else {
        format!("{}: a job failed", title(app))
    };
    Effect::Summon {
        bell,
        text: notify.then_some(text),
    }
    .into()
}

fn is_failure(app: &App, event: &Event) -> bool {
    let What::Job {
        job,
        change: Change::Done(_),
        ..
    } = &event.what
    else {
        return false;
    };
    let phase = app.board.row(*job).map(|row| &row.phase);
    matches!(phase, Some(Phase::Done { outcome, .. }) if !outcome.is_ok())
}

/// The run in a line, for the terminal's title: `heeler 41/300, 3 failed`.
pub fn title(app: &App) -> String {
    if app.is_planned() {
        return format!("heeler, {} hosts", app.board.rows().len());
    }
    let tally = app.board.tally();
    let done = app.board.rows().iter().filter(|row| row.phase.is_done()).count();
    let ok = tally.count(Standing::Done(OutcomeClass::Ok));
    match done.saturating_sub(ok) {
        0 => format!("heeler {done}/{}", tally.total()),
        failed => format!("heeler {done}/{}, {failed} failed", tally.total()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::{done, event, plan};
    use crate::app::{Msg, update};
    use crate::model::board::Board;
    use crate::model::event::Message;
    use crate::model::outcome::Outcome;
    use crate::model::summons::Summons;
    use std::sync::Arc;

    /// What the dashboard does when two jobs end at these seconds, the second one badly.
    fn calls(summons: Summons, before: &[(u64, Msg)], at: [u64; 2]) -> Vec<(bool, Option<String>)> {
        let plan = Arc::new(plan(&["web1", "web2"]));
        let mut app = App::new(plan.clone(), Board::new(&plan), Stamp::default()).summoned_by(summons);
        let mut calls = Vec::new();
        let ends = [
            (at[0], event(&plan, 0, at[0], done(Outcome::Ok, 1))),
            (at[1], event(&plan, 1, at[1], done(Outcome::Exit { code: 1 }, 1))),
        ];
        for (at, msg) in before {
            let msg = match msg {
                Msg::Focus(is_here) => Msg::Focus(*is_here),
                _ => Msg::Tick,
            };
            let _none = update(&mut app, msg, Stamp::from_secs(*at));
        }
        for (at, event) in ends {
            for effect in update(&mut app, Msg::Runner(Message::Event(event)), Stamp::from_secs(at)) {
                if let Effect::Summon { bell, text } = effect {
                    calls.push((bell, text));
                }
            }
        }
        calls
    }

    #[test]
    fn who_is_away_is_called_once_and_who_is_here_is_not() {
        let end = Summons {
            bell: When::End,
            notify: When::Never,
        };
        let failure = Summons {
            bell: When::Never,
            notify: When::Failure,
        };
        assert_eq!(calls(end, &[], [20, 30]), [(true, None)]);
        assert_eq!(calls(end, &[], [2, 3]), [], "the dashboard has just been opened");
        assert_eq!(calls(end, &[(1, Msg::Focus(false))], [2, 3]), [(true, None)]);
        assert_eq!(calls(end, &[(1, Msg::Focus(false)), (2, Msg::Focus(true))], [3, 4]), []);
        let text = "heeler 2/2, 1 failed: a job failed";
        let called = calls(failure, &[], [20, 30]);
        assert_eq!(called.len(), 1);
        assert!(
            called[0].1.as_deref().is_some_and(|said| text.starts_with(said)),
            "{called:?}"
        );
        let never = Summons {
            bell: When::Never,
            notify: When::Never,
        };
        assert_eq!(calls(never, &[], [20, 30]), []);
    }
}
