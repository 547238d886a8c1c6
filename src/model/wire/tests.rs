//! Every event goes to JSON and back; a bad line says what is wrong with it.

use super::*;
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId, RunId};
use crate::model::outcome::{CancelledBy, Cause, Limit, SkipReason};
use crate::model::phase::{PauseReason, StopReason, Why};
use crate::model::request::{Force, Request};
use std::time::Duration;

const AT: Stamp = Stamp::from_millis(1500);

fn job(change: Change) -> What {
    What::Job {
        job: JobId(3),
        host: HostName::parse("root@web3:2222").unwrap(),
        attempt: AttemptNo(2),
        change,
    }
}

fn ending(outcome: Outcome) -> Ending {
    Ending {
        outcome,
        leaked: false,
        elapsed: Duration::from_millis(2345),
    }
}

/// Every outcome, with every fate and both kinds of end somewhere.
fn outcomes() -> Vec<Outcome> {
    let exit = Some(Ended::Exit(7));
    let signal = Some(Ended::Signal {
        number: 15,
        status: 143,
    });
    let survived = |owners: &[&str]| Fate::Survived {
        count: 2,
        owners: owners.iter().map(|owner| (*owner).to_owned()).collect(),
    };
    let timed_out = |limit, fate, ended| Outcome::TimedOut { limit, fate, ended };
    let cancelled = |by, fate, ended| Outcome::Cancelled { by, fate, ended };
    let mut outcomes = vec![
        Outcome::Ok,
        Outcome::Exit { code: 255 },
        Outcome::Signal { number: 9, status: 137 },
        timed_out(Limit::Run, Fate::Gone, signal),
        timed_out(Limit::Step, Fate::GoneGroup, exit),
        timed_out(Limit::Idle, Fate::Kept, None),
        cancelled(CancelledBy::Operator, survived(&["root", "uid 7"]), signal),
        cancelled(CancelledBy::Gate, survived(&[]), exit),
        cancelled(CancelledBy::Quit, Fate::Unknown, None),
        Outcome::Lost {
            detail: "the link was cut: \"Broken pipe\"".to_owned(),
            fate: Fate::Unknown,
        },
    ];
    let reasons = [
        SkipReason::Gate,
        SkipReason::Drain,
        SkipReason::Cancelled,
        SkipReason::Dependency,
        SkipReason::Interrupted,
        SkipReason::AlreadyRunning,
        SkipReason::MayBeRunning,
    ];
    outcomes.extend(reasons.map(Outcome::skipped));
    outcomes.push(Outcome::Skipped {
        why: SkipReason::AlreadyRunning,
        detail: Some("still running since 18:02 UTC, pid 4711 (root)".to_owned()),
    });
    let causes = [
        Cause::Dns,
        Cause::Refused,
        Cause::NoRoute,
        Cause::ConnectTimeout,
        Cause::HostKeyChanged,
        Cause::HostKeyUnknown,
        Cause::Auth,
        Cause::Privilege,
        Cause::JumpHost,
        Cause::DroppedEarly,
        Cause::SessionRefused,
        Cause::NoShell,
        Cause::Booting,
        Cause::Protocol,
        Cause::Other,
    ];
    outcomes.extend(causes.map(|cause| Outcome::Unreachable {
        cause,
        detail: "said\nso".to_owned(),
    }));
    outcomes
}

fn requests() -> impl Iterator<Item = Request> {
    let (jobs, force) = (vec![JobId(0), JobId(2)], Force::Graceful);
    [
        Request::Cancel {
            jobs: jobs.clone(),
            force,
        },
        Request::Retry {
            jobs,
            even_if_running: true,
        },
        Request::Adopt {
            directory: "/state/runs/two".into(),
        },
        Request::KeepWarm { jobs: vec![JobId(1)] },
        Request::Pause,
        Request::Continue,
        Request::Drain,
        Request::Quit { force },
    ]
    .into_iter()
}

fn every_event() -> Vec<What> {
    let started = |note: Option<&str>| {
        What::RunStarted(Started {
            run: RunId("20260102T030405-abcd".to_owned()),
            directory: "/state/runs/one".into(),
            jobs: 4,
            time: "2026-01-02T03:04:05Z".to_owned(),
            operator: "me@here".to_owned(),
            note: note.map(str::to_owned),
            parent: note.map(|_| RunId("20260101T000000Z-abcdef".to_owned())),
            digest: "0123456789abcdef".to_owned(),
        })
    };
    let stopping = |reason, limit, kill_at| job(Change::Stopping { reason, limit, kill_at });
    let mut events = vec![
        started(None),
        started(Some("a note")),
        job(Change::Queued(Why::ConnectSlot)),
        job(Change::Queued(Why::RunSlot)),
        job(Change::Queued(Why::Pause)),
        job(Change::Connecting),
        job(Change::Running { pid: 4711 }),
        job(Change::Slow),
        stopping(StopReason::Timeout, Some(Limit::Idle), Some(Stamp::from_secs(12))),
        stopping(StopReason::Cancel, None, Some(Stamp::from_secs(12))),
        stopping(StopReason::Quit, None, None),
        stopping(StopReason::Kill, None, None),
        What::Paused(PauseReason::Asked),
        What::Paused(PauseReason::AgentGone),
        What::RunResumed(Resumed {
            time: "2026-01-02T03:04:05Z".to_owned(),
            operator: "me@here".to_owned(),
        }),
        What::Slept {
            asleep: Duration::from_secs(3600),
        },
        What::Unrecorded(Unrecorded {
            bytes: 5,
            events: 2,
            detail: "No space left on device".to_owned(),
        }),
        job(Change::Starting {
            cookie: "c0ffee".to_owned(),
        }),
        job(Change::Found { fate: Fate::Gone }),
        What::Adopted {
            run: RunId("20260102T040000Z-abcdef".to_owned()),
        },
        What::NotAdopted {
            directory: "/state/runs/two".into(),
            detail: "it has begun already".to_owned(),
        },
        What::Continued,
        What::Draining,
        What::RunEnded {
            counts: [("ok".to_owned(), 3), ("lost".to_owned(), 1)].into(),
            exit: 4,
        },
        job(Change::Done(Ending {
            leaked: true,
            ..ending(Outcome::Ok)
        })),
    ];
    events.extend(requests().map(|request| {
        What::Requested(Requested {
            who: "me (pts/1, pid 7)".to_owned(),
            request,
        })
    }));
    for outcome in outcomes() {
        let until = Stamp::from_secs(9);
        let ending = ending(outcome);
        events.push(job(Change::Done(ending.clone())));
        events.push(job(Change::Retrying { ending, until }));
    }
    events
}

#[test]
fn every_event_is_the_same_after_its_way_through_json() {
    for what in every_event() {
        let event = Event { at: AT, what };
        let line = serde_json::to_string(&event).unwrap();
        assert!(!line.contains('\n'), "{line}");
        assert!(!line.contains("null"), "absent fields are left out: {line}");
        assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event, "{line}");
    }
}

#[test]
fn an_event_without_a_field_that_it_needs_names_it() {
    let may_be_absent = [
        "format", "note", "parent", "limit", "kill-at", "owners", "detail", "leaked", "at", "signal",
    ];
    for what in every_event() {
        let event = Event { at: AT, what };
        let serde_json::Value::Object(whole) = serde_json::to_value(&event).unwrap() else {
            panic!("an event is an object");
        };
        for name in whole.keys().filter(|name| !may_be_absent.contains(&name.as_str())) {
            let mut less = whole.clone();
            less.remove(name);
            match serde_json::from_value::<Event>(less.into()) {
                // Not every stop is for a limit, and a command that was stopped need not tell how it ended.
                Ok(_) => assert!(
                    matches!(name.as_str(), "limit" | "code" | "signal"),
                    "{name} of {event:?}"
                ),
                Err(error) => assert!(
                    error.to_string().contains(&format!("field `{name}`")),
                    "{error}, without {name} of {event:?}"
                ),
            }
        }
    }
}

#[test]
fn what_is_not_of_the_format_is_refused_by_name() {
    for (line, words) in [
        (r#"{"event":"paused","at":1,"colour":"red"}"#, "unknown field `colour`"),
        (r#"{"event":"rained","at":1}"#, "unknown variant `rained`"),
        (
            r#"{"event":"paused","at":-1}"#,
            "-1 is no time since the start of a run",
        ),
        (
            r#"{"event":"paused","at":1e300}"#,
            "is no time since the start of a run",
        ),
        (
            r#"{"event":"done","at":1,"outcome":"signal","code":137,"elapsed":1}"#,
            "no field `signal`",
        ),
        (
            r#"{"event":"done","at":1,"elapsed":-1,"outcome":"ok"}"#,
            "no field `elapsed`",
        ),
    ] {
        let error = serde_json::from_str::<Event>(line).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
