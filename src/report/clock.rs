//! Lengths of time in the words of the summary.

use std::time::Duration;

/// `0.3s`, `4s`, `41s`, `4m12s`, `1h02m`.
pub(super) fn elapsed(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        ..10 if duration.subsec_millis() >= 100 => format!("{seconds}.{}s", duration.subsec_millis() / 100),
        ..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_are_exact_and_long_ones_short() {
        for (millis, text) in [
            (0, "0s"),
            (4040, "4s"),
            (340, "0.3s"),
            (9999, "9.9s"),
            (10_000, "10s"),
            (59_999, "59s"),
            (252_000, "4m12s"),
            (3_725_000, "1h02m"),
            (90_000_000, "25h00m"),
        ] {
            assert_eq!(elapsed(Duration::from_millis(millis)), text);
        }
    }
}
