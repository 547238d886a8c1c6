//! Which rows are shown: words that must all hold. A plain word is looked for in the host and in what its row says; a
//! key before a colon says what is meant ([`Key`](words::Key)); `!` turns a word round, `|` stands between alternatives.
//!
//! ```text
//! web3                    in the host, or in what its row says
//! !state:ok               not so
//! host:web[1-9],db*       whole names in brackets; * and ? for any text and any character
//! out:/no space|full/     a regular expression
//! exit:>1 try:2-3         numbers
//! elapsed:>5m             a time
//! use>90 kernel=6.1       what was read out of the output, by the name of the field
//! ```

mod complete;
mod error;
mod glob;
mod known;
mod reader;
mod test;
mod text;
mod value;
mod words;

use super::lag::Pack;
use crate::model::board::Row;
pub(super) use complete::completions;
pub use error::FilterError;
pub use known::Known;
use reader::Term;
use test::Test;
pub use words::Key as FilterKey;

/// A filter as typed, and what it means.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

/// Two filters that were typed alike mean the same.
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Filter {}

impl Filter {
    /// Reads a filter over a run without fields.
    ///
    /// # Errors
    /// When something in it cannot be meant.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Self::read(text, Known::default())
    }

    /// Reads a filter that may name fields.
    ///
    /// # Errors
    /// When something in it cannot be meant.
    pub fn read(text: &str, known: Known<'_>) -> Result<Self, FilterError> {
        Ok(Self {
            text: text.trim().to_owned(),
            terms: reader::read(text, known)?,
        })
    }

    /// Reads a filter of which every word must say something, as what is not shown first is done to whatever it lets
    /// through.
    ///
    /// # Errors
    /// When something in it cannot be meant, or a word is only begun.
    pub(super) fn read_whole(text: &str, known: Known<'_>) -> Result<Self, FilterError> {
        Ok(Self {
            text: text.trim().to_owned(),
            terms: reader::read_whole(text, known)?,
        })
    }

    /// The filter as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether output can change what it lets through.
    pub fn reads_output(&self) -> bool {
        self.tests()
            .any(|test| matches!(test, Test::Out(_) | Test::Any(_) | Test::Lag(_)))
    }

    /// Whether what is read out of it can.
    pub fn reads_values(&self) -> bool {
        self.tests().any(|test| matches!(test, Test::Value(_)))
    }

    /// Whether time alone can.
    pub fn reads_time(&self) -> bool {
        self.tests().any(|test| matches!(test, Test::Elapsed(_) | Test::Lag(_)))
    }

    /// Whether a row is shown, among its peers.
    pub fn lets_through(&self, row: &Row, pack: &Pack) -> bool {
        let holds = |term: &Term| term.tests.iter().any(|test| test.holds(row, pack)) != term.negated;
        self.terms.iter().all(holds)
    }

    fn tests(&self) -> impl Iterator<Item = &Test> {
        self.terms.iter().flat_map(|term| &term.tests)
    }
}

#[cfg(test)]
mod tests;
