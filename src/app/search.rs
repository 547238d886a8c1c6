//! A search in the output of a job: a regular expression, which for a text without special characters is that text. Upper
//! and lower case are alike unless something is typed in upper case.

use regex::{Regex, RegexBuilder};
use std::ops::Range;

/// The most memory for one expression: what is typed by hand needs far less.
const SIZE_LIMIT: usize = 1 << 20;

/// What is searched for.
#[derive(Clone, Debug)]
pub struct Search {
    text: String,
    pattern: Regex,
}

impl PartialEq for Search {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Search {}

impl Search {
    /// `None` for an empty text; in words what is wrong with an expression that cannot be used.
    pub fn new(text: &str) -> Result<Option<Self>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let pattern = RegexBuilder::new(text)
            .case_insensitive(!has_upper_case(text))
            .size_limit(SIZE_LIMIT)
            .dfa_size_limit(SIZE_LIMIT)
            .build()
            .map_err(|error| in_a_line(&error))?;
        let text = text.to_owned();
        Ok(Some(Self { text, pattern }))
    }

    /// The text as typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a line has it.
    pub fn hits(&self, line: &str) -> bool {
        self.pattern.find_iter(line).any(|hit| !hit.is_empty())
    }

    /// Where a line has it, in bytes. An expression may also fit nothing at all, which nobody could see.
    pub fn ranges(&self, line: &str) -> Vec<Range<usize>> {
        let hits = self.pattern.find_iter(line).map(|hit| hit.range());
        hits.filter(|hit| !hit.is_empty()).collect()
    }
}

/// Whether upper case was typed, other than as the name of a class (`\S`, `\W`).
fn has_upper_case(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            c if c.is_uppercase() => return true,
            _ => {}
        }
    }
    false
}

fn in_a_line(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the expression is too big".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(text: &str, line: &str) -> Vec<Range<usize>> {
        let search = Search::new(text).expect("an expression").expect("a text");
        assert_eq!(search.hits(line), !search.ranges(line).is_empty());
        search.ranges(line)
    }

    #[test]
    fn case_matters_only_when_it_was_typed() {
        assert_eq!(ranges("lock", "Lock, lock and bLOCK"), [0..4, 6..10, 16..20]);
        assert_eq!(ranges("Lock", "Lock, lock and bLOCK, Lock"), [0..4, 22..26]);
        assert_eq!(ranges("é", "café É"), [3..5, 6..8]);
        assert_eq!(ranges(r"\Sock", "LOCK"), std::iter::once(0..4).collect::<Vec<_>>());
        assert!(ranges("long", "x").is_empty());
        assert_eq!(Search::new(""), Ok(None));
    }

    #[test]
    fn an_expression_is_one_and_a_bad_one_says_why() {
        assert_eq!(ranges(r"\d+%", "10% of 200%"), [0..3, 7..11]);
        assert!(ranges("x*", "no such letter").is_empty(), "nothing is no hit");
        assert_eq!(Search::new("a(b"), Err("unclosed group".to_owned()));
        assert_eq!(
            Search::new(r"\w{1000}{1000}"),
            Err("the expression is too big".to_owned())
        );
    }
}
