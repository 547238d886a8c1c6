//! The run's clock: moments of the runtime (which tests can pause) to offsets from the start of the run, and back.

use crate::model::stamp::Stamp;
use tokio::time::Instant;

/// When the run began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    began: Instant,
}

impl Clock {
    /// A clock that reads zero now.
    pub(super) fn start() -> Self {
        Self { began: Instant::now() }
    }

    /// What time it is.
    pub(super) fn now(self) -> Stamp {
        Stamp(self.began.elapsed())
    }

    /// Waits until a moment; for ever when there is none.
    pub(super) async fn until(self, moment: Option<Stamp>) {
        match moment {
            Some(stamp) => tokio::time::sleep_until(self.began + stamp.0).await,
            None => std::future::pending().await,
        }
    }
}
