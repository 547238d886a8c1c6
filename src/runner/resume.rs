//! Taking a run up again whose runner went without ending it.

use super::caution::IfRunning;
use crate::model::board::Board;
use crate::model::event::{Event, Resumed};
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;

/// What a new runner is told of the run so far.
#[derive(Clone, Debug)]
pub struct Past {
    /// Everything that was recorded, in order.
    pub events: Vec<Event>,
    /// How long ago the run began, by the calendar. It is taken for later when the record knows better.
    pub elapsed: Stamp,
    /// Who takes it up, and when.
    pub resumed: Resumed,
    /// What becomes of jobs whose end nobody knows.
    pub lost: Lost,
}

/// What becomes of jobs whose end nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// They stay lost.
    Leave,
    /// They are tried again, after a search for what is left of them.
    TryAgain(IfRunning),
}

impl Past {
    /// The moment at which the run goes on.
    pub(super) fn now(&self) -> Stamp {
        let last = self.events.iter().map(|event| event.at).max();
        self.elapsed.max(last.unwrap_or_default())
    }

    /// The run as the old runner left it.
    pub(super) fn board(&self, plan: &Plan) -> Board {
        let mut board = Board::new(plan);
        for event in &self.events {
            board.apply(event);
        }
        board
    }
}
