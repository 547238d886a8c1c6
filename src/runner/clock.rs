//! The run's clock: moments of the runtime (which tests can pause) to offsets from the start of the run, and back.
//!
//! Two kinds of time. What happens is dated in **true time**, which goes on while the machine sleeps. **Limits** count
//! only time in which somebody watched: whoever has one looks at [`Clock::asleep`], and when that has grown puts the
//! limit off by as much.

use super::naps::{Look, Nap, TICK};
use crate::model::stamp::Stamp;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, error::Elapsed, sleep, sleep_until, timeout_at};

/// As good as no limit.
const LONG: Duration = Duration::from_secs(10 * 365 * 86_400);

/// The clock of a run.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    began: Instant,
    naps: Arc<Naps>,
}

/// How long nobody has watched so far.
#[derive(Debug, Default)]
struct Naps {
    /// The last look; `None` when naps are not heeded.
    last: Mutex<Option<Look>>,
    total: watch::Sender<Nap>,
}

impl Clock {
    /// A clock that reads zero now. It never sleeps, until told to heed that.
    pub(super) fn start() -> Self {
        Self {
            began: Instant::now(),
            naps: Arc::default(),
        }
    }

    /// A clock that reads so much now.
    pub(super) fn resumed(now: Stamp) -> Self {
        let clock = Self::start();
        Self {
            began: clock.began.checked_sub(now.0).unwrap_or(clock.began),
            ..clock
        }
    }

    /// Notices from now on when the machine sleeps or this process is stopped.
    pub(super) fn heed_naps(&self) {
        *self.naps.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Look::now());
    }

    /// What time it is.
    pub(super) fn now(&self) -> Stamp {
        self.look();
        Stamp(self.began.elapsed() + self.naps.total.borrow().suspended)
    }

    /// For how long nobody has watched since the run began.
    pub(super) fn asleep(&self) -> Duration {
        self.look();
        self.naps.total.borrow().length()
    }

    /// For how long somebody has.
    pub(super) fn awake(&self) -> Duration {
        let stopped = self.stopped();
        self.began.elapsed().saturating_sub(stopped)
    }

    /// Tells of every nap when it is over.
    pub(super) fn naps(&self) -> watch::Receiver<Nap> {
        self.naps.total.subscribe()
    }

    /// Waits until a moment; for ever when there is none.
    pub(super) async fn until(&self, moment: Option<Stamp>) {
        match moment {
            Some(stamp) => {
                let suspended = self.naps.total.borrow().suspended;
                sleep_until(self.began + stamp.0.saturating_sub(suspended)).await;
            }
            None => std::future::pending().await,
        }
    }

    /// Waits until it is time to look again whether anybody slept.
    pub(super) async fn tick(&self) {
        sleep(TICK).await;
    }

    /// Waits for something, but not for longer than a limit.
    pub(super) async fn within<R>(&self, limit: Duration, work: impl Future<Output = R>) -> Result<R, Elapsed> {
        tokio::pin!(work);
        let mut stopped = self.stopped();
        let mut deadline = Instant::now() + limit.min(LONG);
        loop {
            let done = timeout_at(deadline, &mut work).await;
            // While the machine sleeps the runtime's own clock stands still already.
            let more = self.stopped().saturating_sub(stopped);
            if done.is_ok() || more.is_zero() {
                return done;
            }
            stopped += more;
            deadline += more;
        }
    }

    fn stopped(&self) -> Duration {
        self.look();
        self.naps.total.borrow().stopped
    }

    fn look(&self) {
        let mut last = self.naps.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = *last else { return };
        let now = Look::now();
        *last = Some(now);
        let nap = now.since(before);
        if nap != Nap::default() {
            self.naps.total.send_modify(|total| {
                total.suspended += nap.suspended;
                total.stopped += nap.stopped;
            });
        }
    }
}
