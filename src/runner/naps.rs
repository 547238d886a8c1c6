//! Noticing that nobody watched for a while: the machine slept, or this process was stopped. The system has one clock
//! that goes on while the machine sleeps and one that does not; and a process that looks at the time every second but
//! has not for a long while was not running.

use std::time::Duration;

/// How often somebody looks, at least.
pub(super) const TICK: Duration = Duration::from_secs(1);
/// How late a look may be on a machine that has much to do.
const LATE: Duration = Duration::from_secs(4);
/// What the two clocks may differ by because they are not read at the same time.
const NOISE: Duration = Duration::from_millis(500);

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The clock that stands still while the machine sleeps.
    awake: Duration,
    /// The clock that does not.
    always: Duration,
}

/// How long nobody watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Nap {
    /// For so long the machine slept.
    pub(super) suspended: Duration,
    /// For so long this process was stopped.
    pub(super) stopped: Duration,
}

impl Look {
    /// A look now.
    #[cfg(target_os = "linux")]
    pub(super) fn now() -> Self {
        use rustix::time::{ClockId, clock_gettime};
        let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
        Self {
            awake: read(ClockId::Monotonic),
            always: read(ClockId::Boottime),
        }
    }

    /// A look now. Only Linux tells the two clocks apart.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn now() -> Self {
        use rustix::time::{ClockId, clock_gettime};
        let awake = Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default();
        Self { awake, always: awake }
    }

    /// How long nobody watched between an earlier look and this one.
    pub(super) fn since(self, before: Self) -> Nap {
        let awake = self.awake.saturating_sub(before.awake);
        let always = self.always.saturating_sub(before.always);
        let suspended = always.saturating_sub(awake);
        let late = awake.saturating_sub(TICK);
        let if_more = |time: Duration, than| if time > than { time } else { Duration::ZERO };
        Nap {
            suspended: if_more(suspended, NOISE),
            stopped: if_more(late, LATE),
        }
    }
}

impl Nap {
    /// Both together.
    pub(super) fn length(self) -> Duration {
        self.suspended + self.stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(awake: u64, always: u64) -> Nap {
        let look = |awake, always| Look {
            awake: Duration::from_millis(awake),
            always: Duration::from_millis(always),
        };
        look(1000 + awake, 9000 + always).since(look(1000, 9000))
    }

    #[test]
    fn a_machine_that_sleeps_and_a_process_that_is_stopped_are_noticed_and_a_busy_machine_is_not() {
        let nap = |suspended, stopped| Nap {
            suspended: Duration::from_millis(suspended),
            stopped: Duration::from_millis(stopped),
        };
        assert_eq!(after(1000, 1000), nap(0, 0));
        assert_eq!(after(4900, 4900), nap(0, 0), "late, but not very");
        assert_eq!(after(1000, 1100), nap(0, 0), "not read at the same moment");
        assert_eq!(after(1000, 61_000), nap(60_000, 0));
        assert_eq!(after(61_000, 61_000), nap(0, 60_000));
        assert_eq!(after(11_000, 71_000), nap(60_000, 10_000));
        assert_eq!(after(11_000, 71_000).length(), Duration::from_secs(70));
    }

    #[test]
    fn the_clocks_of_this_machine_go_on() {
        let (before, now) = (Look::now(), Look::now());
        assert!(now.awake >= before.awake && now.always >= before.always && now.awake > Duration::ZERO);
    }
}
