//! Where the lines of an output stand.

use crate::model::event::Stream;

/// Where an unfinished line stands: behind everything.
pub(super) fn unfinished_place(stream: Stream) -> u64 {
    u64::MAX - 1 + stream as u64
}
