//! A small fleet in every state, for the tests of this layer.

use crate::model::board::Board;
use crate::model::event::{Change, Ending, Event, Output, Piece, Stream, What};
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId, RunId};
use crate::model::outcome::{CancelledBy, Cause, Ended, Fate, Limit, Outcome, SkipReason};
use crate::model::phase::{StopReason, Why};
use crate::model::plan::{Plan, Settings};
use crate::model::stamp::Stamp;
use std::time::Duration;

/// A plan over these hosts.
pub(crate) fn plan(hosts: &[&str]) -> Plan {
    Plan {
        format: crate::model::plan::PLAN_FORMAT,
        ssh: crate::model::plan::SshCall::default(),
        parent: None,
        doubts: Vec::new(),
        fields: Vec::new(),
        run: RunId("20260102T030405-abcd".into()),
        command: "apt-get -y upgrade".into(),
        env: Vec::new(),
        hosts: hosts.iter().map(|host| HostName::parse(host).unwrap()).collect(),
        node_set: "web[01-40],db[1-4]".into(),
        settings: Settings::default(),
        operator: "me@here".into(),
        note: None,
        started: "2026-01-02T03:04:05Z".into(),
        directory: "/nowhere".into(),
        version: "0.1.0".into(),
    }
}

/// Something that happened to a job of the plan.
pub(crate) fn event(plan: &Plan, job: u32, secs: u64, change: Change) -> Event {
    attempt_event(plan, (job, 1), secs, change)
}

/// The same for any attempt.
pub(crate) fn attempt_event(plan: &Plan, (job, attempt): (u32, u32), secs: u64, change: Change) -> Event {
    Event {
        at: Stamp::from_secs(secs),
        what: What::Job {
            job: JobId(job),
            host: plan.host(JobId(job)).clone(),
            attempt: AttemptNo(attempt),
            change,
        },
    }
}

/// The end of an attempt.
pub(crate) fn done(outcome: Outcome, secs: u64) -> Change {
    Change::Done(Ending {
        outcome,
        leaked: false,
        elapsed: Duration::from_secs(secs),
    })
}

/// A piece of output at the beginning of a stream.
pub(crate) fn output(job: u32, secs: u64, text: &str) -> Output {
    Output {
        at: Stamp::from_secs(secs),
        job: JobId(job),
        attempt: AttemptNo::FIRST,
        pieces: vec![Piece {
            stream: Stream::Stdout,
            offset: 0,
            bytes: text.as_bytes().to_vec(),
        }],
    }
}

/// web17 slow, web03 failed, web21 running, web01 ok, db4 unreachable, db1 queued.
pub(crate) fn fleet_plan() -> Plan {
    plan(&["web17", "web03", "web21", "web01", "db4", "db1"])
}

/// The state of that fleet.
pub(crate) fn fleet() -> Board {
    let plan = fleet_plan();
    let mut board = Board::new(&plan);
    for event in fleet_events(&plan) {
        board.apply(&event);
    }
    board.print(&output(1, 40, "E: Could not get lock\n"));
    board.print(&output(0, 40, "Setting up linux-image\n"));
    board
}

fn fleet_events(plan: &Plan) -> Vec<Event> {
    let unreachable = Outcome::Unreachable {
        cause: Cause::Refused,
        detail: "connect to host db4 port 22: Connection refused".into(),
    };
    vec![
        event(plan, 0, 1, Change::Running { pid: 100 }),
        event(plan, 0, 90, Change::Slow),
        event(plan, 1, 1, Change::Running { pid: 101 }),
        event(plan, 1, 42, done(Outcome::Exit { code: 100 }, 41)),
        event(plan, 2, 60, Change::Running { pid: 102 }),
        event(plan, 3, 1, Change::Running { pid: 103 }),
        event(plan, 3, 59, done(Outcome::Ok, 58)),
        event(plan, 4, 2, done(unreachable, 1)),
        event(plan, 5, 2, Change::Queued(Why::RunSlot)),
    ]
}

/// A plan with a host for every state.
pub(crate) fn every_state_plan() -> Plan {
    plan(&[
        "web17", "web03", "web21", "web01", "db4", "db1", "web05", "web06", "web07", "web08", "web09", "web10",
        "web11", "web12", "web13", "web14",
    ])
}

/// That fleet at 100 s: every state has a row.
pub(crate) fn every_state() -> Board {
    let plan = every_state_plan();
    let mut board = Board::new(&plan);
    let further = [6, 7, 8, 9, 10, 11, 14].map(|job| event(&plan, job, 50, Change::Running { pid: 200 + job }));
    let ended = Some(Ended::Signal {
        number: 15,
        status: 143,
    });
    let rest = [
        event(&plan, 6, 93, stopping(Some(103))),
        event(&plan, 7, 93, stopping(None)),
        event(&plan, 8, 80, done(timed_out(Fate::Gone), 30)),
        event(
            &plan,
            9,
            80,
            done(
                cancelled(
                    Fate::Survived {
                        count: 2,
                        owners: vec!["root".into()],
                    },
                    ended,
                ),
                30,
            ),
        ),
        event(&plan, 10, 80, done(lost(), 30)),
        event(&plan, 11, 80, done(Outcome::Signal { number: 9, status: 137 }, 30)),
        event(&plan, 12, 80, done(Outcome::skipped(SkipReason::Drain), 0)),
        event(&plan, 13, 98, Change::Connecting),
        event(&plan, 14, 80, leaked(30)),
        event(&plan, 15, 80, retrying()),
    ];
    for event in fleet_events(&plan).iter().chain(&further).chain(&rest) {
        board.apply(event);
    }
    for (job, text) in [
        (0, "Setting up linux-image-6.1.0-28-amd64 (6.1.119-1) ...\n"),
        (
            1,
            "E: \u{1b}[31mCould not get lock\u{1b}[0m /var/lib/dpkg/lock-frontend\n",
        ),
        (
            2,
            "old line\n\rUnpacking libc6 [####......] 40%\rUnpacking libc6 [#####.....] 52%",
        ),
        (3, "0 upgraded, 0 newly installed\n"),
        (6, "Processing triggers for 日本語 man-db ...\n"),
        (8, "waiting for the lock\n"),
    ] {
        board.print(&output(job, 99, text));
    }
    board
}

fn stopping(kill_at: Option<u64>) -> Change {
    Change::Stopping {
        reason: StopReason::Cancel,
        limit: None,
        kill_at: kill_at.map(Stamp::from_secs),
    }
}

fn timed_out(fate: Fate) -> Outcome {
    Outcome::TimedOut {
        limit: Limit::Run,
        fate,
        ended: None,
    }
}

fn cancelled(fate: Fate, ended: Option<Ended>) -> Outcome {
    Outcome::Cancelled {
        by: CancelledBy::Operator,
        fate,
        ended,
    }
}

fn lost() -> Outcome {
    Outcome::Lost {
        detail: "client_loop: send disconnect: Broken pipe".into(),
        fate: Fate::Unknown,
    }
}

fn leaked(secs: u64) -> Change {
    Change::Done(Ending {
        outcome: Outcome::Ok,
        leaked: true,
        elapsed: Duration::from_secs(secs),
    })
}

fn retrying() -> Change {
    let outcome = Outcome::Unreachable {
        cause: Cause::DroppedEarly,
        detail: "kex_exchange_identification: Connection closed by remote host".into(),
    };
    Change::Retrying {
        ending: Ending {
            outcome,
            leaked: false,
            elapsed: Duration::from_secs(1),
        },
        until: Stamp::from_secs(105),
    }
}
