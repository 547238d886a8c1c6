//! Robust statistics: what lies far from the middle half of some values is out of line with them.

use std::ops::{Add, Div, Mul, Sub};

/// The value below which so many quarters of sorted values lie.
pub fn quartile<T: Copy>(sorted: &[T], quarter: usize) -> Option<T> {
    sorted.get(sorted.len().saturating_sub(1) * quarter / 4).copied()
}

/// How far from the middle half values are still in line with the rest: one and a half times the distance of the
/// quartiles (Tukey, Exploratory Data Analysis, 1977). A few that are far off do not move it, nor does it call half of a
/// fleet out of line whose values differ by nature.
pub fn reach<T, N>(lower: T, upper: T) -> T
where
    T: Copy + Sub<Output = T> + Add<Output = T> + Mul<N, Output = T> + Div<N, Output = T>,
    N: From<u8>,
{
    (upper - lower) * N::from(3) / N::from(2)
}
