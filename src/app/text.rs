//! The one place that measures and cuts text by columns of a terminal, for the views and for whoever must know how many
//! rows they take. It works on harmless text only and knows nothing of styles.

use std::borrow::Cow;
use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// How many columns one character takes.
pub fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The longest beginning of `text` that fits.
pub fn prefix(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += char_width(c);
        if used > columns {
            return &text[..at];
        }
    }
    text
}

/// The longest end of `text` that fits.
pub fn suffix(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices().rev() {
        used += char_width(c);
        if used > columns {
            return &text[at + c.len_utf8()..];
        }
    }
    text
}

/// `text` if it fits, otherwise its beginning and `ellipsis`.
pub fn cut<'a>(text: &'a str, columns: usize, ellipsis: &str) -> Cow<'a, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    match columns.checked_sub(width(ellipsis)) {
        Some(room) => Cow::Owned(format!("{}{ellipsis}", prefix(text, room))),
        None => Cow::Borrowed(prefix(text, columns)),
    }
}

/// The rows of a text that is broken wherever a row is full; at least one, and as many as [`rows`] says.
pub fn wrap(text: &str, columns: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, c) in text.char_indices() {
        let wide = char_width(c);
        if used + wide > columns.max(2) {
            ranges.push(start..at);
            (start, used) = (at, 0);
        }
        used += wide;
    }
    ranges.push(start..text.len());
    ranges
}

/// How many rows [`wrap`] makes of a text.
pub fn rows(text: &str, columns: usize) -> usize {
    if text.len() <= columns {
        return 1;
    }
    wrap(text, columns).len()
}

/// The rows of a text that is broken between words where that is possible.
pub fn wrap_words(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for piece in wrap(word, columns) {
            if !line.is_empty() && width(&line) + width(&word[piece.clone()]) > columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(&word[piece]);
        }
    }
    lines.push(line);
    lines
}

/// Text of the operator's own (a command) on one line, with its controls made visible: a line end as `\n`.
pub fn one_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.trim_end_matches('\n').chars() {
        if c.is_control() || (char_width(c) == 0 && !c.is_ascii()) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_columns() {
        for (text, columns, expected) in [
            ("web01", 5, "web01"),
            ("web01", 4, "web…"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("日本語", 1, "…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(cut(text, columns, "…"), expected);
            assert!(width(&cut(text, columns, "…")) <= columns);
        }
        assert_eq!(cut("abcdef", 2, "..."), "ab");
    }

    #[test]
    fn the_end_of_a_text_is_cut_by_columns_too() {
        for (text, columns, expected) in [
            ("web01", 5, "web01"),
            ("web01", 2, "01"),
            ("日本語", 5, "本語"),
            ("abc", 0, ""),
        ] {
            assert_eq!(suffix(text, columns), expected);
        }
    }

    #[test]
    fn wrapping_loses_nothing_and_counts_as_it_breaks() {
        for text in ["", "abc", "abcdefghij", "日本語テキスト", "a日b本c語"] {
            for columns in 0..12 {
                let ranges = wrap(text, columns);
                assert_eq!(ranges.iter().map(|r| &text[r.clone()]).collect::<String>(), text);
                assert_eq!(ranges.len(), rows(text, columns.max(2)), "{text} in {columns}");
                assert!(ranges.iter().all(|r| width(&text[r.clone()]) <= columns.max(2)));
            }
        }
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(wrap_words("never gonna give", 11), ["never gonna", "give"]);
        assert_eq!(wrap_words("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap_words("", 3), [""]);
    }

    #[test]
    fn a_command_stays_on_its_line() {
        assert_eq!(one_line("cd /tmp\nls\t-l\u{202e}\n"), "cd /tmp\\nls\\t-l\\u{202e}");
    }
}
