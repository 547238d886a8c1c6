//! How long a question is deaf: a key on its way when it appeared was meant for something else.

use std::time::Duration;

/// Keys that come sooner after a question appeared were meant for something else.
pub(super) const ARMING: Duration = Duration::from_millis(300);
