//! Reading a filter: words, keys, alternatives, expressions between slashes.

use super::error::FilterError;
use super::known::Known;
use super::test::Test;
use super::text::Text;
use super::value;
use super::words::Key;
use crate::model::nearest::nearest;
use crate::nodeset::{NoSources, NodeSet, resolve};
use regex::{Regex, RegexBuilder};
use std::ops::RangeInclusive;

/// Words that must all hold; of the tests in one, any.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) negated: bool,
    pub(super) tests: Vec<Test>,
}

/// Reads a filter; what is only the beginning of a word counts for nothing.
pub(super) fn read(text: &str, known: Known<'_>) -> Result<Vec<Term>, FilterError> {
    let mut terms = Vec::new();
    for word in split(text) {
        terms.extend(term(word, known)?);
    }
    Ok(terms)
}

/// Reads a filter that is typed to its end: each of its words must say something, or less would be meant than is written.
pub(super) fn read_whole(text: &str, known: Known<'_>) -> Result<Vec<Term>, FilterError> {
    let whole = |word| term(word, known)?.ok_or_else(|| FilterError::Unfinished(word.to_owned()));
    split(text).into_iter().map(whole).collect()
}

/// The words of a filter. A word is an expression up to its closing slash, whatever stands in it.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let value = rest.len() - parts(rest).2.len();
        let expression = rest[value..].strip_prefix('/');
        let closes = expression.map(|inside| closing(inside).map_or(rest.len(), |at| value + 1 + at));
        let from = closes.unwrap_or(value);
        let end = rest[from..]
            .find(char::is_whitespace)
            .map_or(rest.len(), |space| from + space);
        words.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    words
}

/// Whether the word is turned round, its key with the colon, and what stands behind.
pub(super) fn parts(word: &str) -> (bool, &str, &str) {
    let (negated, rest) = match word.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let letters = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
    if letters > 0 && rest[letters..].starts_with(':') {
        (negated, &rest[..letters], &rest[letters + 1..])
    } else {
        (negated, "", rest)
    }
}

/// Where the slash is that ends an expression.
fn closing(inside: &str) -> Option<usize> {
    let mut escaped = false;
    inside.char_indices().find_map(|(at, c)| {
        let ends = c == '/' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })
}

fn term(word: &str, known: Known<'_>) -> Result<Option<Term>, FilterError> {
    let (negated, name, value) = parts(word);
    if let Some(tests) = value::tests(word.strip_prefix('!').unwrap_or(word), known, texts)? {
        let tests: Vec<Test> = tests.into_iter().map(Test::Value).collect();
        return Ok((!tests.is_empty()).then_some(Term { negated, tests }));
    }
    let key = Key::of_name(name);
    let tests = match key {
        Some(key) => keyed(key, name, value)?,
        None if name.is_empty() => bare(value)?,
        None => {
            let names = Key::ALL.map(|(_, name, _)| name);
            if let Some(meant) = nearest(name, &names) {
                return Err(FilterError::Key(name.to_owned(), meant));
            }
            // Any other colon is part of what is looked for.
            bare(word.strip_prefix('!').unwrap_or(word))?
        }
    };
    Ok((!tests.is_empty()).then_some(Term { negated, tests }))
}

fn bare(value: &str) -> Result<Vec<Test>, FilterError> {
    let mut tests = Vec::new();
    for text in texts(value)? {
        match &text {
            // Only in the name of a host a star stands for anything.
            Text::Glob(pattern) => {
                tests.push(Test::Out(plain(pattern)?));
                tests.push(Test::Host(text));
            }
            Text::Fits(_) => tests.push(Test::Any(text)),
        }
    }
    Ok(tests)
}

fn keyed(key: Key, name: &str, value: &str) -> Result<Vec<Test>, FilterError> {
    match key {
        Key::Out => {
            let literal = |text| match text {
                Text::Glob(pattern) => plain(&pattern),
                text @ Text::Fits(_) => Ok(text),
            };
            texts(value)?
                .into_iter()
                .map(|text| literal(text).map(Test::Out))
                .collect()
        }
        Key::Host if value.starts_with('/') => Ok(texts(value)?.into_iter().map(Test::Host).collect()),
        Key::Host => outside_brackets(value).into_iter().map(host).collect(),
        _ => {
            let alternatives = value.split(['|', ',']).filter(|word| !word.is_empty());
            alternatives.map(|word| of_word(key, name, word)).collect()
        }
    }
}

/// One expression, or texts with `|` between them.
fn texts(value: &str) -> Result<Vec<Text>, FilterError> {
    if let Some(inside) = value.strip_prefix('/') {
        match closing(inside) {
            Some(at) if at + 1 == inside.len() => return Ok(vec![Text::Fits(expression(&inside[..at])?)]),
            // A path.
            Some(_) => {}
            None => return Err(FilterError::Unclosed),
        }
    }
    value.split('|').filter(|text| !text.is_empty()).map(text).collect()
}

/// A text as it stands, or the pattern of a host's name.
fn text(text: &str) -> Result<Text, FilterError> {
    if text.contains(['*', '?']) {
        return Ok(Text::Glob(text.to_lowercase()));
    }
    plain(text)
}

/// A text as it stands, in any case.
fn plain(text: &str) -> Result<Text, FilterError> {
    expression(&regex::escape(text)).map(Text::Fits)
}

/// A regular expression that looks at neither upper nor lower case.
fn expression(text: &str) -> Result<Regex, FilterError> {
    /// A compiled expression takes no more memory than this.
    const LARGEST: usize = 1 << 20;
    let built = RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(LARGEST)
        .build();
    built.map_err(|error| {
        if let regex::Error::CompiledTooBig(_) = error {
            return FilterError::TooLarge;
        }
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default().trim();
        FilterError::Expression(last.strip_prefix("error: ").unwrap_or(last).to_owned())
    })
}

/// Parts with `|` or `,` between them, those in brackets apart.
fn outside_brackets(value: &str) -> Vec<&str> {
    let mut inside = false;
    let parts = value.split(|c: char| {
        inside = c == '[' || (inside && c != ']');
        !inside && matches!(c, '|' | ',')
    });
    parts.filter(|part| !part.is_empty()).collect()
}

fn host(text: &str) -> Result<Test, FilterError> {
    if !text.contains('[') {
        return self::text(text).map(Test::Host);
    }
    nodes(text).map(Test::Hosts)
}

fn nodes(text: &str) -> Result<NodeSet, FilterError> {
    if text.contains(['*', '?']) {
        let why = "brackets stand for whole names, * and ? for any text: one or the other";
        return Err(FilterError::Nodes(why.to_owned()));
    }
    resolve(text, &NoSources).map_err(|error| {
        let text = error.to_string();
        FilterError::Nodes(text.lines().next().unwrap_or_default().to_owned())
    })
}

fn of_word(key: Key, name: &str, word: &str) -> Result<Test, FilterError> {
    let name = Key::ALL
        .into_iter()
        .find(|(_, known, _)| *known == name)
        .map_or("", |(_, name, _)| name);
    let number = || range(word, |text| text.parse().ok()).ok_or(FilterError::Number { key: name });
    Ok(match key {
        Key::Exit => Test::Exit(number()?),
        Key::Try => Test::Try(number()?),
        Key::Elapsed => Test::Elapsed(time(word)?),
        Key::State => Test::State(known(key, name, word)?),
        Key::Cause => Test::Cause(known(key, name, word)?),
        Key::Fate => Test::Fate(known(key, name, word)?),
        Key::Lag => Test::Lag(known(key, name, word)?),
        Key::Host | Key::Out => Test::Host(text(word)?),
    })
}

/// The word, if it is the beginning of one that may stand behind the key.
fn known(key: Key, name: &'static str, word: &str) -> Result<String, FilterError> {
    let (word, values) = (word.to_lowercase(), key.values());
    if values.iter().any(|value| value.starts_with(&word)) {
        return Ok(word);
    }
    let meant = nearest(&word, &values).map_or_else(
        || format!("one of {}", values.join(" ")),
        |meant| format!("did you mean {meant}?"),
    );
    Err(FilterError::Word { key: name, word, meant })
}

/// `3`, `>3`, `>=3`, `<3`, `<=3`, `1-5`.
fn range(text: &str, value: impl Fn(&str) -> Option<u64>) -> Option<RangeInclusive<u64>> {
    if let Some(least) = text.strip_prefix(">=") {
        return Some(value(least)?..=u64::MAX);
    }
    if let Some(most) = text.strip_prefix("<=") {
        return Some(0..=value(most)?);
    }
    if let Some(below) = text.strip_prefix('>') {
        return Some(value(below)?.checked_add(1)?..=u64::MAX);
    }
    if let Some(above) = text.strip_prefix('<') {
        return Some(0..=value(above)?.checked_sub(1)?);
    }
    if let Some((from, to)) = text.split_once('-') {
        return Some(value(from)?..=value(to)?);
    }
    value(text).map(|only| only..=only)
}

fn time(text: &str) -> Result<RangeInclusive<u64>, FilterError> {
    let millis = |text: &str| {
        let duration = humantime::parse_duration(text).ok()?;
        u64::try_from(duration.as_millis()).ok()
    };
    // Nothing takes exactly so long.
    let compares = text.starts_with(['<', '>']) || text.contains('-');
    range(text, millis).filter(|_| compares).ok_or(FilterError::Time)
}
