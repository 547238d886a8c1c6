//! What the record lacks, and when to say so: at the first loss, at most once a second while it grows, and once when
//! everything that waited is written. Pure: the caller says what time it is.

use crate::model::event::Unrecorded;
use std::time::{Duration, Instant};

/// The least time between two words about a loss that grows.
const PACE: Duration = Duration::from_secs(1);

/// What was told but is not on disk yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Bytes of output.
    pub(super) bytes: u64,
    /// Events.
    pub(super) events: u64,
}

/// What the record lacks.
#[derive(Debug, Default)]
pub(super) struct Losses {
    /// Bytes that will never be on disk.
    lost: u64,
    waiting: Waiting,
    detail: String,
    told: Waiting,
    /// Whether something waited when it was last told.
    told_waiting: bool,
    told_at: Option<Instant>,
}

impl Losses {
    /// So many bytes of output are lost, and this is why.
    pub(super) fn lose(&mut self, bytes: u64, why: &str) {
        self.lost += bytes;
        why.clone_into(&mut self.detail);
    }

    /// This waits for the disk, and this is why.
    pub(super) fn keep_waiting(&mut self, waiting: Waiting, why: &str) {
        self.waiting = waiting;
        why.clone_into(&mut self.detail);
    }

    /// This still waits, where anything was said to.
    pub(super) fn catch_up(&mut self, waiting: Waiting) {
        if self.waiting != Waiting::default() {
            self.waiting = waiting;
        }
    }

    /// What there is to say now.
    pub(super) fn due(&mut self, now: Instant) -> Option<Unrecorded> {
        let lacks = self.lacks();
        let grown = lacks.bytes > self.told.bytes || lacks.events > self.told.events;
        let over = self.told_waiting && self.waiting == Waiting::default();
        let early = self.told_at.is_some_and(|told| now.duration_since(told) < PACE);
        (over || (grown && !early)).then(|| self.say(now))
    }

    /// What there is to say at the end, however short a time ago something was said.
    pub(super) fn last(&mut self, now: Instant) -> Option<Unrecorded> {
        (self.lacks() != self.told).then(|| self.say(now))
    }

    /// Says it in any case.
    pub(super) fn say(&mut self, now: Instant) -> Unrecorded {
        self.told = self.lacks();
        self.told_waiting = self.waiting != Waiting::default();
        self.told_at = Some(now);
        Unrecorded {
            bytes: self.told.bytes,
            events: self.told.events,
            detail: self.detail.clone(),
        }
    }

    fn lacks(&self) -> Waiting {
        Waiting {
            bytes: self.lost + self.waiting.bytes,
            events: self.waiting.events,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(said: Option<Unrecorded>) -> Option<(u64, u64)> {
        said.map(|said| (said.bytes, said.events))
    }

    fn waiting(bytes: u64, events: u64) -> Waiting {
        Waiting { bytes, events }
    }

    #[test]
    fn a_loss_is_told_at_once_then_once_a_second_and_when_nothing_waits_any_more() {
        let begin = Instant::now();
        let at = |millis| begin + Duration::from_millis(millis);
        let mut losses = Losses::default();
        losses.catch_up(waiting(5, 5));
        assert_eq!(losses.due(at(0)), None, "the disk is merely a moment behind");
        losses.keep_waiting(waiting(0, 1), "full");
        let first = losses.due(at(0)).expect("the first loss");
        assert_eq!((first.events, first.detail.as_str()), (1, "full"));
        losses.lose(10, "full");
        assert_eq!(losses.due(at(999)), None, "not so soon");
        losses.keep_waiting(waiting(7, 3), "full");
        assert_eq!(numbers(losses.due(at(1000))), Some((17, 3)));
        assert_eq!(losses.due(at(9000)), None, "nothing new");
        losses.catch_up(waiting(7, 0));
        assert_eq!(losses.due(at(9000)), None, "less is not more");
        losses.catch_up(waiting(0, 0));
        assert_eq!(numbers(losses.due(at(9000))), Some((10, 0)), "at once");
        assert_eq!(losses.due(at(20_000)), None);
        losses.lose(1, "full");
        assert_eq!(numbers(losses.due(at(20_000))), Some((11, 0)));
        losses.lose(1, "full");
        assert_eq!(losses.due(at(20_001)), None);
        assert_eq!(numbers(losses.last(at(20_002))), Some((12, 0)), "the end does not wait");
        assert_eq!(losses.last(at(20_003)), None);
    }
}
