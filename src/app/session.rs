//! What surrounds a dashboard while the program shows one after the other: where leaving leads, what is asked before a
//! command is run, and where the operator was when this dashboard was left before.

use super::order::Sort;
use super::view::View;
use crate::model::field::Field;
use crate::model::id::{JobId, RunId};
use std::collections::BTreeSet;

/// What a dashboard is told when it is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The run whose dashboard is shown when this one is left.
    pub back_to: Option<RunId>,
    /// Whether somebody is known to be there, so that it stays when all is over.
    pub is_watched: bool,
    /// With more hosts than this, their number is typed before a command is run on them.
    pub confirm_above: Option<usize>,
    /// What is said at once.
    pub word: Option<String>,
    /// Where the operator was.
    pub bookmark: Option<Bookmark>,
}

/// Where the operator is in a dashboard, to come back to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bookmark {
    pub(super) cursor: Option<JobId>,
    pub(super) marks: BTreeSet<JobId>,
    pub(super) view: View,
    pub(super) sort: (Sort, bool),
    pub(super) filter: String,
    pub(super) stragglers: bool,
    /// The columns, where somebody was in the dashboard of this run before.
    pub(super) fields: Option<Vec<Field>>,
    pub(super) commands: Vec<String>,
    pub(super) typed: Vec<String>,
}

impl Bookmark {
    /// In another run of the same session: what was typed goes along, places do not.
    #[must_use]
    pub fn for_another(&self) -> Self {
        Self {
            commands: self.commands.clone(),
            typed: self.typed.clone(),
            ..Self::default()
        }
    }

    /// The same, after something more was typed elsewhere.
    #[must_use]
    pub fn with_typed(self, other: &Self) -> Self {
        Self {
            commands: other.commands.clone(),
            typed: other.typed.clone(),
            ..self
        }
    }
}
