//! What the tests of the model begin with: a plan of some hosts, and events at whole seconds.

use super::event::{Change, Ending, Event, What};
use super::host::HostName;
use super::id::{AttemptNo, JobId, RunId};
use super::outcome::Outcome;
use super::plan::{Plan, Settings};
use super::stamp::Stamp;
use std::time::Duration;

/// A plan of so many hosts.
pub(super) fn plan(hosts: u32) -> Plan {
    Plan {
        format: crate::model::plan::PLAN_FORMAT,
        ssh: crate::model::plan::SshCall::default(),
        parent: None,
        doubts: Vec::new(),
        fields: Vec::new(),
        run: RunId("20260102T030405-abcd".to_owned()),
        command: "true".to_owned(),
        env: Vec::new(),
        hosts: (0..hosts).map(host).collect(),
        node_set: String::new(),
        settings: Settings::default(),
        operator: "me@here".to_owned(),
        note: None,
        started: "2026-01-02T03:04:05Z".to_owned(),
        directory: "/state".into(),
        version: "0".to_owned(),
    }
}

fn host(number: u32) -> HostName {
    HostName::parse(&format!("web{number}")).unwrap()
}

/// Something happens to an attempt at a job after so many seconds.
pub(super) fn event(secs: u64, (job, attempt): (u32, u32), change: Change) -> Event {
    Event {
        at: Stamp::from_secs(secs),
        what: What::Job {
            job: JobId(job),
            host: host(job),
            attempt: AttemptNo(attempt),
            change,
        },
    }
}

/// An end after so many seconds of running.
pub(super) fn ending(outcome: Outcome, secs: u64) -> Ending {
    Ending {
        outcome,
        leaked: false,
        elapsed: Duration::from_secs(secs),
    }
}

/// The same sequence of numbers for the same seed (xorshift).
pub(crate) fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below
    }
}
