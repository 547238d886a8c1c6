//! Putting text on the screen, cut to its room. Every view draws through this; nothing can be drawn outside the frame.

use crate::app::text::{cut, prefix, width};
use crate::app::{Pointed, Sort};
use crate::model::text::{Colour, Ink, StyledLine, Weight};
use crate::tui::theme::{Look, Role, Sign};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::{Block, Clear, Widget};
use std::ops::Range;

/// A place on the screen: column and row.
pub(super) type At = (u16, u16);

/// What draws.
pub(super) struct Brush<'a> {
    buffer: &'a mut Buffer,
    look: Look,
    spots: Spots,
}

/// Where what can be pointed at was drawn.
#[derive(Clone, Debug, Default)]
pub struct Spots(Vec<(Rect, Pointed)>);

impl Spots {
    /// What lies at a column and a row.
    pub fn at(&self, x: u16, y: u16) -> Option<Pointed> {
        let mut hit = self.0.iter().rev().filter(|(area, _)| area.contains((x, y).into()));
        hit.next().map(|(_, pointed)| *pointed)
    }
}

impl<'a> Brush<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, look: Look) -> Self {
        Self {
            buffer,
            look,
            spots: Spots::default(),
        }
    }

    /// Notes that this can be pointed at here.
    pub(super) fn spot(&mut self, area: Rect, pointed: Pointed) {
        self.spots.0.push((area, pointed));
    }

    /// Notes that here, in the first row of an area, stands the head of a column that can be sorted by.
    pub(super) fn head(&mut self, area: Rect, (x, width): (u16, u16), sort: Sort) {
        let place = Rect {
            x: area.x + x,
            width,
            height: 1,
            ..area
        };
        self.spot(place, Pointed::Head(sort));
    }

    /// Everything that can be pointed at.
    pub(super) fn into_spots(self) -> Spots {
        self.spots
    }

    pub(super) fn sign(&self, sign: Sign) -> &'static str {
        self.look.sign(sign)
    }

    /// Puts a text into so many columns, with an ellipsis where it is cut; returns the columns that it took.
    pub(super) fn text(&mut self, at: At, columns: u16, text: &str, role: Role) -> u16 {
        let style = self.look.style(role);
        self.put(at, columns, text, style)
    }

    /// The same, at the right end of its columns.
    pub(super) fn text_right(&mut self, (x, y): At, columns: u16, text: &str, role: Role) {
        let free = columns.saturating_sub(width(text) as u16);
        self.text((x.saturating_add(free), y), columns - free, text, role);
    }

    /// Puts texts one after the other; returns the columns that they took.
    pub(super) fn texts<'t>(
        &mut self,
        (x, y): At,
        columns: u16,
        texts: impl IntoIterator<Item = (&'t str, Role)>,
    ) -> u16 {
        texts.into_iter().fold(0, |used, (text, role)| {
            used + self.text((x.saturating_add(used), y), columns.saturating_sub(used), text, role)
        })
    }

    /// Puts a part of a line of remote output; its colours are kept where the look has colours and `plain` is not asked.
    pub(super) fn output(&mut self, (x, y): At, columns: u16, (line, part): (&StyledLine, Range<usize>), plain: bool) {
        let shown = &line.text()[part.clone()];
        let room = usize::from(columns);
        let cut_off = width(shown) > room;
        let ellipsis = self.sign(Sign::Ellipsis);
        let room = if cut_off {
            room.saturating_sub(width(ellipsis))
        } else {
            room
        };
        let (mut used, mut at) = (0, 0);
        for (text, ink) in line.spans() {
            let span = at..at + text.len();
            at = span.end;
            let (from, to) = (span.start.max(part.start), span.end.min(part.end));
            if from >= to {
                continue;
            }
            let fitting = prefix(&line.text()[from..to], room - used);
            let style = if plain { Style::new() } else { self.ink(ink) };
            self.put((x.saturating_add(used as u16), y), (room - used) as u16, fitting, style);
            used += width(fitting);
            if fitting.len() < to - from {
                break;
            }
        }
        if cut_off {
            let left = columns.saturating_sub(used as u16);
            self.text((x.saturating_add(used as u16), y), left, ellipsis, Role::Dim);
        }
    }

    /// Sets an area off as one: its colours go, because reversed they would be patches of background, and what was dim,
    /// because reversed it cannot be read.
    pub(super) fn set_off(&mut self, area: Rect, role: Role) {
        let area = area.intersection(self.buffer.area);
        let uncoloured = Style::new()
            .fg(Color::Reset)
            .bg(Color::Reset)
            .remove_modifier(Modifier::DIM);
        self.buffer.set_style(area, uncoloured.patch(self.look.style(role)));
    }

    /// Clears an area and puts a frame with a title round it; returns what is inside.
    pub(super) fn panel(&mut self, area: Rect, title: &str) -> Rect {
        let area = area.intersection(self.buffer.area);
        self.halve(area);
        Clear.render(area, self.buffer);
        let block = Block::bordered().border_set(self.look.frame());
        let inner = block.inner(area);
        block.render(area, self.buffer);
        let room = area.width.saturating_sub(4);
        if room > 0 {
            let title = format!(
                " {} ",
                cut(title, usize::from(room.saturating_sub(2)), self.sign(Sign::Ellipsis))
            );
            self.text((area.x + 2, area.y), room, &title, Role::Title);
        }
        inner
    }

    /// Takes away the wide characters of which an area is about to cover the second half: the terminal would show them
    /// whole, and what covers them not at all.
    fn halve(&mut self, area: Rect) {
        let Some(before) = area.x.checked_sub(1) else { return };
        for y in area.top()..area.bottom() {
            let cell = &mut self.buffer[(before, y)];
            if width(cell.symbol()) > 1 {
                cell.set_symbol(" ");
            }
        }
    }

    fn put(&mut self, (x, y): At, columns: u16, text: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        if x >= area.right() || y >= area.bottom() || x < area.x || y < area.y {
            return 0;
        }
        let columns = columns.min(area.right() - x);
        let text = cut(text, usize::from(columns), self.sign(Sign::Ellipsis));
        let (end, _) = self.buffer.set_stringn(x, y, &text, usize::from(columns), style);
        end - x
    }

    fn ink(&self, ink: Ink) -> Style {
        let mut style = Style::new();
        if !self.look.has_colours() {
            return style;
        }
        style.fg = ink.fore.map(colour);
        style.bg = ink.back.map(colour);
        for (weight, modifier) in [
            (Weight::Bold, Modifier::BOLD),
            (Weight::Dim, Modifier::DIM),
            (Weight::Italic, Modifier::ITALIC),
            (Weight::Underline, Modifier::UNDERLINED),
            (Weight::Reverse, Modifier::REVERSED),
        ] {
            if ink.has(weight) {
                style = style.add_modifier(modifier);
            }
        }
        style
    }
}

fn colour(colour: Colour) -> Color {
    match colour {
        Colour::Indexed(index) => Color::Indexed(index),
        Colour::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}
