//! The prompt for a further command: on which hosts, and the command as far as it is typed, all of it in sight.

use super::dialog::{Line, fit, hosts, paragraph, show, spaced, squeeze};
use super::paint::Brush;
use crate::app::text::{width, wrap};
use crate::app::{App, FollowUp, question_columns, question_rows};
use crate::tui::theme::{Role, Sign};
use ratatui::layout::Rect;

/// Draws it.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, prompt: &FollowUp) {
    let columns = question_columns(area.width);
    let caret = brush.sign(Sign::Caret);
    let mut lines: Vec<Line> = paragraph(&spaced(&prompt.hosts), columns, Role::Text).collect();
    if prompt.hidden > 0 {
        let hidden = format!("{} of them hidden by the filter", prompt.hidden);
        lines.extend(paragraph(&hidden, columns, Role::Warning));
    }
    let typed = format!("{}{caret}", prompt.input.text());
    let room = usize::from(columns.saturating_sub(2));
    let mut command = Vec::new();
    let signs = std::iter::once("$ ").chain(std::iter::repeat("  "));
    for (row, sign) in wrap(&typed, room).into_iter().zip(signs) {
        let text = &typed[row];
        // As wide as it may become, so that the frame stands still while one types.
        let rest = " ".repeat(room.saturating_sub(width(text)));
        command.push(vec![
            (sign.to_owned(), Role::Key),
            (text.to_owned(), Role::Title),
            (rest, Role::Text),
        ]);
    }
    if let Some(remark) = prompt.input.remark() {
        command.extend(paragraph(&remark, columns, Role::Warning));
    }
    let rights = if app.plan().settings.sudo {
        "; it runs as root"
    } else {
        ""
    };
    let about = format!("shell text, sent as written{rights}; nothing is run before the question is answered");
    let mut about: Vec<Line> = paragraph(&about, columns, Role::Dim).collect();
    // Of a command that does not fit the end stays in sight, as the caret is there.
    let rows = question_rows(area.height);
    let mut command = squeeze(command, rows.saturating_sub(lines.len() + about.len() + 2).max(3));
    if lines.len() + command.len() + about.len() + 2 <= rows {
        lines.push(Line::new());
        about.insert(0, Line::new());
    } else {
        about.clear();
    }
    command.append(&mut about);
    let lines = fit(lines, command, area);
    show(
        brush,
        area,
        &format!("A command for {}", hosts(prompt.jobs.len())),
        &lines,
    );
}
