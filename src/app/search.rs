//! A search in the output of a job: a text, upper and lower case alike unless it has upper case in it.

use std::ops::Range;

/// What is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    text: String,
    exact: bool,
}

impl Search {
    /// `None` for an empty text.
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self {
            text: text.to_owned(),
            exact: text.chars().any(char::is_uppercase),
        })
    }

    /// The text as typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a line has it.
    pub fn hits(&self, line: &str) -> bool {
        self.next(line, 0).is_some()
    }

    /// Where a line has it, in bytes.
    pub fn ranges(&self, line: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let mut from = 0;
        while let Some(start) = self.next(line, from) {
            from = start + self.text.len();
            ranges.push(start..from);
        }
        ranges
    }

    /// Only ASCII letters are folded, so that what fits has the length of what was typed.
    fn next(&self, line: &str, from: usize) -> Option<usize> {
        if self.exact {
            return line[from..].find(&self.text).map(|at| from + at);
        }
        let (line, text) = (line.as_bytes(), self.text.as_bytes());
        let last = line.len().checked_sub(text.len())?;
        (from..=last).find(|at| line[*at..*at + text.len()].eq_ignore_ascii_case(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_matters_only_when_it_was_typed() {
        let found = |text: &str, line: &str| Search::new(text).map(|search| search.ranges(line));
        assert_eq!(found("lock", "Lock, lock and bLOCK"), Some(vec![0..4, 6..10, 16..20]));
        assert_eq!(found("Lock", "Lock, lock and bLOCK, Lock"), Some(vec![0..4, 22..26]));
        assert_eq!(found("é", "café é"), Some(vec![3..5, 6..8]));
        assert_eq!(found("long", "x"), Some(vec![]));
        assert_eq!(found("", "x"), None);
    }
}
