//! Times as the operator reads and types them: the clock of the record, which is UTC, and the time since a command began.

use crate::model::stamp::Stamp;
use std::time::Duration;

/// Columns of a line's time: `12:30:45Z  1h02m03s `, and a space.
pub const TIME_COLUMNS: u16 = 21;

const DAY: u64 = 24 * 60 * 60;

/// What a line's time looks like: the clock, and the time since its command began, where that is known.
pub fn time_of_line(started: &str, at: Stamp, began: Option<Stamp>) -> String {
    let clock = clock(started, at).unwrap_or_default();
    let since = began.map(|began| since(at.since(began))).unwrap_or_default();
    format!("{clock:>9} {since:>10}")
}

/// The clock at a time of a run that was started then (RFC 3339, UTC).
fn clock(started: &str, at: Stamp) -> Option<String> {
    let of_day = (second_of_day(started)? + at.0.as_secs()) % DAY;
    let (hours, minutes, seconds) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    Some(format!("{hours:02}:{minutes:02}:{seconds:02}Z"))
}

fn since(time: Duration) -> String {
    let (seconds, tenths) = (time.as_secs(), time.subsec_millis() / 100);
    match seconds {
        ..60 => format!("+{seconds}.{tenths}s"),
        60..3600 => format!("+{}m{:02}.{tenths}s", seconds / 60, seconds % 60),
        _ => format!("+{}h{:02}m{:02}s", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}

/// Reads a time to go to: `12:30` and `12:30:15` by the clock (UTC), `+5m`, `90s` and `1h30m` since the command began.
pub fn parse_time(text: &str, started: &str, began: Option<Stamp>) -> Result<Stamp, String> {
    const FORMS: &str = "a time is 12:30 (UTC), +5m or 90s";
    let text = text.trim().trim_end_matches('Z');
    if text.contains(':') {
        let wanted = of_clock(text).ok_or(FORMS)?;
        let start = second_of_day(started).ok_or("when the run began is not on record")?;
        // The next such time: a run that goes on over midnight has it on its second day.
        return Ok(Stamp::from_secs((wanted + DAY - start) % DAY));
    }
    let since = length(text.trim_start_matches('+')).ok_or(FORMS)?;
    let began = began.ok_or("when this attempt began is not known: give the time by the clock")?;
    Ok(began + since)
}

fn second_of_day(started: &str) -> Option<u64> {
    of_clock(started.get(11..19)?)
}

fn of_clock(text: &str) -> Option<u64> {
    let parts: Option<Vec<u64>> = text.split(':').map(|part| part.parse().ok()).collect();
    let (hours, minutes, seconds) = match parts?[..] {
        [hours, minutes] => (hours, minutes, 0),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    (hours < 24 && minutes < 60 && seconds < 60).then_some(hours * 3600 + minutes * 60 + seconds)
}

/// `90s`, `5m`, `1h30m`.
fn length(text: &str) -> Option<Duration> {
    let (mut rest, mut seconds) = (text, 0_u64);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: u64 = rest[..end].parse().ok()?;
        let unit = match rest[end..].chars().next()? {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => DAY,
            _ => return None,
        };
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
        rest = &rest[end + 1..];
    }
    // So late that no stamp could hold it, nothing was ever printed.
    (!text.is_empty() && seconds < 1000 * 365 * DAY).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTED: &str = "2026-01-02T23:04:05Z";

    #[test]
    fn a_line_says_its_time_in_columns_of_one_width() {
        let began = Some(Stamp::from_secs(10));
        for (secs, began, text) in [
            (10, began, "23:04:15Z      +0.0s"),
            (3600, began, "00:04:05Z  +59m50.0s"),
            (7210, began, "01:04:15Z  +2h00m00s"),
            (10, None, "23:04:15Z           "),
        ] {
            let shown = time_of_line(STARTED, Stamp::from_secs(secs), began);
            assert_eq!(shown, text);
            assert_eq!(shown.len() + 1, usize::from(TIME_COLUMNS));
        }
    }

    #[test]
    fn a_time_is_by_the_clock_or_since_the_beginning() {
        let began = Some(Stamp::from_secs(10));
        for (text, secs) in [
            ("23:05", 55),
            ("23:04:15Z", 10),
            ("00:04:05", 3600),
            ("+5m", 310),
            (" 1h30s", 3640),
        ] {
            assert_eq!(parse_time(text, STARTED, began), Ok(Stamp::from_secs(secs)), "{text}");
        }
        for text in ["", "+", "5", "5x", "25:00", "12:30:15:1", "99999999999999999d", "s"] {
            assert!(parse_time(text, STARTED, began).is_err(), "{text}");
        }
        assert!(parse_time("5m", STARTED, None).is_err());
    }
}
