//! A moment in the past, as `--since` takes it.

use crate::config;
use std::time::{Duration, SystemTime};

/// A moment in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// So long before now.
    Back(Duration),
    /// That moment.
    At(SystemTime),
}

impl Since {
    /// Whether something that happened at `moment` happened since.
    pub(super) fn covers(self, moment: SystemTime, now: SystemTime) -> bool {
        match self {
            Self::Back(back) => now.duration_since(moment).is_ok_and(|ago| ago <= back) || moment > now,
            Self::At(start) => moment >= start,
        }
    }
}

/// Reads `2d`, `36h`, `2026-01-31` or `2026-01-31T12:00:00Z`.
pub(super) fn parse(text: &str) -> Result<Since, String> {
    let midnight = format!("{text}T00:00:00Z");
    for date in [text, midnight.as_str()] {
        if let Ok(moment) = humantime::parse_rfc3339(date) {
            return Ok(Since::At(moment));
        }
    }
    config::parse_duration(text).map(Since::Back).map_err(|_| {
        format!("{text:?} is no moment; write a time back such as 2d or 36h, or a date such as 2026-01-31 (UTC)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_back_or_a_date() {
        let now = humantime::parse_rfc3339("2026-02-03T12:00:00Z").expect("a time");
        let at = |text| humantime::parse_rfc3339(text).expect("a time");
        for (text, moment, covered) in [
            ("2d", "2026-02-01T12:00:00Z", true),
            ("2d", "2026-02-01T11:59:59Z", false),
            ("2d", "2026-02-04T00:00:00Z", true),
            ("2026-02-01", "2026-02-01T00:00:00Z", true),
            ("2026-02-01", "2026-01-31T23:59:59Z", false),
            ("2026-02-01T10:00:00Z", "2026-02-01T09:00:00Z", false),
        ] {
            let since = parse(text).expect(text);
            assert_eq!(since.covers(at(moment), now), covered, "{text} {moment}");
        }
        for text in ["", "yesterday", "2026-13-01", "5", "01/02/2026"] {
            assert!(
                parse(text).is_err_and(|error| error.contains("is no moment; write")),
                "{text}"
            );
        }
    }
}
