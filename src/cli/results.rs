//! Results of runs as groups of hosts: `@last`, `@last:failed`, `@RUN:not-ok`. A colon cannot stand in the name of a
//! configured group; without one only `last` and what names a run beyond doubt is taken for a run.

use super::place;
use crate::history::{Class, HistoryError, Store};
use std::io;

/// The node set of a result; `None` for what is the name of no run.
pub(super) fn group(name: &str) -> io::Result<Option<String>> {
    let (run, class) = match name.split_once(':') {
        Some((run, class)) => (run, Some(class)),
        None => (name, None),
    };
    let Ok(home) = place::state_home() else {
        return Ok(None);
    };
    find(&Store::new(&home), run, class)
}

fn find(store: &Store, run: &str, class: Option<&str>) -> io::Result<Option<String>> {
    // First the word: it may be wrong whatever the run is.
    let named = class.map_or(Ok(Class::All), Class::parse).map_err(io::Error::other)?;
    if class.is_none() && !is_named(store, run)? {
        return Ok(None);
    }
    let record = store.open(Some(run)).map_err(in_words)?;
    Ok(Some(named.node_set(&record)))
}

/// Whether this names a run without a doubt: not by the beginning of its name, which might as well be that of a group.
fn is_named(store: &Store, run: &str) -> io::Result<bool> {
    let is_random = |name: &String| name.split_once('-').is_some_and(|(_, random)| random == run);
    let names = store.names().map_err(in_words)?;
    Ok(run == "last" && !names.is_empty() || names.iter().any(|name| name == run || is_random(name)))
}

fn in_words(error: HistoryError) -> io::Error {
    io::Error::other(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_run_is_left_to_others_but_a_colon_is_not() {
        let home = tempfile::tempdir().expect("a directory");
        let store = Store::new(home.path());
        for run in ["last", "web", "2026"] {
            assert_eq!(find(&store, run, None).expect("no run"), None);
        }
        let refused = |class| find(&store, "last", Some(class)).expect_err(class).to_string();
        assert!(refused("fail").starts_with("\"fail\" is no class of results; there is all, ok, "));
        assert!(refused("failed").starts_with("there is no run yet below "));
    }
}
