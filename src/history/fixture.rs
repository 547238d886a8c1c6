//! What the tests of this layer begin with: a run directory with a plan and some events in it.

use crate::model::event::{Change, Ending, Event, Started, Stream, What};
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId, RunId};
use crate::model::outcome::Outcome;
use crate::model::plan::{PLAN_FORMAT, Plan, Settings, SshCall};
use crate::model::stamp::Stamp;
use crate::rundir::{Chunk, Holder, RunDir, RunLock, Writer};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A run in a state directory of its own.
pub(super) struct Stage {
    pub(super) home: TempDir,
    pub(super) plan: Plan,
    pub(super) dir: RunDir,
    writer: Writer,
}

/// The name of the run that [`Stage::new`] makes.
pub(super) const RUN: &str = "20260102T030405Z-abcdef";

impl Stage {
    /// A run over these hosts that has begun.
    pub(super) fn new(hosts: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let (plan, dir) = make(home.path(), RUN, hosts);
        let writer = Writer::open(dir.clone()).expect("a writer");
        let mut stage = Self {
            home,
            plan,
            dir,
            writer,
        };
        let started = stage.started();
        stage.event(0, started);
        stage
    }

    fn started(&self) -> What {
        What::RunStarted(Started {
            run: self.plan.run.clone(),
            directory: self.dir.path().to_owned(),
            jobs: self.plan.hosts.len(),
            time: self.plan.started.clone(),
            operator: self.plan.operator.clone(),
            note: None,
            parent: None,
            digest: self.plan.digest(),
        })
    }

    /// Something happens after so many seconds.
    pub(super) fn event(&mut self, secs: u64, what: What) {
        let at = Stamp::from_secs(secs);
        self.writer.event(&Event { at, what }).expect("written");
    }

    /// Something happens to the first attempt at a job.
    pub(super) fn job(&mut self, secs: u64, job: u32, change: Change) {
        let what = What::Job {
            job: JobId(job),
            host: self.plan.host(JobId(job)).clone(),
            attempt: AttemptNo::FIRST,
            change,
        };
        self.event(secs, what);
    }

    /// A job runs for a second and ends so.
    pub(super) fn done(&mut self, secs: u64, job: u32, outcome: Outcome) {
        let cookie = format!("cookie{job}");
        self.job(secs, job, Change::Starting { cookie });
        self.job(secs, job, Change::Running { pid: 7 });
        let ending = Ending {
            outcome,
            leaked: false,
            elapsed: Duration::from_secs(1),
        };
        self.job(secs + 1, job, Change::Done(ending));
    }

    /// The run ends.
    pub(super) fn end(&mut self, secs: u64, exit: u8) {
        let counts = std::collections::BTreeMap::new();
        self.event(secs, What::RunEnded { counts, exit });
    }

    /// The first attempt at a job prints something.
    pub(super) fn print(&mut self, secs: u64, job: u32, stream: Stream, bytes: &[u8]) {
        let label = self.plan.label(JobId(job)).to_owned();
        let chunk = Chunk {
            at: Stamp::from_secs(secs),
            stream,
            bytes,
        };
        let key = (JobId(job), AttemptNo::FIRST);
        self.writer.output(key, &label, chunk).expect("written");
    }

    /// A runner lives.
    pub(super) fn hold(&self) -> RunLock {
        RunLock::take(&self.dir, &runner()).expect("the lock")
    }

    /// Rewrites the list of events.
    pub(super) fn rewrite(&self, change: impl Fn(String) -> String) {
        let text = fs::read_to_string(self.dir.events()).expect("events");
        fs::write(self.dir.events(), change(text)).expect("written");
    }
}

/// The runner that [`Stage::hold`] stands for.
pub(super) fn runner() -> Holder {
    Holder {
        pid: 7,
        machine: "here".to_owned(),
        version: "0".to_owned(),
    }
}

/// The directory of a run that was asked for and has not begun.
pub(super) fn make(home: &Path, run: &str, hosts: &[&str]) -> (Plan, RunDir) {
    let run = RunId(run.to_owned());
    let dir = RunDir::create(home, &run).expect("a directory for the run");
    let plan = Plan {
        format: PLAN_FORMAT,
        run,
        command: "true".to_owned(),
        env: Vec::new(),
        hosts: hosts
            .iter()
            .map(|host| HostName::parse(host).expect("a host"))
            .collect(),
        node_set: hosts.join(","),
        settings: Settings::default(),
        ssh: SshCall::default(),
        parent: None,
        doubts: Vec::new(),
        fields: Vec::new(),
        operator: "me@here".to_owned(),
        note: None,
        started: "2026-01-02T03:04:05Z".to_owned(),
        directory: dir.path().to_owned(),
        version: "0".to_owned(),
    };
    Writer::write_plan(&dir, &plan).expect("a plan");
    (plan, dir)
}
