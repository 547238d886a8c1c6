//! The footer: the keys that matter here, from the list of actions. Help and the way out are always there.

use super::paint::Brush;
use crate::app::text::width;
use crate::app::{Action, App, Overlay, Screen, View, Writing};
use crate::model::stamp::Stamp;
use crate::tui::theme::Role;
use ratatui::layout::Rect;

/// A key and what it does.
type Item = (String, &'static str);

const TABLE: [Action; 9] = [
    Action::Cancel,
    Action::Retry,
    Action::Open,
    Action::Mark,
    Action::Filter,
    Action::Stragglers,
    Action::Pause,
    Action::Details,
    Action::Sort,
];
const OUTPUT: [Action; 9] = [
    Action::Back,
    Action::Follow,
    Action::Streams,
    Action::Wrap,
    Action::Search,
    Action::NextHit,
    Action::EarlierAttempt,
    Action::Cancel,
    Action::Retry,
];
const GROUPS: [Action; 8] = [
    Action::Open,
    Action::Difference,
    Action::Mark,
    Action::Cancel,
    Action::Retry,
    Action::Hosts,
    Action::Failures,
    Action::Timeline,
];
const FAILURES: [Action; 8] = [
    Action::Open,
    Action::Retry,
    Action::Mark,
    Action::Difference,
    Action::Hosts,
    Action::Groups,
    Action::Timeline,
    Action::Look,
];
const BUCKETS: [Action; 8] = [
    Action::Open,
    Action::Mark,
    Action::Cancel,
    Action::Retry,
    Action::Hosts,
    Action::Groups,
    Action::Failures,
    Action::Timeline,
];
const TIMELINE: [Action; 9] = [
    Action::Cancel,
    Action::Retry,
    Action::Open,
    Action::Mark,
    Action::Details,
    Action::Hosts,
    Action::Groups,
    Action::Failures,
    Action::Sort,
];
const DIFFERENCE: [Action; 5] = [
    Action::Back,
    Action::NextChange,
    Action::PreviousChange,
    Action::Cancel,
    Action::Retry,
];
const DETAILS: [Action; 5] = [Action::Down, Action::Up, Action::Look, Action::KillLeft, Action::Back];
const PLANNED: [Action; 5] = [
    Action::FollowUp,
    Action::Mark,
    Action::MarkAll,
    Action::Filter,
    Action::Command,
];
const ALWAYS: [Action; 2] = [Action::Help, Action::Quit];

/// Draws it.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, now: Stamp) {
    let commanding = [
        ("enter", "do it"),
        ("tab", "complete"),
        ("up", "recall"),
        ("esc", "never mind"),
    ];
    let asking = [
        ("enter", "goes on to the question"),
        ("up", "recall"),
        ("esc", "never mind"),
    ];
    let typing = [("enter", "keep"), ("esc", "clear"), ("tab", "complete")];
    let searching = [("enter", "search"), ("esc", "never mind"), ("^u", "empty")];
    let going = [("enter", "go there"), ("esc", "never mind"), ("^u", "empty")];
    let naming = [("enter", "write"), ("esc", "never mind"), ("^u", "empty")];
    let choosing = [("n", "node set"), ("j", "events"), ("esc", "never mind")];
    let items = |items: [(&str, &'static str); 3]| items.map(|(key, name)| (key.to_owned(), name)).into();
    let (first, last): (Vec<Item>, Vec<Item>) = match (app.overlay(), app.screen()) {
        (Overlay::Filter(_), _) => (items(typing), Vec::new()),
        (Overlay::Command(_), _) => (commanding.map(|(key, name)| (key.to_owned(), name)).into(), Vec::new()),
        (Overlay::FollowUp(_), _) => (items(asking), Vec::new()),
        (Overlay::Search(_), _) => (items(searching), Vec::new()),
        (Overlay::Time(_), _) => (items(going), Vec::new()),
        (Overlay::Writing(Writing::Naming(..)), _) => (items(naming), Vec::new()),
        (Overlay::Writing(Writing::Choosing(_)), _) => (items(choosing), Vec::new()),
        (Overlay::Help(_), _) => (named(&[Action::Down, Action::Up, Action::Back]), Vec::new()),
        (Overlay::Details(..), _) => {
            // They lie over the line in which it would be said otherwise.
            if let Some(notice) = app.notice(now) {
                brush.text((area.x + 1, area.y), area.width.saturating_sub(2), notice, Role::Title);
                return;
            }
            (useful(&DETAILS, app), Vec::new())
        }
        (
            Overlay::Confirm(_) | Overlay::Quit(_) | Overlay::Password(_) | Overlay::Writing(Writing::Replacing(..)),
            _,
        ) => return,
        (Overlay::None, Screen::Table) if app.is_planned() => (named(&PLANNED), named(&ALWAYS)),
        (Overlay::None, Screen::Table) => {
            let mut items = of_use(of_view(app.view()), app);
            if app.view() == View::Failures {
                items
                    .iter_mut()
                    .filter(|(_, name)| *name == Action::Open.name())
                    .for_each(|(_, name)| *name = "its hosts");
            }
            (items, named(&ALWAYS))
        }
        (Overlay::None, Screen::Difference(_)) => (of_use(&DIFFERENCE, app), named(&ALWAYS)),
        (Overlay::None, Screen::Output(_)) => (of_use(&OUTPUT, app), named(&ALWAYS)),
    };
    let room = usize::from(area.width.saturating_sub(2));
    let mut left = room.saturating_sub(last.iter().map(columns).sum());
    let mut shown: Vec<Item> = Vec::new();
    for item in first {
        if columns(&item) > left {
            continue;
        }
        left -= columns(&item);
        shown.push(item);
    }
    shown.extend(last);
    let mut x = area.x + 1;
    for (key, name) in &shown {
        x += brush.text((x, area.y), area.right().saturating_sub(x), key, Role::Key) + 1;
        x += brush.text((x, area.y), area.right().saturating_sub(x), name, Role::Text) + 2;
    }
}

fn of_view(view: View) -> &'static [Action] {
    match view {
        View::Hosts => &TABLE,
        View::Groups => &GROUPS,
        View::Failures => &FAILURES,
        View::Timeline => &TIMELINE,
        View::Buckets => &BUCKETS,
    }
}

/// Those that can do something, and where the run is only locked, what unlocks it.
fn of_use(actions: &[Action], app: &App) -> Vec<Item> {
    let is_locked = app.board().course().is_live() && app.is_locked();
    let unlock = if is_locked { named(&[Action::Lock]) } else { Vec::new() };
    unlock.into_iter().chain(useful(actions, app)).collect()
}

/// Those that can do something: where the runner cannot be asked its keys are left out.
fn useful(actions: &[Action], app: &App) -> Vec<Item> {
    let may_ask = app.board().course().is_live() && !app.is_locked();
    let useful = actions.iter().filter(|action| may_ask || !action.asks_runner());
    named(&useful.copied().collect::<Vec<_>>())
}

/// The key to show and the name of each action.
fn named(actions: &[Action]) -> Vec<Item> {
    let key = |action: &Action| action.keys().first().map(ToString::to_string).unwrap_or_default();
    actions.iter().map(|action| (key(action), action.name())).collect()
}

fn columns((key, name): &Item) -> usize {
    width(key) + 1 + width(name) + 2
}
