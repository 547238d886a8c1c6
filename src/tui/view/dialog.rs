//! The questions: in the middle of the screen, as large as their words.

use super::paint::Brush;
use crate::app::text::{one_line, suffix, width, wrap, wrap_words};
use crate::app::{
    App, Choice, Confirm, Intent, PasswordQuestion, QuitQuestion, Stage, left_in_words, question_columns, question_rows,
};
use crate::model::board::Password;
use crate::model::elapsed::Elapsed;
use crate::model::plan::OnDisconnect;
use crate::model::request::Adjust;
use crate::model::stamp::Stamp;
use crate::tui::theme::Role;
use ratatui::layout::Rect;

/// How many processes a question names.
const MOST_NAMED: usize = 8;

/// A line of a question.
pub(super) type Line = Vec<(String, Role)>;

/// Whether to do it.
pub(super) fn confirm(brush: &mut Brush<'_>, area: Rect, app: &App, confirm: &Confirm, now: Stamp) {
    let columns = question_columns(area.width);
    let mut lines = Vec::new();
    let mut say = |text: &str, role: Role| lines.extend(paragraph(text, columns, role));
    say(&spaced(&confirm.hosts), Role::Text);
    for left in confirm.left.iter().take(MOST_NAMED) {
        say(&left_in_words(left), Role::Text);
    }
    if let Some(more) = confirm.left.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        say(&format!("and {more} more"), Role::Text);
    }
    say(&what_follows(app, confirm.intent), Role::Dim);
    if confirm.left_alone > 0 {
        say(&left_alone(app, confirm), Role::Dim);
    }
    let mut last = if confirm.has_room(app.size()) {
        to_answer(confirm, columns, now)
    } else {
        let no = if confirm.is_named() { " esc no " } else { " n no " };
        let mut last: Vec<Line> = paragraph(
            "too little room to ask this: enlarge the terminal",
            columns,
            Role::Warning,
        )
        .collect();
        last.push(vec![(no.to_owned(), Role::Chosen)]);
        last
    };
    if let Some(command) = &confirm.command {
        let command: Vec<Line> = exactly(command, columns).collect();
        if command.len() + lines.len() + last.len() > question_rows(area.height) {
            last.retain(|line| !line.is_empty());
        }
        let rows = question_rows(area.height).saturating_sub(last.len());
        let fewest = command.len().min(3);
        let command = squeeze(command, rows.saturating_sub(lines.len()).max(fewest));
        lines = squeeze(lines, rows.saturating_sub(command.len()));
        lines.splice(0..0, command);
    }
    show(brush, area, &question(app, confirm), &fit(lines, last, area));
}

/// What stays in sight under a question: what to heed, what to type, and the ways to answer.
fn to_answer(confirm: &Confirm, columns: u16, now: Stamp) -> Vec<Line> {
    let cautions = confirm.cautions();
    let cautions = cautions.iter().map(|text| paragraph(text, columns, Role::Warning));
    let mut lines: Vec<Line> = cautions.flatten().collect();
    lines.push(Line::new());
    let yes = if confirm.is_ready(now) { Role::Key } else { Role::Dim };
    let is_named = confirm.is_named();
    if let (Some(asked), Some(typed)) = (confirm.asked(), &confirm.typed) {
        let room = usize::from(columns).saturating_sub(1);
        let typed = (format!("{}_", suffix(typed.text(), room)), Role::Title);
        if confirm.asks_in_one_row(columns) {
            lines.push(vec![(asked, Role::Text), typed]);
        } else {
            lines.extend(paragraph(&asked, columns, Role::Text));
            lines.push(vec![typed]);
        }
    }
    lines.push(vec![
        ((if is_named { " esc no " } else { " n no " }).to_owned(), Role::Chosen),
        ("   ".to_owned(), Role::Text),
        ((if is_named { " enter" } else { " y" }).to_owned(), yes),
        (
            format!(" {}", confirm.intent.verb()),
            if confirm.is_ready(now) { Role::Text } else { Role::Dim },
        ),
    ]);
    lines
}

/// The lines of a question on a screen: the last ones in any case, of those before as many as there is room for. Blank
/// lines go first.
pub(super) fn fit(mut lines: Vec<Line>, mut last: Vec<Line>, area: Rect) -> Vec<Line> {
    let rows = question_rows(area.height);
    if lines.len() + last.len() > rows {
        lines.retain(|line| !line.is_empty());
        last.retain(|line| !line.is_empty());
    }
    let mut lines = squeeze(lines, rows.saturating_sub(last.len()));
    lines.append(&mut last);
    lines
}

/// The beginning and the end of lines that do not fit, around how many there are between.
pub(super) fn squeeze(mut lines: Vec<Line>, room: usize) -> Vec<Line> {
    let Some(left_out) = (lines.len() + 1).checked_sub(room).filter(|out| *out > 1) else {
        return lines;
    };
    let Some(kept) = room.checked_sub(1) else {
        return Vec::new();
    };
    let head = kept.div_ceil(2);
    let words = format!("({left_out} more {})", if left_out == 1 { "row" } else { "rows" });
    lines.splice(head..head + left_out, [vec![(words, Role::Warning)]]);
    lines
}

/// A command to the letter: broken wherever a line is full, so that no space is lost.
fn exactly(command: &str, columns: u16) -> impl Iterator<Item = Line> {
    let command = one_line(command);
    let rows = wrap(&command, usize::from(columns));
    let rows: Vec<Line> = rows
        .into_iter()
        .map(|row| vec![(command[row].to_owned(), Role::Title)])
        .collect();
    rows.into_iter()
}

/// `1 host`, `7 hosts`.
pub(super) fn hosts(count: usize) -> String {
    format!("{count} {}", if count == 1 { "host" } else { "hosts" })
}

/// `1 job`, `7 jobs`.
pub(super) fn jobs(count: usize) -> String {
    format!("{count} {}", if count == 1 { "job" } else { "jobs" })
}

fn question(app: &App, confirm: &Confirm) -> String {
    let verb = match confirm.intent {
        Intent::Cancel | Intent::CancelAll => "Cancel",
        Intent::Kill | Intent::KillNamed | Intent::KillAll => "Kill",
        Intent::Retry => "Retry",
        Intent::RetryAnyway => "Start",
        Intent::Skip => "Skip",
        Intent::Signal(signal) => return format!("Send {signal} to {}?", jobs(confirm.jobs.len())),
        Intent::Limit(_) => return format!("Change the time limit of {}?", jobs(confirm.jobs.len())),
        Intent::Widen(width) => return format!("Run {width} at once instead of {}?", app.board().width()),
        Intent::Drain => return "Start nothing more in this run?".to_owned(),
        Intent::FollowUp => return format!("Run on {}?", hosts(confirm.jobs.len())),
        Intent::KillLeft => {
            return match confirm.left.len() {
                1 => "Kill 1 process?".to_owned(),
                count => format!("Kill {count} processes?"),
            };
        }
    };
    let count = confirm.jobs.len();
    let jobs = if count == 1 { "job" } else { "jobs" };
    match (confirm.intent, confirm.running) {
        (Intent::RetryAnyway, _) => format!("{verb} {count} {jobs} all the same?"),
        (Intent::Retry | Intent::Skip, _) | (_, 0) => format!("{verb} {count} {jobs}?"),
        (_, running) if running == count => format!("{verb} {count} running {jobs}?"),
        (_, running) => format!("{verb} {count} {jobs} ({running} running)?"),
    }
}

fn what_follows(app: &App, intent: Intent) -> String {
    let grace = Elapsed::Running(app.plan().settings.grace);
    match intent {
        Intent::Cancel => format!("TERM at once, KILL after {grace}; what has not started is skipped"),
        Intent::CancelAll => format!("TERM at once, KILL after {grace}; leaves when all is over"),
        Intent::KillNamed => "it was to finish whatever happens; KILL at once: it cannot clean up".to_owned(),
        Intent::Kill | Intent::KillAll => "KILL at once: the command cannot clean up".to_owned(),
        Intent::KillLeft => "KILL to each that still is the job's: it cannot clean up".to_owned(),
        Intent::RetryAnyway => "a new attempt, beside what runs there".to_owned(),
        Intent::Retry => "a new attempt each; the output of earlier ones is kept".to_owned(),
        Intent::Skip => "nothing of them is started; what runs goes on, and they may be tried again".to_owned(),
        Intent::Signal(_) => "the signal and no more: what follows from it is the command's".to_owned(),
        Intent::Limit(Adjust::Shorter(less)) => {
            let less = Elapsed::Running(less);
            format!("{less} less; what has run longer than that already is ended: TERM, KILL after {grace}")
        }
        Intent::Limit(Adjust::Longer(more)) => format!("{} more where a limit holds", Elapsed::Running(more)),
        Intent::Limit(Adjust::Off) => "they may run for ever".to_owned(),
        Intent::Widen(_) => "more than double: as many hosts are worked on at the same time".to_owned(),
        Intent::FollowUp => {
            let settings = &app.plan().settings;
            let root = if settings.sudo { "as root by sudo, " } else { "" };
            let whose = if app.is_planned() {
                "a run with its dashboard".to_owned()
            } else {
                format!("a run of its own, follow-up of {}", app.plan().run)
            };
            format!("{whose}: {root}width {}, {}", settings.width, settings.policy())
        }
        Intent::Drain => "what waits is skipped, for the rest of this run; what runs goes on".to_owned(),
    }
}

fn left_alone(app: &App, confirm: &Confirm) -> String {
    let count = confirm.left_alone;
    match confirm.intent {
        Intent::Retry | Intent::RetryAnyway => format!("{count} more of those meant: not over, left alone"),
        Intent::Skip | Intent::Drain => format!("{count} more: started or over, left alone"),
        Intent::Limit(_) => format!("{count} more of those meant: not running, left alone"),
        Intent::Signal(_) => format!("{count} more of those meant: not running, or to finish; left alone"),
        _ if app.plan().settings.let_finish => {
            format!("{count} more of those meant: over, or to finish; left alone")
        }
        _ => format!("{count} more of those meant: over already, left alone"),
    }
}

/// The password for `sudo`. What is typed is not shown, nor how much of it.
pub(super) fn password(brush: &mut Brush<'_>, area: Rect, app: &App, question: &PasswordQuestion, now: Stamp) {
    let columns = question_columns(area.width);
    let hosts = hosts_left(app);
    let mut before = Vec::new();
    let mut lines = Vec::new();
    if let Password::Wanted { detail: Some(detail) } = app.board().password() {
        before.extend(paragraph(&one_line(detail), columns, Role::Warning));
    }
    let ready = if question.is_armed(now) { Role::Key } else { Role::Dim };
    let keys = match question.stage {
        Stage::Typing => {
            let text = "it goes only to sudo's prompt on these hosts, and is kept until they are over, in memory only";
            before.extend(paragraph(text, columns, Role::Dim));
            before.push(Line::new());
            let typed = if question.typed.is_empty() { "_" } else { "****_" };
            lines.push(vec![
                ("password: ".to_owned(), Role::Text),
                (typed.to_owned(), Role::Title),
            ]);
            [("enter", " gives it   "), ("esc", " declines   "), ("^C", " later")]
        }
        Stage::Declining => {
            let text = "give none? every host where sudo asks for one ends as unreachable; nothing is started there";
            lines.extend(paragraph(text, columns, Role::Text));
            lines.push(Line::new());
            [("n", " back to typing   "), ("y", " gives none"), ("", "")]
        }
    };
    let words = keys
        .iter()
        .flat_map(|(key, does)| [((*key).to_owned(), ready), ((*does).to_owned(), Role::Text)]);
    lines.push(words.collect());
    show(
        brush,
        area,
        &format!("sudo password for {hosts}"),
        &fit(before, lines, area),
    );
}

fn hosts_left(app: &App) -> String {
    let tally = app.board().tally();
    match app.board().rows().len().saturating_sub(tally.done()) {
        1 => "1 host".to_owned(),
        count => format!("{count} hosts"),
    }
}

/// Whether and how to leave.
pub(super) fn quit(brush: &mut Brush<'_>, area: Rect, app: &App, question: &QuitQuestion) {
    /// Columns before the meaning: the cursor, the letter, the word.
    const BEFORE: u16 = 16;
    let columns = question_columns(area.width);
    let way = |choice: Choice, meaning: &str| -> Line {
        let chosen = choice == question.chosen;
        let role = if chosen { Role::Chosen } else { Role::Text };
        vec![
            ((if chosen { "> " } else { "  " }).to_owned(), Role::Mark),
            (choice.key().to_string(), Role::Key),
            ("  ".to_owned(), Role::Text),
            (format!("{:<9}", choice.word()), role),
            (format!("  {meaning}"), Role::Text),
        ]
    };
    let mut ways = Vec::new();
    for choice in &question.choices {
        let mut meanings = wrap_words(choice.meaning(), usize::from(columns.saturating_sub(BEFORE))).into_iter();
        ways.push(way(*choice, &meanings.next().unwrap_or_default()));
        ways.extend(meanings.map(|meaning| vec![(format!("{:16}{meaning}", ""), Role::Text)]));
    }
    let mut lines = Vec::new();
    if question.choices.contains(&Choice::Detach) {
        lines.push(Line::new());
        if let Some(logout) = &app.seat().logout {
            lines.extend(paragraph(&one_line(logout), columns, Role::Warning));
        }
        lines.extend(paragraph(if_runner_dies(app), columns, Role::Dim));
    }
    if let Some(run) = &app.session().back_to {
        lines.push(Line::new());
        lines.extend(paragraph(
            &format!("leaving goes back to the run before, {run}"),
            columns,
            Role::Dim,
        ));
    }
    lines.push(Line::new());
    let hint = match question.chosen {
        Choice::Stay => "a letter chooses; arrows and ^C move, enter stays".to_owned(),
        chosen => format!("{} takes it; enter does not", chosen.key()),
    };
    lines.extend(paragraph(&hint, columns, Role::Dim));
    let rows = question_rows(area.height);
    if ways.len() + lines.len() > rows {
        lines.retain(|line| !line.is_empty());
    }
    if ways.len() + lines.len() > rows {
        // Every way out is seen before what it means is told to its end.
        let choices = question.choices.iter();
        ways = choices.map(|choice| way(*choice, choice.meaning())).collect();
        lines = squeeze(lines, rows.saturating_sub(ways.len()));
    }
    ways.append(&mut lines);
    let tally = app.board().tally();
    let (live, waiting) = (tally.live(), tally.not_started());
    let title = match (live, waiting) {
        (0, waiting) => format!("Leave? {waiting} not started"),
        (live, 0) => format!("Leave? {live} still running"),
        (live, waiting) => format!("Leave? {live} still running, {waiting} not started"),
    };
    show(brush, area, &title, &ways);
}

/// What holds for a run that is left alone.
fn if_runner_dies(app: &App) -> &'static str {
    match app.plan().settings.on_disconnect {
        OnDisconnect::End => "detached: should its runner die, each host ends its job by itself",
        OnDisconnect::Keep if app.plan().settings.let_finish => {
            "detached: what runs is left to finish; should its runner die, each host keeps its job running"
        }
        OnDisconnect::Keep => "detached: should its runner die, each host keeps its job running",
    }
}

pub(super) fn paragraph(text: &str, columns: u16, role: Role) -> impl Iterator<Item = Line> + use<> {
    wrap_words(text, usize::from(columns))
        .into_iter()
        .map(move |line| vec![(line, role)])
}

/// Puts a question in the middle.
pub(super) fn show(brush: &mut Brush<'_>, area: Rect, title: &str, lines: &[Line]) {
    let widest = lines
        .iter()
        .map(|line| line.iter().map(|(text, _)| width(text)).sum())
        .max();
    let columns = (widest.unwrap_or(0).max(width(title) + 2) as u16)
        .saturating_add(4)
        .min(area.width);
    let rows = (lines.len() as u16).saturating_add(2).min(area.height);
    let panel = Rect {
        x: area.x + (area.width - columns) / 2,
        y: area.y + (area.height - rows) / 2,
        width: columns,
        height: rows,
    };
    let inner = brush.panel(panel, title);
    for (y, line) in (inner.y..inner.bottom()).zip(lines) {
        let texts = line.iter().map(|(text, role)| (text.as_str(), *role));
        brush.texts((inner.x + 1, y), inner.width.saturating_sub(2), texts);
    }
}

/// A node set with room to break the line between its parts, but not inside a range.
pub(super) fn spaced(node_set: &str) -> String {
    let mut inside = false;
    let mut spaced = String::with_capacity(node_set.len() + 8);
    for c in node_set.chars() {
        inside = c == '[' || (inside && c != ']');
        spaced.push(c);
        if c == ',' && !inside {
            spaced.push(' ');
        }
    }
    spaced
}
