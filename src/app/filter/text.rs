//! A text that is looked for.

use regex::Regex;

/// A text that is looked for.
#[derive(Clone, Debug)]
pub(super) enum Text {
    /// As it stands, in any case.
    Plain(String),
    /// What fits an expression.
    Fits(Regex),
}

impl Text {
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Plain(plain) => text.to_lowercase().contains(plain),
            Self::Fits(expression) => expression.is_match(text),
        }
    }
}
