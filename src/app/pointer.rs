//! What the mouse can tell: what lies under the pointer, and how the wheel was turned.

use super::order::Sort;
use crate::keys::Action;
use crate::model::id::JobId;

/// What lies under the pointer, as it was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointed {
    /// The row of a job, or of the cluster that it stands for.
    Row(JobId),
    /// The head of a column by which rows can be sorted.
    Head(Sort),
    /// A key in the footer.
    Label(Action),
}

/// Which way the wheel was turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wheel {
    /// Towards what is further down.
    Down,
    /// Towards what is further up.
    Up,
}

impl Wheel {
    /// How many lines one step of the wheel is.
    pub(super) const LINES: usize = 3;

    /// The key for a line of it.
    pub(super) fn action(self) -> Action {
        match self {
            Self::Down => Action::Down,
            Self::Up => Action::Up,
        }
    }
}
