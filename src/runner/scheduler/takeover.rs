//! What a new runner does with a run whose runner went without ending it: what was never started goes on, what was stays
//! as it was left, unless the operator wants it tried again.

use super::slot::{Place, Slot};
use crate::model::board::{Board, Row};
use crate::model::outcome::{Outcome, OutcomeClass, SkipReason};
use crate::model::phase::Phase;
use crate::runner::resume::Lost;

/// Where each job of a run stands whose events are folded in `board`, the end of the old runner not yet.
pub(super) fn slots(mut board: Board, lost: Lost) -> Vec<Slot> {
    let waited: Vec<bool> = board.rows().iter().map(waited_to_be_tried_again).collect();
    board.interrupt();
    let rows = board.rows().iter();
    rows.zip(waited).map(|(row, waited)| slot(row, waited, lost)).collect()
}

/// Whether the next attempt would have come by itself, after one that had started nothing.
fn waited_to_be_tried_again(row: &Row) -> bool {
    matches!(&row.phase, Phase::Backoff { last, .. } if last.class() == OutcomeClass::Unreachable)
}

fn slot(row: &Row, waited: bool, lost: Lost) -> Slot {
    let mut slot = Slot {
        attempt: row.attempt,
        doubts: row.doubts(),
        ..Slot::default()
    };
    let Some(outcome) = row.phase.outcome() else {
        return slot;
    };
    match (outcome, lost) {
        // Nothing was started in this attempt: it is still to come.
        (
            Outcome::Skipped {
                why: SkipReason::Interrupted,
                ..
            },
            _,
        ) => {}
        _ if waited => slot.attempt = row.attempt.next(),
        (
            Outcome::Lost { .. }
            | Outcome::Skipped {
                why: SkipReason::AlreadyRunning | SkipReason::MayBeRunning,
                ..
            },
            Lost::TryAgain(if_running),
        ) => {
            slot.attempt = row.attempt.next();
            slot.if_running = if_running;
        }
        _ => slot.place = Place::Done(outcome.class()),
    }
    slot
}
