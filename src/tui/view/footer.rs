//! The footer: the keys that matter here, from the list of actions. Help and the way out are always there.

use super::paint::Brush;
use crate::app::text::width;
use crate::app::{Action, App, Overlay, Pointed, Screen, View, Writing};
use crate::model::stamp::Stamp;
use crate::tui::theme::Role;
use ratatui::layout::Rect;

/// A key and what it does, and the action if it is one of the table.
struct Item {
    key: String,
    label: String,
    action: Option<Action>,
}

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
    let (first, last): (Vec<Item>, Vec<Item>) = match (app.overlay(), app.screen()) {
        (Overlay::Filter(_), _) => (items(&typing), Vec::new()),
        (Overlay::Command(_), _) => (items(&commanding), Vec::new()),
        (Overlay::FollowUp(_), _) => (items(&asking), Vec::new()),
        (Overlay::Search(_), _) => (items(&searching), Vec::new()),
        (Overlay::Time(_), _) => (items(&going), Vec::new()),
        (Overlay::Writing(Writing::Naming(..)), _) => (items(&naming), Vec::new()),
        (Overlay::Writing(Writing::Choosing(_)), _) => (items(&choosing), Vec::new()),
        (Overlay::Help(_), _) => (named(&[Action::Down, Action::Up, Action::Back], app), Vec::new()),
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
        (Overlay::None, Screen::Table) if app.is_planned() => (named(&PLANNED, app), named(&ALWAYS, app)),
        (Overlay::None, Screen::Table) => (of_use(of_view(app.view()), app), named(&ALWAYS, app)),
        (Overlay::None, Screen::Difference(_)) => (of_use(&DIFFERENCE, app), named(&ALWAYS, app)),
        (Overlay::None, Screen::Output(_)) => (of_use(&OUTPUT, app), named(&ALWAYS, app)),
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
    let is_bare = *app.overlay() == Overlay::None;
    let mut x = area.x + 1;
    for item in &shown {
        let begin = x;
        x += brush.text((x, area.y), area.right().saturating_sub(x), &item.key, Role::Key) + 1;
        x += brush.text((x, area.y), area.right().saturating_sub(x), &item.label, Role::Text) + 2;
        if let Some(action) = item.action.filter(|_| is_bare) {
            let width = x.saturating_sub(begin + 2);
            let place = Rect {
                x: begin,
                width,
                ..area
            };
            brush.spot(place, Pointed::Label(action));
        }
    }
}

/// Keys that no table has: those of what is being typed.
fn items(items: &[(&str, &str)]) -> Vec<Item> {
    let item = |(key, label): &(&str, &str)| Item {
        key: (*key).to_owned(),
        label: (*label).to_owned(),
        action: None,
    };
    items.iter().map(item).collect()
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
    let unlock = is_locked.then(|| Item {
        label: "unlock".to_owned(),
        ..item(Action::Lock, app)
    });
    unlock.into_iter().chain(useful(actions, app)).collect()
}

/// Those that can do something: where the runner cannot be asked its keys are left out.
fn useful(actions: &[Action], app: &App) -> Vec<Item> {
    let may_ask = app.board().course().is_live() && !app.is_locked();
    let useful = actions.iter().filter(|action| may_ask || !action.asks_runner());
    named(&useful.copied().collect::<Vec<_>>(), app)
}

/// The key to show and the name of each action; what has no key is left to the help.
fn named(actions: &[Action], app: &App) -> Vec<Item> {
    let with_keys = actions.iter().filter(|action| !app.keys().keys(**action).is_empty());
    with_keys.map(|action| item(*action, app)).collect()
}

fn item(action: Action, app: &App) -> Item {
    Item {
        key: app.keys().hint(action),
        label: action.label(),
        action: Some(action),
    }
}

fn columns(item: &Item) -> usize {
    width(&item.key) + 1 + width(&item.label) + 2
}
