//! Why a node set cannot be read: the place, the column and the reason.
//!
//! All of this layer makes these errors; the command line and the configuration show them. They know
//! nothing of the parser's types.

use std::fmt;

use crate::model::host::HostNameError;

/// Texts longer than this are shown as an excerpt round the column.
const SHOWN_CHARS: usize = 72;

/// A node set that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSetError(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    place: Place,
    text: String,
    column: usize,
    reason: Reason,
}

impl NodeSetError {
    pub(super) fn new(place: Place, text: &str, flaw: Flaw) -> Self {
        Self(Box::new(Details {
            place,
            text: text.to_owned(),
            column: flaw.column,
            reason: flaw.reason,
        }))
    }

    /// Where the faulty text comes from.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// The set at fault, or the line of it.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The first character at fault, counted in characters from 1.
    pub fn column(&self) -> usize {
        self.0.column
    }

    /// What is wrong there.
    pub fn reason(&self) -> &Reason {
        &self.0.reason
    }
}

impl fmt::Display for NodeSetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &*self.0;
        let (place, column, reason) = (&details.place, details.column, &details.reason);
        let text = excerpt(&details.text, column);
        write!(f, "{place}node set {text:?}, column {column}: {reason}")
    }
}

impl std::error::Error for NodeSetError {}

/// The part of a long text round the column.
fn excerpt(text: &str, column: usize) -> String {
    let length = text.chars().count();
    if length <= SHOWN_CHARS {
        return text.to_owned();
    }
    let first = column.saturating_sub(SHOWN_CHARS / 2).min(length - SHOWN_CHARS);
    let before = if first > 0 { "…" } else { "" };
    let after = if first + SHOWN_CHARS < length { "…" } else { "" };
    let middle: String = text.chars().skip(first).take(SHOWN_CHARS).collect();
    format!("{before}{middle}{after}")
}

/// Where the text of a node set comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It was given as it is.
    Given,
    /// The definition of a group.
    Group(String),
    /// A line of a file, counted from 1.
    File {
        /// The path as it was written.
        path: String,
        /// The line at fault.
        line: usize,
    },
    /// A line of standard input, counted from 1.
    Stdin {
        /// The line at fault.
        line: usize,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given => Ok(()),
            Self::Group(name) => write!(f, "group {name:?}: "),
            Self::File { path, line } => write!(f, "file {path:?}, line {line}: "),
            Self::Stdin { line } => write!(f, "standard input, line {line}: "),
        }
    }
}

/// A flaw at a column (in characters, from 1) of a text that the caller knows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) column: usize,
    pub(super) reason: Reason,
}

/// What is wrong with a node set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Nothing but white space.
    #[error("it is empty; name at least one host")]
    EmptySet,
    /// An operator without something on both sides of it.
    #[error("nothing stands beside {0:?} here; name a host or remove it")]
    MissingOperand(char),
    /// `@` without a name.
    #[error("the name of a group must follow the @ at once")]
    MissingGroupName,
    /// `^` without a path.
    #[error("the path of a file must follow the ^ at once")]
    MissingPath,
    /// Two operands without an operator between them.
    #[error("a space may not stand inside a name; write a comma between two hosts")]
    SpaceInName,
    /// `[` without `]`.
    #[error("the bracket is not closed; add ]")]
    UnclosedBracket,
    /// `]` without `[`.
    #[error("no bracket is open here; remove ] or add [ before it")]
    StrayBracket,
    /// `[` inside a bracket.
    #[error("a bracket may not stand inside a bracket; close the first one")]
    NestedBracket,
    /// `[1-2][3-4]`.
    #[error("two brackets touch each other; put a separator between them")]
    AdjacentBrackets,
    /// An element of a bracket with nothing in it.
    #[error("a number is missing; write a number or a range such as 1-5")]
    MissingNumber,
    /// An element of a bracket that is something else.
    #[error("{0:?} is not a number or a range; write for example 7, 1-5 or 0-10/2")]
    NotARange(String),
    /// More digits than are counted with.
    #[error("the number {number} is too long; use at most {limit} digits")]
    NumberTooLong {
        /// The digits.
        number: String,
        /// The most that there may be.
        limit: usize,
    },
    /// `3-1`.
    #[error("the range {from}-{to} runs backwards; write {to}-{from}")]
    Backwards {
        /// The number before the dash.
        from: String,
        /// The number behind the dash.
        to: String,
    },
    /// `1-010` or `001-1000`.
    #[error("{from} and {to} are padded to different lengths; write {cure}")]
    PaddedApart {
        /// The number before the dash.
        from: String,
        /// The number behind the dash.
        to: String,
        /// The range with both padded alike.
        cure: String,
    },
    /// `1-9/0`.
    #[error("a step of 0 leads nowhere; write a step of 1 or more")]
    StepZero,
    /// `5/2`.
    #[error("a step needs a range; write for example 1-9/2")]
    StepWithoutRange,
    /// A set larger than it may be.
    #[error("this makes more than {limit} hosts; name fewer of them at once")]
    TooManyHosts {
        /// The most that there may be.
        limit: usize,
    },
    /// Ranges that multiply a wildcard too often.
    #[error("this makes more than {limit} wildcards; match first and then cut down, as in web*&web[1-500]")]
    TooManyWildcards {
        /// The most that there may be.
        limit: usize,
    },
    /// A name that is not the name of a host.
    #[error(transparent)]
    Host(HostNameError),
    /// A group that is not configured.
    #[error("there is no group {name:?}; {}", known_groups(.known))]
    UnknownGroup {
        /// The name as it was written.
        name: String,
        /// The groups there are.
        known: Vec<String>,
    },
    /// `@*` or a wildcard without a group of all hosts.
    #[error("there is no group \"all\", to which @* and wildcards refer; configure one")]
    NoAllGroup,
    /// A wildcard that fits no host.
    #[error("no host of the group \"all\" matches {0:?}")]
    NoMatch(String),
    /// A group or file that refers to itself, the way round spelled out.
    #[error("the definition goes in a circle: {}", .0.join(" → "))]
    Circle(Vec<String>),
    /// Groups and files that refer to each other too often.
    #[error("groups and files are nested more than {0} deep; flatten them")]
    TooDeep(usize),
    /// `-` in a group, in a file or on standard input itself, where it is most likely a slip.
    #[error("standard input cannot be named in here; name it in the set that is given")]
    StdinInside,
    /// A group, a file or standard input that could not be read.
    #[error("cannot read {what}: {message}")]
    Unreadable {
        /// What was to be read.
        what: String,
        /// The system's words.
        message: String,
    },
}

fn known_groups(known: &[String]) -> String {
    const SHOWN: usize = 8;
    if known.is_empty() {
        return "no group is configured".to_owned();
    }
    let more = if known.len() > SHOWN { ", …" } else { "" };
    let names = &known[..known.len().min(SHOWN)];
    format!("the configuration has {}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(place: Place, text: &str, column: usize, reason: Reason) -> String {
        NodeSetError::new(place, text, Flaw { column, reason }).to_string()
    }

    #[test]
    fn names_the_place_and_the_column() {
        let file = Place::File {
            path: "hosts".into(),
            line: 3,
        };
        for (place, begin) in [
            (Place::Given, "node set"),
            (Place::Group("db".into()), "group \"db\": node set"),
            (file, "file \"hosts\", line 3: node set"),
            (Place::Stdin { line: 7 }, "standard input, line 7: node set"),
        ] {
            let shown = error(place, "web]", 4, Reason::StrayBracket);
            let rest = " \"web]\", column 4: no bracket is open here; remove ] or add [ before it";
            assert_eq!(shown, format!("{begin}{rest}"));
        }
    }

    #[test]
    fn shows_an_excerpt_of_a_long_text_and_no_control_characters() {
        let text = format!("{}\u{1b}]{}", "a".repeat(200), "b".repeat(200));
        let shown = error(Place::Given, &text, 202, Reason::StrayBracket);
        let quoted = format!("\"…{}\\u{{1b}}]{}…\"", "a".repeat(34), "b".repeat(36));
        assert!(
            shown.starts_with(&format!("node set {quoted}, column 202: ")),
            "{shown}"
        );
        assert_eq!(excerpt(&"a".repeat(100), 1), format!("{}…", "a".repeat(72)));
        assert_eq!(excerpt(&"a".repeat(100), 101), format!("…{}", "a".repeat(72)));
        assert_eq!(excerpt(&"a".repeat(72), 72), "a".repeat(72));
    }

    #[test]
    fn lists_only_the_first_of_many_groups() {
        let names = |count: usize| (1..=count).map(|n| format!("g{n}")).collect::<Vec<_>>();
        assert_eq!(known_groups(&[]), "no group is configured");
        assert_eq!(known_groups(&names(2)), "the configuration has g1, g2");
        let many = "the configuration has g1, g2, g3, g4, g5, g6, g7, g8, …";
        assert_eq!(known_groups(&names(9)), many);
    }
}
