//! How much of what ssh and the login shells say is recorded: of each host up to a bound, because a host may say
//! something for as long as it likes.

use crate::model::host::HostName;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// So many bytes of each host.
const MOST: usize = 1024 * 1024;
/// What is said instead of all that comes later.
const ENOUGH: &[u8] = b"\nheeler: what was said after this is not recorded\n";

/// What there is still room for.
#[derive(Debug, Default)]
pub(super) struct Wordy(Mutex<HashMap<HostName, Room>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Left(usize),
    Full,
}

impl Wordy {
    /// The part of these words that is recorded; the last one of a host says that it is.
    pub(super) fn take(&self, host: &HostName, words: &[u8]) -> Option<Vec<u8>> {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = rooms.entry(host.clone()).or_insert(Room::Left(MOST));
        let Room::Left(left) = *room else { return None };
        if let Some(left) = left.checked_sub(words.len()) {
            *room = Room::Left(left);
            Some(words.to_vec())
        } else {
            *room = Room::Full;
            Some([&words[..left], ENOUGH].concat())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_never_falls_silent_is_recorded_up_to_a_bound_which_is_said_once() {
        let (bound, host) = (Wordy::default(), HostName::parse("web1").expect("a name"));
        let words = vec![b'x'; MOST - 1];
        assert_eq!(bound.take(&host, &words), Some(words));
        assert_eq!(bound.take(&host, b"yz"), Some([b"y", ENOUGH].concat()));
        assert_eq!(bound.take(&host, b"more"), None);
        let other = HostName::parse("web2").expect("a name");
        assert_eq!(bound.take(&other, b"more"), Some(b"more".to_vec()));
    }
}
