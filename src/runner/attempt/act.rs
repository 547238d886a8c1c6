//! What follows from what happened to an attempt.

use crate::model::event::{Change, Ending};
use crate::shim::Control;

/// What the caller must do.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::runner) enum Act {
    /// Write this to the control pipe.
    Send(Control),
    /// Tell the world.
    Tell(Change),
    /// The attempt is over: close the channel.
    Finish(Ending),
}
