//! The rows of the help, derived from the table of actions and the keys that the operator has for them.

use super::command::commands;
use super::text;
use crate::keys::{Action, Group, KeyMap};

/// One row of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HelpRow {
    /// Between two groups.
    Blank,
    /// The heading of a group.
    Heading(&'static str),
    /// Keys and what they do.
    Keys(String, &'static str),
    /// A sentence.
    Note(String),
}

/// What no list of keys says.
const NOTES: [&str; 7] = [
    "Keys for jobs act on the marked ones, else on the one under the cursor; touching any but that one asks first.",
    "Filter: words that must all hold, as in: web3 state:run host:web[1-9] out:/lock|full/ exit:>1 !lag:slow elapsed:>5m; ! not, | or; tab completes.",
    "A command without a filter is for the marked jobs, else for the one at hand; with one for all that fit, shown or not: it asks before it ends or repeats anything, and before it signals or cuts more than the row under the cursor.",
    "Every action is a command too, by its name, as in :next-view; [keys] in the configuration gives it other keys.",
    "Rows stand still for 2s after a key, and while there are marks or a question.",
    "Neither enter nor what is pasted ever says yes to a question.",
    "[confirmed gone] means that the host was searched and nothing of the job was left.",
];

/// From this width on the groups stand in two columns, with the commands and the rest below them.
const TWO_COLUMNS: u16 = 76;
/// Where there are more columns everything is in them, and they are at least so wide.
const COLUMN: u16 = 46;

/// The lines of the help in a window of `width` columns and `height` rows. Each has as many cells as there are columns,
/// which are equally wide; a cell behind which there is nothing may take the room to the end.
pub fn help(keys: &KeyMap, (width, _): (u16, usize)) -> Vec<Vec<HelpRow>> {
    match width / COLUMN {
        0 | 1 if width < TWO_COLUMNS => {
            let blocks = Group::ALL.map(|group| group_rows(keys, group)).concat();
            let rows = blocks.into_iter().chain(further(width).concat());
            rows.map(|row| vec![row]).collect()
        }
        0..3 => {
            let [moving, mark, act, show, output, program] = Group::ALL.map(|group| group_rows(keys, group));
            let below = further(width).concat();
            let mut lines = side_by_side(&[[moving, mark, act].concat(), [program, show, output].concat()]);
            lines.extend(below.into_iter().map(|row| vec![row, HelpRow::Blank]));
            lines
        }
        columns => {
            let groups = Group::ALL.map(|group| group_rows(keys, group));
            let blocks: Vec<Vec<HelpRow>> = groups.into_iter().chain(further(width / columns - 3)).collect();
            side_by_side(&shared_out(&blocks, usize::from(columns)))
        }
    }
}

/// Where the commands begin in the help of this size, as far as it can be scrolled.
pub(super) fn of_commands(keys: &KeyMap, size: (u16, usize)) -> usize {
    let lines = help(keys, size);
    let has_heading = |line: &Vec<HelpRow>| line.contains(&HelpRow::Heading(COMMANDS));
    let place = lines.iter().position(has_heading).unwrap_or_default();
    place.min(lines.len().saturating_sub(size.1))
}

/// The heading over the commands.
const COMMANDS: &str = "Commands";

/// Puts blocks into columns, in their order, so that the longest column is as short as can be.
fn shared_out(blocks: &[Vec<HelpRow>], columns: usize) -> Vec<Vec<HelpRow>> {
    let longest = blocks.iter().map(Vec::len).max().unwrap_or_default();
    let all = blocks.iter().map(Vec::len).sum();
    let fill = |height: usize| {
        let mut filled: Vec<Vec<HelpRow>> = vec![Vec::new()];
        for block in blocks {
            match filled.last_mut() {
                Some(column) if column.len() + block.len() <= height => column.extend_from_slice(block),
                _ => filled.push(block.clone()),
            }
        }
        filled
    };
    let mut ways = (longest..=all).map(fill);
    ways.find(|filled| filled.len() <= columns).unwrap_or_default()
}

/// Columns as lines of cells.
fn side_by_side(columns: &[Vec<HelpRow>]) -> Vec<Vec<HelpRow>> {
    let height = columns.iter().map(Vec::len).max().unwrap_or_default();
    let cell = |column: &Vec<HelpRow>, y: usize| column.get(y).cloned().unwrap_or(HelpRow::Blank);
    let lines = (0..height).map(|y| columns.iter().map(|column| cell(column, y)).collect());
    lines.collect()
}

/// What is no key: the commands, and what is good to know.
fn further(width: u16) -> [Vec<HelpRow>; 2] {
    let wrap = |text: &str| text::wrap_words(text, usize::from(width));
    let commands = commands().flat_map(|(usage, about)| wrap(&format!(":{usage} - {about}")));
    let notes = NOTES.iter().flat_map(|note| wrap(note));
    let block = |heading, rows: Vec<String>| {
        let rows = rows.into_iter().map(HelpRow::Note);
        std::iter::once(HelpRow::Heading(heading))
            .chain(rows)
            .collect::<Vec<_>>()
    };
    let mut commands = block(COMMANDS, commands.collect());
    commands.push(HelpRow::Blank);
    [commands, block("Good to know", notes.collect())]
}

fn group_rows(keys: &KeyMap, group: Group) -> Vec<HelpRow> {
    let mut rows = vec![HelpRow::Heading(group.title())];
    for action in Action::all().filter(|action| action.group() == group) {
        let of_action: Vec<String> = keys.keys(action).iter().map(ToString::to_string).collect();
        let shown = if of_action.is_empty() {
            keys.hint(action)
        } else {
            of_action.join(" ")
        };
        rows.push(HelpRow::Keys(shown, action.description()));
    }
    rows.push(HelpRow::Blank);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Key;

    fn cells(size: (u16, usize)) -> Vec<HelpRow> {
        help(&KeyMap::default(), size).concat()
    }

    #[test]
    fn every_action_is_in_the_help_of_every_width_once() {
        for width in [30, 76, 100, 140, 196, 400] {
            let cells = cells((width, 20));
            for action in Action::all() {
                let is_it = |cell: &&HelpRow| matches!(cell, HelpRow::Keys(_, what) if *what == action.description());
                assert_eq!(cells.iter().filter(is_it).count(), 1, "{action} at {width}");
            }
            let commands = cells.iter().filter(|cell| **cell == HelpRow::Heading(COMMANDS));
            assert_eq!(commands.count(), 1);
        }
    }

    #[test]
    fn a_large_screen_shows_all_of_it_at_once() {
        let lines = help(&KeyMap::default(), (196, 47));
        assert!(lines.len() <= 47, "{} lines", lines.len());
        assert!(lines.iter().all(|line| line.len() == lines[0].len() && line.len() > 2));
    }

    #[test]
    fn the_help_shows_the_operators_own_keys() {
        let own = [(Action::Cancel, vec![Key::F(8)]), (Action::Kill, vec![])];
        let keys = KeyMap::with(&own).expect("no clash");
        let cells = help(&keys, (76, 20)).concat();
        for (key, action) in [("F8", Action::Cancel), (":kill", Action::Kill)] {
            let row = HelpRow::Keys(key.to_owned(), action.description());
            assert!(cells.contains(&row), "{key}");
        }
    }
}
