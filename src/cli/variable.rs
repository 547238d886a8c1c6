//! One variable for the environment of the command, as `--env` gives it.

use std::str::FromStr;

/// The names that the command's environment has from heeler itself begin so.
const RESERVED: &str = "HEELER_";

/// `K=V`, or `K` with the value that it has here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) value: Option<String>,
}

/// Why a text is no variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum VariableError {
    #[error("{0:?} is not the name of a variable; use letters, digits and _, and no digit first")]
    Name(String),
    #[error("names that begin with {RESERVED} belong to heeler; choose another than {0}")]
    Reserved(String),
}

impl FromStr for Variable {
    type Err = VariableError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        let name = name.to_owned();
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !starts_well || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(VariableError::Name(name));
        }
        if name.starts_with(RESERVED) {
            return Err(VariableError::Reserved(name));
        }
        Ok(Self { name, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_perhaps_a_value() {
        for (text, name, value) in [
            ("A=b", "A", Some("b")),
            ("_a1=", "_a1", Some("")),
            ("A=b=c", "A", Some("b=c")),
            ("release", "release", None),
        ] {
            let read: Variable = text.parse().expect(text);
            assert_eq!((read.name.as_str(), read.value.as_deref()), (name, value));
        }
        for text in ["", "=b", "1a=b", "a-b=c", "a b", "HEELER_HOST=x"] {
            assert!(text.parse::<Variable>().is_err(), "{text}");
        }
    }
}
