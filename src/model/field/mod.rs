//! Fields: values that are read out of what a job printed, by a name and a regular expression. A run with fields is a
//! table: each field a typed column, with a median, outliers and buckets.

mod column;
mod scan;
mod value;

pub use column::{Bucket, Column, Kind};
pub use scan::Scan;
pub use value::{Number, Unit, Value};

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// A compiled expression takes no more memory than this.
const LARGEST: usize = 1 << 20;
/// The longest name.
const LONGEST_NAME: usize = 24;
/// The group that holds the value where there are several.
const GROUP: &str = "value";

/// The names that mean something else already: in filters, in orders, and as columns of the CSV.
pub const RESERVED: [&str; 24] = [
    "all",
    "attempts",
    "attention",
    "cause",
    "code",
    "detail",
    "digest",
    "elapsed",
    "exit",
    "fate",
    "host",
    "hosts",
    "lag",
    "leaked",
    "out",
    "outcome",
    "output",
    "reversed",
    "signal",
    "started",
    "state",
    "stderr-bytes",
    "stdout-bytes",
    "try",
];

/// A named expression. Where it fits a line of output it gives a value; of several the last one counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Field {
    name: String,
    pattern: Regex,
    /// Which group of the expression holds the value; 0 is all of it.
    group: usize,
}

/// Two fields of the same name and expression are the same.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.pattern.as_str() == other.pattern.as_str()
    }
}

impl Eq for Field {}

/// As `run.json` has it.
#[derive(Serialize, Deserialize)]
struct Written {
    name: String,
    pattern: String,
}

impl TryFrom<Written> for Field {
    type Error = FieldError;

    fn try_from(written: Written) -> Result<Self, FieldError> {
        Self::new(&written.name, &written.pattern)
    }
}

impl From<Field> for Written {
    fn from(field: Field) -> Self {
        Self {
            pattern: field.pattern.as_str().to_owned(),
            name: field.name,
        }
    }
}

/// Why something is no field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// There is no expression.
    #[error("a field is written NAME=REGEX, as in use='(\\d+)%'")]
    Form,
    /// The name cannot be one.
    #[error("{0:?} cannot name a field: a letter, then letters, digits, - and _, at most {LONGEST_NAME}")]
    Name(String),
    /// The name means something else.
    #[error("{0} means something else in filters and tables; give the field another name")]
    Reserved(String),
    /// The expression is none.
    #[error("the expression of {name} is none: {problem}")]
    Pattern {
        /// The field.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// It is not clear which group is meant.
    #[error("the expression of {0} has several groups; write the one that is the value (?P<value>…), the others (?:…)")]
    Groups(String),
    /// A name came twice.
    #[error("the field {0} is given twice; leave one of them out")]
    Twice(String),
}

impl Field {
    /// Reads `NAME=REGEX`.
    ///
    /// # Errors
    /// When it cannot be meant.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let (name, pattern) = text.split_once('=').ok_or(FieldError::Form)?;
        if pattern.is_empty() {
            return Err(FieldError::Form);
        }
        Self::new(name.trim(), pattern)
    }

    fn new(name: &str, pattern: &str) -> Result<Self, FieldError> {
        if !is_name(name) {
            return Err(FieldError::Name(name.chars().take(LONGEST_NAME).collect()));
        }
        if RESERVED.contains(&name) {
            return Err(FieldError::Reserved(name.to_owned()));
        }
        let built = RegexBuilder::new(pattern).size_limit(LARGEST).build();
        let pattern = built.map_err(|error| {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default().trim();
            FieldError::Pattern {
                name: name.to_owned(),
                problem: last.strip_prefix("error: ").unwrap_or(last).to_owned(),
            }
        })?;
        let named = pattern.capture_names().position(|group| group == Some(GROUP));
        let group = match (named, pattern.captures_len()) {
            (Some(group), _) => group,
            (None, groups @ 1..=2) => groups - 1,
            (None, _) => return Err(FieldError::Groups(name.to_owned())),
        };
        Ok(Self {
            name: name.to_owned(),
            pattern,
            group,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its expression.
    pub fn pattern(&self) -> &str {
        self.pattern.as_str()
    }

    /// The last value in a line, if the line has one.
    pub fn find(&self, line: &str) -> Option<Value> {
        // A line that does not fit is the common case, and cheaper to tell than where its groups are.
        if !self.pattern.is_match(line) {
            return None;
        }
        let found = self.pattern.captures_iter(line).filter_map(|hit| hit.get(self.group));
        found.last().map(|hit| Value::read(hit.as_str()))
    }

    /// These fields and then those: one of the same name takes the place of the earlier one.
    pub fn joined(mut first: Vec<Self>, then: &[Self]) -> Vec<Self> {
        for field in then {
            match first.iter_mut().find(|known| known.name == field.name) {
                Some(known) => known.clone_from(field),
                None => first.push(field.clone()),
            }
        }
        first
    }

    /// Whether each name comes once.
    ///
    /// # Errors
    /// When one comes twice.
    pub fn check_names(fields: &[Self]) -> Result<(), FieldError> {
        let twice = fields
            .iter()
            .enumerate()
            .find(|(at, field)| fields[..*at].iter().any(|earlier| earlier.name == field.name));
        match twice {
            Some((_, field)) => Err(FieldError::Twice(field.name.clone())),
            None => Ok(()),
        }
    }
}

/// Whether a text can be the name of a field.
pub fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_part) && text.len() <= LONGEST_NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(field: &str, line: &str) -> Option<String> {
        let field = Field::parse(field).expect(field);
        field.find(line).map(|value| value.text().to_owned())
    }

    #[test]
    fn the_value_is_the_group_or_all_of_it_and_the_last_of_several() {
        for (field, line, value) in [
            (r"use=(\d+)%", "/ 12% /home 97% full", Some("97")),
            (r"use=\d+%", "/ 12% /home 97% full", Some("97%")),
            (r"load=(?P<value>[\d.]+), ([\d.]+)$", "0.31, 0.40", Some("0.31")),
            (
                r"kernel=^Linux \S+ (\S+)",
                "Linux web1 6.1.0-31-amd64 #1",
                Some("6.1.0-31-amd64"),
            ),
            (r"use=(\d+)%", "nothing", None),
            (r"a=x(y)?", "x", None),
        ] {
            assert_eq!(found(field, line).as_deref(), value, "{field} {line}");
        }
    }

    #[test]
    fn what_is_no_field_is_said() {
        for (text, problem) in [
            ("use", "a field is written NAME=REGEX, as in use='(\\d+)%'"),
            ("use=", "a field is written NAME=REGEX, as in use='(\\d+)%'"),
            (
                "=x",
                "\"\" cannot name a field: a letter, then letters, digits, - and _, at most 24",
            ),
            (
                "-w=x",
                "\"-w\" cannot name a field: a letter, then letters, digits, - and _, at most 24",
            ),
            (
                "9=x",
                "\"9\" cannot name a field: a letter, then letters, digits, - and _, at most 24",
            ),
            (
                "host=x",
                "host means something else in filters and tables; give the field another name",
            ),
            ("use=(", "the expression of use is none: unclosed group"),
            (
                "use=(a{1000}){1000}",
                "the expression of use is none: Compiled regex exceeds size limit of 1048576 bytes.",
            ),
            (
                "use=(a)(b)",
                "the expression of use has several groups; write the one that is the value (?P<value>…), the others (?:…)",
            ),
        ] {
            assert_eq!(Field::parse(text).expect_err(text).to_string(), problem);
        }
        let fields = ["a=1", "b=2", "a=3"].map(|text| Field::parse(text).expect(text));
        assert_eq!(Field::check_names(&fields), Err(FieldError::Twice("a".to_owned())));
        let joined = Field::joined(fields[..2].to_vec(), &fields[2..]);
        let written: Vec<(&str, &str)> = joined.iter().map(|field| (field.name(), field.pattern())).collect();
        assert_eq!(written, [("a", "3"), ("b", "2")]);
    }

    #[test]
    fn a_field_comes_back_from_the_record_as_it_was() {
        let field = Field::parse(r"use=(\d+)%").expect("a field");
        let json = serde_json::to_string(&field).expect("json");
        assert_eq!(json, r#"{"name":"use","pattern":"(\\d+)%"}"#);
        assert_eq!(serde_json::from_str::<Field>(&json).expect("a field"), field);
        assert!(serde_json::from_str::<Field>(r#"{"name":"use","pattern":"("}"#).is_err());
    }
}
