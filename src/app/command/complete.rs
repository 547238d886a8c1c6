//! What may follow what was typed of a command.

use super::reader::{EVEN_IF_RUNNING, FAILED, SORTS};
use super::verbs::{Takes, VERBS, of_name};
use crate::app::filter;
use crate::model::board::Board;
use crate::model::field::Field;
use crate::model::signal::Sig;

/// How much of the end of the text is replaced, and every way to go on with it.
pub(super) fn completions(text: &str, board: &Board) -> (usize, Vec<String>) {
    let Some((name, rest)) = text.split_once(char::is_whitespace) else {
        let names = VERBS.iter().filter_map(|entry| entry.names.first());
        return (text.len(), beginning_with(text, names.copied()));
    };
    let Some(entry) = of_name(name) else {
        return (0, Vec::new());
    };
    let rest = rest.trim_start();
    let first = rest.split_once(char::is_whitespace);
    match (entry.takes, first) {
        (Takes::Jobs | Takes::Filter, _) => filter::completions(rest, board),
        (Takes::Again, _) => {
            let (length, mut found) = filter::completions(rest, board);
            let last = &rest[rest.len() - length..];
            found.splice(0..0, beginning_with(last, [FAILED, EVEN_IF_RUNNING]));
            (length, found)
        }
        (Takes::Signal, None) => {
            let names = Sig::ALL.map(Sig::name);
            (rest.len(), beginning_with(&rest.to_ascii_uppercase(), names))
        }
        (Takes::Limit, None) => (rest.len(), beginning_with(rest, ["+10m", "-5m", "off"])),
        (Takes::Signal | Takes::Limit, Some((_, behind))) => filter::completions(behind, board),
        (Takes::Sort, None) => {
            let words = SORTS.map(|(word, _)| word).into_iter();
            (rest.len(), beginning_with(rest, words.chain(names(board))))
        }
        (Takes::Field | Takes::Buckets, None) => (rest.len(), beginning_with(rest, names(board))),
        (Takes::Sort, Some((_, behind))) => (behind.len(), beginning_with(behind, ["reversed"])),
        (Takes::Nothing | Takes::Width | Takes::Field | Takes::Buckets | Takes::Text, _) => (0, Vec::new()),
    }
}

fn names(board: &Board) -> impl Iterator<Item = &str> {
    board.fields().iter().map(Field::name)
}

fn beginning_with<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let words = words.into_iter().filter(|word| word.starts_with(text));
    words.map(str::to_owned).collect()
}
