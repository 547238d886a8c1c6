//! The values of one field over a whole run: their type, their middle, what is out of line with them, and the buckets
//! into which they fall.

use super::value::{Unit, Value, digits};
use crate::model::quartiles::{quartile, reach};
use std::cmp::Reverse;
use std::collections::HashMap;
use unicode_width::UnicodeWidthStr;

/// How many values there must be before one of them can be out of line.
const ENOUGH: usize = 8;
/// A text is out of line when at most this part has it of those that have the commonest one, and of all.
const OF_COMMONEST: usize = 4;
const OF_ALL: usize = 10;
/// How many buckets there are at most.
const BUCKETS: usize = 8;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All of them are numbers that can be compared with each other.
    Number(Unit),
    /// Anything else.
    Text,
}

/// The values of one field.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// The distinct values as they were printed, in order, and how often each comes.
    distinct: Vec<(Value, usize)>,
    count: usize,
    /// The amounts in order, where all values are numbers of one unit.
    amounts: Option<(Unit, Vec<f64>)>,
    /// Below the one and above the other an amount is out of line.
    fence: Option<(f64, f64)>,
}

impl Column {
    /// The column of these values.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut counts: HashMap<&str, (&Value, usize)> = HashMap::new();
        let mut count = 0;
        for value in values {
            counts.entry(value.text()).or_insert((value, 0)).1 += 1;
            count += 1;
        }
        let mut distinct: Vec<(Value, usize)> = counts
            .into_values()
            .map(|(value, count)| (value.clone(), count))
            .collect();
        distinct.sort_by(|(left, _), (right, _)| left.compare(right));
        let amounts = amounts(&distinct);
        let fence = amounts.as_ref().and_then(|(_, amounts)| fence(amounts));
        Self {
            distinct,
            count,
            amounts,
            fence,
        }
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// What they are; text where there is none.
    pub fn kind(&self) -> Kind {
        match &self.amounts {
            Some((unit, _)) => Kind::Number(*unit),
            None => Kind::Text,
        }
    }

    /// How many columns of a terminal the widest value takes.
    pub fn width(&self) -> usize {
        let widths = self.distinct.iter().map(|(value, _)| value.text().width());
        widths.max().unwrap_or_default()
    }

    /// The least, the middle (the upper one of two) and the most of numbers.
    pub fn range(&self) -> Option<[f64; 3]> {
        let (_, amounts) = self.amounts.as_ref()?;
        Some([*amounts.first()?, *amounts.get(amounts.len() / 2)?, *amounts.last()?])
    }

    /// The distinct values and how often each comes, the commonest first.
    pub fn commonest(&self) -> Vec<(&Value, usize)> {
        let mut values: Vec<(&Value, usize)> = self.distinct.iter().map(|(value, count)| (value, *count)).collect();
        values.sort_by_key(|(_, count)| Reverse(*count));
        values
    }

    /// Whether a value is out of line with the others: far from the middle half of the numbers, or a rare text among
    /// common ones.
    pub fn is_outlier(&self, value: &Value) -> bool {
        match (&self.amounts, self.fence) {
            (Some(_), Some((low, high))) => value
                .number()
                .is_some_and(|number| number.amount < low || number.amount > high),
            (Some(_), None) => false,
            (None, _) => self.is_rare(value),
        }
    }

    fn is_rare(&self, value: &Value) -> bool {
        if self.count < ENOUGH {
            return false;
        }
        let place = self.distinct.binary_search_by(|(known, _)| known.compare(value));
        let own = place.ok().and_then(|at| self.distinct.get(at)).map(|(_, count)| *count);
        let most = self.distinct.iter().map(|(_, count)| *count).max().unwrap_or_default();
        own.is_some_and(|own| own * OF_COMMONEST <= most && own <= (self.count / OF_ALL).max(1))
    }

    /// The buckets into which the values fall, each with something in it: round intervals of numbers from the least on
    /// (or the numbers themselves where they are few), texts with the commonest first. What is out of line is in a bucket
    /// without an end, so that it does not widen the others.
    pub fn buckets(&self) -> Vec<Bucket> {
        match &self.amounts {
            None => self.of_texts(),
            Some((unit, amounts)) => {
                let mut own = amounts.clone();
                own.dedup();
                if own.len() <= BUCKETS {
                    let exact = |amount: &f64| Bucket {
                        words: self.words_of(*amount, *unit),
                        holds: Holds::Between(*amount, *amount, true),
                    };
                    own.iter().map(exact).collect()
                } else {
                    self.intervals(*unit, amounts)
                }
            }
        }
    }

    /// An amount as the first of its values was printed.
    fn words_of(&self, amount: f64, unit: Unit) -> String {
        let is_it = |value: &Value| {
            value
                .number()
                .is_some_and(|number| number.amount.total_cmp(&amount).is_eq())
        };
        let first = self.distinct.iter().find(|(value, _)| is_it(value));
        first.map_or_else(|| unit.show(amount, amount), |(value, _)| value.text().to_owned())
    }

    fn of_texts(&self) -> Vec<Bucket> {
        let values = self.commonest();
        let own = if values.len() > BUCKETS { BUCKETS - 1 } else { BUCKETS };
        let texts = values.iter().take(own).map(|(value, _)| value.text().to_owned());
        let texts: Vec<String> = texts.collect();
        let rest = values.len().saturating_sub(own);
        let others = (rest > 0).then(|| Bucket {
            words: format!("{rest} others"),
            holds: Holds::NoneOf(texts.clone()),
        });
        let single = texts.iter().map(|text| Bucket {
            words: if text.is_empty() {
                "(empty)".to_owned()
            } else {
                text.clone()
            },
            holds: Holds::Text(text.clone()),
        });
        single.chain(others).collect()
    }

    fn intervals(&self, unit: Unit, amounts: &[f64]) -> Vec<Bucket> {
        let (low, high) = self.fence.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        let inside = || amounts.iter().copied().filter(|amount| (low..=high).contains(amount));
        let (Some(least), Some(most)) = (inside().next(), inside().next_back()) else {
            return Vec::new();
        };
        let (below, above) = (
            amounts.first().is_some_and(|first| *first < low),
            amounts.last().is_some_and(|last| *last > high),
        );
        let room = BUCKETS - usize::from(below) - usize::from(above);
        let (worth, word) = unit.multiple(least.abs().max(most.abs()));
        let (step, from, count) = round_steps(least / worth, most / worth, room);
        let edge = |number: usize| (from + number as f64) * step;
        let shown = |number: usize| digits(edge(number));
        // Rounding must not let the ends fall out.
        let last = (edge(count) * worth).max(most);
        let between = (0..count).map(|number| Bucket {
            words: format!("{} to {}{word}", shown(number), shown(number + 1)),
            holds: Holds::Between(
                if number == 0 {
                    (edge(0) * worth).min(least)
                } else {
                    edge(number) * worth
                },
                if number + 1 == count {
                    last
                } else {
                    edge(number + 1) * worth
                },
                number + 1 == count,
            ),
        });
        let under = below.then(|| Bucket {
            words: format!("under {}{word}", shown(0)),
            holds: Holds::Below((edge(0) * worth).min(least)),
        });
        let over = above.then(|| Bucket {
            words: format!("over {}{word}", shown(count)),
            holds: Holds::Above(last),
        });
        let all = under.into_iter().chain(between).chain(over);
        all.filter(|bucket| amounts.iter().any(|amount| bucket.holds_amount(*amount)))
            .collect()
    }
}

/// The amounts in order, if all values are numbers of one unit or of none.
fn amounts(distinct: &[(Value, usize)]) -> Option<(Unit, Vec<f64>)> {
    let mut unit = Unit::None;
    let mut amounts = Vec::new();
    for (value, count) in distinct {
        let number = value.number()?;
        unit = unit.joined(number.unit)?;
        amounts.extend(std::iter::repeat_n(number.amount, *count));
    }
    (!amounts.is_empty()).then_some((unit, amounts))
}

fn fence(sorted: &[f64]) -> Option<(f64, f64)> {
    if sorted.len() < ENOUGH {
        return None;
    }
    let (lower, upper) = (quartile(sorted, 1)?, quartile(sorted, 3)?);
    let reach = reach::<_, f64>(lower, upper);
    let (low, high) = (lower - reach, upper + reach);
    // Where the middle half is all the same, everything else would be out of line, be it a quarter of all.
    let outside = sorted.iter().filter(|amount| **amount < low || **amount > high).count();
    (reach > 0.0 || outside <= (sorted.len() / OF_ALL).max(1)).then_some((low, high))
}

/// The smallest round step with which at most `room` intervals cover everything from `least` to `most`; the number of
/// the first of them, and how many they are.
fn round_steps(least: f64, most: f64, room: usize) -> (f64, f64, usize) {
    let span = (most - least).max(f64::MIN_POSITIVE);
    let mut power = (span / room as f64).log10().floor();
    loop {
        for digit in [1.0, 2.0, 5.0] {
            let step = digit * 10_f64.powf(power);
            let from = (least / step).floor();
            let count = ((most / step).ceil() - from).max(1.0);
            if count <= room as f64 {
                return (step, from, count as usize);
            }
        }
        power += 1.0;
    }
}

/// Values that are looked at together.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// What they have in common.
    pub words: String,
    holds: Holds,
}

#[derive(Clone, Debug, PartialEq)]
enum Holds {
    /// From the one to the other amount, and whether that is in it as well.
    Between(f64, f64, bool),
    Below(f64),
    Above(f64),
    Text(String),
    NoneOf(Vec<String>),
}

impl Bucket {
    /// Whether a value of the column is in it.
    pub fn holds(&self, value: &Value) -> bool {
        match &self.holds {
            Holds::Text(text) => value.text() == text,
            Holds::NoneOf(texts) => !texts.iter().any(|text| value.text() == text),
            _ => value.number().is_some_and(|number| self.holds_amount(number.amount)),
        }
    }

    fn holds_amount(&self, amount: f64) -> bool {
        match self.holds {
            Holds::Between(from, to, closed) => amount >= from && (amount < to || (closed && amount <= to)),
            Holds::Below(edge) => amount < edge,
            Holds::Above(edge) => amount > edge,
            Holds::Text(_) | Holds::NoneOf(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(texts: &[&str]) -> Column {
        let values: Vec<Value> = texts.iter().map(|text| Value::read(text)).collect();
        Column::of(&values)
    }

    fn outliers<'a>(texts: &[&'a str]) -> Vec<&'a str> {
        let column = column(texts);
        let is_one = |text: &&&str| column.is_outlier(&Value::read(text));
        texts.iter().filter(is_one).copied().collect()
    }

    fn buckets(texts: &[&str]) -> Vec<(String, usize)> {
        let column = column(texts);
        let values: Vec<Value> = texts.iter().map(|text| Value::read(text)).collect();
        let buckets = column.buckets().into_iter();
        let counted: Vec<(String, usize)> = buckets
            .map(|bucket| {
                let count = values.iter().filter(|value| bucket.holds(value)).count();
                (bucket.words, count)
            })
            .collect();
        let all: usize = counted.iter().map(|(_, count)| count).sum();
        assert_eq!(all, texts.len(), "each value is in one bucket: {counted:?}");
        counted
    }

    #[test]
    fn a_column_is_a_number_when_all_of_it_is() {
        for (texts, kind) in [
            (&["1", "2.5"][..], Kind::Number(Unit::None)),
            (&["0", "4K", "1G"], Kind::Number(Unit::Bytes)),
            (&["5s", "4K"], Kind::Text),
            (&["1", "n/a"], Kind::Text),
            (&[], Kind::Text),
        ] {
            assert_eq!(column(texts).kind(), kind, "{texts:?}");
        }
        assert_eq!(column(&["0", "4K", "1K"]).range(), Some([0.0, 1024.0, 4096.0]));
        assert_eq!(column(&["a"]).range(), None);
    }

    #[test]
    fn what_is_out_of_line_is_found_once_there_are_enough() {
        let usual = ["40", "41", "42", "43", "44", "45", "46"];
        let with = |more: &[&'static str]| [&usual[..], more].concat();
        assert_eq!(outliers(&usual), [""; 0]);
        assert_eq!(outliers(&with(&["97"])), ["97"]);
        assert_eq!(outliers(&with(&["97", "2"])), ["97", "2"]);
        assert_eq!(outliers(&with(&["47", "48"])), [""; 0]);
        assert_eq!(outliers(&["5", "5", "5", "5", "5", "5", "5", "6"]), ["6"]);
        assert_eq!(outliers(&["5", "5", "5", "5", "5", "5", "6", "6"]), [""; 0]);
        assert_eq!(outliers(&["a", "a", "a", "a", "a", "a", "a", "b"]), ["b"]);
        assert_eq!(outliers(&["a", "a", "a", "b", "b", "b", "c", "c"]), [""; 0]);
        assert_eq!(outliers(&["a", "a", "b"]), [""; 0]);
    }

    #[test]
    fn buckets_are_round_and_hold_every_value_once() {
        let few = buckets(&["8", "4", "16", "8"]);
        let own = |text: &str, count| (text.to_owned(), count);
        assert_eq!(few, [own("4", 1), own("8", 2), own("16", 1)]);

        let percents: Vec<String> = (0..=100).map(|n| format!("{n}%")).collect();
        let percents: Vec<&str> = percents.iter().map(String::as_str).collect();
        let found = buckets(&percents);
        let words: Vec<&str> = found.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(words, ["0 to 20%", "20 to 40%", "40 to 60%", "60 to 80%", "80 to 100%"]);
        assert_eq!(found[4].1, 21, "the last one holds its end");

        let sizes: Vec<String> = (1..=20).map(|n| format!("{n}G")).chain(["900G".to_owned()]).collect();
        let sizes: Vec<&str> = sizes.iter().map(String::as_str).collect();
        let found = buckets(&sizes);
        assert_eq!(found.first(), Some(&own("0 to 5G", 4)));
        assert_eq!(found.last(), Some(&own("over 20G", 1)), "{found:?}");

        let texts: Vec<String> = (0..12)
            .map(|n| format!("kernel-{n}"))
            .chain(["kernel-3".to_owned()])
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = buckets(&texts);
        assert_eq!(found.len(), BUCKETS);
        assert_eq!(found.first(), Some(&own("kernel-3", 2)));
        assert_eq!(found.last(), Some(&own("5 others", 5)));
    }

    #[test]
    fn buckets_hold_numbers_of_any_size() {
        for scale in [1e-12, 1e-3, 1.0, 1e9, 1e15, 1e300] {
            let texts: Vec<String> = (1..=40).map(|n| format!("{}", f64::from(n * n) * scale)).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            if column(&texts).kind() == Kind::Text {
                continue;
            }
            let found = buckets(&texts);
            assert!(found.len() <= BUCKETS, "{found:?}");
        }
        let close: Vec<String> = (0..20).map(|n| format!("1000000000.{n:02}")).collect();
        assert!(buckets(&close.iter().map(String::as_str).collect::<Vec<_>>()).len() <= BUCKETS);
    }
}
