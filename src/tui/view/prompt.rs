//! The prompt for a further command: on which hosts, and the command as far as it is typed, all of it in sight.

use super::dialog::{Line, WIDEST, hosts, paragraph, show, spaced};
use super::paint::Brush;
use crate::app::text::{width, wrap};
use crate::app::{App, FollowUp};
use crate::tui::theme::{Role, Sign};
use ratatui::layout::Rect;

/// Draws it.
pub(super) fn draw(brush: &mut Brush<'_>, area: Rect, app: &App, prompt: &FollowUp) {
    let columns = area.width.saturating_sub(6).min(WIDEST);
    let caret = brush.sign(Sign::Caret);
    let mut lines: Vec<Line> = paragraph(&spaced(&prompt.hosts), columns, Role::Text).collect();
    if prompt.hidden > 0 {
        let hidden = format!("{} of them hidden by the filter", prompt.hidden);
        lines.extend(paragraph(&hidden, columns, Role::Warning));
    }
    lines.push(Line::new());
    let typed = format!("{}{caret}", prompt.input.text());
    let room = usize::from(columns.saturating_sub(2));
    let signs = std::iter::once("$ ").chain(std::iter::repeat("  "));
    for (row, sign) in wrap(&typed, room).into_iter().zip(signs) {
        let text = &typed[row];
        // As wide as it may become, so that the frame stands still while one types.
        let rest = " ".repeat(room.saturating_sub(width(text)));
        lines.push(vec![
            (sign.to_owned(), Role::Key),
            (text.to_owned(), Role::Title),
            (rest, Role::Text),
        ]);
    }
    lines.push(Line::new());
    let rights = if app.plan().settings.sudo {
        "; it runs as root"
    } else {
        ""
    };
    lines.extend(paragraph(
        &format!("shell text, sent as written{rights}; nothing is run before the question is answered"),
        columns,
        Role::Dim,
    ));
    show(
        brush,
        area,
        &format!("A command for {}", hosts(prompt.jobs.len())),
        &lines,
    );
}
