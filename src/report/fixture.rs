//! A run on a real run directory, played by hand: what a runner would write and send.

use crate::model::board::Board;
use crate::model::event::{Change, Ending, Event, Message, Output, Piece, Started, Stream, What};
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId, RunId};
use crate::model::outcome::Outcome;
use crate::model::plan::{Plan, Settings};
use crate::model::stamp::Stamp;
use crate::rundir::{Chunk, OutputReader, RunDir, Writer};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// The run being played. Every call is a second later than the one before.
pub(super) struct Stage {
    pub(super) plan: Plan,
    pub(super) board: Board,
    pub(super) dir: RunDir,
    writer: Writer,
    lengths: HashMap<(JobId, AttemptNo, Stream), u64>,
    attempts: HashMap<JobId, AttemptNo>,
    now: Stamp,
    _home: TempDir,
}

impl Stage {
    pub(super) fn new(hosts: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let run = RunId("20260102T030405-abcd".to_owned());
        let dir = RunDir::create(home.path(), &run).expect("a run directory");
        let plan = plan(run, hosts, &dir);
        let writer = Writer::create(dir.clone(), &plan).expect("a writer");
        Self {
            board: Board::new(&plan),
            plan,
            dir,
            writer,
            lengths: HashMap::new(),
            attempts: HashMap::new(),
            now: Stamp::default(),
            _home: home,
        }
    }

    fn attempt(&self, job: JobId) -> AttemptNo {
        self.attempts.get(&job).copied().unwrap_or(AttemptNo::FIRST)
    }

    fn tick(&mut self) -> Stamp {
        self.now = self.now + Duration::from_secs(1);
        self.now
    }

    /// A job prints something; the message that tells of it.
    pub(super) fn print(&mut self, job: u32, stream: Stream, bytes: &[u8]) -> Message {
        let (job, at) = (JobId(job), self.tick());
        let attempt = self.attempt(job);
        let label = self.plan.label(job).to_owned();
        self.writer
            .output((job, attempt), &label, Chunk { at, stream, bytes })
            .expect("written");
        let length = self.lengths.entry((job, attempt, stream)).or_default();
        let offset = *length;
        *length += bytes.len() as u64;
        Message::Output(Output {
            at,
            job,
            attempt,
            pieces: vec![Piece {
                stream,
                offset,
                bytes: bytes.to_vec(),
            }],
        })
    }

    /// A job printed so much that could not be recorded, and that nobody was told of.
    pub(super) fn lose(&mut self, job: u32, stream: Stream, bytes: u64) {
        let (job, at) = (JobId(job), self.tick());
        let attempt = self.attempt(job);
        let label = self.plan.label(job).to_owned();
        let left = self.writer.hole((job, attempt), &label, (at, stream), bytes);
        left.expect("written");
        *self.lengths.entry((job, attempt, stream)).or_default() += bytes;
    }

    /// A job ends; the message that tells of it.
    pub(super) fn end(&mut self, job: u32, outcome: Outcome) -> Message {
        let ending = Ending {
            outcome,
            leaked: false,
            elapsed: Duration::from_secs(1),
        };
        self.change(job, Change::Done(ending))
    }

    /// An attempt ends and another follows in four seconds.
    pub(super) fn retry(&mut self, job: u32, outcome: Outcome) -> Message {
        let ending = Ending {
            outcome,
            leaked: false,
            elapsed: Duration::from_secs(1),
        };
        let until = self.now + Duration::from_secs(5);
        let message = self.change(job, Change::Retrying { ending, until });
        let next = self.attempt(JobId(job)).next();
        self.attempts.insert(JobId(job), next);
        message
    }

    pub(super) fn change(&mut self, job: u32, change: Change) -> Message {
        let (job, at) = (JobId(job), self.tick());
        let event = Event {
            at,
            what: What::Job {
                job,
                host: self.plan.host(job).clone(),
                attempt: self.attempt(job),
                change,
            },
        };
        self.board.apply(&event);
        Message::Event(event)
    }

    /// The run begins in its record.
    pub(super) fn begin(&mut self) {
        let plan = &self.plan;
        let started = Started {
            run: plan.run.clone(),
            directory: self.dir.path().to_owned(),
            jobs: plan.hosts.len(),
            time: plan.started.clone(),
            operator: plan.operator.clone(),
            note: None,
            parent: None,
            digest: plan.digest(),
        };
        let at = self.now;
        let what = What::RunStarted(started);
        self.writer.event(&Event { at, what }).expect("written");
    }

    /// Something happens to a job, and is recorded; all at the same second.
    pub(super) fn record(&mut self, job: u32, change: Change) {
        self.now = Stamp::from_secs(1);
        if let Message::Event(event) = self.change(job, change) {
            self.writer.event(&event).expect("written");
        }
    }

    /// A job ends, which is recorded.
    pub(super) fn record_end(&mut self, job: u32, outcome: Outcome) {
        if let Message::Event(event) = self.end(job, outcome) {
            self.writer.event(&event).expect("written");
        }
    }

    /// The file that holds what a job printed.
    pub(super) fn output(&self, job: u32, stream: Stream) -> PathBuf {
        let job = JobId(job);
        self.dir.output(self.plan.label(job), self.attempt(job), stream)
    }

    pub(super) fn reader(&self, job: u32) -> OutputReader {
        OutputReader::new(&self.dir, self.plan.label(JobId(job)), self.attempt(JobId(job)))
    }
}

fn plan(run: RunId, hosts: &[&str], dir: &RunDir) -> Plan {
    Plan {
        format: crate::model::plan::PLAN_FORMAT,
        ssh: crate::model::plan::SshCall::default(),
        parent: None,
        doubts: Vec::new(),
        fields: Vec::new(),
        run,
        command: "true".to_owned(),
        env: Vec::new(),
        hosts: hosts
            .iter()
            .map(|host| HostName::parse(host).expect("a name"))
            .collect(),
        node_set: hosts.join(","),
        settings: Settings::default(),
        operator: "ann@desk".to_owned(),
        note: None,
        started: "2026-01-02T03:04:05Z".to_owned(),
        directory: dir.path().to_owned(),
        version: "0".to_owned(),
    }
}
