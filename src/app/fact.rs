//! One thing that is known about a job, and the rows that it takes.

use super::text;

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name; empty when it goes on from the one before.
    pub name: String,
    /// What is known.
    pub text: String,
    /// By how many columns it stands in.
    pub indent: usize,
    /// How much it wants to be seen.
    pub weight: Weight,
}

/// How much a fact wants to be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// As one among others.
    #[default]
    Plain,
    /// Something is wrong there.
    Warning,
}

/// The columns that the names of facts take.
pub const NAME_COLUMNS: usize = 12;

impl Fact {
    pub(super) fn new(name: &str, text: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            text: text.into(),
            indent: 0,
            weight: Weight::Plain,
        }
    }

    /// The same, as a warning if that holds.
    pub(super) fn warns_if(mut self, wrong: bool) -> Self {
        if wrong {
            self.weight = Weight::Warning;
        }
        self
    }

    /// The same, standing in.
    pub(super) fn indented(mut self, columns: usize) -> Self {
        self.indent = columns;
        self
    }

    /// Its rows in so many columns; what stands in does so in every row, as far as there is room.
    pub fn rows(&self, columns: usize) -> Vec<String> {
        let indent = self.indent.min(columns / 3);
        let margin = " ".repeat(indent);
        let rows = text::wrap_words(&self.text, columns - indent).into_iter();
        rows.map(|row| format!("{margin}{row}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_does_so_in_every_row_and_leaves_room() {
        let fact = Fact::new("tree", "sleep 7777").indented(4);
        assert_eq!(fact.rows(12), ["    sleep", "    7777"]);
        let deep = Fact::new("tree", "sleep").indented(400);
        assert_eq!(deep.rows(9), ["   sleep"]);
        assert_eq!(deep.rows(0).concat(), "sleep");
    }
}
