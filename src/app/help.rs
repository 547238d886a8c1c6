//! The rows of the help, derived from the list of actions.

use crate::keys::{Action, Group};
use super::command::commands;
use super::text;

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
const NOTES: [&str; 6] = [
    "Keys for jobs act on the marked ones, else on the one under the cursor; touching any but that one asks first.",
    "Filter: words that must all hold, as in: web3 state:run host:web[1-9] out:/lock|full/ exit:>1 !lag:slow elapsed:>5m; ! not, | or; tab completes.",
    "A command without a filter is for the marked jobs, else for the one at hand; one with a filter always asks.",
    "Rows stand still for 2s after a key, and while there are marks or a question.",
    "Neither enter nor what is pasted ever says yes to a question.",
    "[confirmed gone] means that the host was searched and nothing of the job was left.",
];

/// From this width on the groups stand in two columns.
const TWO_COLUMNS: u16 = 76;

/// The lines of the help in a window of `width` columns: each has a left part, and a right one where there is room.
pub fn help(width: u16) -> Vec<(HelpRow, HelpRow)> {
    let [moving, mark, act, show, output, program] = Group::ALL.map(group_rows);
    let (left, right) = ([moving, mark, act].concat(), [program, show, output].concat());
    let mut lines: Vec<(HelpRow, HelpRow)> = if width >= TWO_COLUMNS {
        let count = left.len().max(right.len());
        let pad = |rows: Vec<HelpRow>| rows.into_iter().chain(std::iter::repeat(HelpRow::Blank)).take(count);
        pad(left).zip(pad(right)).collect()
    } else {
        let rows = left.into_iter().chain(right);
        rows.map(|row| (row, HelpRow::Blank)).collect()
    };
    let rows = command_rows(width).map(|row| (row, HelpRow::Blank));
    lines.extend(rows);
    let notes = NOTES.iter().flat_map(|note| text::wrap_words(note, usize::from(width)));
    let rows = std::iter::once(HelpRow::Heading("Good to know")).chain(notes.map(HelpRow::Note));
    lines.extend(rows.map(|row| (row, HelpRow::Blank)));
    lines
}

/// Where the commands begin in the help of this width.
pub(super) fn of_commands(width: u16) -> usize {
    let is_heading = |(left, _): &(HelpRow, HelpRow)| *left == HelpRow::Heading(COMMANDS);
    help(width).iter().position(is_heading).unwrap_or_default()
}

/// The heading over the commands.
const COMMANDS: &str = "Commands";

fn command_rows(width: u16) -> impl Iterator<Item = HelpRow> {
    let rows = commands().flat_map(move |(usage, about)| {
        let text = format!(":{usage} - {about}");
        text::wrap_words(&text, usize::from(width))
    });
    let rows = rows.map(HelpRow::Note);
    std::iter::once(HelpRow::Heading(COMMANDS))
        .chain(rows)
        .chain([HelpRow::Blank])
}

fn group_rows(group: Group) -> Vec<HelpRow> {
    let mut rows = vec![HelpRow::Heading(group.title())];
    for action in Action::all().filter(|action| action.group() == group) {
        let keys: Vec<String> = action.keys().iter().map(ToString::to_string).collect();
        rows.push(HelpRow::Keys(keys.join(" "), action.description()));
    }
    rows.push(HelpRow::Blank);
    rows
}
