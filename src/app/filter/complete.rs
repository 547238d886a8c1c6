//! What may follow what was typed of a filter.

use super::reader::{parts, split};
use super::words::Key;
use crate::model::board::Board;

/// The last word of a filter, as it is and as it may be completed: every way to go on, whole words.
pub(in crate::app) fn completions(text: &str, board: &Board) -> (usize, Vec<String>) {
    let last = match split(text).last() {
        Some(last) if !text.ends_with(char::is_whitespace) => *last,
        _ => "",
    };
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
