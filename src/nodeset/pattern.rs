//! A pattern: texts and brackets in turn, which multiply into names.
//!
//! The parser builds patterns and the resolver spells them out. They know nothing of hosts or groups.

use super::range::Span;

/// Text and brackets in the order in which they were written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pattern {
    pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Bracket(Vec<Span>),
}

impl Pattern {
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(super) fn ends_in_bracket(&self) -> bool {
        matches!(self.pieces.last(), Some(Piece::Bracket(_)))
    }

    pub(super) fn push_text(&mut self, more: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.push_str(more),
            _ => self.pieces.push(Piece::Text(more.to_owned())),
        }
    }

    pub(super) fn push_bracket(&mut self, spans: Vec<Span>) {
        self.pieces.push(Piece::Bracket(spans));
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.texts().any(|text| text.contains(['*', '?']))
    }

    /// The bytes that every name has at least.
    pub(super) fn text_bytes(&self) -> usize {
        self.texts().map(str::len).sum()
    }

    /// How many names there are, repeated ones included, up to the largest number.
    pub(super) fn count(&self) -> u64 {
        let members = |piece: &Piece| match piece {
            Piece::Text(_) => 1,
            Piece::Bracket(spans) => spans.iter().map(Span::count).fold(0, u64::saturating_add),
        };
        self.pieces.iter().map(members).fold(1, u64::saturating_mul)
    }

    /// All names, the last bracket running fastest. Look at [`count`](Self::count) before.
    pub(super) fn names(&self) -> Vec<String> {
        let start = vec![String::new()];
        self.pieces.iter().fold(start, |mut names, piece| match piece {
            Piece::Text(text) => {
                for name in &mut names {
                    name.push_str(text);
                }
                names
            }
            Piece::Bracket(spans) => {
                let numbers: Vec<_> = spans.iter().flat_map(Span::members).collect();
                let continued = |name: String| numbers.iter().map(move |n| format!("{name}{n}"));
                names.into_iter().flat_map(continued).collect()
            }
        })
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Bracket(_) => None,
        })
    }
}

/// Whether the name fits the wildcards: `*` stands for any text, `?` for one character.
pub(super) fn matches(wildcard: &str, name: &str) -> bool {
    let wildcard: Vec<char> = wildcard.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut seen) = (0, 0);
    // Where to go on when a guess fails: behind the last star, which then swallows one more character.
    let mut retry = None;
    while seen < name.len() {
        match wildcard.get(at) {
            Some('*') => {
                retry = Some((at + 1, seen));
                at += 1;
            }
            Some(&c) if c == '?' || c == name[seen] => (at, seen) = (at + 1, seen + 1),
            _ => {
                let Some((after_star, swallowed)) = retry else {
                    return false;
                };
                retry = Some((after_star, swallowed + 1));
                (at, seen) = (after_star, swallowed + 1);
            }
        }
    }
    wildcard[at..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bracket(spans: &[&str]) -> Vec<Span> {
        let parsed = spans.iter().map(|span| Span::parse(span));
        parsed.collect::<Result<_, _>>().expect("valid")
    }

    #[test]
    fn brackets_multiply_and_the_last_runs_fastest() {
        let mut pattern = Pattern::default();
        pattern.push_text("n");
        pattern.push_bracket(bracket(&["2", "0-1"]));
        pattern.push_text("m");
        pattern.push_text("x");
        pattern.push_bracket(bracket(&["01-02"]));
        let expected = ["n2mx01", "n2mx02", "n0mx01", "n0mx02", "n1mx01", "n1mx02"];
        assert_eq!(pattern.names(), expected);
        assert_eq!(pattern.count(), 6);
        assert_eq!(pattern.text_bytes(), 3);
    }

    #[test]
    fn counts_beyond_all_bounds() {
        let mut pattern = Pattern::default();
        for _ in 0..4 {
            pattern.push_bracket(bracket(&["0-999999999999999999"]));
            pattern.push_text("x");
        }
        assert_eq!(pattern.count(), u64::MAX);
    }

    #[test]
    fn wildcards() {
        for (wildcard, name, expected) in [
            ("*", "", true),
            ("*", "web1", true),
            ("web*", "web", true),
            ("web*", "web12", true),
            ("web?", "web12", false),
            ("web?", "web", false),
            ("w?b*2", "web12", true),
            ("*b*1*", "web12", true),
            ("*a*b", "aab", true),
            ("*ab", "aaab", true),
            ("*abc*abd", "abcabcabd", true),
            ("*1", "web12", false),
            ("größ?", "größe", true),
        ] {
            assert_eq!(matches(wildcard, name), expected, "{wildcard} {name}");
        }
        let stars = "*a".repeat(100);
        assert!(!matches(&stars, &"a".repeat(99)), "and does not take for ever");
    }
}
