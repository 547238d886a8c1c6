//! Lengths of time as people read them, in few columns: `0.4s`, `41s`, `4m12s`, `1h07m`, `3d04h`.

use std::fmt;
use std::time::Duration;

/// Shows a length of time in at most six columns (below a hundred days), cut off, not rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elapsed {
    /// Something that still grows: whole seconds, so that it changes once a second.
    Running(Duration),
    /// Something that is over: below ten seconds the tenths are told.
    Over(Duration),
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (duration, tenths) = match *self {
            Self::Running(duration) => (duration, false),
            Self::Over(duration) => (duration, true),
        };
        let secs = duration.as_secs();
        let text = match secs {
            0..10 if tenths => format!("{secs}.{}s", duration.subsec_millis() / 100),
            0..60 => format!("{secs}s"),
            60..3600 => format!("{}m{:02}s", secs / 60, secs % 60),
            3600..86_400 => format!("{}h{:02}m", secs / 3600, secs / 60 % 60),
            _ => format!("{}d{:02}h", secs / 86_400, secs / 3600 % 24),
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_has_two_units_at_most() {
        for (millis, running, over) in [
            (0, "0s", "0.0s"),
            (450, "0s", "0.4s"),
            (9_999, "9s", "9.9s"),
            (41_000, "41s", "41s"),
            (67_000, "1m07s", "1m07s"),
            (3_599_000, "59m59s", "59m59s"),
            (4_020_000, "1h07m", "1h07m"),
            (273_600_000, "3d04h", "3d04h"),
        ] {
            let duration = Duration::from_millis(millis);
            assert_eq!(Elapsed::Running(duration).to_string(), running);
            assert_eq!(Elapsed::Over(duration).to_string(), over);
        }
        assert_eq!(format!("{:>6}", Elapsed::Over(Duration::from_secs(41))), "   41s");
    }
}
