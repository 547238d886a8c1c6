//! Tests of what was read out of the output: `use>90`, `kernel=6.1.0-31`, `use:text`.

use super::known::Known;
use super::reader::FilterError;
use super::test::{Test, Text};
use crate::model::board::Row;
use crate::model::field::{Kind, Value, is_name};
use std::cmp::Ordering;

/// How a value is compared; those of two characters first.
const SIGNS: [(&str, Compare); 6] = [
    ("!=", Compare::Not),
    (">=", Compare::AtLeast),
    ("<=", Compare::AtMost),
    (">", Compare::Above),
    ("<", Compare::Below),
    ("=", Compare::Is),
];

/// How.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    Not,
    AtLeast,
    AtMost,
    Above,
    Below,
    Is,
}

/// One test of the value of one field. A job without a value passes none.
#[derive(Clone, Debug)]
pub(super) struct ValueTest {
    place: usize,
    to: Wanted,
}

#[derive(Clone, Debug)]
enum Wanted {
    Compared(Compare, Value),
    Text(Text),
}

impl ValueTest {
    pub(super) fn holds(&self, row: &Row) -> bool {
        let Some(value) = row.values.get(self.place).and_then(Option::as_ref) else {
            return false;
        };
        match &self.to {
            Wanted::Text(text) => text.is_in(value.text()),
            Wanted::Compared(Compare::Is, other) => is_same(value, other),
            Wanted::Compared(Compare::Not, other) => !is_same(value, other),
            Wanted::Compared(how, other) => order(value, other).is_some_and(|order| match how {
                Compare::AtLeast => order.is_ge(),
                Compare::AtMost => order.is_le(),
                Compare::Above => order.is_gt(),
                _ => order.is_lt(),
            }),
        }
    }
}

fn is_same(value: &Value, other: &Value) -> bool {
    value.text() == other.text() || order(value, other).is_some_and(Ordering::is_eq)
}

/// How a value stands to another of its kind; a text stands in no order to a number.
fn order(value: &Value, other: &Value) -> Option<Ordering> {
    match (value.number(), other.number()) {
        (Some(left), Some(right)) => {
            left.unit.joined(right.unit)?;
            left.amount.partial_cmp(&right.amount)
        }
        (None, None) => Some(value.compare(other)),
        _ => None,
    }
}

/// A word of a filter that begins like the name of a field: the name, how it is compared (nothing for a colon), and with
/// what.
pub(super) fn parts(word: &str) -> Option<(&str, Option<Compare>, &str)> {
    let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))?;
    let (name, rest) = word.split_at(end);
    if !is_name(name) {
        return None;
    }
    if let Some(value) = rest.strip_prefix(':') {
        return Some((name, None, value));
    }
    let (sign, compare) = SIGNS.into_iter().find(|(sign, _)| rest.starts_with(sign))?;
    Some((name, Some(compare), &rest[sign.len()..]))
}

/// The tests in a word, if it is about a field; none as long as it says nothing yet.
pub(super) fn tests(
    word: &str,
    known: Known<'_>,
    texts: impl Fn(&str) -> Result<Vec<Text>, FilterError>,
) -> Result<Option<Vec<Test>>, FilterError> {
    let Some((name, compare, value)) = parts(word) else {
        return Ok(None);
    };
    let Some(place) = known.place(name) else {
        let is_order = !matches!(compare, None | Some(Compare::Is | Compare::Not));
        if is_order && value.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(FilterError::Field(name.to_owned()));
        }
        return Ok(None);
    };
    let test = |to| Test::Value(ValueTest { place, to });
    let Some(compare) = compare else {
        // As with the other keys, `use:>90` will do.
        if let Some((sign, compare)) = SIGNS.into_iter().find(|(sign, _)| value.starts_with(sign)) {
            let wanted = wanted(name, compare, &value[sign.len()..], known)?;
            return Ok(Some(wanted.into_iter().map(test).collect()));
        }
        let texts = texts(value)?.into_iter();
        return Ok(Some(texts.map(|text| test(Wanted::Text(text))).collect()));
    };
    let mut found = Vec::new();
    for one in value.split('|') {
        found.extend(wanted(name, compare, one, known)?.map(test));
    }
    Ok(Some(found))
}

fn wanted(name: &str, compare: Compare, text: &str, known: Known<'_>) -> Result<Option<Wanted>, FilterError> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = Value::read(text);
    let column = known.place(name).and_then(|place| known.column(place));
    let kind = column.filter(|column| column.count() > 0).map(|column| column.kind());
    let is_order = !matches!(compare, Compare::Is | Compare::Not);
    if let (Some(Kind::Number(unit)), true) = (kind, is_order)
        && !value.number().is_some_and(|number| number.unit.joined(unit).is_some())
    {
        return Err(FilterError::NoNumber(name.to_owned()));
    }
    Ok(Some(Wanted::Compared(compare, value)))
}

/// The ways to go on with a word that is about a field, or may become one: whole words.
pub(super) fn completions(word: &str, known: Known<'_>) -> Vec<String> {
    let Some((name, _, value)) = parts(word) else {
        let names = known.all().filter(|(name, _)| name.starts_with(word));
        // What can be compared is, and what cannot is looked for.
        let sign = |column: Option<&crate::model::field::Column>| match column.map(crate::model::field::Column::kind) {
            Some(Kind::Number(_)) => '>',
            _ => '=',
        };
        return names.map(|(name, column)| format!("{name}{}", sign(column))).collect();
    };
    let Some(column) = known.place(name).and_then(|place| known.column(place)) else {
        return Vec::new();
    };
    let before = &word[..word.len() - value.len()];
    let values = column.commonest().into_iter().map(|(value, _)| value.text());
    let fitting = values.filter(|text| text.starts_with(value) && !text.contains(char::is_whitespace));
    fitting.take(20).map(|text| format!("{before}{text}")).collect()
}
