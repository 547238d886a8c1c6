//! The course of an attempt, told as stories: what happened, and what was done about it.

use super::*;
use crate::model::left::Kin;
use crate::shim::{Process, Reach, Session, Sig};
use std::time::Duration;

const T0: Stamp = Stamp::from_secs(100);

fn at(secs: u64) -> Stamp {
    T0 + Duration::from_secs(secs)
}

fn settings() -> Settings {
    Settings {
        lease: None,
        ..Settings::default()
    }
}

/// An attempt whose command has been running since [`T0`].
fn running(settings: Settings) -> Attempt {
    let mut attempt = Attempt::new(settings, Stamp::from_secs(99), T0);
    let session = Session::Setsid;
    let acts = attempt.reported(Record::Job { pid: 7, session }, T0);
    assert_eq!(acts, [Act::Tell(Change::Running { pid: 7 })]);
    attempt
}

/// What follows from the time, less the beats.
fn tick(attempt: &mut Attempt, now: Stamp) -> Vec<Act> {
    let mut acts = attempt.tick(now);
    acts.retain(|act| *act != Act::Send(Control::Beat));
    acts
}

fn stop(signal: Sig) -> Act {
    Act::Send(Control::Stop(signal))
}

fn stopping(reason: StopReason, limit: Option<Limit>, kill_at: Option<Stamp>) -> Act {
    Act::Tell(Change::Stopping { reason, limit, kill_at })
}

fn finish(outcome: Outcome, elapsed: u64) -> Act {
    Act::Finish(Ending {
        outcome,
        leaked: false,
        elapsed: Duration::from_secs(elapsed),
    })
}

fn cancelled(fate: Fate, ended: Option<Ended>) -> Outcome {
    let by = CancelledBy::Operator;
    Outcome::Cancelled { by, fate, ended }
}

fn close(attempt: &mut Attempt, now: Stamp) -> Vec<Act> {
    let mut acts = attempt.closed(Stream::Stdout, || None, now);
    acts.extend(attempt.closed(Stream::Stderr, || None, now));
    acts
}

const KILLED: Ended = Ended::Signal { number: 9, status: 137 };
const TERMINATED: Ended = Ended::Signal {
    number: 15,
    status: 143,
};

#[test]
fn an_end_is_known_when_the_record_and_both_streams_are_in() {
    for (status, outcome) in [
        (0, Outcome::Ok),
        (3, Outcome::Exit { code: 3 }),
        (255, Outcome::Exit { code: 255 }),
        (137, Outcome::Signal { number: 9, status: 137 }),
    ] {
        let mut attempt = running(settings());
        assert_eq!(attempt.reported(Record::Exit { status }, at(5)), []);
        assert_eq!(attempt.closed(Stream::Stdout, || None, at(5)), []);
        assert_eq!(attempt.closed(Stream::Stderr, || None, at(6)), [finish(outcome, 5)]);
    }
}

#[test]
fn the_record_may_come_last() {
    let mut attempt = running(settings());
    assert_eq!(attempt.closed(Stream::Stdout, || None, at(1)), []);
    assert_eq!(attempt.reported(Record::Exit { status: 0 }, at(2)), []);
    assert_eq!(attempt.closed(Stream::Stderr, || None, at(2)), [finish(Outcome::Ok, 2)]);
}

#[test]
fn a_channel_that_ends_without_a_record_is_never_an_exit() {
    let mut attempt = running(settings());
    let acts = close(&mut attempt, at(4));
    assert!(
        matches!(&acts[..], [Act::Finish(Ending { outcome: Outcome::Lost { fate: Fate::Unknown, detail }, .. })]
            if detail.contains("without a status")),
        "{acts:?}"
    );
}

#[test]
fn an_exit_before_the_command_ran_is_the_launcher_s() {
    let mut attempt = Attempt::new(settings(), T0, T0);
    let acts = attempt.reported(Record::Exit { status: 126 }, at(1));
    assert!(
        matches!(
            &acts[..],
            [Act::Finish(Ending {
                outcome: Outcome::Unreachable {
                    cause: Cause::Other,
                    ..
                },
                ..
            })]
        ),
        "{acts:?}"
    );
}

#[test]
fn what_is_left_behind_is_drained_and_marked() {
    let mut attempt = running(settings());
    assert_eq!(attempt.reported(Record::Exit { status: 4 }, at(5)), []);
    assert_eq!(attempt.stage(), Some(at(7)));
    assert_eq!(tick(&mut attempt, at(6)), []);
    let leaked = Act::Finish(Ending {
        outcome: Outcome::Exit { code: 4 },
        leaked: true,
        elapsed: Duration::from_secs(5),
    });
    assert_eq!(tick(&mut attempt, at(7)), [leaked]);
}

#[test]
fn a_cancel_is_confirmed_by_the_shim() {
    let mut attempt = running(settings());
    let acts = attempt.stop(StopReason::Cancel, CancelledBy::Operator, at(3));
    assert_eq!(
        acts,
        [stop(Sig::Term), stopping(StopReason::Cancel, None, Some(at(13)))]
    );
    assert_eq!(attempt.reported(Record::Left(1), at(3)), []);
    assert_eq!(attempt.reported(Record::Exit { status: 143 }, at(4)), []);
    assert_eq!(attempt.reported(Record::Gone(Reach::All), at(4)), []);
    assert_eq!(
        close(&mut attempt, at(4)),
        [finish(cancelled(Fate::Gone, Some(TERMINATED)), 4)]
    );
}

#[test]
fn kill_follows_when_the_grace_is_over() {
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, T0);
    assert_eq!(attempt.reported(Record::Left(1), T0), []);
    assert_eq!(attempt.stage(), Some(at(10)));
    assert_eq!(tick(&mut attempt, at(9)), []);
    assert_eq!(
        tick(&mut attempt, at(10)),
        [stop(Sig::Kill), stopping(StopReason::Cancel, None, None)]
    );
    assert_eq!(attempt.reported(Record::Left(0), at(10)), []);
    assert_eq!(attempt.reported(Record::Exit { status: 137 }, at(10)), []);
    assert_eq!(attempt.reported(Record::Gone(Reach::Group), at(10)), []);
    assert_eq!(
        close(&mut attempt, at(10)),
        [finish(cancelled(Fate::GoneGroup, Some(KILLED)), 10)]
    );
}

#[test]
fn a_kill_that_comes_when_all_is_gone_does_not_undo_what_is_known() {
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, T0);
    assert_eq!(attempt.reported(Record::Left(1), T0), []);
    assert_eq!(attempt.reported(Record::Exit { status: 137 }, at(1)), []);
    assert_eq!(attempt.reported(Record::Gone(Reach::All), at(1)), []);
    assert_eq!(attempt.stop(StopReason::Kill, CancelledBy::Quit, at(1)), []);
    assert_eq!(
        close(&mut attempt, at(1)),
        [finish(cancelled(Fate::Gone, Some(KILLED)), 1)]
    );
}

#[test]
fn survivors_are_named_when_patience_is_over() {
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Kill, CancelledBy::Operator, T0);
    assert_eq!(
        attempt.reported(Record::Exit { status: 137 }, at(1)),
        [],
        "before an answer"
    );
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Kill, CancelledBy::Operator, T0);
    let process = Process {
        pid: 8,
        kin: Kin::Session,
        state: 'D',
        uid: 0,
        name: "dd".to_owned(),
    };
    assert_eq!(attempt.reported(Record::Process(process.clone()), T0), []);
    assert_eq!(attempt.reported(Record::Left(1), T0), []);
    assert_eq!(attempt.reported(Record::Exit { status: 137 }, at(1)), []);
    assert_eq!(tick(&mut attempt, at(2)), [Act::Send(Control::Look)]);
    assert_eq!(attempt.reported(Record::Process(process.clone()), at(3)), []);
    assert_eq!(attempt.reported(Record::Left(1), at(3)), []);
    let survived = Fate::Survived {
        count: 1,
        owners: vec!["root".to_owned()],
    };
    assert_eq!(
        tick(&mut attempt, at(5)),
        [
            Act::Send(Control::Leave),
            Act::Tell(Change::Left {
                processes: vec![super::left(process)]
            }),
            finish(cancelled(survived, Some(KILLED)), 1)
        ]
    );
}

#[test]
fn what_is_left_is_told_by_an_answer_that_is_not_old() {
    let stopped = || {
        let mut attempt = running(settings());
        let _ = attempt.stop(StopReason::Kill, CancelledBy::Operator, T0);
        let _ = attempt.reported(Record::Left(1), T0);
        let _ = attempt.reported(Record::Exit { status: 137 }, at(1));
        assert_eq!(tick(&mut attempt, at(4)), [Act::Send(Control::Look)]);
        // The host is busy: no further question before the answer, and none is given up for the old answer's sake.
        for secs in 5..14 {
            assert_eq!(tick(&mut attempt, at(secs)), [], "{secs}");
        }
        attempt
    };
    let mut attempt = stopped();
    let _ = attempt.reported(Record::Gone(Reach::All), at(13));
    let gone = cancelled(Fate::Gone, Some(KILLED));
    assert_eq!(close(&mut attempt, at(13)), [finish(gone, 1)]);
    let mut attempt = stopped();
    let acts = tick(&mut attempt, at(14));
    let unknown = finish(cancelled(Fate::Unknown, Some(KILLED)), 1);
    assert!(acts.contains(&unknown), "{acts:?}");
}

#[test]
fn an_exit_that_was_on_its_way_keeps_its_own_outcome() {
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, at(1));
    assert_eq!(attempt.reported(Record::Exit { status: 0 }, at(1)), []);
    assert_eq!(attempt.reported(Record::Gone(Reach::All), at(1)), []);
    assert_eq!(close(&mut attempt, at(1)), [finish(Outcome::Ok, 1)]);
}

#[test]
fn a_shim_that_does_not_answer_is_lost_and_never_gone() {
    let mut attempt = running(Settings {
        grace: Duration::from_secs(60),
        ..settings()
    });
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, T0);
    assert_eq!(attempt.stage(), Some(at(10)));
    let acts = tick(&mut attempt, at(10));
    assert!(
        matches!(
            &acts[..],
            [Act::Finish(Ending {
                outcome: Outcome::Lost {
                    fate: Fate::Unknown,
                    ..
                },
                ..
            })]
        ),
        "{acts:?}"
    );
}

#[test]
fn a_stop_without_an_answer_claims_no_more_than_is_known() {
    let words = |acts: Vec<Act>| match acts.into_iter().next_back() {
        Some(Act::Finish(Ending {
            outcome: Outcome::Lost { detail, .. },
            ..
        })) => detail,
        other => panic!("{other:?}"),
    };
    let stopped = || {
        let mut attempt = running(settings());
        attempt.printed(at(2));
        let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, at(5));
        attempt
    };
    let mut attempt = stopped();
    let dead = "nothing was heard of the host for 13s: the link is dead, or the shim is";
    assert_eq!(words(tick(&mut attempt, at(15))), dead);
    let mut attempt = stopped();
    attempt.printed(at(6));
    let stuck = "the link holds, and the shim does not answer: it was killed or is stuck";
    assert_eq!(words(tick(&mut attempt, at(15))), stuck);
    let mut attempt = stopped();
    let _ = attempt.reported(Record::Left(1), at(5));
    let _ = tick(&mut attempt, at(15));
    let _ = attempt.reported(Record::Exit { status: 137 }, at(15));
    let cut = "the channel ended before the shim said what is left";
    assert_eq!(words(close(&mut attempt, at(15))), cut);
}

#[test]
fn what_was_left_before_kill_says_nothing_about_what_is_left_after() {
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, T0);
    let _ = attempt.reported(Record::Left(1), T0);
    let _ = tick(&mut attempt, at(10));
    let acts = tick(&mut attempt, at(20));
    assert!(
        matches!(
            acts.last(),
            Some(Act::Finish(Ending {
                outcome: Outcome::Lost {
                    fate: Fate::Unknown,
                    ..
                },
                ..
            }))
        ),
        "{acts:?}"
    );
}

#[test]
fn a_link_cut_while_stopping_leaves_the_fate_open() {
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, T0);
    assert_eq!(attempt.reported(Record::Left(2), T0), []);
    assert_eq!(attempt.reported(Record::Exit { status: 143 }, at(1)), []);
    assert_eq!(
        close(&mut attempt, at(1)),
        [finish(cancelled(Fate::Unknown, Some(TERMINATED)), 1)]
    );
}

#[test]
fn limits_stop_the_job_and_say_which() {
    let limited = Settings {
        run_timeout: Some(Duration::from_secs(60)),
        idle_timeout: Some(Duration::from_secs(20)),
        ..settings()
    };
    let mut attempt = running(limited.clone());
    assert_eq!(attempt.stage(), Some(at(20)));
    attempt.printed(at(15));
    assert_eq!(attempt.stage(), Some(at(35)));
    assert_eq!(tick(&mut attempt, at(20)), []);
    assert_eq!(attempt.reported(Record::Beat, at(20)), []);
    let acts = tick(&mut attempt, at(35));
    assert_eq!(
        acts,
        [
            stop(Sig::Term),
            stopping(StopReason::Timeout, Some(Limit::Idle), Some(at(45)))
        ]
    );

    let mut attempt = running(limited);
    for n in 1..6 {
        attempt.printed(at(n * 11));
    }
    let acts = tick(&mut attempt, at(60));
    assert_eq!(acts[1], stopping(StopReason::Timeout, Some(Limit::Run), Some(at(70))));
    let _ = attempt.reported(Record::Left(0), at(60));
    let _ = attempt.reported(Record::Exit { status: 143 }, at(61));
    let _ = attempt.reported(Record::Gone(Reach::All), at(61));
    let timed_out = Outcome::TimedOut {
        limit: Limit::Run,
        fate: Fate::Gone,
        ended: Some(TERMINATED),
    };
    assert_eq!(close(&mut attempt, at(61)), [finish(timed_out, 61)]);
}

#[test]
fn a_stronger_reason_replaces_a_weaker_one_and_never_the_other_way() {
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, T0);
    let acts = attempt.stop(StopReason::Quit, CancelledBy::Quit, at(1));
    assert_eq!(
        acts,
        [stopping(StopReason::Quit, None, Some(at(10)))],
        "the grace goes on"
    );
    assert_eq!(attempt.stop(StopReason::Cancel, CancelledBy::Operator, at(2)), []);
    let acts = attempt.stop(StopReason::Kill, CancelledBy::Operator, at(3));
    assert_eq!(acts, [stop(Sig::Kill), stopping(StopReason::Kill, None, None)]);
    assert_eq!(attempt.stop(StopReason::Kill, CancelledBy::Operator, at(4)), []);
}

#[test]
fn a_stop_before_the_command_runs_waits_for_it() {
    let mut attempt = Attempt::new(settings(), T0, T0);
    assert_eq!(attempt.stop(StopReason::Cancel, CancelledBy::Operator, T0), []);
    let session = Session::Alone;
    let acts = attempt.reported(Record::Job { pid: 7, session }, at(1));
    assert_eq!(
        acts[1..],
        [stop(Sig::Term), stopping(StopReason::Cancel, None, Some(at(11)))]
    );
}

#[test]
fn a_shim_that_never_says_that_the_command_runs_is_lost() {
    let mut attempt = Attempt::new(settings(), T0, T0);
    assert_eq!(attempt.stage(), Some(at(30)));
    let acts = tick(&mut attempt, at(30));
    assert!(
        matches!(
            &acts[..],
            [Act::Finish(Ending {
                outcome: Outcome::Lost { .. },
                ..
            })]
        ),
        "{acts:?}"
    );
}

#[test]
fn beats_keep_the_lease_and_ask_for_a_sign_of_life() {
    for (lease, every) in [(None, 10), (Some(90), 10), (Some(3), 1)] {
        let mut attempt = running(Settings {
            lease: lease.map(Duration::from_secs),
            ..settings()
        });
        for beat in [every, 2 * every] {
            assert_eq!(attempt.deadline(), Some(at(beat)));
            assert_eq!(attempt.tick(at(beat)), [Act::Send(Control::Beat)]);
            assert_eq!(attempt.reported(Record::Beat, at(beat)), []);
        }
    }
}

#[test]
fn a_silent_link_is_told_and_no_limit_counts_until_something_is_heard() {
    let mut attempt = running(limited());
    attempt.printed(at(5));
    assert_eq!(attempt.tick(at(10)), [Act::Send(Control::Beat)]);
    assert_eq!(attempt.deadline(), Some(at(20)));
    let silent = Act::Tell(Change::LinkSilent { since: at(5) });
    assert_eq!(attempt.tick(at(20)), [Act::Send(Control::Beat), silent]);
    assert_eq!(tick(&mut attempt, at(65)), [], "no limit");
    assert_eq!(attempt.reported(Record::Beat, at(75)), [Act::Tell(Change::LinkHeard)]);
    assert_eq!(attempt.stage(), Some(at(115)), "idle, less 70 seconds");
    attempt.printed(at(110));
    assert_eq!(attempt.stage(), Some(at(130)), "the command, less 70 seconds");
}

#[test]
fn where_the_link_holds_and_nobody_answers_the_shim_is_dead() {
    let mut attempt = running(settings());
    for second in [10, 20, 30, 40, 50, 60, 70, 80] {
        let acts = attempt.tick(at(second));
        assert!(
            !acts.iter().any(|act| matches!(act, Act::Finish(_))),
            "{second}: {acts:?}"
        );
    }
    let acts = tick(&mut attempt, at(90));
    assert!(
        matches!(&acts[..], [Act::Finish(Ending { outcome: Outcome::Lost { fate: Fate::Unknown, detail }, .. })]
            if detail == "no sign of life from the shim for 1m30s; ssh still held the connection"),
        "{acts:?}"
    );
}

#[test]
fn what_nobody_reads_is_not_silent() {
    let mut attempt = running(settings());
    for second in 1..30 {
        attempt.unheard(at(second * 10));
        assert_eq!(tick(&mut attempt, at(second * 10)), []);
    }
}

#[test]
fn a_stop_goes_on_while_the_link_is_silent() {
    let mut attempt = running(Settings {
        grace: Duration::from_secs(200),
        ..settings()
    });
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, T0);
    let _ = attempt.reported(Record::Left(1), T0);
    let _ = attempt.tick(at(10));
    let silent = Act::Tell(Change::LinkSilent { since: T0 });
    assert_eq!(tick(&mut attempt, at(20)), [silent]);
    assert_eq!(tick(&mut attempt, at(100)), []);
    assert_eq!(attempt.deadline(), Some(at(110)), "the next beat");
    assert_eq!(tick(&mut attempt, at(200))[0], stop(Sig::Kill));
}

#[test]
fn after_the_end_of_the_command_nobody_needs_to_answer() {
    let mut attempt = running(settings());
    let _ = attempt.tick(at(10));
    assert_eq!(attempt.reported(Record::Exit { status: 0 }, at(19)), []);
    attempt.printed(at(20));
    assert_eq!(attempt.deadline(), Some(at(22)), "the drain time");
    assert_eq!(attempt.tick(at(21)), []);
}

#[test]
fn a_sleep_is_no_silence() {
    let mut attempt = running(settings());
    let _ = attempt.tick(at(10));
    let _ = attempt.slept(Duration::from_secs(3600), at(3615));
    assert_eq!(tick(&mut attempt, at(3616)), []);
    assert_eq!(attempt.reported(Record::Left(1), at(3616)), []);
    assert_eq!(tick(&mut attempt, at(3620)), []);
}

#[test]
fn only_kill_does_not_wait_for_what_was_printed_before_the_end() {
    let mut attempt = running(settings());
    assert_eq!(attempt.reported(Record::Exit { status: 0 }, at(1)), []);
    assert_eq!(attempt.stop(StopReason::Quit, CancelledBy::Quit, at(2)), []);
    assert_eq!(attempt.stage(), Some(at(3)));
    let leaked = Act::Finish(Ending {
        outcome: Outcome::Ok,
        leaked: true,
        elapsed: Duration::from_secs(1),
    });
    assert_eq!(attempt.stop(StopReason::Kill, CancelledBy::Quit, at(2)), [leaked]);
}

#[test]
fn a_backlog_on_a_slow_link_is_read_to_its_end() {
    let mut attempt = running(settings());
    assert_eq!(attempt.reported(Record::Exit { status: 0 }, at(1)), []);
    for second in 2..10 {
        attempt.printed(at(second));
        assert_eq!(tick(&mut attempt, at(second + 1)), [], "bytes still come");
    }
    assert_eq!(close(&mut attempt, at(11)), [finish(Outcome::Ok, 1)]);
}

#[test]
fn what_never_stops_printing_is_not_a_backlog() {
    let mut attempt = running(settings());
    assert_eq!(attempt.reported(Record::Exit { status: 0 }, at(1)), []);
    attempt.printed(at(63));
    assert!(
        matches!(
            &tick(&mut attempt, at(63))[..],
            [Act::Finish(Ending { leaked: true, .. })]
        ),
        "a minute and the drain time after its end"
    );
}

#[test]
fn a_stop_before_the_command_runs_is_not_kept_waiting_for_ever() {
    let mut attempt = Attempt::new(
        Settings {
            connect_timeout: None,
            ..settings()
        },
        T0,
        T0,
    );
    assert_eq!(attempt.stage(), None);
    assert_eq!(attempt.stop(StopReason::Quit, CancelledBy::Quit, T0), []);
    assert_eq!(attempt.stage(), Some(at(10)));
    let acts = tick(&mut attempt, at(10));
    assert!(
        matches!(
            &acts[..],
            [Act::Finish(Ending {
                outcome: Outcome::Lost { .. },
                ..
            })]
        ),
        "{acts:?}"
    );
}

fn limited() -> Settings {
    Settings {
        run_timeout: Some(Duration::from_secs(60)),
        idle_timeout: Some(Duration::from_secs(40)),
        ..settings()
    }
}

#[test]
fn sleep_counts_towards_no_limit_and_the_link_is_looked_at_first() {
    let mut attempt = running(limited());
    attempt.printed(at(10));
    let hour = Duration::from_secs(3600);
    assert_eq!(attempt.slept(hour, at(3620)), [Act::Send(Control::Look)]);
    assert!(attempt.is_urgent());
    assert_eq!(attempt.stage(), Some(at(3630)), "the answer is waited for");
    assert_eq!(tick(&mut attempt, at(3621)), []);
    assert_eq!(attempt.reported(Record::Left(1), at(3621)), []);
    assert!(!attempt.is_urgent());
    assert_eq!(attempt.stage(), Some(at(3650)), "silent since 10");
    attempt.printed(at(3640));
    assert_eq!(attempt.stage(), Some(at(3660)), "running since 0");
    assert_eq!(tick(&mut attempt, at(3659)), []);
    assert_eq!(
        tick(&mut attempt, at(3660)),
        [
            stop(Sig::Term),
            stopping(StopReason::Timeout, Some(Limit::Run), Some(at(3670)))
        ]
    );
}

#[test]
fn a_link_that_does_not_answer_after_a_sleep_is_lost() {
    let mut attempt = running(limited());
    attempt.slept(Duration::from_secs(100), at(100));
    // While nothing can be read its silence means nothing.
    attempt.unheard(at(105));
    assert_eq!(tick(&mut attempt, at(110)), []);
    let acts = tick(&mut attempt, at(115));
    assert!(
        matches!(&acts[..], [Act::Finish(Ending { outcome: Outcome::Lost { fate: Fate::Unknown, detail }, .. })]
            if detail == "nobody watched for 1m 40s, and then the shim did not answer"),
        "{acts:?}"
    );
}

#[test]
fn an_end_that_came_during_a_sleep_is_an_end() {
    let mut attempt = running(limited());
    attempt.slept(Duration::from_secs(100), at(100));
    assert_eq!(attempt.reported(Record::Exit { status: 0 }, at(100)), []);
    assert_eq!(close(&mut attempt, at(100)), [finish(Outcome::Ok, 100)]);
}

#[test]
fn grace_and_drain_last_longer_by_a_sleep() {
    let mut attempt = running(settings());
    attempt.stop(StopReason::Cancel, CancelledBy::Operator, at(5));
    attempt.reported(Record::Left(1), at(5));
    let minute = Duration::from_secs(60);
    assert_eq!(
        attempt.slept(minute, at(66)),
        [stopping(StopReason::Cancel, None, Some(at(75)))],
        "the row says the new moment"
    );
    assert_eq!(tick(&mut attempt, at(74)), []);
    assert_eq!(
        tick(&mut attempt, at(75)),
        [stop(Sig::Kill), stopping(StopReason::Cancel, None, None)]
    );

    let mut attempt = running(settings());
    attempt.reported(Record::Exit { status: 0 }, at(5));
    assert_eq!(attempt.slept(minute, at(66)), [], "there is nothing to look at");
    assert_eq!(attempt.stage(), Some(at(67)));
}

#[test]
fn a_connect_that_was_slept_through_has_its_time_after_all() {
    let limit = Duration::from_secs(30);
    let settings = Settings {
        connect_timeout: Some(limit),
        ..settings()
    };
    let mut attempt = Attempt::new(settings, T0, T0);
    assert_eq!(attempt.slept(Duration::from_secs(50), at(51)), []);
    assert_eq!(attempt.stage(), Some(at(80)));
}

#[test]
fn what_is_to_finish_is_overdue_and_nothing_signals_it() {
    let mut attempt = running(Settings {
        let_finish: true,
        ..limited()
    });
    let limit = Limit::Idle;
    assert_eq!(tick(&mut attempt, at(40)), [Act::Tell(Change::Overdue { limit })]);
    assert_eq!(attempt.stage(), None, "once");
    assert_eq!(attempt.reported(Record::Beat, at(41)), []);
    assert_eq!(tick(&mut attempt, at(60)), []);
    let kept = Outcome::Cancelled {
        by: CancelledBy::Quit,
        fate: Fate::Kept,
        ended: None,
    };
    assert_eq!(attempt.leave(at(62)), [Act::Send(Control::Leave), finish(kept, 62)]);
}

#[test]
fn a_run_that_lets_go_waits_until_the_command_runs() {
    let mut attempt = Attempt::new(settings(), T0, T0);
    assert_eq!(attempt.leave(T0), []);
    assert_eq!(attempt.stage(), Some(at(10)));
    let session = Session::Setsid;
    let acts = attempt.reported(Record::Job { pid: 7, session }, at(1));
    assert_eq!(acts[1], Act::Send(Control::Leave));
}

fn process(pid: u32, kin: Kin) -> Process {
    Process {
        pid,
        kin,
        state: 'S',
        uid: 1000,
        name: "sleep".to_owned(),
    }
}

fn told(processes: &[(u32, Kin)]) -> Act {
    let left = |(pid, kin): &(u32, Kin)| super::left(process(*pid, *kin));
    Act::Tell(Change::Left {
        processes: processes.iter().map(left).collect(),
    })
}

/// The shim names these and no more.
fn answer(attempt: &mut Attempt, processes: &[(u32, Kin)], now: Stamp) -> Vec<Act> {
    for (pid, kin) in processes {
        assert_eq!(attempt.reported(Record::Process(process(*pid, *kin)), now), []);
    }
    attempt.reported(Record::Left(processes.len() as u32), now)
}

#[test]
fn who_asks_is_told_what_is_alive_and_nobody_else_is() {
    let mut attempt = running(settings());
    let all = [(7, Kin::Session), (9, Kin::Escaped)];
    assert_eq!(answer(&mut attempt, &all, at(1)), []);
    assert_eq!(attempt.look(), [Act::Send(Control::Look)]);
    assert_eq!(answer(&mut attempt, &all, at(2)), [told(&all)]);
    assert_eq!(answer(&mut attempt, &all, at(3)), []);
}

#[test]
fn what_is_killed_by_number_is_looked_for_a_moment_later() {
    let mut attempt = running(settings());
    let all = [(7, Kin::Session), (9, Kin::Escaped)];
    let kill = Act::Send(Control::SignalEach(Sig::Kill, vec![9]));
    assert_eq!(attempt.kill_left(vec![9], at(1)), [kill]);
    assert_eq!(
        answer(&mut attempt, &all, at(1)),
        [],
        "it names what it has just killed"
    );
    let later = at(1) + stopping::LOOK;
    assert_eq!(attempt.deadline(), Some(later));
    assert_eq!(attempt.tick(later), [Act::Send(Control::Look)]);
    assert_eq!(answer(&mut attempt, &all[..1], later), [told(&all[..1])]);
}

#[test]
fn a_command_that_has_ended_is_not_looked_at_by_its_shim() {
    let mut attempt = running(settings());
    let _ = attempt.reported(Record::Exit { status: 0 }, at(1));
    let acts = attempt.look();
    assert!(matches!(&acts[..], [Act::Tell(Change::NotLooked { .. })]), "{acts:?}");
}

#[test]
fn when_only_escaped_processes_are_left_there_is_nothing_to_wait_for() {
    for reason in [StopReason::Cancel, StopReason::Kill] {
        let mut attempt = running(settings());
        let _ = attempt.stop(reason, CancelledBy::Operator, T0);
        let left = [(9, Kin::Escaped)];
        let _ = answer(&mut attempt, &[(7, Kin::Session), (9, Kin::Escaped)], T0);
        assert_eq!(attempt.reported(Record::Exit { status: 143 }, T0), []);
        assert_eq!(answer(&mut attempt, &left, T0), []);
        for step in 1..5 {
            let now = T0 + stopping::LOOK * step;
            assert_eq!(attempt.tick(now), [Act::Send(Control::Look)], "{reason} {step}");
            assert_eq!(answer(&mut attempt, &left, now), []);
        }
        assert_eq!(attempt.tick(at(1)), [Act::Send(Control::Look)]);
        assert_eq!(answer(&mut attempt, &left, at(1)), []);
        assert!(attempt.deadline() < Some(at(1)), "at once");
        let survived = Fate::Survived {
            count: 1,
            owners: vec!["uid 1000".to_owned()],
        };
        assert_eq!(
            attempt.tick(at(1)),
            [
                Act::Send(Control::Leave),
                told(&left),
                finish(cancelled(survived, Some(TERMINATED)), 0)
            ]
        );
    }
}

#[test]
fn what_is_in_the_session_gets_its_time_after_kill() {
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Kill, CancelledBy::Operator, T0);
    let _ = attempt.reported(Record::Left(1), T0);
    assert_eq!(attempt.reported(Record::Exit { status: 137 }, T0), []);
    let left = [(8, Kin::Session), (9, Kin::Escaped)];
    for secs in 1..5 {
        let _ = attempt.tick(at(secs));
        assert_eq!(answer(&mut attempt, &left, at(secs)), []);
        assert!(attempt.deadline() > Some(at(secs)));
    }
    assert!(attempt.tick(at(5)).contains(&told(&left)));
}

#[test]
fn what_is_counted_and_not_named_may_be_what_a_stop_signals() {
    let mut attempt = running(settings());
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, T0);
    let _ = attempt.reported(Record::Left(2), T0);
    assert_eq!(attempt.reported(Record::Exit { status: 143 }, T0), []);
    for tenths in 0..=15 {
        let now = T0 + Duration::from_millis(100) * tenths;
        let named = Record::Process(process(9, Kin::Escaped));
        let _ = attempt.tick(now);
        let _ = attempt.reported(named, now);
        let _ = attempt.reported(Record::Left(2), now);
    }
    assert!(attempt.deadline() > Some(at(1)), "grace and KILL are still to come");
}

#[test]
fn a_host_that_names_processes_without_end_fills_no_memory() {
    let mut attempt = running(settings());
    let _ = attempt.look();
    for pid in 0..3 * MOST_NAMED as u32 {
        let named = Record::Process(process(pid, Kin::Session));
        assert_eq!(attempt.reported(named, at(1)), []);
    }
    let acts = attempt.reported(Record::Left(3 * MOST_NAMED as u32), at(1));
    let [Act::Tell(Change::Left { processes })] = &acts[..] else {
        panic!("one answer");
    };
    assert_eq!(processes.len(), MOST_NAMED);
}

#[test]
fn what_is_killed_by_number_over_a_slow_link_is_looked_for_after_the_kill_was_answered() {
    let mut attempt = running(settings());
    let all = [(7, Kin::Session), (9, Kin::Escaped)];
    let _ = attempt.kill_left(vec![9], at(1));
    assert_eq!(attempt.tick(at(1) + stopping::LOOK), [], "the kill is still on its way");
    assert_eq!(
        answer(&mut attempt, &all, at(2)),
        [],
        "it names what it has just killed"
    );
    let later = at(2) + stopping::LOOK;
    assert_eq!(attempt.tick(later), [Act::Send(Control::Look)]);
    assert_eq!(answer(&mut attempt, &all[..1], at(3)), [told(&all[..1])]);
    assert_eq!(attempt.tick(at(4)), []);
}

/// What a change of the limit is told as.
fn limit(secs: u64) -> Act {
    let run = Some(Duration::from_secs(secs));
    Act::Tell(Change::Limit { run })
}

fn timed_out_at(secs: u64) -> [Act; 2] {
    let kill_at = Some(at(secs + 10));
    [
        stop(Sig::Term),
        stopping(StopReason::Timeout, Some(Limit::Run), kill_at),
    ]
}

fn within_a_minute() -> Settings {
    Settings {
        run_timeout: Some(Duration::from_secs(60)),
        ..settings()
    }
}

#[test]
fn a_limit_is_moved_from_where_it_stands_and_taken_away() {
    let mut attempt = running(within_a_minute());
    let minute = Duration::from_secs(60);
    assert_eq!(attempt.change_limit(Adjust::Longer(minute), at(50)), [limit(120)]);
    assert_eq!(attempt.stage(), Some(at(120)));
    assert_eq!(tick(&mut attempt, at(60)), []);
    let less = Adjust::Shorter(Duration::from_secs(30));
    assert_eq!(attempt.change_limit(less, at(61)), [limit(90)]);
    let off = Act::Tell(Change::Limit { run: None });
    assert_eq!(attempt.change_limit(Adjust::Off, at(62)), [off]);
    assert_eq!(attempt.stage(), None);
    assert_eq!(
        attempt.change_limit(Adjust::Longer(minute), at(70)),
        [limit(130)],
        "where none holds it is counted from now"
    );
    attempt.printed(at(129));
    assert_eq!(tick(&mut attempt, at(130)), timed_out_at(130));
    assert_eq!(
        attempt.change_limit(Adjust::Longer(minute), at(131)),
        [],
        "that is too late"
    );
}

#[test]
fn a_limit_cut_into_the_past_is_reached_at_once() {
    let mut attempt = running(within_a_minute());
    let less = Adjust::Shorter(Duration::from_secs(50));
    assert_eq!(attempt.change_limit(less, at(20)), [limit(10)]);
    assert_eq!(attempt.stage(), Some(at(10)));
    assert_eq!(tick(&mut attempt, at(20)), timed_out_at(20));
}

#[test]
fn a_moved_limit_counts_no_time_in_which_nobody_watched() {
    let mut attempt = running(settings());
    let _ = attempt.slept(Duration::from_secs(100), at(110));
    let _ = attempt.reported(Record::Left(1), at(110));
    let minute = Duration::from_secs(60);
    assert_eq!(attempt.change_limit(Adjust::Longer(minute), at(110)), [limit(70)]);
    assert_eq!(attempt.stage(), Some(at(170)));
}

#[test]
fn what_the_others_took_is_a_limit_until_the_operator_says_otherwise() {
    let mut attempt = running(settings());
    attempt.heed_peers(Duration::from_secs(30));
    attempt.heed_peers(Duration::from_secs(40));
    assert_eq!(attempt.stage(), Some(at(40)));
    let more = Adjust::Longer(Duration::from_secs(5));
    assert_eq!(attempt.change_limit(more, at(31)), [limit(45)]);
    attempt.heed_peers(Duration::from_secs(90));
    assert_eq!(tick(&mut attempt, at(45)), timed_out_at(45));
}

#[test]
fn what_is_overdue_may_be_given_more_time() {
    let to_finish = Settings {
        let_finish: true,
        ..within_a_minute()
    };
    let overdue = || [Act::Tell(Change::Overdue { limit: Limit::Run })];
    let mut attempt = running(to_finish);
    attempt.printed(at(59));
    assert_eq!(tick(&mut attempt, at(60)), overdue());
    let more = Adjust::Longer(Duration::from_secs(20));
    assert_eq!(attempt.change_limit(more, at(61)), [limit(80)]);
    attempt.printed(at(78));
    assert_eq!(tick(&mut attempt, at(79)), []);
    assert_eq!(tick(&mut attempt, at(80)), overdue());
}

#[test]
fn a_signal_is_sent_to_what_runs_and_ends_nothing_by_itself() {
    let mut attempt = running(settings());
    let signal = Sig::Usr1;
    let sent = [
        Act::Send(Control::Signal(signal)),
        Act::Tell(Change::Signalled { signal }),
    ];
    assert_eq!(attempt.signal(signal), sent);
    assert_eq!(attempt.reported(Record::Left(1), at(1)), []);
    assert_eq!(attempt.stage(), None);
    let _ = attempt.stop(StopReason::Cancel, CancelledBy::Operator, at(2));
    assert_eq!(attempt.signal(signal), [], "it is being stopped");
}
