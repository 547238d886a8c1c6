//! Whether the operator is at the keyboard.

use crate::model::stamp::Stamp;
use crate::model::summons::Summons;

/// What is known of where the operator is, and what he was called for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Presence {
    pub(super) summons: Summons,
    /// The last key, or the opening.
    pub(super) seen: Stamp,
    /// Another window has the keys.
    pub(super) elsewhere: bool,
    pub(super) failed: bool,
    pub(super) ended: bool,
}

impl Presence {
    /// From now on, with what has happened before not being news.
    pub(super) fn new(now: Stamp, ended: bool) -> Self {
        Self {
            seen: now,
            ended,
            ..Self::default()
        }
    }
}
