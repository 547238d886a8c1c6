//! The one way in: a message and the time, and out come effects. What the keys do on each screen is here; what acts on
//! jobs is in `act`, and leaving in `leave`.

use super::act;
use super::command::{self, CommandLine, Verb};
use super::comparing;
use super::confirm::Answer;
use super::details::facts;
use super::echo;
use super::export;
use super::fact::NAME_COLUMNS;
use super::filter::{self, Filter, Known};
use super::following;
use super::gathering;
use super::help::help;
use super::hint::Hint;
use super::input::{Input, Typed};
use super::lag::Pack;
use super::leave;
use super::measuring;
use super::message::{Effect, Effects, Find, Found, Loaded, Msg, Size};
use super::mouse;
use super::obey;
use super::order::Sort;
use super::others;
use super::overlay::Overlay;
use super::pane::{Pane, rows_moved};
use super::password;
use super::pointer::{Pointed, Wheel};
use super::quit::Way;
use super::reading;
use super::search::Search;
use super::seat::Access;
use super::secret::Entry;
use super::state::{App, Departure, Screen};
use super::stops;
use super::summons::summon;
use super::view::View;
use super::warm;
use super::watching;
use super::writing::Writing;
use crate::keys::{Action, Key};
use crate::model::event::{Event, Message, What};
use crate::model::request::Request;
use crate::model::stamp::Stamp;

/// Takes in a message at `now`, and says what has to be done.
pub fn update(app: &mut App, msg: Msg, now: Stamp) -> Effects {
    app.dirty |= !matches!(msg, Msg::Frame | Msg::Runner(Message::Output(_)));
    let is_frame = matches!(msg, Msg::Frame);
    let effects = match msg {
        Msg::Key(key) => {
            let effects = press(app, key, now);
            effects.and(warm::wish(app))
        }
        Msg::Click(pointed) => click(app, pointed, now),
        Msg::Wheel(wheel) => turn(app, wheel, now),
        Msg::Paste(text) => paste(app, &text, now),
        Msg::Runner(message) => hear(app, message, now),
        Msg::RunnerGone(rest) => {
            desert(app, &rest, now);
            Effects::none()
        }
        Msg::Resize(size) => resize(app, size, now),
        Msg::Focus(is_here) => {
            app.presence.elsewhere = !is_here;
            Effects::none()
        }
        Msg::Tick => {
            drift(app);
            Effects::none()
        }
        Msg::Frame => {
            frame(app, now);
            Effects::none()
        }
        Msg::Loaded(loaded) => take(app, loaded),
        Msg::Found(found) => take_found(app, found, now),
        Msg::Words(job, words) => {
            watching::take_words(app, job, words);
            Effects::none()
        }
        Msg::Surveyed(sketches) => {
            gathering::take(app, &sketches);
            Effects::none()
        }
        Msg::Compared(compared) => {
            comparing::take(app, compared);
            Effects::none()
        }
        Msg::Measured(measured) => {
            measuring::take(app, measured);
            Effects::none()
        }
        Msg::Said(words) => {
            app.say(words, now);
            Effects::none()
        }
        Msg::Exists(file) => {
            export::exists(app, file, now);
            Effects::none()
        }
    };
    password::open_when_due(app, now);
    let watched = if is_frame {
        Effects::none()
    } else {
        watching::follow(app, now)
    };
    let measured = if is_frame {
        Effects::none()
    } else {
        measuring::wish(app)
    };
    let effects = effects
        .and(watched)
        .and(gathering::wish(app))
        .and(measured)
        .and(comparing::go_on(app));
    stops::note(app, &effects);
    effects.and(leave::when_over(app, now))
}

/// Rows take their places before they are drawn.
fn frame(app: &mut App, now: Stamp) {
    measuring::frame(app, now);
    if app.table.is_stale() && !app.is_held(now) {
        app.table.arrange(&app.board, now);
    }
    let page = usize::from(app.body().height);
    app.table.show_cursor(page);
    gathering::frame(app, now);
}

/// Time passes: some orders and choices of rows depend on it.
fn drift(app: &mut App) {
    let (sort, _) = app.table.sort();
    if app.table.stragglers_only() || app.table.filter().reads_time() || matches!(sort, Sort::Elapsed | Sort::Attention)
    {
        app.table.note_drift();
        if app.view.is_gathered() && app.table.is_narrowed() {
            app.clusters.note_drift();
        }
    }
}

/// The terminal has another size. What could not be seen until now is read first: a question waits anew for its answer.
fn resize(app: &mut App, size: Size, now: Stamp) -> Effects {
    let is_seen = |app: &App| {
        !app.is_too_small() && !matches!(&app.overlay, Overlay::Confirm(confirm) if !confirm.has_room(app.size))
    };
    let was_seen = is_seen(app);
    app.size = size;
    if !was_seen && is_seen(app) {
        app.overlay.arm_again(now);
    }
    comparing::fit(app);
    if app.view.is_gathered() {
        app.clusters.note_change();
    }
    reading::fit(app)
}

fn hear(app: &mut App, message: Message, now: Stamp) -> Effects {
    match message {
        Message::Event(event) => {
            hear_event(app, &event, now);
            summon(app, &event, now)
        }
        Message::Probe(probe) => {
            watching::take(app, probe, now);
            Effects::none()
        }
        Message::Output(output) => {
            app.board.print(&output);
            app.dirty |= is_seen(app, output.job) | measuring::note_output(app, output.job);
            if app.table.filter().reads_output() {
                app.table.note_drift();
                if app.view.is_gathered() {
                    app.clusters.note_drift();
                }
                app.dirty = true;
            }
            reading::note_growth(app, output.job, output.attempt)
        }
    }
}

fn hear_event(app: &mut App, event: &Event, now: Stamp) {
    app.board.apply(event);
    match &event.what {
        What::Job { job, .. } => {
            app.prints.note_change(*job);
            app.measuring.note_change(*job, &app.board);
        }
        What::RunResumed(_) => note_all(app),
        _ => {}
    }
    app.last_event = event.at;
    note_end(app, event.at);
    match &event.what {
        What::Job {
            job, attempt, change, ..
        } => {
            reading::note_attempt(app, *job, *attempt, event.at);
            echo::hear(app, *job, change, now);
            stops::hear(app, *job, now);
        }
        What::Width { width } => echo::width(app, *width, now),
        what => {
            password::hear(app, what);
            if let Some(news) = others::news(what, app.seat.who.as_deref(), &app.board) {
                app.say(news, now);
            }
        }
    }
}

/// Any job may have ended.
fn note_all(app: &mut App) {
    app.prints.note_all(&app.board);
    app.measuring.note_all(&app.board);
}

fn note_end(app: &mut App, at: Stamp) {
    app.table.note_change();
    gathering::note_change(app);
    app.over_since = match app.over_since {
        _ if !app.board.all_done() => None,
        None => Some(at),
        since => since,
    };
}

/// The runner went. What it recorded counts; if the end of the run is not among it, what follows from that is shown, and
/// whatever waited for the runner does not wait any more.
fn desert(app: &mut App, rest: &[Event], now: Stamp) {
    for event in rest {
        hear_event(app, event, now);
    }
    if !app.board.course().is_live() {
        return;
    }
    app.board.interrupt();
    note_all(app);
    note_end(app, app.board.last());
    app.departure = Departure::None;
    if matches!(
        app.overlay,
        Overlay::Quit(_) | Overlay::Confirm(_) | Overlay::Password(_)
    ) {
        app.overlay = Overlay::None;
    }
    app.notice = None;
}

/// Whether what a job prints can be on the screen.
fn is_seen(app: &App, job: crate::model::id::JobId) -> bool {
    let table = app.table();
    let shown = table
        .order()
        .iter()
        .skip(table.top())
        .take(usize::from(app.body().height));
    match &app.screen {
        Screen::Table => app.view == View::Hosts && shown.into_iter().any(|other| *other == job),
        Screen::Output(view) => view.job() == job,
        Screen::Difference(_) => false,
    }
}

fn take(app: &mut App, loaded: Loaded) -> Effects {
    let Screen::Output(view) = &mut app.screen else {
        return Effects::none();
    };
    if view.ticket() != loaded.ticket {
        return Effects::none();
    }
    view.take(loaded);
    Effects::from(view.wish().map(Effect::Load))
}

fn take_found(app: &mut App, found: Found, now: Stamp) -> Effects {
    if let Some(error) = &found.error {
        app.say(error.clone(), now);
    }
    reading::take_found(app, found)
}

fn paste(app: &mut App, pasted: &str, now: Stamp) -> Effects {
    app.touched = true;
    if app.is_too_small() {
        return Effects::none();
    }
    match &mut app.overlay {
        Overlay::Filter(input) => {
            input.paste(pasted);
            match Filter::read(input.text(), Known::of(&app.board)) {
                Ok(filter) => {
                    app.filter_fault = None;
                    refilter(app, filter, now);
                }
                Err(fault) => app.filter_fault = Some(fault),
            }
        }
        Overlay::Search(input) | Overlay::Time(input) | Overlay::Writing(Writing::Naming(_, input)) => {
            input.paste(pasted);
        }
        Overlay::Command(line) => line.paste(pasted),
        Overlay::FollowUp(prompt) => prompt.input.paste(pasted),
        Overlay::Password(question) => question.paste(pasted, now),
        _ => app.say("pasted text is ignored here", now),
    }
    Effects::none()
}

/// The operator did something: rows stand still for a while, and what was said has been read.
fn touch(app: &mut App, now: Stamp) {
    app.touched = true;
    app.presence.seen = now;
    app.table.touch(now);
    if app.is_gathered() {
        app.clusters.hold(now);
    }
    app.notice = None;
    app.hint = Hint::None;
}

fn click(app: &mut App, pointed: Pointed, now: Stamp) -> Effects {
    touch(app, now);
    app.shell_asked = None;
    match mouse::click(app, pointed, now) {
        Some(action) => act_on_screen(app, action, now),
        None => Effects::none(),
    }
}

/// The wheel scrolls what is on top; while something is asked or typed it does nothing.
fn turn(app: &mut App, wheel: Wheel, now: Stamp) -> Effects {
    touch(app, now);
    let mut effects = Effects::none();
    if app.is_too_small() {
        return effects;
    }
    for _ in 0..Wheel::LINES {
        let action = wheel.action();
        let done = match std::mem::take(&mut app.overlay) {
            Overlay::None => act_on_screen(app, action, now),
            overlay @ (Overlay::Help(_) | Overlay::Details(..)) => press_panel(app, overlay, Some(action), now),
            overlay => {
                app.overlay = overlay;
                return Effects::none();
            }
        };
        effects = effects.and(done);
    }
    effects
}

fn press(app: &mut App, key: Key, now: Stamp) -> Effects {
    touch(app, now);
    let shell_asked = app.shell_asked.take();
    let action = app.keys.action(key, app.place());
    match action {
        Some(Action::Suspend) => return Effect::Suspend.into(),
        Some(Action::Redraw) => return Effect::Redraw.into(),
        // Nobody can see what any other key would act upon, nor a question.
        Some(Action::Quit | Action::Interrupt) if app.is_too_small() && leave::is_free(app) => {
            return leave::ask(app, now);
        }
        _ if app.is_too_small() => return Effects::none(),
        _ => {}
    }
    match std::mem::take(&mut app.overlay) {
        Overlay::None => {
            if action == Some(Action::Shell) {
                app.shell_asked = shell_asked;
            }
            action.map_or_else(Effects::none, |action| act_on_screen(app, action, now))
        }
        overlay @ (Overlay::Help(_) | Overlay::Details(..)) => press_panel(app, overlay, action, now),
        overlay => press_overlay(app, overlay, key, now),
    }
}

/// Help and details: a text that is scrolled, and closed by whatever goes back.
fn press_panel(app: &mut App, overlay: Overlay, action: Option<Action>, now: Stamp) -> Effects {
    let (columns, rows_shown) = app.panel();
    match overlay {
        Overlay::Help(mut pane) => {
            if pane.press(action, help(&app.keys, app.panel()).len(), rows_shown) || !is_close(action) {
                app.overlay = Overlay::Help(pane);
            }
        }
        Overlay::Details(job, mut pane) => {
            let columns = usize::from(columns).saturating_sub(NAME_COLUMNS);
            let facts = facts(app, job, now);
            let rows = facts.iter().map(|fact| fact.rows(columns).len()).sum();
            match action {
                Some(Action::Look | Action::KillLeft) if app.is_locked() => {
                    app.overlay = Overlay::Details(job, pane);
                    return say_locked(app, now);
                }
                Some(Action::Look | Action::KillLeft) if app.is_planned() => {
                    app.overlay = Overlay::Details(job, pane);
                    return say_planned(app, now);
                }
                Some(Action::Look) => {
                    app.overlay = Overlay::Details(job, pane);
                    return act::look(app, vec![job], now);
                }
                Some(Action::KillLeft) => {
                    app.overlay = Overlay::Details(job, pane);
                    return act::kill_left(app, job, now);
                }
                _ => {}
            }
            if pane.press(action, rows, rows_shown) || !(is_close(action) || action == Some(Action::Details)) {
                app.overlay = Overlay::Details(job, pane);
            }
        }
        overlay => app.overlay = overlay,
    }
    Effects::none()
}

fn press_overlay(app: &mut App, overlay: Overlay, key: Key, now: Stamp) -> Effects {
    match overlay {
        // They are no questions.
        Overlay::None | Overlay::Help(_) | Overlay::Details(..) => {}
        Overlay::Confirm(mut confirm) => match confirm.press(key, now, app.size) {
            Answer::Open => app.overlay = Overlay::Confirm(confirm),
            Answer::No => app.say(format!("nothing was done: no {}", confirm.intent.verb()), now),
            Answer::Yes => return act::confirmed(app, confirm, now),
        },
        Overlay::Quit(mut question) => match question.press(key, now) {
            Way::Open => app.overlay = Overlay::Quit(question),
            Way::Taken(choice) => return leave::take(app, choice, now),
        },
        Overlay::Password(mut question) => match question.press(key, now) {
            Entry::Open => app.overlay = Overlay::Password(question),
            Entry::Closed => app.say(password::later(app), now),
            Entry::Given => return Effect::Give(question.typed).into(),
            Entry::Declined => return Effects::request(Request::SudoPassword),
        },
        Overlay::Filter(input) => type_filter(app, input, key, now),
        Overlay::Search(input) => return type_search(app, input, key, now),
        Overlay::Time(input) => return type_time(app, input, key, now),
        Overlay::Writing(writing) => return export::press(app, writing, key, now),
        Overlay::Command(line) => return type_command(app, line, key, now),
        Overlay::FollowUp(prompt) => return following::press(app, prompt, key, now),
    }
    Effects::none()
}

/// Whether an action closes what lies over the screen.
fn is_close(action: Option<Action>) -> bool {
    matches!(
        action,
        Some(Action::Back | Action::Quit | Action::Help | Action::Interrupt | Action::Open)
    )
}

fn type_filter(app: &mut App, mut input: Input, key: Key, now: Stamp) {
    if key == Key::Tab {
        let (length, ways) = filter::completions(input.text(), &app.board);
        let _shown_by_the_rows = input.complete(length, ways);
    }
    let typed = input.press(key);
    let filter = match typed {
        Typed::Dropped => Ok(Filter::default()),
        Typed::On | Typed::Taken => Filter::read(input.text(), Known::of(&app.board)),
    };
    // What is wrong is said beside it; it is not taken, and the last good one stays.
    if typed == Typed::On || filter.is_err() {
        app.overlay = Overlay::Filter(input);
    }
    app.filter_fault = filter.as_ref().err().cloned();
    if let Ok(filter) = filter
        && filter != *app.table.filter()
    {
        refilter(app, filter, now);
    }
}

fn type_command(app: &mut App, mut line: CommandLine, key: Key, now: Stamp) -> Effects {
    match line.press(key, &app.commands, &app.board) {
        Typed::On => {}
        Typed::Dropped => return Effects::none(),
        Typed::Taken => match command::read(line.input().text(), Known::of(&app.board)) {
            Ok(None) => return Effects::none(),
            Ok(Some(command)) => {
                obey::remember(app, line.input().text());
                if app.is_locked() && command.verb.asks_runner() {
                    return say_locked(app, now);
                }
                if let Some(action) = command.action() {
                    return act_as_typed(app, action, now);
                }
                if app.is_planned() && command.verb.asks_runner() && command.verb != Verb::Run {
                    return say_planned(app, now);
                }
                return match command.verb {
                    Verb::Write if app.is_locked() => lock(app, now),
                    Verb::ReadOnly if !app.is_locked() => lock(app, now),
                    _ => obey::obey(app, command, now),
                };
            }
            Err(error) => line.refuse(&error),
        },
    }
    app.overlay = Overlay::Command(line);
    Effects::none()
}

/// An action by its name: where it is at home, as by its key.
fn act_as_typed(app: &mut App, action: Action, now: Stamp) -> Effects {
    if !action.is_at(app.place()) {
        app.say(format!("{action} has its place in {}", action.place().words()), now);
        return Effects::none();
    }
    act_on_screen(app, action, now)
}

fn refilter(app: &mut App, filter: Filter, now: Stamp) {
    app.table.set_filter(filter);
    arrange(app, now);
}

/// What is no expression stays where it can be mended, and the search before stays what it was.
fn type_search(app: &mut App, mut input: Input, key: Key, now: Stamp) -> Effects {
    match input.press(key) {
        Typed::On => app.overlay = Overlay::Search(input),
        Typed::Dropped => {}
        Typed::Taken => match Search::new(input.text()) {
            Ok(search) => return reading::search(app, search, now),
            Err(_) => app.overlay = Overlay::Search(input),
        },
    }
    Effects::none()
}

fn type_time(app: &mut App, mut input: Input, key: Key, now: Stamp) -> Effects {
    match input.press(key) {
        Typed::On => app.overlay = Overlay::Time(input),
        Typed::Dropped => {}
        Typed::Taken => return reading::go_to_time(app, &input, now),
    }
    Effects::none()
}

fn act_on_screen(app: &mut App, action: Action, now: Stamp) -> Effects {
    if app.is_locked() && (action.asks_runner() || action.begins_run()) {
        return say_locked(app, now);
    }
    if app.is_planned() && action.asks_runner() {
        return say_planned(app, now);
    }
    match action {
        Action::FollowUp => return following::begin(app, now),
        Action::Suspend => return Effect::Suspend.into(),
        Action::Redraw => return Effect::Redraw.into(),
        Action::Mouse => return mouse::switch(app, now),
        Action::Lock => return lock(app, now),
        Action::Cancel => return act::cancel(app, now),
        Action::Kill => return act::kill(app, now),
        Action::Retry => return act::retry(app, now),
        Action::RetryAll => return act::retry_all(app, now),
        Action::Look => {
            app.table.steer();
            let targets = app.targets();
            return act::look(app, targets, now);
        }
        Action::KillLeft => {
            app.table.steer();
            if let Some(job) = app.job_at_hand() {
                return act::kill_left(app, job, now);
            }
        }
        Action::Longer => return act::step_limit(app, true, now),
        Action::Shorter => return act::step_limit(app, false, now),
        Action::Narrower => return act::step_width(app, false, now),
        Action::Wider => return act::step_width(app, true, now),
        Action::SkipRest => return act::skip_rest(app, now),
        Action::Command => app.overlay = Overlay::Command(CommandLine::default()),
        Action::Pause => return act::pause(app, now),
        Action::Shell => return reading::shell(app, now),
        Action::Pager => return reading::pager(app, now),
        Action::Copy => return export::copy(app, now),
        Action::Export => export::begin(app),
        Action::Password => password::ask(app, now),
        Action::Quit if !matches!(app.screen, Screen::Table) => {
            let searches = matches!(&app.screen, Screen::Output(view) if view.search().is_some());
            app.screen = Screen::Table;
            return Effects::from(searches.then_some(Effect::Find(Find::Stop)));
        }
        Action::Difference => return comparing::open(app, now),
        Action::Hosts => gathering::switch(app, View::Hosts, now),
        Action::Groups => gathering::switch(app, View::Groups, now),
        Action::Failures => gathering::switch(app, View::Failures, now),
        Action::Timeline => gathering::switch(app, View::Timeline, now),
        Action::Buckets => gathering::switch(app, View::Buckets, now),
        Action::NextView => gathering::switch(app, app.view.next(), now),
        Action::Quit | Action::Interrupt => return leave::ask(app, now),
        Action::Help => app.overlay = Overlay::Help(Pane::default()),
        Action::Details => {
            app.table.steer();
            if let Some(job) = app.job_at_hand() {
                app.overlay = Overlay::Details(job, Pane::default());
                return act::look_unasked(app, job, now);
            }
        }
        Action::Filter if matches!(app.screen, Screen::Table) => {
            app.overlay = Overlay::Filter(Input::new(app.table.filter().text()));
            app.filter_fault = None;
        }
        Action::Stragglers if matches!(app.screen, Screen::Table) => stragglers(app, now),
        _ => {
            return match app.screen {
                Screen::Table if app.view.is_gathered() => gathering::act(app, action, now),
                Screen::Table => act_on_table(app, action, now),
                Screen::Output(_) => reading::act(app, action, now),
                Screen::Difference(_) => comparing::act(app, action, now),
            };
        }
    }
    Effects::none()
}

fn say_planned(app: &mut App, now: Stamp) -> Effects {
    let key = app.keys.hint(Action::FollowUp);
    app.say(format!("nothing runs yet; {key} gives a command"), now);
    Effects::none()
}

fn say_locked(app: &mut App, now: Stamp) -> Effects {
    let key = app.keys.hint(Action::Lock);
    app.say(format!("read-only; {key} unlocks"), now);
    Effects::none()
}

/// Locks the keys that ask the runner for something, or unlocks them.
fn lock(app: &mut App, now: Stamp) -> Effects {
    if !app.board.course().is_live() {
        app.say("the run is over: nothing can be asked of it", now);
        return Effects::none();
    }
    let (access, request, text) = match app.seat.access {
        Access::Full => (Access::ReadOnly, Request::Release, "read-only from now on"),
        Access::ReadOnly => (Access::Full, Request::Hold, "unlocked: the keys for jobs act again"),
    };
    app.seat.access = access;
    app.say(text, now);
    Effects::request(request)
}

fn act_on_table(app: &mut App, action: Action, now: Stamp) -> Effects {
    let page = isize::try_from(app.body().height.max(1)).unwrap_or(1);
    let table = &mut app.table;
    if let Some(rows) = rows_moved(action, page) {
        table.move_by(rows);
    }
    match action {
        Action::Top => table.move_to(0),
        Action::Bottom => table.move_to(usize::MAX),
        Action::Mark => {
            table.toggle_mark();
            table.move_by(1);
        }
        Action::Range => {
            table.steer();
            table.toggle_range();
        }
        Action::MarkAll => table.mark_all(),
        Action::Unmark => table.unmark(),
        Action::Invert => table.invert(),
        Action::Sort => {
            table.next_sort(app.board.fields().len());
            table.arrange(&app.board, now);
        }
        Action::Reverse => {
            table.reverse();
            table.arrange(&app.board, now);
        }
        Action::Back if app.view == View::Timeline => gathering::switch(app, View::Hosts, now),
        Action::Back => step_back(app, now),
        Action::Open => return reading::open(app),
        _ => {}
    }
    Effects::none()
}

/// Escape: the innermost thing that narrows the view goes first.
fn step_back(app: &mut App, now: Stamp) {
    let table = &mut app.table;
    if table.drop_range() {
        return;
    }
    if !table.filter().is_empty() {
        table.set_filter(Filter::default());
    } else if table.stragglers_only() {
        table.set_stragglers(false);
    } else if table.only().is_some() {
        table.set_only(None);
    } else {
        table.let_go();
    }
    arrange(app, now);
}

fn stragglers(app: &mut App, now: Stamp) {
    let only = !app.table.stragglers_only();
    let pack = Pack::of(&app.board, now);
    let any = app.board.rows().iter().any(|row| pack.lag(row).is_some());
    if only && !any {
        app.say(
            "no stragglers: nothing asks, is slow, silent or far beyond its peers",
            now,
        );
        return;
    }
    app.table.set_stragglers(only);
    arrange(app, now);
}

/// Others are to be shown than before: the rows take their places at once, whatever holds them still.
fn arrange(app: &mut App, now: Stamp) {
    app.table.arrange(&app.board, now);
    gathering::form_anew(app, now);
}
