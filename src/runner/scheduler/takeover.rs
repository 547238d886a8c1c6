//! What a new runner does with a run whose runner went without ending it: what was never started goes on, what was stays
//! as it was left, unless the operator wants it tried again. A pause that the operator asked for stands.

use super::slot::{Intake, Place, Slot};
use crate::model::board::{Board, Course, Row};
use crate::model::outcome::{Outcome, OutcomeClass, SkipReason};
use crate::model::phase::{PauseReason, Phase};
use crate::runner::resume::Lost;

/// Whether new jobs are started. Whatever else kept the run from that may be over by now.
pub(super) fn intake(course: Course) -> Intake {
    match course {
        Course::Paused(PauseReason::Asked) => Intake::Paused(PauseReason::Asked),
        _ => Intake::Open,
    }
}

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
        ended: row
            .mark()
            .filter(|_| row.phase.outcome().is_some_and(|outcome| !outcome.may_live_on())),
        retries_used: row.retries,
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
            slot.retries_used = 0;
            slot.if_running = if_running;
        }
        _ => slot.place = Place::Done(outcome.class()),
    }
    slot
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::doubt::Doubt;
    use crate::model::event::{Change, Ending, Event, What};
    use crate::model::host::HostName;
    use crate::model::id::{AttemptNo, JobId, RunId};
    use crate::model::outcome::{Cause, Fate};
    use crate::model::phase::Why;
    use crate::model::plan::{Plan, Settings, SshCall};
    use crate::model::stamp::Stamp;
    use crate::runner::caution::IfRunning;
    use std::time::Duration;

    fn plan() -> Plan {
        Plan {
            format: crate::model::plan::PLAN_FORMAT,
            run: RunId("r".to_owned()),
            command: "true".to_owned(),
            env: Vec::new(),
            hosts: vec![HostName::parse("web").expect("a name")],
            node_set: "web".to_owned(),
            settings: Settings::default(),
            ssh: SshCall::default(),
            parent: None,
            doubts: Vec::new(),
            fields: Vec::new(),
            operator: String::new(),
            note: None,
            started: String::new(),
            directory: "/nowhere".into(),
            version: String::new(),
        }
    }

    fn ending(outcome: Outcome) -> Ending {
        Ending {
            outcome,
            leaked: false,
            elapsed: Duration::ZERO,
        }
    }

    fn retrying(outcome: Outcome) -> Change {
        Change::Retrying {
            ending: ending(outcome),
            until: Stamp::from_secs(9),
        }
    }

    /// Where the one job stands to which this has happened, a second after the other.
    fn taken_over(changes: &[(u32, Change)], lost: Lost) -> Slot {
        let plan = plan();
        let mut board = Board::new(&plan);
        for (at, (attempt, change)) in (0..).zip(changes) {
            let what = What::Job {
                job: JobId(0),
                host: plan.hosts[0].clone(),
                attempt: AttemptNo(*attempt),
                change: change.clone(),
            };
            let at = Stamp::from_secs(at);
            board.apply(&Event { at, what });
        }
        slots(board, lost).remove(0)
    }

    /// The attempt that is made next, if any is: when nothing more is asked for, and when lost jobs are tried again.
    fn next(changes: &[(u32, Change)]) -> [Option<u32>; 2] {
        [Lost::Leave, Lost::TryAgain(IfRunning::Refuse)].map(|lost| {
            let slot = taken_over(changes, lost);
            (slot.place == Place::Waiting).then_some(slot.attempt.0)
        })
    }

    #[test]
    fn what_was_never_started_goes_on_and_the_rest_only_when_asked() {
        let queued = || Change::Queued(Why::ConnectSlot);
        let starting = || Change::Starting { cookie: "c".to_owned() };
        let running = || Change::Running { pid: 7 };
        let done = |outcome| Change::Done(ending(outcome));
        let refused = || Outcome::Unreachable {
            cause: Cause::Refused,
            detail: String::new(),
        };
        let lost = |fate| Outcome::Lost {
            detail: String::new(),
            fate,
        };
        let again = [None, Some(2)];
        for (changes, attempts) in [
            (&[][..], [Some(1); 2]),
            (&[(1, queued())], [Some(1); 2]),
            (&[(1, Change::Connecting)], [Some(1); 2]),
            (&[(1, Change::Connecting), (1, starting())], again),
            (&[(1, starting()), (1, running())], again),
            (&[(1, done(lost(Fate::Unknown)))], again),
            (&[(1, done(lost(Fate::Gone)))], again),
            (&[(1, done(Outcome::skipped(SkipReason::AlreadyRunning)))], again),
            (&[(1, done(Outcome::skipped(SkipReason::MayBeRunning)))], again),
            (&[(1, done(Outcome::skipped(SkipReason::Interrupted)))], [Some(1); 2]),
            (&[(1, done(Outcome::skipped(SkipReason::Cancelled)))], [None; 2]),
            (&[(1, done(Outcome::skipped(SkipReason::Drain)))], [None; 2]),
            (&[(1, done(Outcome::Ok))], [None; 2]),
            (&[(1, done(Outcome::Exit { code: 1 }))], [None; 2]),
            (&[(1, done(refused()))], [None; 2]),
            (&[(1, retrying(refused()))], [Some(2); 2]),
            (&[(1, retrying(Outcome::Exit { code: 1 }))], [None; 2]),
            (&[(1, done(Outcome::Exit { code: 1 })), (2, queued())], [Some(2); 2]),
            (
                &[
                    (1, done(Outcome::Exit { code: 1 })),
                    (2, Change::Connecting),
                    (2, starting()),
                ],
                [None, Some(3)],
            ),
        ] {
            assert_eq!(next(changes), attempts, "{changes:?}");
        }
    }

    #[test]
    fn retries_that_were_made_are_not_made_again() {
        let refused = || Outcome::Unreachable {
            cause: Cause::Refused,
            detail: String::new(),
        };
        let twice = [(1, retrying(refused())), (2, retrying(refused()))];
        assert_eq!(taken_over(&twice, Lost::Leave).retries_used, 2);
        let asked = [
            (1, retrying(refused())),
            (2, Change::Done(ending(refused()))),
            (3, retrying(refused())),
        ];
        assert_eq!(taken_over(&asked, Lost::Leave).retries_used, 1);
        let starting = Change::Starting { cookie: "c".to_owned() };
        let lost = [(1, retrying(refused())), (2, Change::Connecting), (2, starting)];
        assert_eq!(taken_over(&lost, Lost::TryAgain(IfRunning::Refuse)).retries_used, 0);
    }

    #[test]
    fn what_may_live_on_is_kept_in_doubt() {
        let cookie = "c".to_owned();
        let changes = [(1, Change::Starting { cookie }), (1, Change::Running { pid: 7 })];
        let slot = taken_over(&changes, Lost::TryAgain(IfRunning::GoOn));
        let command = Some((7, Stamp::from_secs(1)));
        assert_eq!(slot.doubts, [Doubt::new(AttemptNo(1), "c".to_owned(), command)]);
        assert_eq!(slot.if_running, IfRunning::GoOn);
    }
}
