//! Chance, for the scatter of delays.

/// Marsaglia's xorshift64: scatters delays, guards nothing.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Begins with a seed of any value.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number from 0 to 1.
    pub(super) fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
