//! Time as the model knows it: an offset from the start of the run. There is no clock below the front-ends and the
//! runner; whoever calls says what time it is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::{Add, Sub};
use std::time::Duration;

/// A moment of a run, as the time since the run began. In JSON it is a number of seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub Duration);

impl Stamp {
    /// The moment so many whole seconds after the start.
    pub const fn from_secs(secs: u64) -> Self {
        Self(Duration::from_secs(secs))
    }

    /// The moment so many milliseconds after the start.
    pub const fn from_millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// The time that has passed since `earlier`; zero when that lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Stamp {
    type Output = Self;
    fn add(self, rhs: Duration) -> Self {
        Self(self.0.saturating_add(rhs))
    }
}

impl Sub for Stamp {
    type Output = Duration;
    fn sub(self, rhs: Self) -> Duration {
        self.since(rhs)
    }
}

/// A length of time as JSON shows it: seconds, to the millisecond.
pub(crate) fn to_seconds(duration: Duration) -> f64 {
    duration.as_millis() as f64 / 1000.0
}

/// The reverse of [`to_seconds`]; `None` for what is no length of time.
pub(crate) fn from_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(to_seconds(self.0))
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        from_seconds(seconds)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom(format!("{seconds} is no time since the start of a run")))
    }
}
