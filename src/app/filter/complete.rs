//! What may follow what was typed of a filter.

use super::known::Known;
use super::reader::{parts, split};
use super::value;
use super::words::Key;
use crate::model::board::Board;

/// The last word of a filter, as it is and as it may be completed: every way to go on, whole words.
pub(in crate::app) fn completions(text: &str, board: &Board) -> (usize, Vec<String>) {
    let last = match split(text).last() {
        Some(last) if !text.ends_with(char::is_whitespace) => *last,
        _ => "",
    };
    let known = Known::of(board);
    let (turned, word) = last.strip_prefix('!').map_or(("", last), |word| ("!", word));
    let of_fields = value::completions(word, known);
    if value::parts(word).is_some_and(|(name, ..)| known.place(name).is_some()) {
        let whole = of_fields.into_iter().map(|word| format!("{turned}{word}")).collect();
        return (last.len(), whole);
    }
    let (_, name, value) = parts(last);
    let value = &value[value.rfind(['|', ',']).map_or(0, |at| at + 1)..];
    let before = &last[..last.len() - value.len()];
    let hosts = || board.rows().iter().map(|row| row.host.as_str());
    let fitting: Vec<&str> = match Key::of_name(name) {
        Some(Key::Host) => hosts().filter(|host| host.starts_with(value)).collect(),
        Some(key) => {
            let values = key.values().into_iter();
            values.filter(|word| word.starts_with(value)).collect()
        }
        None => {
            let keys = Key::ALL.into_iter().filter(|(_, name, _)| name.starts_with(value));
            let mut found: Vec<String> = keys.map(|(_, name, _)| format!("{before}{name}:")).collect();
            found.extend(of_fields.into_iter().map(|word| format!("{before}{word}")));
            if !value.is_empty() {
                let hosts = hosts().filter(|host| host.starts_with(value));
                found.extend(hosts.map(|host| format!("{before}{host}")));
            }
            return (last.len(), found);
        }
    };
    let whole = fitting.into_iter().map(|word| format!("{before}{word}")).collect();
    (last.len(), whole)
}
