//! The sign of life of a link: beats go out, and anything that is heard is an answer.

use super::stopping::ANSWER;
use crate::model::stamp::Stamp;
use std::time::Duration;

/// Beats in the time of one lease: one may be late, one may be lost.
const BEATS_PER_LEASE: u32 = 3;
/// The longest time between two beats.
const SELDOM: Duration = Duration::from_secs(10);
/// How long a link may be silent. The keepalives of ssh end a dead one sooner; where ssh holds it, nobody is at the other
/// end any more who could answer.
const MOST_SILENCE: Duration = Duration::from_secs(90);

/// What is known about whether the other end is alive.
#[derive(Debug)]
pub(super) struct Pulse {
    every: Duration,
    /// When the next beat goes out.
    next: Stamp,
    /// When anything was last heard.
    heard: Stamp,
    /// When the oldest beat went out to which nothing was heard.
    asked: Option<Stamp>,
    /// Whether it was told that the link is silent.
    silent: bool,
}

impl Pulse {
    /// The pulse of a link on which something was heard now.
    pub(super) fn new(lease: Option<Duration>, now: Stamp) -> Self {
        let every = lease.map_or(SELDOM, |lease| SELDOM.min(lease / BEATS_PER_LEASE));
        Self {
            every,
            next: now + every,
            heard: now,
            asked: None,
            silent: false,
        }
    }

    /// When the next beat is due.
    pub(super) fn next_beat(&self) -> Stamp {
        self.next
    }

    /// Whether a beat must go out now, which then counts as sent.
    pub(super) fn beats(&mut self, now: Stamp) -> bool {
        let due = self.next <= now;
        if due {
            self.next = now + self.every;
            self.asked.get_or_insert(now);
        }
        due
    }

    /// When anything was last heard.
    pub(super) fn last_heard(&self) -> Stamp {
        self.heard
    }

    /// Something was heard; returns how long the link was silent, if that had been told.
    pub(super) fn heard(&mut self, now: Stamp) -> Option<Duration> {
        let silence = self.silent.then(|| now.since(self.heard));
        (self.heard, self.asked, self.silent) = (now, None, false);
        silence
    }

    /// Nothing could be read: that nothing was heard means nothing.
    pub(super) fn unheard(&mut self, now: Stamp) {
        (self.heard, self.asked) = (now, None);
    }

    /// Nobody watched: what was sent before may have been answered, or lost, meanwhile.
    pub(super) fn slept(&mut self, asleep: Duration, now: Stamp) {
        self.heard = (self.heard + asleep).min(now);
        self.asked = None;
    }

    /// Whether the link is silent.
    pub(super) fn is_silent(&self) -> bool {
        self.silent
    }

    /// Whether the link must be called silent from now on; returns when something was last heard.
    pub(super) fn falls_silent(&mut self, now: Stamp) -> Option<Stamp> {
        let falls = !self.silent && self.asked.is_some_and(|asked| asked + ANSWER <= now);
        self.silent |= falls;
        falls.then_some(self.heard)
    }

    /// Whether the link is silent for longer than anything that lives is.
    pub(super) fn is_dead(&self, now: Stamp) -> bool {
        self.silent && self.heard + MOST_SILENCE <= now
    }

    /// When [`Pulse::falls_silent`] or [`Pulse::is_dead`] changes.
    pub(super) fn turn(&self) -> Option<Stamp> {
        if self.silent {
            Some(self.heard + MOST_SILENCE)
        } else {
            self.asked.map(|asked| asked + ANSWER)
        }
    }
}
