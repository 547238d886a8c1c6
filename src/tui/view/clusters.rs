//! Clusters of jobs as rows: how many, what they have in common, on which hosts, and below that what they say.

use super::paint::Brush;
use super::state::of_class;
use crate::app::text::width;
use crate::app::{App, BEFORE_WORDS, Cluster, Common, Pointed, View, rooms};
use crate::keys::Action;
use crate::model::id::JobId;
use crate::tui::theme::{Role, Sign};
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// Draws the heads of the columns and the rows.
///
/// ```text
/// mark cursor sign count  words  hosts
///                         what they say
///                         what may help
/// ```
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App) {
    heads(brush, area, app);
    let clusters = app.clusters();
    let top = area.y.saturating_add(1);
    if clusters.rows().is_empty() {
        let key = |action| app.keys().hint(action);
        let text = match app.view() {
            _ if clusters.hidden() > 0 && app.table().stragglers_only() => {
                format!(
                    "no stragglers among them; {} shows the others too",
                    key(Action::Stragglers)
                )
            }
            _ if clusters.hidden() > 0 => format!("the filter lets no job through; {} changes it", key(Action::Filter)),
            View::Failures => "nothing has failed so far".to_owned(),
            View::Buckets => "no fields: :field NAME=REGEX reads one out of the output".to_owned(),
            _ => "no jobs".to_owned(),
        };
        brush.text((area.x + 3, top), area.width.saturating_sub(3), &text, Role::Dim);
    }
    let lines = app.view().lines();
    let marked = app.table().marked();
    let rows = clusters.rows().iter().enumerate().skip(clusters.top());
    let places = (top..area.bottom()).step_by(lines);
    for (y, (place, cluster)) in places.zip(rows) {
        let height = (lines as u16).min(area.bottom() - y);
        let place_on_screen = Rect { y, height, ..area };
        draw_row(brush, place_on_screen, cluster, &marked, place == clusters.place());
        if let Some(job) = cluster.jobs.first() {
            brush.spot(place_on_screen, Pointed::Row(*job));
        }
    }
}

fn heads(brush: &mut Brush<'_>, area: Rect, app: &App) {
    let what = match (app.view(), app.bucketed()) {
        (View::Failures, _) => "CAUSE AND HOSTS, WHAT THEY SAY, WHAT MAY HELP".to_owned(),
        (View::Buckets, Some(field)) => format!("{field}: VALUES AND HOSTS, SHARE OF ALL VALUES"),
        (View::Buckets, None) => "VALUES AND HOSTS".to_owned(),
        _ => "END AND HOSTS, LAST LINE OF THE OUTPUT".to_owned(),
    };
    brush.text_right((area.x + 5, area.y), 6, "JOBS", Role::Dim);
    let before = BEFORE_WORDS as u16;
    brush.text(
        (area.x + before, area.y),
        area.width.saturating_sub(before),
        &what,
        Role::Dim,
    );
}

fn draw_row(brush: &mut Brush<'_>, area: Rect, cluster: &Cluster, marked: &BTreeSet<JobId>, has_cursor: bool) {
    let Rect { x, y, .. } = area;
    let (sign, role) = look(cluster);
    let marks = cluster.jobs.iter().filter(|job| marked.contains(job)).count();
    if marks > 0 {
        brush.text((x, y), 1, brush.sign(Sign::Mark), Role::Mark);
    }
    if has_cursor {
        brush.text((x + 1, y), 1, ">", Role::Mark);
    }
    brush.text((x + 3, y), 1, brush.sign(sign), role);
    let count = if has_cursor { Role::Title } else { Role::Text };
    brush.text_right((x + 5, y), 6, &cluster.jobs.len().to_string(), count);
    let before = BEFORE_WORDS as u16;
    let words = cluster.words();
    let (words_room, hosts_room) = rooms(usize::from(area.width), width(&words));
    brush.text((x + before, y), words_room as u16, &words, role);
    let hosts = x + before + words_room as u16 + 2;
    brush.text((hosts, y), hosts_room as u16, &cluster.hosts, count);
    let room = area.width.saturating_sub(before);
    if area.height > 1 {
        let mut used = 0;
        if let Some(bar) = cluster.bar {
            used = draw_bar(brush, (x + before, y + 1), room, bar);
        }
        if cluster.is_outlier {
            used += brush.text(
                (x + before + used, y + 1),
                room.saturating_sub(used),
                "[outlier] ",
                Role::Warning,
            );
        }
        if marks > 0 && marks < cluster.jobs.len() {
            let text = format!("[{marks} of them marked] ");
            used += brush.text((x + before + used, y + 1), room.saturating_sub(used), &text, Role::Mark);
        }
        let says = if cluster.is_compared() || !cluster.cure.is_empty() {
            Role::Text
        } else {
            Role::Dim
        };
        brush.text(
            (x + before + used, y + 1),
            room.saturating_sub(used),
            &cluster.says,
            says,
        );
    }
    if area.height > 2 {
        brush.text((x + before, y + 2), room, &cluster.cure, Role::Dim);
    }
    if has_cursor {
        let whole = Rect {
            x: x + 1,
            width: area.width.saturating_sub(1),
            height: 1,
            ..area
        };
        brush.set_off(whole, Role::Chosen);
    }
}

/// A bar of so many hundredths of its room, which is the same for every row; returns the columns that it took.
fn draw_bar(brush: &mut Brush<'_>, at: (u16, u16), columns: u16, hundredths: u8) -> u16 {
    /// The longest bar, and what must be left behind it.
    const BAR: u16 = 40;
    const BEHIND: u16 = 18;
    let longest = columns.saturating_sub(BEHIND).min(BAR);
    let length = (u16::from(hundredths.min(100)) * longest).div_ceil(100);
    let bar = brush.sign(Sign::BarOk).repeat(usize::from(length));
    brush.text(at, length, &bar, Role::Running) + 1
}

fn look(cluster: &Cluster) -> (Sign, Role) {
    match (&cluster.common, &cluster.outcome) {
        (Common::Running, _) => (Sign::Running, Role::Running),
        (Common::Waiting, _) => (Sign::Queued, Role::Waiting),
        (Common::Unread, _) => (Sign::Ellipsis, Role::Dim),
        (Common::Retrying(_), _) => (Sign::Backoff, Role::Warning),
        (Common::Bucket(..), _) if cluster.is_outlier => (Sign::Outlier, Role::Warning),
        (Common::Bucket(..), _) => (Sign::Bucket, Role::Text),
        (Common::NoValue, _) => (Sign::Skipped, Role::Dim),
        (_, Some(outcome)) => of_class(outcome.class()),
        (_, None) => (Sign::Lost, Role::Unknown),
    }
}
