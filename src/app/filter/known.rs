//! The fields that a filter may name, and what their values are.

use crate::model::board::Board;
use crate::model::field::{Column, Field};

/// The fields of a run; none by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    fields: &'a [Field],
    columns: &'a [Column],
}

impl<'a> Known<'a> {
    /// Those of a board.
    pub fn of(board: &'a Board) -> Self {
        Self {
            fields: board.fields(),
            columns: board.columns(),
        }
    }

    /// The place of the field with this name.
    pub(in crate::app) fn place(self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name() == name)
    }

    /// Every field, by its name, with what is known of its values.
    pub(super) fn all(self) -> impl Iterator<Item = (&'a str, Option<&'a Column>)> {
        let places = self.fields.iter().enumerate();
        places.map(move |(place, field)| (field.name(), self.columns.get(place)))
    }

    /// What is known of the values of a field.
    pub(super) fn column(self, place: usize) -> Option<&'a Column> {
        self.columns.get(place)
    }
}
