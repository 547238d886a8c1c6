//! Reading the output of one job: opening it, moving about in it, and keeping up with what is still being written.

use super::action::Action;
use super::input::Input;
use super::message::{Effect, Effects, Load};
use super::output::{Anchor, OutputView};
use super::overlay::Overlay;
use super::search::Search;
use super::state::{App, Screen};
use crate::model::id::{AttemptNo, JobId};
use crate::model::stamp::Stamp;

/// Columns before the text: the mark of the stream, and a space.
pub const GUTTER: u16 = 2;

/// Opens the output of the job under the cursor, at its end.
pub(super) fn open(app: &mut App) -> Effects {
    let Some(row) = app.job_at_hand().and_then(|job| app.board.row(job)) else {
        return Effects::none();
    };
    let (job, attempt) = (row.job, row.attempt);
    app.table.steer();
    app.tickets += 1;
    app.screen = Screen::Output(Box::new(OutputView::new(job, attempt, app.tickets)));
    fit(app).and(load(app, false))
}

/// Tells the output how much room it has.
pub(super) fn fit(app: &mut App) -> Effects {
    let body = app.body();
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    view.resize(usize::from(body.width.saturating_sub(GUTTER)), usize::from(body.height));
    Effects::from(view.wish().map(Effect::Load))
}

/// Notes that an attempt has printed more; it is read when it can be seen.
pub(super) fn note_growth(app: &mut App, job: JobId, attempt: AttemptNo) -> Effects {
    match &mut app.screen {
        Screen::Output(view) if view.job() == job && view.attempt() == attempt => {
            view.note_growth();
            Effects::from(view.wish().map(Effect::Load))
        }
        _ => Effects::none(),
    }
}

/// Tells whoever reads an older attempt that a new one has begun.
pub(super) fn note_attempt(app: &mut App, job: JobId, attempt: AttemptNo, at: Stamp) {
    if let Screen::Output(view) = &app.screen
        && view.job() == job
        && view.attempt() < attempt
    {
        let key = Action::LaterAttempt.keys().first().map(ToString::to_string);
        app.say(
            format!("attempt {attempt} has begun: {} shows it", key.unwrap_or_default()),
            at,
        );
    }
}

/// What the keys do in the output.
pub(super) fn act(app: &mut App, action: Action, now: Stamp) -> Effects {
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    let page = isize::try_from(app.size.height.saturating_sub(6).max(1)).unwrap_or(1);
    match action {
        Action::Down => view.scroll(1),
        Action::Up => view.scroll(-1),
        Action::HalfDown => view.scroll(page / 2),
        Action::HalfUp => view.scroll(-page / 2),
        Action::PageDown => view.scroll(page),
        Action::PageUp => view.scroll(-page),
        Action::Top if view.earlier() > 0 => return reopen(app, None, true),
        Action::Top => view.go_to_top(),
        Action::Bottom | Action::Follow if view.has_more() && !view.follows() => return reopen(app, None, false),
        Action::Bottom => view.go_to_end(),
        Action::Follow => view.toggle_follow(),
        Action::Wrap => view.toggle_wrap(),
        Action::Streams => view.next_streams(),
        Action::NextHit => step_hit(app, true, now),
        Action::PreviousHit => step_hit(app, false, now),
        Action::EarlierAttempt => return step_attempt(app, false, now),
        Action::LaterAttempt => return step_attempt(app, true, now),
        Action::Search => app.overlay = Overlay::Search(Input::default()),
        Action::Back if view.search().is_some() => view.search_for(None),
        Action::Back => app.screen = Screen::Table,
        _ => {}
    }
    fit(app)
}

/// Searches, and says what came of it.
pub(super) fn search(app: &mut App, search: Option<Search>, now: Stamp) {
    let Screen::Output(view) = &mut app.screen else { return };
    view.search_for(search);
    if let Some(search) = view.search()
        && view.hits().0 == 0
    {
        let text = format!("{:?} is not in what has been read", search.text());
        app.say(text, now);
    }
}

fn step_hit(app: &mut App, forward: bool, now: Stamp) {
    let Screen::Output(view) = &mut app.screen else { return };
    if view.search().is_none() {
        app.say("search first, with /", now);
    } else if view.step_hit(forward) {
        app.say("on from the other end", now);
    }
}

fn step_attempt(app: &mut App, later: bool, now: Stamp) -> Effects {
    let Screen::Output(view) = &app.screen else {
        return Effects::none();
    };
    let last = app.board.row(view.job()).map_or(1, |row| row.attempt.0);
    let number = if later {
        view.attempt().0 + 1
    } else {
        view.attempt().0.saturating_sub(1)
    };
    if !(1..=last).contains(&number) {
        let which = if later { "last" } else { "first" };
        app.say(format!("this is the {which} attempt"), now);
        return Effects::none();
    }
    reopen(app, Some(AttemptNo(number)), false)
}

/// Opens this attempt again, or another, at its end or at its start.
fn reopen(app: &mut App, attempt: Option<AttemptNo>, from_start: bool) -> Effects {
    let Screen::Output(view) = &app.screen else {
        return Effects::none();
    };
    app.tickets += 1;
    let anchor = if from_start {
        Anchor::At { line: 0, row: 0 }
    } else {
        Anchor::End
    };
    let attempt = attempt.unwrap_or(view.attempt());
    let view = view.reopened(attempt, app.tickets, anchor);
    app.screen = Screen::Output(Box::new(view));
    load(app, from_start)
}

/// The wish to open an attempt's output at its end, or at its start.
fn load(app: &App, from_start: bool) -> Effects {
    let Screen::Output(view) = &app.screen else {
        return Effects::none();
    };
    let (job, attempt, ticket) = (view.job(), view.attempt(), view.ticket());
    Effect::Load(if from_start {
        Load::Start { job, attempt, ticket }
    } else {
        Load::Tail { job, attempt, ticket }
    })
    .into()
}
