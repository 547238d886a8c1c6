//! A value as it was printed, and the number that it is, if it is one.

use std::cmp::Ordering;
use std::fmt;

/// The longest text that is kept of a value, in characters.
const LONGEST: usize = 256;

/// What a number counts. Numbers of one column are compared when they count the same, or nothing that was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Nothing that was said.
    #[default]
    None,
    /// Hundredths.
    Percent,
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
}

/// A number in its unit: bytes and seconds, whatever multiple of them was printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// How much; finite.
    pub amount: f64,
    /// Of what.
    pub unit: Unit,
}

/// What may stand behind a number, and what it is worth. A single K, M, G, T and P is what `ls -h`, `df -h` and `du -h`
/// mean by it; with a B behind it is what the standards say.
const UNITS: [(&str, Unit, f64); 33] = [
    ("%", Unit::Percent, 1.0),
    ("B", Unit::Bytes, 1.0),
    ("K", Unit::Bytes, 1024.0),
    ("M", Unit::Bytes, 1_048_576.0),
    ("G", Unit::Bytes, 1_073_741_824.0),
    ("T", Unit::Bytes, 1_099_511_627_776.0),
    ("P", Unit::Bytes, 1_125_899_906_842_624.0),
    ("Ki", Unit::Bytes, 1024.0),
    ("Mi", Unit::Bytes, 1_048_576.0),
    ("Gi", Unit::Bytes, 1_073_741_824.0),
    ("Ti", Unit::Bytes, 1_099_511_627_776.0),
    ("Pi", Unit::Bytes, 1_125_899_906_842_624.0),
    ("KiB", Unit::Bytes, 1024.0),
    ("MiB", Unit::Bytes, 1_048_576.0),
    ("GiB", Unit::Bytes, 1_073_741_824.0),
    ("TiB", Unit::Bytes, 1_099_511_627_776.0),
    ("PiB", Unit::Bytes, 1_125_899_906_842_624.0),
    ("k", Unit::Bytes, 1e3),
    ("kB", Unit::Bytes, 1e3),
    ("KB", Unit::Bytes, 1e3),
    ("MB", Unit::Bytes, 1e6),
    ("GB", Unit::Bytes, 1e9),
    ("TB", Unit::Bytes, 1e12),
    ("PB", Unit::Bytes, 1e15),
    ("ns", Unit::Seconds, 1e-9),
    ("us", Unit::Seconds, 1e-6),
    ("µs", Unit::Seconds, 1e-6),
    ("ms", Unit::Seconds, 1e-3),
    ("s", Unit::Seconds, 1.0),
    ("m", Unit::Seconds, 60.0),
    ("min", Unit::Seconds, 60.0),
    ("h", Unit::Seconds, 3600.0),
    ("d", Unit::Seconds, 86400.0),
];

impl Number {
    /// Reads `12`, `-3.5`, `1,234`, `97%`, `1.5G`, `20 ms`, `1m30s`.
    pub fn read(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        let (amount, unit, rest) = part(rest)?;
        let mut whole = Self { amount, unit };
        let mut rest = rest;
        while !rest.is_empty() {
            // Only lengths of time have several parts.
            let (amount, unit, behind) = part(rest)?;
            if (whole.unit, unit) != (Unit::Seconds, Unit::Seconds) {
                return None;
            }
            whole.amount += amount;
            rest = behind;
        }
        if negative {
            whole.amount = -whole.amount;
        }
        whole.amount.is_finite().then_some(whole)
    }
}

/// A number and its unit at the beginning of a text, and what is behind.
fn part(text: &str) -> Option<(f64, Unit, &str)> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    // `1e6`: an exponent is followed by digits and nothing else.
    let exponent = rest.strip_prefix(['e', 'E']).filter(|behind| {
        let behind = behind.strip_prefix(['+', '-']).unwrap_or(behind);
        !behind.is_empty() && behind.len() <= 3 && behind.bytes().all(|byte| byte.is_ascii_digit())
    });
    let number = amount(digits)?;
    if let Some(exponent) = exponent {
        let power: i32 = exponent.parse().ok()?;
        return Some((number * 10_f64.powi(power), Unit::None, ""));
    }
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let (word, behind) = rest.split_at(end);
    if word.is_empty() && behind.is_empty() {
        return Some((number, Unit::None, ""));
    }
    let (_, unit, worth) = UNITS.into_iter().find(|(known, ..)| *known == word.trim_end())?;
    Some((number * worth, unit, behind))
}

/// Digits, perhaps with a point, perhaps with commas between thousands.
fn amount(digits: &str) -> Option<f64> {
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.ends_with(['.', ',']) {
        return None;
    }
    let (whole, _) = digits.split_once('.').unwrap_or((digits, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let mut grouped = false;
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        grouped = true;
    }
    if grouped && first.len() > 3 {
        return None;
    }
    // A second point, or a comma behind it, is no number.
    let (before, behind) = digits.split_at(whole.len());
    format!("{}{behind}", before.replace(',', "")).parse().ok()
}

impl Unit {
    /// An amount in the multiple of this unit that suits `like`, in few digits, as it can be read again: `1.5G`.
    pub fn show(self, amount: f64, like: f64) -> String {
        let (worth, word) = self.multiple(like);
        format!("{}{word}", digits(amount / worth))
    }

    /// The unit of both, where they can be compared.
    pub fn joined(self, other: Self) -> Option<Self> {
        match (self, other) {
            (one, Self::None) | (Self::None, one) => Some(one),
            (one, same) if one == same => Some(one),
            _ => None,
        }
    }

    /// The multiple of this unit in which amounts up to about `like` are best said, and its word.
    pub(super) fn multiple(self, like: f64) -> (f64, &'static str) {
        let ladder: &[(f64, &str)] = match self {
            Self::None => return (1.0, ""),
            Self::Percent => return (1.0, "%"),
            Self::Bytes => &[
                (1_125_899_906_842_624.0, "P"),
                (1_099_511_627_776.0, "T"),
                (1_073_741_824.0, "G"),
                (1_048_576.0, "M"),
                (1024.0, "K"),
                (1.0, "B"),
            ],
            Self::Seconds => &[
                (172_800.0, "d"),
                (7200.0, "h"),
                (120.0, "m"),
                (1.0, "s"),
                (1e-3, "ms"),
                (1e-6, "us"),
                (1e-9, "ns"),
            ],
        };
        let step = ladder.iter().find(|(least, _)| like.abs() >= *least);
        let (least, word) = step.or(ladder.last()).copied().unwrap_or((1.0, ""));
        // Days, hours and minutes begin with two of them.
        let worth = if least > 1.0 && self == Self::Seconds {
            least / 2.0
        } else {
            least
        };
        (worth, word)
    }
}

/// A number in few digits: as it is when it is whole, otherwise with four that say something.
pub(super) fn digits(amount: f64) -> String {
    if amount.fract() == 0.0 && amount.abs() < 1e15 {
        return format!("{amount:.0}");
    }
    let places = match amount.abs() {
        1000.0.. => 0,
        100.0.. => 1,
        10.0.. => 2,
        1.0.. => 3,
        1e-4.. => 6,
        _ => return format!("{amount:e}"),
    };
    let text = format!("{amount:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A value: the text that was printed, and the number that it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    text: String,
    number: Option<Number>,
}

impl Value {
    /// Takes in a text of a line that is harmless already.
    pub fn read(text: &str) -> Self {
        let text: String = text.trim().chars().take(LONGEST).collect();
        let number = Number::read(&text);
        Self { text, number }
    }

    /// As it was printed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number that it is.
    pub fn number(&self) -> Option<Number> {
        self.number
    }

    /// Numbers by what they are worth and before texts; texts with the numbers in them by those, so that 6.1.0-9 stands
    /// before 6.1.0-31.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self.number, other.number) {
            (Some(left), Some(right)) => left
                .amount
                .total_cmp(&right.amount)
                .then_with(|| natural(&self.text, &other.text)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => natural(&self.text, &other.text),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Compares texts in which runs of digits count as numbers.
fn natural(left: &str, right: &str) -> Ordering {
    let (mut left_rest, mut right_rest) = (left, right);
    while !left_rest.is_empty() && !right_rest.is_empty() {
        let (left_run, left_behind) = run(left_rest);
        let (right_run, right_behind) = run(right_rest);
        let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        let order = if is_number(left_run) && is_number(right_run) {
            let bare = |text: &'_ str| text.trim_start_matches('0').len();
            let by_length = bare(left_run).cmp(&bare(right_run));
            by_length.then_with(|| left_run.trim_start_matches('0').cmp(right_run.trim_start_matches('0')))
        } else {
            left_run.cmp(right_run)
        };
        if order != Ordering::Equal {
            return order;
        }
        (left_rest, right_rest) = (left_behind, right_behind);
    }
    left_rest.len().cmp(&right_rest.len()).then_with(|| left.cmp(right))
}

/// The digits, or what is none, at the beginning of a text, and the rest.
fn run(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits);
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_units() {
        for (text, amount, unit) in [
            ("12", 12.0, Unit::None),
            ("-3.5", -3.5, Unit::None),
            ("+7", 7.0, Unit::None),
            ("1,234,567", 1_234_567.0, Unit::None),
            ("1,234.5", 1234.5, Unit::None),
            ("1e6", 1e6, Unit::None),
            ("2.5E-3", 2.5e-3, Unit::None),
            ("97%", 97.0, Unit::Percent),
            ("97 %", 97.0, Unit::Percent),
            ("4K", 4096.0, Unit::Bytes),
            ("1.5G", 1_610_612_736.0, Unit::Bytes),
            ("3 MiB", 3_145_728.0, Unit::Bytes),
            ("3 MB", 3e6, Unit::Bytes),
            ("512 B", 512.0, Unit::Bytes),
            ("20 ms", 0.02, Unit::Seconds),
            ("1m30s", 90.0, Unit::Seconds),
            ("2h 5m", 7500.0, Unit::Seconds),
            ("007", 7.0, Unit::None),
        ] {
            let number = Number::read(text).expect(text);
            assert!((number.amount - amount).abs() < 1e-9, "{text}: {}", number.amount);
            assert_eq!(number.unit, unit, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_text() {
        for text in [
            "", "-", ".5", "5.", "1.2.3", "6.1.0-31", "12,5", "1,23,456", "1234,567", "x12", "12x", "12 of 13", "5G5G",
            "5s3", "nan", "inf", "1e", "1e9999", "0x10", "12%%", "٣",
        ] {
            assert_eq!(Number::read(text), None, "{text}");
        }
    }

    #[test]
    fn values_have_one_order() {
        let order = [
            "-2",
            "0",
            "9",
            "512 B",
            "4K",
            "1G",
            "",
            "6.1.0-9",
            "6.1.0-31",
            "6.1.0-31a",
            "7.0",
            "a",
            "b2",
            "b10",
        ];
        // 7.0 is a number.
        let mut values: Vec<Value> = order.iter().rev().map(|text| Value::read(text)).collect();
        values.sort_by(Value::compare);
        let sorted: Vec<&str> = values.iter().map(Value::text).collect();
        assert_eq!(
            sorted,
            [
                "-2",
                "0",
                "7.0",
                "9",
                "512 B",
                "4K",
                "1G",
                "",
                "6.1.0-9",
                "6.1.0-31",
                "6.1.0-31a",
                "a",
                "b2",
                "b10"
            ]
        );
    }

    #[test]
    fn amounts_are_shown_in_a_unit_that_suits_them() {
        for (unit, amount, like, shown) in [
            (Unit::None, 0.1 + 0.2, 1.0, "0.3"),
            (Unit::None, 1234.5678, 1e4, "1235"),
            (Unit::None, 1e-7, 1.0, "1e-7"),
            (Unit::Percent, 57.0, 97.0, "57%"),
            (Unit::Bytes, 1_610_612_736.0, 1_610_612_736.0, "1.5G"),
            (Unit::Bytes, 0.0, 0.0, "0B"),
            (Unit::Seconds, 90.0, 90.0, "90s"),
            (Unit::Seconds, 7500.0, 7500.0, "2.083h"),
            (Unit::Seconds, 0.02, 0.02, "20ms"),
        ] {
            assert_eq!(unit.show(amount, like), shown);
        }
    }

    #[test]
    fn a_value_of_any_length_stays_small() {
        assert_eq!(Value::read(&"x".repeat(10_000)).text().len(), LONGEST);
    }
}
