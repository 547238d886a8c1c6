//! Lengths of time as people write them, and back. A unit is required, because a bare number means seconds to one tool
//! and minutes to the next.

use super::error::ValueError;
use std::time::Duration;

/// The longest time that is accepted; anything beyond is a slip of the finger.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The units, the largest first, with their length in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// Reads `90s`, `10m`, `1h30m`, `1d`, `250ms`. A bare `0` needs no unit.
pub fn parse(text: &str) -> Result<Duration, ValueError> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ValueError::NoUnit(text.to_owned()));
    }
    let millis = sum(text).ok_or_else(|| ValueError::NoDuration(text.to_owned()))?;
    let duration = Duration::from_millis(millis);
    if duration > LONGEST {
        return Err(ValueError::TooLong(text.to_owned()));
    }
    Ok(duration)
}

/// Adds up number and unit, number and unit; each unit must be smaller than the one before.
fn sum(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total = None;
    while !rest.is_empty() {
        let (number, behind) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let end = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (name, next) = behind.split_at(end);
        let (_, millis) = units.find(|(unit, _)| *unit == name)?;
        // A number too large to count with is far beyond the longest time.
        let part = number
            .parse::<u64>()
            .ok()
            .map_or(u64::MAX, |n| n.saturating_mul(*millis));
        total = (!number.is_empty()).then(|| total.unwrap_or(0_u64).saturating_add(part));
        total?;
        rest = next;
    }
    total
}

/// Writes a length of time so that [`parse`] reads it again, to the millisecond: `1h30m`, `90s` as `1m30s`, `0s`.
pub fn show(duration: Duration) -> String {
    let mut rest = duration.as_millis();
    let mut text = String::new();
    for (unit, millis) in UNITS {
        let count = rest / u128::from(millis);
        rest %= u128::from(millis);
        if count > 0 {
            text = format!("{text}{count}{unit}");
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for (text, millis, shown) in [
            ("90s", 90_000, "1m30s"),
            ("10m", 600_000, "10m"),
            ("1h30m", 5_400_000, "1h30m"),
            ("1d", 86_400_000, "1d"),
            ("1d2h3m4s5ms", 93_784_005, "1d2h3m4s5ms"),
            ("250ms", 250, "250ms"),
            ("0s", 0, "0s"),
            ("0", 0, "0s"),
            ("007s", 7000, "7s"),
            ("365d", 31_536_000_000, "365d"),
        ] {
            let duration = parse(text).expect(text);
            assert_eq!(duration, Duration::from_millis(millis), "{text}");
            assert_eq!(show(duration), shown);
            assert_eq!(parse(shown), Ok(duration));
        }
    }

    #[test]
    fn explains_what_it_refuses() {
        for (text, reason) in [
            ("5", "5 has no unit; write 5s for seconds or 5m for minutes"),
            ("", "\"\" is no length of time; write for example 90s, 10m or 1h30m"),
            ("s", "\"s\" is no length of time; write for example 90s, 10m or 1h30m"),
            (
                "5 s",
                "\"5 s\" is no length of time; write for example 90s, 10m or 1h30m",
            ),
            (
                "-5s",
                "\"-5s\" is no length of time; write for example 90s, 10m or 1h30m",
            ),
            (
                "1.5s",
                "\"1.5s\" is no length of time; write for example 90s, 10m or 1h30m",
            ),
            (
                "1m1m",
                "\"1m1m\" is no length of time; write for example 90s, 10m or 1h30m",
            ),
            (
                "30s1m",
                "\"30s1m\" is no length of time; write for example 90s, 10m or 1h30m",
            ),
            (
                "1h30",
                "\"1h30\" is no length of time; write for example 90s, 10m or 1h30m",
            ),
            (
                "forever",
                "\"forever\" is no length of time; write for example 90s, 10m or 1h30m",
            ),
            ("366d", "\"366d\" is too long; write at most 365d"),
            (
                "99999999999999999999s",
                "\"99999999999999999999s\" is too long; write at most 365d",
            ),
        ] {
            assert_eq!(parse(text).expect_err(text).to_string(), reason, "{text:?}");
        }
    }
}
