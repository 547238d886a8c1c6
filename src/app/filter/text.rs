//! A text that is looked for.

use super::glob::fits;
use regex::Regex;

/// A text that is looked for.
#[derive(Clone, Debug)]
pub(super) enum Text {
    /// A whole name with `*` and `?` in it, lower case.
    Glob(String),
    /// What fits an expression; also a text as it stands, because an expression finds it fastest.
    Fits(Regex),
}

impl Text {
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Glob(pattern) => fits(pattern.as_bytes(), text.to_lowercase().as_bytes()),
            Self::Fits(expression) => expression.is_match(text),
        }
    }
}
