//! Which rows are shown: words that must all hold. A plain word is looked for in the host and in what its row says,
//! `host:`, `out:` and `state:` narrow it down, `*` and `?` in a host stand for any text and any character, and `!`
//! turns a word round.

use super::said::{Said, remark, said};
use crate::model::board::Row;
use crate::model::outcome::OutcomeClass;
use crate::model::tally::Standing;

/// A filter as typed, and what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    State(String),
    Host(String),
    Out(String),
    Any(String),
}

impl Filter {
    /// Reads a filter; any text is one.
    pub fn parse(text: &str) -> Self {
        Self {
            text: text.trim().to_owned(),
            terms: text.split_whitespace().filter_map(Term::parse).collect(),
        }
    }

    /// The filter as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether output can change what it lets through.
    pub fn reads_output(&self) -> bool {
        self.terms
            .iter()
            .any(|term| matches!(term.test, Test::Out(_) | Test::Any(_)))
    }

    /// Whether a row is shown.
    pub fn lets_through(&self, row: &Row) -> bool {
        self.terms.iter().all(|term| term.test.holds(row) != term.negated)
    }
}

impl Term {
    /// `None` while only the beginning of a term has been typed.
    fn parse(word: &str) -> Option<Self> {
        let (negated, word) = match word.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, word),
        };
        let (kind, rest) = word.split_once(':').unwrap_or(("", word));
        let (make, rest): (fn(String) -> Test, &str) = match kind {
            "state" => (Test::State, rest),
            "host" => (Test::Host, rest),
            "out" => (Test::Out, rest),
            _ => (Test::Any, word),
        };
        (!rest.is_empty()).then(|| Self {
            negated,
            test: make(rest.to_lowercase()),
        })
    }
}

impl Test {
    fn holds(&self, row: &Row) -> bool {
        match self {
            Self::State(word) => names(Standing::of(&row.phase)).any(|name| name.starts_with(word.as_str())),
            Self::Host(pattern) => host_fits(pattern, row),
            Self::Out(text) => says(row, text),
            Self::Any(text) => host_fits(text, row) || says(row, text),
        }
    }
}

/// Every word under which a state is found.
fn names(standing: Standing) -> impl Iterator<Item = &'static str> {
    let further: &[&'static str] = match standing {
        Standing::Slow => &["running"],
        Standing::Backoff => &["retrying"],
        Standing::Done(OutcomeClass::Ok) => &["done"],
        Standing::Done(OutcomeClass::Exit | OutcomeClass::Signal) => &["failed", "done", "bad"],
        Standing::Done(OutcomeClass::TimedOut) => &["timeout", "done", "bad"],
        Standing::Done(_) => &["done", "bad"],
        _ => &[],
    };
    std::iter::once(standing.word()).chain(further.iter().copied())
}

fn host_fits(pattern: &str, row: &Row) -> bool {
    let host = row.host.as_str().to_lowercase();
    if pattern.contains(['*', '?']) {
        fits(pattern.as_bytes(), host.as_bytes())
    } else {
        host.contains(pattern)
    }
}

fn says(row: &Row, text: &str) -> bool {
    let said = match said(row) {
        Said::Nothing => false,
        Said::Output(line) => line.text().to_lowercase().contains(text),
        Said::Words(words) => words.to_lowercase().contains(text),
    };
    said || remark(row).is_some_and(|words| words.contains(text))
}

/// Whether a whole text fits a pattern with `*` and `?`; linear but for the number of stars.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == b'?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star_p, star_t)) = star else { return false };
                star = Some((star_p, star_t + 1));
                p = star_p + 1;
                t = star_t + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fleet;
    use super::*;

    #[test]
    fn words_narrow_the_rows_down() {
        let board = fleet();
        let shown = |text: &str| -> Vec<&str> {
            let filter = Filter::parse(text);
            let rows = board.rows().iter().filter(|row| filter.lets_through(row));
            rows.map(|row| row.host.as_str()).collect()
        };
        assert_eq!(shown("").len(), board.rows().len());
        assert_eq!(shown("host:web*3"), ["web03"]);
        assert_eq!(shown("WEB03"), ["web03"]);
        assert_eq!(shown("state:slow"), ["web17"]);
        assert_eq!(shown("state:run"), ["web17", "web21"]);
        assert_eq!(shown("state:run !state:slow"), ["web21"]);
        assert_eq!(shown("state:fail out:lock"), ["web03"]);
        assert_eq!(shown("refused"), ["db4"]);
        assert_eq!(shown("state: host: !").len(), board.rows().len());
        assert_eq!(shown("nothing-like-it"), [""; 0]);
    }

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, text, expected) in [
            ("web*", "web01", true),
            ("w*b?1", "web01", true),
            ("*b", "web01", false),
            ("a*b*c", "aXbYbZc", true),
            ("", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }
}
