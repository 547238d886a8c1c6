//! How long finished jobs ran, kept sorted, for the median (what is slow?) and the mean.

use super::quartiles::{quartile, reach};
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

    /// What lies beyond it is out of line with the rest.
    pub fn fence(&self) -> Option<Duration> {
        let (lower, upper) = (quartile(&self.sorted, 1)?, quartile(&self.sorted, 3)?);
        Some(upper + reach::<_, u32>(lower, upper))
    }

    /// The mean.
    pub fn mean(&self) -> Option<Duration> {
        let count = u32::try_from(self.sorted.len()).ok().filter(|count| *count > 0)?;
        Some(self.sum / count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_mean_do_not_depend_on_the_order() {
        let mut durations = Durations::default();
        assert_eq!((durations.median(), durations.mean()), (None, None));
        for (secs, median, mean) in [(9, 9, 9), (1, 9, 5), (2, 2, 4), (4, 4, 4)] {
            durations.add(Duration::from_secs(secs));
            assert_eq!(durations.median(), Some(Duration::from_secs(median)));
            assert_eq!(durations.mean(), Some(Duration::from_secs(mean)));
        }
        assert_eq!(durations.count(), 4);
        // 1, 2, 4 and 9: the quartiles are 1 and 4.
        assert_eq!(durations.fence(), Some(Duration::from_millis(8500)));
        durations.add(Duration::from_secs(900));
        assert_eq!(durations.fence(), Some(Duration::from_millis(19500)), "1, 2, 4, 9, 900");
    }
}
