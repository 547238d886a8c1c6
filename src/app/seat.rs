//! Where the operator sits: what this view is to the run, and what may be done from it.

use crate::model::bond::{Bond, Tie};

/// What this view is to the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// What the end of this program means to the run.
    pub bond: Bond,
    /// What ends the run besides itself.
    pub tie: Tie,
    /// What the keys may do.
    pub access: Access,
    /// As whom the requests of this view are put on record.
    pub who: Option<String>,
    /// What becomes of the run at logout, where it would not go on: one sentence.
    pub logout: Option<String>,
}

/// What the keys may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Ask the runner for changes.
    #[default]
    Full,
    /// Look, until that is unlocked.
    ReadOnly,
}
