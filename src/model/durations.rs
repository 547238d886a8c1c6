//! How long finished jobs ran, kept sorted, for the median (what is slow?) and the mean.

use std::time::Duration;

/// Run times of the jobs that ended by themselves, sorted.
#[derive(Clone, Debug, Default)]
pub struct Durations {
    sorted: Vec<Duration>,
    sum: Duration,
}

impl Durations {
    /// Takes in one more.
    pub fn add(&mut self, duration: Duration) {
        let place = self.sorted.partition_point(|known| *known <= duration);
        self.sorted.insert(place, duration);
        self.sum = self.sum.saturating_add(duration);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The one in the middle (the upper one of two).
    pub fn median(&self) -> Option<Duration> {
        self.sorted.get(self.sorted.len() / 2).copied()
    }

    /// The mean.
    pub fn mean(&self) -> Option<Duration> {
        let count = u32::try_from(self.sorted.len()).ok().filter(|count| *count > 0)?;
        Some(self.sum / count)
    }
}
