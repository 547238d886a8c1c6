//! The line above the footer: what was just said, or where one is and what is different from usual.

use super::paint::Brush;
use super::timeline::leg;
use crate::app::text::{suffix, width as columns};
use crate::app::{
    Action, App, Content, DifferenceView, Input, KeyMap, OutputView, Overlay, Screen, Search, Standstill, View,
    Writing, bytes, typed_time,
};
use crate::model::board::{Course, Password};
use crate::model::phase::PauseReason;
use crate::model::stamp::Stamp;
use crate::model::tally::Standing;
use crate::tui::theme::{Role, Sign};
use ratatui::layout::Rect;

/// Draws it.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, now: Stamp) {
    let at = (area.x + 1, area.y);
    let width = area.width.saturating_sub(2);
    match app.overlay() {
        Overlay::Filter(input) => {
            let wrong = app.filter_fault().map(|error| format!("   {error}"));
            let shown = format!("   {} of {} shown", app.table().order().len(), app.board().rows().len());
            let after = match &wrong {
                Some(wrong) => (wrong.as_str(), Role::Warning),
                None => (shown.as_str(), Role::Dim),
            };
            return typing(brush, (at, width), "filter: ", input, after);
        }
        Overlay::Search(input) => {
            let wrong = Search::new(input.text()).err().map(|words| format!("   {words}"));
            return typing(
                brush,
                (at, width),
                "search: ",
                input,
                (&wrong.unwrap_or_default(), Role::Warning),
            );
        }
        Overlay::Time(input) => {
            let wrong = typed_time(app, input.text()).err().map(|words| format!("   {words}"));
            return typing(
                brush,
                (at, width),
                "go to: ",
                input,
                (&wrong.unwrap_or_default(), Role::Warning),
            );
        }
        Overlay::Writing(writing) => return draw_writing(brush, (at, width), writing),
        Overlay::Command(line) => {
            let hint = format!("   {}", line.error().map_or_else(|| line.hint(), str::to_owned));
            let role = if line.error().is_some() {
                Role::Warning
            } else {
                Role::Dim
            };
            return typing(brush, (at, width), ":", line.input(), (&hint, role));
        }
        _ => {}
    }
    let mut parts: Vec<(String, Role)> = Vec::new();
    if let Some(notice) = app.notice(now) {
        parts.push((notice.to_owned(), Role::Title));
    }
    parts.extend(trouble(app));
    parts.extend(whereabouts(app));
    if parts.is_empty() {
        parts.extend(app.hint().map(|words| (words, Role::Title)));
    }
    match app.screen() {
        Screen::Table if app.view().is_gathered() => parts.extend(of_clusters(app, now)),
        Screen::Table => parts.extend(of_table(app, now)),
        Screen::Difference(view) => parts.extend(of_difference(view)),
        Screen::Output(view) => parts.extend(of_output(view, app.keys())),
    }
    if app.is_leaving() {
        parts.push(("leaves when all is over".to_owned(), Role::Warning));
    }
    if app.view() == View::Timeline && matches!(app.screen(), Screen::Table) {
        parts.extend(legend(brush));
    }
    let dot = brush.sign(Sign::Dot);
    let mut texts = Vec::new();
    for (text, role) in &parts {
        if !texts.is_empty() {
            texts.push((dot, Role::Dim));
        }
        texts.push((text.as_str(), *role));
    }
    brush.texts(at, width, texts);
}

/// What leaving leads back to, and what to do where nothing has begun.
fn whereabouts(app: &App) -> Option<(String, Role)> {
    if app.is_planned() {
        let key = app.keys().hint(Action::FollowUp);
        return Some((
            format!("{key} gives a command to all shown, or the marked"),
            Role::Title,
        ));
    }
    let run = app.session().back_to.as_ref()?;
    let quit = app.keys().hint(Action::Quit);
    Some((format!("follow-up of {}: {quit} goes back", run.short()), Role::Key))
}

/// What keeps the run from going on, and what helps.
fn trouble(app: &App) -> Option<(String, Role)> {
    let key = |action| app.keys().hint(action);
    let text = match app.board().course() {
        Course::Interrupted => format!("its runner is gone: heeler resume {} finishes it", app.plan().run),
        _ if *app.board().password() != Password::NotWanted && app.board().course().is_live() => {
            format!("sudo waits for a password: {} answers", key(Action::Password))
        }
        Course::Paused(PauseReason::AgentGone) => {
            let pause = key(Action::Pause);
            format!("the ssh agent is gone: attach with a new one, or {pause} goes on without")
        }
        _ => return None,
    };
    Some((text, Role::Alert))
}

/// What is asked before a file is written.
fn draw_writing(brush: &mut Brush<'_>, (at, width): ((u16, u16), u16), writing: &Writing) {
    match writing {
        Writing::Choosing(set) => {
            let what = [
                ("write to a file: ", Role::Key),
                ("n", Role::Key),
                (" the node set ", Role::Text),
            ];
            let then = [
                ("   ", Role::Text),
                ("j", Role::Key),
                (" the events of the run, as JSON", Role::Text),
            ];
            // What does not fit is the set.
            let room = usize::from(width).saturating_sub(68);
            let set = crate::app::text::cut(set, room, brush.sign(Sign::Ellipsis)).into_owned();
            let texts = what.into_iter().chain([(set.as_str(), Role::Dim)]).chain(then);
            brush.texts(at, width, texts);
        }
        Writing::Naming(what, name) => {
            let what = match what {
                Content::NodeSet(_) => "write the node set to: ",
                Content::Report => "write the events to: ",
            };
            typing(brush, (at, width), what, name, ("", Role::Dim));
        }
        Writing::Replacing(file, _) => {
            let question = format!("{} exists: y replaces it, n leaves it", file.path);
            brush.text(at, width, &question, Role::Alert);
        }
    }
}

fn typing(brush: &mut Brush<'_>, (at, width): ((u16, u16), u16), name: &str, input: &Input, after: (&str, Role)) {
    let caret = brush.sign(Sign::Caret);
    let remark = input.remark().map(|remark| format!("   {remark}"));
    let after = remark.as_deref().map_or(after, |remark| (remark, Role::Warning));
    // A warning keeps up to half of the line; of what is typed the end is seen, where the caret is.
    let (whole, said) = (usize::from(width), columns(after.0));
    let kept = if after.1 == Role::Warning {
        said.min(whole / 2)
    } else {
        0
    };
    let room = whole.saturating_sub(columns(name) + columns(caret) + kept);
    let ellipsis = brush.sign(Sign::Ellipsis);
    let (before, typed) = if columns(input.text()) <= room {
        ("", input.text())
    } else {
        (ellipsis, suffix(input.text(), room.saturating_sub(columns(ellipsis))))
    };
    let texts = [
        (name, Role::Key),
        (before, Role::Dim),
        (typed, Role::Text),
        (caret, Role::Key),
        after,
    ];
    brush.texts(at, width, texts);
}

/// What the parts of a bar mean.
fn legend(brush: &Brush<'_>) -> impl Iterator<Item = (String, Role)> {
    let words = [
        (Standing::Running, "runs"),
        (Standing::Slow, "slow"),
        (Standing::Connecting, "connects"),
        (Standing::Stopping, "stops"),
        (Standing::Backoff, "retries"),
    ];
    words
        .map(|(standing, word)| {
            let (sign, role) = leg(standing);
            (format!("{} {word}", brush.sign(sign)), role)
        })
        .into_iter()
}

fn of_clusters(app: &App, now: Stamp) -> Vec<(String, Role)> {
    let mut parts = marks(app);
    parts.extend(held(app, now));
    let clusters = app.clusters();
    parts.extend(narrowed(app, clusters.hidden()));
    let rows = clusters.rows().len();
    if rows > 0 {
        parts.push((format!("row {} of {rows}", clusters.place() + 1), Role::Dim));
    }
    if app.view() == View::Groups {
        parts.push((
            "whole outputs compared, hosts' own names read alike".to_owned(),
            Role::Dim,
        ));
    } else if app.view() == View::Buckets {
        let key = |action| app.keys().hint(action);
        let (open, next) = (key(Action::Open), key(Action::Sort));
        parts.push((
            format!("{open} shows the hosts of a bucket, {next} the next field"),
            Role::Dim,
        ));
    } else {
        let open = app.keys().hint(Action::Open);
        parts.push((format!("{open} shows the hosts of a cause"), Role::Dim));
    }
    parts
}

/// By what the jobs that are in the rows were chosen, and how many are in none.
fn narrowed(app: &App, hidden: usize) -> Vec<(String, Role)> {
    let table = app.table();
    let mut parts = Vec::new();
    if table.stragglers_only() {
        parts.push("stragglers only".to_owned());
    }
    if let Some(only) = table.only() {
        parts.push(format!("only {}", only.words));
    }
    if !table.filter().is_empty() {
        parts.push(format!("filter {}", table.filter().text()));
    }
    let hides = match hidden {
        0 => "hides nothing".to_owned(),
        1 => "1 job hidden".to_owned(),
        _ => format!("{hidden} jobs hidden"),
    };
    if let Some(last) = parts.last_mut() {
        *last = format!("{last}: {hides}");
    }
    parts.into_iter().map(|text| (text, Role::Warning)).collect()
}

fn of_difference(view: &DifferenceView) -> Vec<(String, Role)> {
    let mut parts = Vec::new();
    if let Standstill::Ready(difference) = view.state() {
        if let Some(first) = difference.only_first {
            let text = format!("TOO LARGE: only the first {} of each stream compared", bytes(first));
            parts.push((text, Role::Warning));
        }
        if difference.lost > 0 {
            let text = format!("{} not on record", bytes(difference.lost));
            parts.push((text, Role::Warning));
        }
        parts.push(if difference.is_empty() {
            ("no difference".to_owned(), Role::Ok)
        } else {
            let [left, right] = difference.lines;
            (format!("-{left} +{right} lines"), Role::Title)
        });
        let (row, rows) = view.place();
        if rows > 0 {
            parts.push((format!("row {row} of {rows}"), Role::Dim));
        }
        parts.push(("the host's own name counts for nothing".to_owned(), Role::Dim));
    }
    parts
}

fn of_table(app: &App, now: Stamp) -> Vec<(String, Role)> {
    let table = app.table();
    let mut parts = marks(app);
    if table.is_ranging() {
        let range = app.keys().hint(Action::Range);
        parts.push((format!("range: {range} ends it"), Role::Mark));
    }
    parts.extend(held(app, now));
    if table.stragglers_only() {
        parts.push(("stragglers only".to_owned(), Role::Warning));
    }
    let (shown, all) = (table.order().len(), app.board().rows().len());
    if let Some(only) = table.only() {
        parts.push((
            format!("only {}: {} of {all}", only.words, only.jobs.len()),
            Role::Warning,
        ));
    }
    if !table.filter().is_empty() {
        parts.push((
            format!("filter {}: {shown} of {all}", table.filter().text()),
            Role::Warning,
        ));
    }
    if shown > 0 {
        parts.push((format!("row {} of {shown}", table.place() + 1), Role::Dim));
    }
    let (_, reversed) = table.sort();
    let reversed = if reversed { ", reversed" } else { "" };
    parts.push((format!("order: {}{reversed}", app.sort_word()), Role::Dim));
    parts
}

/// How many jobs are marked.
fn marks(app: &App) -> Vec<(String, Role)> {
    let mut parts = Vec::new();
    let (marked, hidden) = app.table().count_marks();
    if marked > 0 {
        let hidden = match hidden {
            0 => String::new(),
            hidden => format!(", {hidden} hidden by the filter"),
        };
        parts.push((format!("{marked} marked{hidden}"), Role::Mark));
    }
    parts
}

/// How many changes wait while the rows stand still.
fn held(app: &App, now: Stamp) -> Option<(String, Role)> {
    let changes = app.held_changes(now)?;
    let changes = if changes == 1 {
        "1 change".to_owned()
    } else {
        format!("{changes} changes")
    };
    Some((format!("order held, {changes}"), Role::Warning))
}

fn of_output(view: &OutputView, keys: &KeyMap) -> Vec<(String, Role)> {
    let mut parts = Vec::new();
    if let Some(error) = view.error() {
        parts.push((error.to_owned(), Role::Failed));
    }
    if let Some(search) = view.search() {
        let so_far = if view.is_searching() { " so far, searching" } else { "" };
        let text = search.text();
        let text = match view.hits() {
            (0, _) if view.is_searching() => format!("\"{text}\": searching"),
            (0, _) => format!("\"{text}\": no hit"),
            (count, Some(at)) => format!("\"{text}\": hit {at} of {count}{so_far}"),
            (count, None) => format!("\"{text}\": {count} hits{so_far}"),
        };
        parts.push((text, Role::Key));
    }
    if view.earlier() > 0 {
        let size = bytes(view.earlier());
        let top = keys.hint(Action::Top);
        parts.push((format!("{size} earlier: {top} reads from the start"), Role::Warning));
    }
    parts.push(match (view.follows(), view.has_more()) {
        (true, true) => ("reading".to_owned(), Role::Dim),
        (true, false) => ("at the end, following".to_owned(), Role::Dim),
        (false, true) => (
            format!("more below: {} goes to the end", keys.hint(Action::Bottom)),
            Role::Dim,
        ),
        (false, false) => (
            format!("not following: {} follows", keys.hint(Action::Follow)),
            Role::Dim,
        ),
    });
    if view.wraps() {
        parts.push(("wrapped".to_owned(), Role::Dim));
    }
    parts
}
