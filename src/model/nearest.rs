//! The known word that an unknown one was probably meant to be.

/// The nearest of the known words, unless even that one has little in common with the text.
pub fn nearest<'a>(text: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().map(|word| (distance(text, word), *word)).min()?;
    (near.0 <= text.chars().count().max(3) / 3 + 1).then_some(near.1)
}

/// How many characters must be added, removed or replaced (Levenshtein), one row of the table at a time.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, r) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(l != *r);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_nonsense_is_not() {
        let known = ["width", "connect-width", "timeout", "grace"];
        for (text, meant) in [
            ("widht", Some("width")),
            ("wdith", Some("width")),
            ("connect_width", Some("connect-width")),
            ("time-out", Some("timeout")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, &known), meant, "{text}");
        }
        assert_eq!(nearest("width", &[]), None);
    }
}
