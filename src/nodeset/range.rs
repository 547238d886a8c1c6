//! One element of a bracket: `7`, `01-10`, `1-9/2`.
//!
//! Only patterns use it. It knows the rules of padding and steps, and nothing of names or of limits
//! on the number of hosts.

use super::error::Reason;

/// The longest number that is counted with; it fits into 64 bits.
pub(super) const MAX_DIGITS: usize = 18;

/// The numbers `first`, `first + step`, … up to `last`, written with at least `width` digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    first: u64,
    last: u64,
    step: u64,
    width: usize,
}

impl Span {
    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        if text.is_empty() {
            return Err(Reason::MissingNumber);
        }
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (text, None),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (from, to),
            None if step.is_some() => return Err(Reason::StepWithoutRange),
            None => (range, range),
        };
        let all = [Some(from), Some(to), step];
        if all.into_iter().flatten().any(|number| !is_decimal(number)) {
            return Err(Reason::NotARange(text.to_owned()));
        }
        let span = Self {
            first: number(from)?,
            last: number(to)?,
            step: step.map_or(Ok(1), number)?,
            width: common_width(from, to)?,
        };
        span.check_direction(from, to)
    }

    fn check_direction(self, from: &str, to: &str) -> Result<Self, Reason> {
        if self.step == 0 {
            return Err(Reason::StepZero);
        }
        if self.first > self.last {
            let (from, to) = (from.to_owned(), to.to_owned());
            return Err(Reason::Backwards { from, to });
        }
        Ok(self)
    }

    /// How many numbers there are: at least one.
    pub(super) fn count(&self) -> u64 {
        (self.last - self.first) / self.step + 1
    }

    /// The numbers as they are written, in rising order.
    pub(super) fn members(&self) -> impl Iterator<Item = String> {
        let (first, step, width) = (self.first, self.step, self.width);
        (0..self.count()).map(move |n| format!("{:0width$}", first + n * step))
    }
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn number(text: &str) -> Result<u64, Reason> {
    let too_long = || Reason::NumberTooLong {
        number: text.to_owned(),
        limit: MAX_DIGITS,
    };
    if text.len() > MAX_DIGITS {
        return Err(too_long());
    }
    text.parse().map_err(|_| too_long())
}

/// The padding of a range. A zero in front makes the length part of the name, so both ends need it.
fn common_width(from: &str, to: &str) -> Result<usize, Reason> {
    if !is_padded(from) && !is_padded(to) {
        return Ok(0);
    }
    if from.len() == to.len() {
        return Ok(from.len());
    }
    let width = from.len().max(to.len());
    Err(Reason::PaddedApart {
        from: from.to_owned(),
        to: to.to_owned(),
        cure: format!("{from:0>width$}-{to:0>width$}"),
    })
}

/// Whether zeros stand in front that the number does not need.
pub(super) fn is_padded(number: &str) -> bool {
    number.len() > 1 && number.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_out_numbers_with_their_padding() {
        for (text, expected) in [
            ("7", "7"),
            ("07", "07"),
            ("0", "0"),
            ("00", "00"),
            ("1-3", "1 2 3"),
            ("5-5", "5"),
            ("08-11", "08 09 10 11"),
            ("98-101", "98 99 100 101"),
            ("098-101", "098 099 100 101"),
            ("0-10/5", "0 5 10"),
            ("1-10/3", "1 4 7 10"),
            ("1-3/9", "1"),
            ("01-10/03", "01 04 07 10"),
            (
                "999999999999999998-999999999999999999",
                "999999999999999998 999999999999999999",
            ),
        ] {
            let span = Span::parse(text).expect(text);
            let members: Vec<_> = span.members().collect();
            assert_eq!(members.join(" "), expected);
            assert_eq!(span.count(), members.len() as u64, "{text}");
        }
    }

    #[test]
    fn counts_without_spelling_out() {
        let span = Span::parse("0-999999999999999999").expect("valid");
        assert_eq!(span.count(), 1_000_000_000_000_000_000);
    }

    #[test]
    fn refuses_with_the_cure() {
        for (text, reason) in [
            ("", "a number is missing; write a number or a range such as 1-5"),
            ("3-1", "the range 3-1 runs backwards; write 1-3"),
            ("1-010", "1 and 010 are padded to different lengths; write 001-010"),
            (
                "001-1000",
                "001 and 1000 are padded to different lengths; write 0001-1000",
            ),
            ("1-9/0", "a step of 0 leads nowhere; write a step of 1 or more"),
            ("5/2", "a step needs a range; write for example 1-9/2"),
            (
                "1-",
                "\"1-\" is not a number or a range; write for example 7, 1-5 or 0-10/2",
            ),
            (
                "-3",
                "\"-3\" is not a number or a range; write for example 7, 1-5 or 0-10/2",
            ),
            (
                "1-2-3",
                "\"1-2-3\" is not a number or a range; write for example 7, 1-5 or 0-10/2",
            ),
            (
                "1-9/",
                "\"1-9/\" is not a number or a range; write for example 7, 1-5 or 0-10/2",
            ),
            (
                "a-f",
                "\"a-f\" is not a number or a range; write for example 7, 1-5 or 0-10/2",
            ),
            (
                "+1",
                "\"+1\" is not a number or a range; write for example 7, 1-5 or 0-10/2",
            ),
            (
                "1 2",
                "\"1 2\" is not a number or a range; write for example 7, 1-5 or 0-10/2",
            ),
            (
                "0000000000000000001",
                "the number 0000000000000000001 is too long; use at most 18 digits",
            ),
        ] {
            assert_eq!(Span::parse(text).expect_err(text).to_string(), reason);
        }
    }
}
