//! How far a command says that it is: read from the unfinished line that it is still writing. Whole lines are reports,
//! not progress, and are never read.

/// How far, in hundredths; read from a line such as ` 37%`, `[###  ] 12.5 %`, `(3/40)` or `7 of 12`. Of several the last
/// one counts.
pub fn progress(line: &str) -> Option<u8> {
    percentage(line).or_else(|| share(line))
}

/// The last number that stands before a percent sign.
fn percentage(line: &str) -> Option<u8> {
    let before = |at: usize| line[..at].trim_end_matches(' ');
    let numbers = line.rmatch_indices('%').filter_map(|(at, _)| {
        // `%d` and `100%ile` are no percentages, nor are dates such as `%Y%m`.
        let behind = line[at + 1..].chars().next();
        if behind.is_some_and(char::is_alphanumeric) {
            return None;
        }
        let number = trailing_number(before(at), true)?;
        let value: f64 = number.parse().ok()?;
        (0.0..=100.0).contains(&value).then_some(value as u8)
    });
    numbers.into_iter().next()
}

/// The last pair `a/b` or `a of b` with a not above b. Dates, paths and rates are none.
fn share(line: &str) -> Option<u8> {
    let mut found = None;
    for (separator, width) in [("/", 1), (" of ", 4)] {
        for (at, _) in line.rmatch_indices(separator) {
            let Some(pair) = pair(&line[..at], &line[at + width..]) else {
                continue;
            };
            if found.is_none_or(|(place, _)| at > place) {
                found = Some((at, pair));
            }
            break;
        }
    }
    found.map(|(_, share)| share)
}

fn pair(before: &str, behind: &str) -> Option<u8> {
    let done = trailing_number(before, false)?;
    let length = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
    let (all, rest) = behind.split_at(length);
    let next = rest.chars().next();
    if next.is_some_and(|c| c.is_alphanumeric() || c == '/' || c == '.' || c == '-' || c == '_') {
        return None;
    }
    let (done, all): (u64, u64) = (done.parse().ok()?, all.parse().ok()?);
    // `1/1` and `0/0` tell nothing that is worth a bar.
    (all > 1 && done <= all).then(|| (u128::from(done) * 100 / u128::from(all)) as u8)
}

/// The number at the end of a text, if it is a word of its own there.
fn trailing_number(text: &str, fractional: bool) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_digit() || (fractional && c == '.');
    let start = text
        .rfind(|c: char| !is_part(c))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let number = &text[start..];
    let alone = text[..start]
        .chars()
        .next_back()
        .is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ',')));
    (alone && number.starts_with(|c: char| c.is_ascii_digit())).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_write_is_understood() {
        for (line, hundredths) in [
            ("37%", 37),
            ("Unpacking libc6 [#####.....] 52%", 52),
            (" 12.9 % done", 12),
            ("Receiving objects:  47% (128/272), 1.2 MiB", 47),
            ("100% [working]", 100),
            ("(3/40) installing", 7),
            ("step 7 of 12", 58),
            ("[1523/2048] Building CXX object a/b.o", 74),
            ("10% then 20%", 20),
        ] {
            assert_eq!(progress(line), Some(hundredths), "{line}");
        }
    }

    #[test]
    fn what_is_none_is_left_alone() {
        for line in [
            "",
            "Password: ",
            "date +%Y%m%d",
            "100%ile",
            "250%",
            "-5%",
            "2026/01/02",
            "/usr/bin/12/13",
            "1/1",
            "9/8",
            "10.0.0.0/24",
            "3/4.5",
            "12/16MB",
            "a/b",
            "one of two",
            "%",
            "é%",
            "日本/語",
        ] {
            assert_eq!(progress(line), None, "{line}");
        }
    }
}
