//! From the text of a node set to its operators and operands.
//!
//! Only the resolver calls it. It looks at the form alone: what a group or a file stands for, and
//! whether a name is the name of a host, is not known here.

use super::error::{Flaw, Reason};
use super::pattern::Pattern;
use super::range::Span;

/// How an operand is joined to what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Union,
    Without,
    Both,
    Either,
}

impl Operator {
    fn of(c: char) -> Option<Self> {
        match c {
            ',' => Some(Self::Union),
            '!' => Some(Self::Without),
            '&' => Some(Self::Both),
            '^' => Some(Self::Either),
            _ => None,
        }
    }
}

/// What an operator works on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Hosts(Pattern),
    Groups(Pattern),
    AllGroup,
    File(String),
    Stdin,
}

/// An operand with the operator before it; the first one is joined to the empty set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) operator: Operator,
    pub(super) operand: Operand,
    /// The operand as it was written.
    pub(super) source: String,
    /// Where it begins, in characters from 1.
    pub(super) column: usize,
}

/// What white space between two operands means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    /// A mistake, most likely a quoted list.
    Refused,
    /// The same as a comma, as in lists of hosts.
    Unites,
}

/// Reads a set, which has at least one term.
pub(super) fn parse(text: &str, spacing: Spacing) -> Result<Vec<Term>, Flaw> {
    let mut scanner = Scanner {
        chars: text.chars().collect(),
        at: 0,
    };
    scanner.skip_space();
    if scanner.peek().is_none() {
        return Err(scanner.flaw(Reason::EmptySet));
    }
    let mut terms = vec![scanner.term(Operator::Union)?];
    loop {
        scanner.skip_space();
        let Some(next) = scanner.peek() else {
            return Ok(terms);
        };
        let operator = match Operator::of(next) {
            Some(operator) => {
                scanner.at += 1;
                scanner.skip_space();
                scanner.require_operand(next)?;
                operator
            }
            None if spacing == Spacing::Unites => Operator::Union,
            None => return Err(scanner.flaw(Reason::SpaceInName)),
        };
        terms.push(scanner.term(operator)?);
    }
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
}

impl Scanner {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn flaw(&self, reason: Reason) -> Flaw {
        let column = self.at + 1;
        Flaw { column, reason }
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn require_operand(&self, before: char) -> Result<(), Flaw> {
        match self.peek() {
            None => Err(self.flaw(Reason::MissingOperand(before))),
            Some(_) => Ok(()),
        }
    }

    /// Whether an operand has ended, which only an operator, white space or the end can bring about.
    fn at_boundary(&self) -> bool {
        self.peek()
            .is_none_or(|c| c.is_whitespace() || Operator::of(c).is_some())
    }

    fn term(&mut self, operator: Operator) -> Result<Term, Flaw> {
        let start = self.at;
        let operand = match self.peek() {
            Some('@') => self.group()?,
            Some('^') => self.file()?,
            Some(c) if Operator::of(c).is_some() => {
                return Err(self.flaw(Reason::MissingOperand(c)));
            }
            _ => self.hosts()?,
        };
        Ok(Term {
            operator,
            operand,
            source: self.chars[start..self.at].iter().collect(),
            column: start + 1,
        })
    }

    fn group(&mut self) -> Result<Operand, Flaw> {
        self.at += 1;
        let start = self.at;
        let pattern = self.pattern()?;
        if pattern.is_empty() {
            return Err(self.flaw(Reason::MissingGroupName));
        }
        let all = self.chars[start..self.at] == ['*'];
        Ok(if all {
            Operand::AllGroup
        } else {
            Operand::Groups(pattern)
        })
    }

    fn file(&mut self) -> Result<Operand, Flaw> {
        self.at += 1;
        let start = self.at;
        while !self.at_boundary() {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.flaw(Reason::MissingPath));
        }
        Ok(Operand::File(self.chars[start..self.at].iter().collect()))
    }

    fn hosts(&mut self) -> Result<Operand, Flaw> {
        let start = self.at;
        let pattern = self.pattern()?;
        let stdin = self.chars[start..self.at] == ['-'];
        Ok(if stdin { Operand::Stdin } else { Operand::Hosts(pattern) })
    }

    fn pattern(&mut self) -> Result<Pattern, Flaw> {
        let mut pattern = Pattern::default();
        while !self.at_boundary() {
            match self.chars[self.at] {
                '[' => self.bracket(&mut pattern)?,
                ']' => return Err(self.flaw(Reason::StrayBracket)),
                c => {
                    pattern.push_text(c.encode_utf8(&mut [0; 4]));
                    self.at += 1;
                }
            }
        }
        Ok(pattern)
    }

    fn bracket(&mut self, pattern: &mut Pattern) -> Result<(), Flaw> {
        let open = self.at;
        let length = self.chars[open..].iter().position(|&c| c == ']');
        let Some(close) = length.map(|length| open + length) else {
            return Err(self.flaw(Reason::UnclosedBracket));
        };
        let inside = &self.chars[open + 1..close];
        if let Some(nested) = inside.iter().position(|&c| c == '[') {
            self.at = open + 1 + nested;
            return Err(self.flaw(Reason::NestedBracket));
        }
        if inside.contains(&':') {
            // An address, which its name keeps with the brackets.
            pattern.push_text(&self.chars[open..=close].iter().collect::<String>());
        } else if pattern.ends_in_bracket() {
            return Err(self.flaw(Reason::AdjacentBrackets));
        } else {
            pattern.push_bracket(spans(inside, open + 2)?);
        }
        self.at = close + 1;
        Ok(())
    }
}

/// The elements of a bracket, whose inside begins at the column.
fn spans(inside: &[char], mut column: usize) -> Result<Vec<Span>, Flaw> {
    let mut spans = Vec::new();
    for element in inside.split(|&c| c == ',') {
        let leading = element.iter().take_while(|c| c.is_whitespace()).count();
        let text: String = element.iter().collect();
        spans.push(Span::parse(text.trim()).map_err(|reason| Flaw {
            column: column + leading,
            reason,
        })?);
        column += element.len() + 1;
    }
    Ok(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &str, spacing: Spacing) -> Vec<(Operator, usize, String)> {
        let terms = parse(text, spacing).expect(text).into_iter();
        terms.map(|term| (term.operator, term.column, term.source)).collect()
    }

    #[test]
    fn divides_at_operators_outside_brackets() {
        use Operator::{Both, Either, Union, Without};
        let text = " ö[1-3,5] ,@db[1-2]! ^etc/hosts-1&-^web*^^more ";
        let expected = [
            (Union, 2, "ö[1-3,5]"),
            (Union, 12, "@db[1-2]"),
            (Without, 22, "^etc/hosts-1"),
            (Both, 35, "-"),
            (Either, 37, "web*"),
            (Either, 42, "^more"),
        ]
        .map(|(operator, column, source)| (operator, column, source.to_owned()));
        assert_eq!(sources(text, Spacing::Refused), expected);
    }

    #[test]
    fn space_unites_only_in_lists() {
        let expected = [(1, "a"), (3, "b"), (7, "c")];
        let terms = sources("a b , c", Spacing::Unites);
        let columns = terms.iter().map(|(operator, column, source)| {
            assert_eq!(*operator, Operator::Union);
            (*column, source.as_str())
        });
        assert_eq!(columns.collect::<Vec<_>>(), expected);
        let flaw = parse("a b , c", Spacing::Refused).expect_err("a space");
        assert_eq!((flaw.column, flaw.reason), (3, Reason::SpaceInName));
    }

    #[test]
    fn tells_the_operands_apart() {
        let operand = |text| parse(text, Spacing::Refused).expect(text).remove(0).operand;
        assert_eq!(operand("-"), Operand::Stdin);
        assert_eq!(operand("@*"), Operand::AllGroup);
        assert_eq!(operand("^./a-[b]"), Operand::File("./a-[b]".to_owned()));
        assert!(matches!(operand("@a*"), Operand::Groups(_)));
        assert!(matches!(operand("--"), Operand::Hosts(_)));
        assert!(matches!(operand("[1-3]"), Operand::Hosts(_)));
    }

    #[test]
    fn points_at_the_flaw() {
        for (text, column, reason) in [
            ("", 1, Reason::EmptySet),
            ("  ", 3, Reason::EmptySet),
            ("a,", 3, Reason::MissingOperand(',')),
            ("a,,b", 3, Reason::MissingOperand(',')),
            ("!a", 1, Reason::MissingOperand('!')),
            ("a & !b", 5, Reason::MissingOperand('!')),
            ("@", 2, Reason::MissingGroupName),
            ("@ db", 2, Reason::MissingGroupName),
            ("a,^", 4, Reason::MissingPath),
            ("a,^^b", 4, Reason::MissingPath),
            ("web[1-2", 4, Reason::UnclosedBracket),
            ("web]", 4, Reason::StrayBracket),
            ("web[1[2]]", 6, Reason::NestedBracket),
            ("n[1-2][3-4]", 7, Reason::AdjacentBrackets),
            ("n[]", 3, Reason::MissingNumber),
            ("n[1, ,2]", 6, Reason::MissingNumber),
            ("äö[1, 5/2]", 7, Reason::StepWithoutRange),
        ] {
            let flaw = parse(text, Spacing::Refused).expect_err(text);
            assert_eq!((flaw.column, flaw.reason), (column, reason), "{text:?}");
        }
    }
}
