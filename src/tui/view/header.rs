//! The header: what runs where, for how long and how much longer; below it the bar and the counts.

use super::bar;
use super::paint::Brush;
use super::state::{of_class, word};
use crate::app::text::{cut, one_line, width};
use crate::app::{App, bytes};
use crate::model::board::Course;
use crate::model::elapsed::Elapsed;
use crate::model::forecast::expected_remaining;
use crate::model::outcome::OutcomeClass;
use crate::model::stamp::Stamp;
use crate::model::tally::{Standing, Tally};
use crate::tui::theme::{Role, Sign};
use ratatui::layout::Rect;
use std::time::Duration;

/// The least room for the command before something else goes.
const COMMAND: usize = 24;
/// The name before everything.
const NAME: &str = " heeler  ";
/// The most room for the node set.
const NODES: usize = 40;
/// A run of which one may have forgotten how it was begun.
const LONG: Duration = Duration::from_secs(600);

/// Draws both lines.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, now: Stamp) {
    title(brush, area, app, now);
    counts(brush, Rect { y: area.y + 1, ..area }, app);
}

fn title(brush: &mut Brush<'_>, area: Rect, app: &App, now: Stamp) {
    let plan = app.plan();
    if app.is_planned() {
        return planned(brush, area, app);
    }
    let elapsed = Elapsed::Running(app.elapsed(now)).to_string();
    let left = expected_remaining(app.board(), now).filter(|_| app.board().course() == Course::Going);
    let left = left.map(|left| format!("about {} left", roughly(left)));
    let node_set = cut(&plan.node_set, NODES, brush.sign(Sign::Ellipsis)).into_owned();
    let width_word = if app.is_record() {
        started(&plan.started)
    } else {
        format!("width {}", app.board().width())
    };
    let mut parts = vec![(node_set, Role::Text), (width_word, Role::Dim)];
    if !app.is_record() {
        // In a run that is long enough to be forgotten about it goes last.
        let role = if app.elapsed(now) >= LONG {
            Role::Title
        } else {
            Role::Dim
        };
        parts.push((plan.settings.policy(), role));
    }
    parts.push((elapsed, Role::Title));
    parts.extend(left.map(|left| (left, Role::Dim)));
    let room = usize::from(area.width).saturating_sub(width(NAME) + 1);
    let command = one_line(&plan.command);
    let wanted = width(&command).min(COMMAND) + 2;
    while parts.len() > 1 && wanted + columns(&parts) > room {
        // First the node set goes, then the width, the policy of a young run, the estimate; the time stays, and is the
        // last to be left out beside the policy of an old one.
        let goes = parts.iter().position(|(_, role)| *role != Role::Title).unwrap_or(0);
        parts.remove(goes);
    }
    let right = columns(&parts);
    let command_room = room.saturating_sub(right + 2) as u16;
    let used = brush.text((area.x, area.y), area.width, NAME, Role::Title);
    brush.text((area.x + used, area.y), command_room, &command, Role::Text);
    let mut x = area.right().saturating_sub(right as u16 + 1);
    for (text, role) in &parts {
        x += brush.text((x, area.y), area.right().saturating_sub(x), text, *role) + GAP;
    }
}

/// Before a run there is no command and no time.
fn planned(brush: &mut Brush<'_>, area: Rect, app: &App) {
    let settings = &app.plan().settings;
    let used = brush.text((area.x, area.y), area.width, NAME, Role::Title);
    let node_set = cut(&app.plan().node_set, NODES, brush.sign(Sign::Ellipsis)).into_owned();
    let width_word = format!("width {}", settings.width);
    let texts = [
        ("nothing runs yet", Role::Title),
        ("  ", Role::Text),
        (node_set.as_str(), Role::Text),
        ("  ", Role::Text),
        (width_word.as_str(), Role::Dim),
    ];
    brush.texts((area.x + used, area.y), area.width.saturating_sub(used), texts);
}

/// When a run began, without its seconds: `2026-01-02 03:04 UTC`.
fn started(rfc3339: &str) -> String {
    let mut words = rfc3339.split('T');
    match (words.next(), words.next().and_then(|time| time.get(..5))) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => rfc3339.to_owned(),
    }
}

/// Columns between two parts.
const GAP: u16 = 2;

fn columns(parts: &[(String, Role)]) -> usize {
    let texts: usize = parts.iter().map(|(text, _)| width(text)).sum();
    texts + usize::from(GAP) * parts.len().saturating_sub(1)
}

/// A time that is only guessed: no seconds above a minute, and rounded up.
fn roughly(duration: Duration) -> String {
    match duration.as_secs() {
        0..55 => format!("{}s", duration.as_secs() / 5 * 5 + 5),
        secs @ 55..3570 => format!("{}m", secs.div_ceil(60)),
        secs => Elapsed::Running(Duration::from_secs(secs)).to_string(),
    }
}

/// One count, and how bad it would be not to see it.
struct Count {
    text: String,
    role: Role,
    weight: u8,
}

/// The room of the bar, and the gap between counts, from roomy to tight.
const ROOMY: u16 = 28;
const TIGHT: u16 = 10;

fn counts(brush: &mut Brush<'_>, area: Rect, app: &App) {
    let mut counts = all_counts(app);
    let (mut bar, mut gap) = ((area.width / 4).min(ROOMY), 3);
    let mut cut_off = false;
    let room = |bar: u16| usize::from(area.width.saturating_sub(bar + 4));
    while columns_of(&counts, gap, cut_off) > room(bar) && counts.len() > 1 {
        if gap > 2 {
            gap = 2;
        } else if bar > TIGHT {
            bar -= 1;
        } else {
            let lightest = (0..counts.len()).min_by_key(|at| counts[*at].weight);
            counts.remove(lightest.unwrap_or_default());
            cut_off = true;
        }
    }
    bar::draw(brush, (area.x + 1, area.y), bar, app.board().tally());
    let mut x = area.x + bar + 3;
    for count in &counts {
        let left = area.right().saturating_sub(x);
        x += brush.text((x, area.y), left, &count.text, count.role) + gap as u16;
    }
    if cut_off {
        let left = area.right().saturating_sub(x);
        brush.text((x, area.y), left, brush.sign(Sign::Ellipsis), Role::Dim);
    }
}

fn columns_of(counts: &[Count], gap: usize, cut_off: bool) -> usize {
    let texts: usize = counts.iter().map(|count| width(&count.text)).sum();
    texts + gap * counts.len().saturating_sub(1) + if cut_off { gap + 3 } else { 0 }
}

/// Every count that is not zero, in the order of the screen.
fn all_counts(app: &App) -> Vec<Count> {
    let tally = app.board().tally();
    if app.is_planned() {
        return counted(tally.total(), "hosts", Role::Text, 1).into_iter().collect();
    }
    let course = match app.board().course() {
        Course::Interrupted => Some(("INTERRUPTED", Role::Alert)),
        _ if app.board().all_done() => Some(("all done", Role::Title)),
        Course::Paused(_) => Some(("PAUSED", Role::Alert)),
        Course::Draining => Some(("DRAINING", Role::Alert)),
        Course::Going | Course::Ended => None,
    };
    let course = course.map(|(text, role)| Count {
        text: text.to_owned(),
        role,
        weight: 100,
    });
    let locked = app.is_locked().then(|| Count {
        text: "READ-ONLY".to_owned(),
        role: Role::Warning,
        weight: 98,
    });
    let of = |class: OutcomeClass, weight| {
        let count = tally.count(Standing::Done(class));
        counted(count, word(class), of_class(class).1, weight)
    };
    let failed = tally.count(Standing::Done(OutcomeClass::Exit)) + tally.count(Standing::Done(OutcomeClass::Signal));
    let standing = |standing, word, role, weight| counted(tally.count(standing), word, role, weight);
    course
        .into_iter()
        .chain(locked)
        .chain(unrecorded(app))
        .chain(
            [
                of(OutcomeClass::Ok, 40),
                counted(failed, "failed", Role::Failed, 80),
                of(OutcomeClass::TimedOut, 85),
                of(OutcomeClass::Unreachable, 90),
                of(OutcomeClass::Lost, 95),
                of(OutcomeClass::Cancelled, 60),
                standing(Standing::Stopping, "stopping", Role::Warning, 75),
                running(tally),
                standing(Standing::Connecting, "connecting", Role::Connecting, 45),
                standing(Standing::Backoff, "retrying", Role::Warning, 50),
                standing(Standing::Queued, "queued", Role::Text, 55),
                of(OutcomeClass::Skipped, 42),
            ]
            .into_iter()
            .flatten(),
        )
        .collect()
}

/// What the record lacks.
fn unrecorded(app: &App) -> Option<Count> {
    let lacks = app.board().unrecorded();
    let events = match lacks.events {
        1 => "1 event".to_owned(),
        count => format!("{count} events"),
    };
    let what = match (lacks.bytes, lacks.events) {
        (0, 0) => return None,
        (0, _) => events,
        (count, 0) => bytes(count),
        (count, _) => format!("{}, {events}", bytes(count)),
    };
    Some(Count {
        text: format!("NOT RECORDED: {what}"),
        role: Role::Alert,
        weight: 99,
    })
}

fn counted(count: usize, word: &str, role: Role, weight: u8) -> Option<Count> {
    (count > 0).then(|| Count {
        text: format!("{count} {word}"),
        role,
        weight,
    })
}

fn running(tally: &Tally) -> Option<Count> {
    let slow = tally.count(Standing::Slow);
    let all = tally.count(Standing::Running) + slow;
    let word = match slow {
        0 => "running".to_owned(),
        _ => format!("running ({slow} slow)"),
    };
    let role = if slow > 0 { Role::Warning } else { Role::Running };
    counted(all, &word, role, 70)
}
