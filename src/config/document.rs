//! A TOML file taken apart key by key. Whoever reads a section takes the keys it knows; what is left at the end is
//! unknown. So there is one list of keys, and every error knows its line.

use super::error::{ConfigError, Problem, ValueError};
use crate::model::nearest::nearest;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file being read.
pub(super) struct Document<'a> {
    place: Place<'a>,
    root: DeTable<'a>,
    known: Vec<&'static str>,
}

/// A section of it.
pub(super) struct Section<'a> {
    place: Place<'a>,
    name: &'static str,
    table: DeTable<'a>,
    known: Vec<&'static str>,
}

/// The text and where it comes from, to make errors of.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Place<'_> {
    fn wrong(self, offset: usize, problem: Problem) -> ConfigError {
        ConfigError::Wrong {
            path: PathBuf::from(self.path),
            line: self.line(offset),
            problem: Box::new(problem),
        }
    }

    /// The line of a byte, from 1.
    fn line(self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or(self.text);
        before.matches('\n').count() + 1
    }

    /// The first key that nobody took, in the order of the file.
    fn left_over(
        self,
        table: &DeTable<'_>,
        section: Option<&'static str>,
        known: Vec<&'static str>,
    ) -> Result<(), ConfigError> {
        let Some(key) = table.keys().min_by_key(|key| key.span().start) else {
            return Ok(());
        };
        let name = key.get_ref();
        let problem = Problem::UnknownKey {
            section,
            key: name.to_string(),
            nearest: nearest(name, &known),
            known,
        };
        Err(self.wrong(key.span().start, problem))
    }
}

impl<'a> Document<'a> {
    pub(super) fn parse(path: &'a Path, text: &'a str) -> Result<Self, ConfigError> {
        let place = Place { path, text };
        match DeTable::parse(text) {
            Ok(root) => Ok(Self {
                place,
                root: root.into_inner(),
                known: Vec::new(),
            }),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                Err(place.wrong(offset, Problem::Syntax(error.message().trim().replace('\n', ", "))))
            }
        }
    }

    /// Takes a section out of the file; it is empty when it is not there.
    pub(super) fn section(&mut self, name: &'static str) -> Result<Section<'a>, ConfigError> {
        self.known.push(name);
        let table = match self.root.remove(name) {
            None => DeTable::new(),
            Some(value) => {
                let start = value.span().start;
                match value.into_inner() {
                    DeValue::Table(table) => table,
                    other => {
                        let problem = Problem::WrongSort {
                            section: None,
                            key: name.to_owned(),
                            found: sort(&other),
                            expected: "a section",
                        };
                        return Err(self.place.wrong(start, problem));
                    }
                }
            }
        };
        Ok(Section {
            place: self.place,
            name,
            table,
            known: Vec::new(),
        })
    }

    /// Fails when something is left that nobody took.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        self.place.left_over(&self.root, None, self.known)
    }
}

impl Section<'_> {
    /// Takes a key out of the section. A list is read as its elements with commas between them.
    pub(super) fn take<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, ValueError>,
    ) -> Result<Option<T>, ConfigError> {
        self.known.push(key);
        let Some(value) = self.table.remove(key) else {
            return Ok(None);
        };
        let text = self.text(key, &value)?;
        self.read(key, &value, read(&text)).map(Some)
    }

    /// The file that is being read.
    pub(super) fn path(&self) -> &Path {
        self.place.path
    }

    /// Takes a key that is true or false.
    pub(super) fn take_truth(&mut self, key: &'static str) -> Result<Option<bool>, ConfigError> {
        self.known.push(key);
        let Some(value) = self.table.remove(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::Boolean(truth) => Ok(Some(*truth)),
            _ => Err(self.wrong_sort(key, &value, "true or false")),
        }
    }

    /// Takes a key that holds a list.
    pub(super) fn take_list<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, ValueError>,
    ) -> Result<Vec<T>, ConfigError> {
        self.known.push(key);
        let Some(value) = self.table.remove(key) else {
            return Ok(Vec::new());
        };
        let Some(elements) = value.get_ref().as_array() else {
            return Err(self.wrong_sort(key, &value, "a list such as [\"a\", \"b\"]"));
        };
        elements
            .iter()
            .map(|element| {
                let text = self.text(key, element)?;
                self.read(key, element, read(&text))
            })
            .collect()
    }

    /// Takes everything: lists under names that the program knows, in the order of the file, each with its line.
    pub(super) fn take_lists<K, T>(
        &mut self,
        known: &[(&'static str, K)],
        read: impl Fn(&str) -> Result<T, ValueError>,
    ) -> Result<Vec<(K, Vec<T>, usize)>, ConfigError>
    where
        K: Copy,
    {
        self.known.extend(known.iter().map(|(name, _)| name));
        let mut lists = Vec::new();
        for (name, thing) in known {
            let Some(start) = self.table.get_key_value(*name).map(|(key, _)| key.span().start) else {
                continue;
            };
            let values = self.take_list(name, &read)?;
            lists.push((start, (*thing, values, self.place.line(start))));
        }
        lists.sort_by_key(|(start, _)| *start);
        Ok(lists.into_iter().map(|(_, list)| list).collect())
    }

    /// Takes everything: names that the file itself chooses, with their texts.
    pub(super) fn take_names(&mut self, is_name: impl Fn(&str) -> bool) -> Result<Vec<(String, String)>, ConfigError> {
        let mut names = Vec::new();
        for (key, value) in std::mem::replace(&mut self.table, DeTable::new()) {
            let name = key.get_ref().to_string();
            if !is_name(&name) {
                return Err(self.place.wrong(key.span().start, Problem::GroupName(name)));
            }
            let Some(text) = value.get_ref().as_str() else {
                return Err(self.wrong_sort(&name, &value, "a text in quotes"));
            };
            names.push((name, text.to_owned()));
        }
        Ok(names)
    }

    /// Fails when something is left that nobody took.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        self.place.left_over(&self.table, Some(self.name), self.known)
    }

    fn read<T>(&self, key: &str, value: &Spanned<DeValue<'_>>, read: Result<T, ValueError>) -> Result<T, ConfigError> {
        read.map_err(|error| {
            let problem = Problem::Value {
                section: self.name,
                key: key.to_owned(),
                error,
            };
            self.place.wrong(value.span().start, problem)
        })
    }

    fn text(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, ConfigError> {
        scalar(value.get_ref()).ok_or_else(|| self.wrong_sort(key, value, "a text in quotes or a number"))
    }

    fn wrong_sort(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &'static str) -> ConfigError {
        let problem = Problem::WrongSort {
            section: Some(self.name),
            key: key.to_owned(),
            found: sort(value.get_ref()),
            expected,
        };
        self.place.wrong(value.span().start, problem)
    }
}

/// The value as it would stand behind an option.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Array(elements) => {
            let texts: Option<Vec<String>> = elements.iter().map(|element| scalar(element.get_ref())).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

fn sort(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}
