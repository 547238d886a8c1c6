//! Amounts of bytes as people write them, and back: `10GB`, `500MB`, `1.5GiB`.

use super::error::ValueError;

/// The units, the largest first, with their number of bytes.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1000),
    ("B", 1),
];

/// A bound on an amount of bytes; `None` is no bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeLimit(pub Option<u64>);

/// Reads a bound; zero is none. A unit is required but for zero.
pub fn size_limit(text: &str) -> Result<SizeLimit, ValueError> {
    if text == "0" {
        return Ok(SizeLimit(None));
    }
    let bytes = parse(text).ok_or_else(|| ValueError::NoSize(text.to_owned()))?;
    Ok(SizeLimit((bytes > 0).then_some(bytes)))
}

fn parse(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    let unit = unit.trim_start();
    let (_, bytes) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let amount = number.parse::<f64>().ok()? * *bytes as f64;
    // Beyond this a number of bytes is a slip of the finger.
    (amount <= 1e18).then_some(amount as u64)
}

/// Shows an amount in at most six columns: `7 B`, `3.4 kB`, `12 MB`.
pub fn show(bytes: u64) -> String {
    let decimal = UNITS[4..].iter().find(|(_, unit)| bytes >= *unit);
    match decimal {
        Some((name, unit)) if *unit > 1 && bytes < 10 * unit => {
            format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
        }
        Some((name, unit)) => format!("{} {name}", bytes / unit),
        None => "0 B".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_amounts_with_a_unit() {
        for (text, bytes) in [
            ("10GB", Some(10_000_000_000)),
            ("10 gb", Some(10_000_000_000)),
            ("1.5GiB", Some(1_610_612_736)),
            ("500MB", Some(500_000_000)),
            ("1B", Some(1)),
            ("0", None),
            ("0GB", None),
        ] {
            assert_eq!(size_limit(text), Ok(SizeLimit(bytes)), "{text}");
        }
        for text in ["", "10", "GB", "-1GB", "1..5GB", "10G", "9999999TB"] {
            assert_eq!(
                size_limit(text).expect_err(text).to_string(),
                format!("{text:?} is no amount of bytes; write for example 10GB or 500MB")
            );
        }
    }

    #[test]
    fn shows_amounts_in_few_columns() {
        for (bytes, text) in [
            (0, "0 B"),
            (7, "7 B"),
            (999, "999 B"),
            (3456, "3.4 kB"),
            (12_345_678, "12 MB"),
            (9_999_999_999, "9.9 GB"),
            (2_000_000_000_000, "2.0 TB"),
        ] {
            assert_eq!(show(bytes), text);
        }
    }
}
