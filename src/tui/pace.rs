//! When to draw: at once after a pause, never more often than a screen can show, and not at all while nothing changes.

use crate::model::stamp::Stamp;
use std::time::Duration;

/// The least time between two frames.
const FRAME: Duration = Duration::from_millis(33);

/// Decides about frames.
#[derive(Debug, Default)]
pub(super) struct Pace {
    wanted: bool,
    last: Option<Stamp>,
}

impl Pace {
    /// Notes that something changed.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    /// When the next frame may be drawn; `None` while none is wanted.
    pub(super) fn due(&self) -> Option<Stamp> {
        self.wanted
            .then(|| self.last.map_or(Stamp::default(), |last| last + FRAME))
    }

    /// Notes that a frame was drawn.
    pub(super) fn drawn(&mut self, now: Stamp) {
        self.wanted = false;
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_keep_their_distance_and_need_a_reason() {
        let mut pace = Pace::default();
        assert_eq!(pace.due(), None);
        pace.want();
        assert_eq!(pace.due(), Some(Stamp::default()));
        pace.drawn(Stamp::from_millis(100));
        assert_eq!(pace.due(), None);
        pace.want();
        pace.want();
        assert_eq!(pace.due(), Some(Stamp::from_millis(133)));
    }
}
