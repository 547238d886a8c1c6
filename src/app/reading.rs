//! Reading the output of one job: opening it, moving about in it, and keeping up with what is still being written.

use super::clock::{TIME_COLUMNS, parse_time};
use super::input::Input;
use super::message::{Effect, Effects, Find, Found, Load, Spot, Visit};
use super::output::{Anchor, OutputView};
use super::overlay::Overlay;
use super::pane::rows_moved;
use super::search::Search;
use super::state::{App, Screen};
use crate::keys::Action;
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
    let before = GUTTER + if view.shows_times() { TIME_COLUMNS } else { 0 };
    view.resize(usize::from(body.width.saturating_sub(before)), usize::from(body.height));
    Effects::from(view.wish().map(Effect::Load))
}

/// Notes that an attempt has printed more; it is read when it can be seen.
pub(super) fn note_growth(app: &mut App, job: JobId, attempt: AttemptNo) -> Effects {
    match &mut app.screen {
        Screen::Output(view) if view.job() == job && view.attempt() == attempt => {
            view.note_growth();
            let find = view.wants_search().map(|ticket| Effect::Find(Find::More { ticket }));
            Effects::from(view.wish().map(Effect::Load)).and(Effects::from(find))
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
        let later = app.keys.hint(Action::LaterAttempt);
        app.say(format!("attempt {attempt} has begun: {later} shows it"), at);
    }
}

/// What the keys do in the output.
pub(super) fn act(app: &mut App, action: Action, now: Stamp) -> Effects {
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    let page = isize::try_from(app.size.height.saturating_sub(6).max(1)).unwrap_or(1);
    if let Some(rows) = rows_moved(action, page) {
        if rows < 0
            && let Some(place) = view.place_at_brink()
        {
            return open_around(app, Spot::Place(place), rows.unsigned_abs());
        }
        view.scroll(rows);
    }
    match action {
        Action::Top if view.earlier() > 0 => return reopen(app, None, true),
        Action::Top => view.go_to_top(),
        Action::Bottom | Action::Follow if view.has_more() && !view.follows() => return reopen(app, None, false),
        Action::Bottom => view.go_to_end(),
        Action::Follow => view.toggle_follow(),
        Action::Wrap => view.toggle_wrap(),
        Action::Times => view.toggle_times(),
        Action::GoToTime => app.overlay = Overlay::Time(Input::default()),
        Action::Streams => view.next_streams(),
        Action::NextHit => return step_hit(app, true, now),
        Action::PreviousHit => return step_hit(app, false, now),
        Action::EarlierAttempt => return step_attempt(app, false, now),
        Action::LaterAttempt => return step_attempt(app, true, now),
        Action::Search => app.overlay = Overlay::Search(Input::default()),
        Action::Back if view.search().is_some() => {
            view.search_for(None, 0);
            return Effect::Find(Find::Stop).into();
        }
        Action::Back => app.screen = Screen::Table,
        _ => {}
    }
    fit(app)
}

/// Searches in what is in memory at once, and then through the whole file.
pub(super) fn search(app: &mut App, search: Option<Search>, now: Stamp) -> Effects {
    app.tickets += 1;
    let ticket = app.tickets;
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    let (job, attempt) = (view.job(), view.attempt());
    view.search_for(search.clone(), ticket);
    let find = match search {
        Some(search) => Find::Begin {
            job,
            attempt,
            ticket,
            search,
        },
        None => Find::Stop,
    };
    if view.search().is_none() {
        app.say("nothing is searched for", now);
    }
    fit(app).and(Effect::Find(find).into())
}

/// What the search through the file has found.
pub(super) fn take_found(app: &mut App, found: Found) -> Effects {
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    match view.take_found(found) {
        Some(place) => open_around(app, Spot::Place(place), app.third()),
        None => fit(app),
    }
}

fn step_hit(app: &mut App, forward: bool, now: Stamp) -> Effects {
    let above = app.third();
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    if view.search().is_none() {
        let key = app.keys.hint(Action::Search);
        app.say(format!("search first, with {key}"), now);
        return Effects::none();
    }
    let Some((hit, wrapped)) = view.next_hit(forward) else {
        return Effects::none();
    };
    let is_there = view.go_to_place(hit, above);
    if wrapped {
        app.say("on from the other end", now);
    }
    if is_there {
        return fit(app);
    }
    open_around(app, Spot::Place(hit), above)
}

/// Goes to the time that was typed; what is none stays where it can be mended.
pub(super) fn go_to_time(app: &mut App, input: &Input, now: Stamp) -> Effects {
    match typed_time(app, input.text()) {
        Ok(at) => open_around(app, Spot::Time(at), 0),
        Err(words) => {
            app.overlay = Overlay::Time(input.clone());
            app.say(words, now);
            Effects::none()
        }
    }
}

/// The time that a text means in the output on the screen.
pub fn typed_time(app: &App, text: &str) -> Result<Stamp, String> {
    let Screen::Output(view) = &app.screen else {
        return Err("no output is open".to_owned());
    };
    parse_time(text, &app.plan.started, began(app, view))
}

/// When the command of the attempt on the screen began, where that is known.
pub fn began(app: &App, view: &OutputView) -> Option<Stamp> {
    let row = app.board.row(view.job())?;
    row.began.filter(|_| row.attempt == view.attempt())
}

/// `e`: a shell on the host; over a connection of its own only when it is asked for twice.
pub(super) fn shell(app: &mut App, now: Stamp) -> Effects {
    if app.is_locked() {
        let key = app.keys.hint(Action::Lock);
        app.say(format!("read-only: no shell is opened from here; {key} unlocks"), now);
        return Effects::none();
    }
    let Some(job) = app.job_at_hand() else {
        app.say("no row is chosen", now);
        return Effects::none();
    };
    app.table.steer();
    if !app.board.course().is_live() && app.shell_asked != Some(job) {
        app.shell_asked = Some(job);
        let text = format!(
            "the run is over: {} once more opens a new connection to {}",
            app.keys.hint(Action::Shell),
            app.label(job)
        );
        app.say(text, now);
        return Effects::none();
    }
    Effect::Visit(Visit::Shell(job)).into()
}

/// `O`: the output in the pager.
pub(super) fn pager(app: &mut App, now: Stamp) -> Effects {
    let shown = match &app.screen {
        Screen::Output(view) => Some((view.job(), view.attempt())),
        Screen::Table | Screen::Difference(_) => app
            .job_at_hand()
            .and_then(|job| app.board.row(job))
            .map(|row| (row.job, row.attempt)),
    };
    let Some((job, attempt)) = shown else {
        app.say("no row is chosen", now);
        return Effects::none();
    };
    app.table.steer();
    Effect::Visit(Visit::Pager(job, attempt)).into()
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
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    app.tickets += 1;
    let anchor = if from_start {
        Anchor::At { line: 0, row: 0 }
    } else {
        Anchor::End
    };
    let attempt = attempt.unwrap_or(view.attempt());
    let is_other = attempt != view.attempt();
    let view = view.reopened(attempt, app.tickets, anchor);
    let searched = view.search().cloned().filter(|_| is_other);
    app.screen = Screen::Output(Box::new(view));
    let loading = load(app, from_start);
    match searched {
        Some(searched) => loading.and(search_other(app, searched)),
        None => loading,
    }
}

/// Another attempt is searched for the same.
fn search_other(app: &mut App, search: Search) -> Effects {
    app.tickets += 1;
    let ticket = app.tickets;
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    let (job, attempt) = (view.job(), view.attempt());
    view.search_for(Some(search.clone()), ticket);
    Effect::Find(Find::Begin {
        job,
        attempt,
        ticket,
        search,
    })
    .into()
}

/// Opens the output around a spot that is not in memory, with so many rows above it.
fn open_around(app: &mut App, spot: Spot, above: usize) -> Effects {
    app.tickets += 1;
    let ticket = app.tickets;
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    let (job, attempt) = (view.job(), view.attempt());
    let mut view = view.reopened(attempt, ticket, Anchor::At { line: 0, row: 0 });
    view.want(
        match spot {
            Spot::Place(place) => Some(place),
            Spot::Time(_) => None,
        },
        above,
    );
    app.screen = Screen::Output(Box::new(view));
    Effect::Load(Load::Around {
        job,
        attempt,
        ticket,
        spot,
    })
    .into()
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
