//! The state of a run as a fold over its events: a row per job, the counts, and whether it is paused or over. The
//! dashboard, the plain front-end and the summary all look at this and at nothing else.

use super::durations::Durations;
use super::event::{Change, Ending, Event, Message, Output, Started, Stream, What};
use super::host::HostName;
use super::id::{AttemptNo, JobId};
use super::outcome::Outcome;
use super::phase::{Phase, Why};
use super::plan::Plan;
use super::stamp::Stamp;
use super::tail::Tail;
use super::tally::{Standing, Tally};
use std::time::Duration;

/// One job as it stands.
#[derive(Debug)]
pub struct Row {
    /// Which job.
    pub job: JobId,
    /// Its host.
    pub host: HostName,
    /// The attempt under way, or the last one.
    pub attempt: AttemptNo,
    /// Where it is.
    pub phase: Phase,
    /// The last lines of its output.
    pub tail: Tail,
    /// When it last printed something in this attempt.
    pub last_output: Option<Stamp>,
    /// How many bytes it has printed in this attempt, on standard output and standard error.
    pub printed: [u64; 2],
    /// How the earlier attempts ended, oldest first.
    pub earlier: Vec<Ending>,
    /// The leader of the command's process group on the host, in this attempt.
    pub pid: Option<u32>,
}

/// Where the run as a whole is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Course {
    /// New jobs are started.
    #[default]
    Going,
    /// Nothing new is started until it continues.
    Paused,
    /// Nothing new is started any more.
    Draining,
    /// The run is over: requests find nobody.
    Ended,
}

/// A run as it stands.
#[derive(Debug)]
pub struct Board {
    rows: Vec<Row>,
    tally: Tally,
    durations: Durations,
    course: Course,
    started: Option<Started>,
}

impl Board {
    /// The state before the first event: everything queued.
    pub fn new(plan: &Plan) -> Self {
        let rows: Vec<Row> = plan.jobs().map(|job| Row::new(job, plan.host(job).clone())).collect();
        let mut tally = Tally::default();
        for row in &rows {
            tally.enter(Standing::of(&row.phase));
        }
        Self {
            rows,
            tally,
            durations: Durations::default(),
            course: Course::default(),
            started: None,
        }
    }

    /// Every job, by number.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// One job.
    pub fn row(&self, job: JobId) -> Option<&Row> {
        self.rows.get(job.index())
    }

    /// The counts.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Where the run as a whole is.
    pub fn course(&self) -> Course {
        self.course
    }

    /// How the run began, once its first event is in.
    pub fn started(&self) -> Option<&Started> {
        self.started.as_ref()
    }

    /// How long the jobs ran that ended by themselves.
    pub fn durations(&self) -> &Durations {
        &self.durations
    }

    /// Whether every job is over. The run itself may still be held open for retries.
    pub fn all_done(&self) -> bool {
        self.tally.done() == self.rows.len()
    }

    /// Takes in a message.
    pub fn take(&mut self, message: &Message) {
        match message {
            Message::Event(event) => self.apply(event),
            Message::Output(output) => self.print(output),
        }
    }

    /// Takes in an event.
    pub fn apply(&mut self, event: &Event) {
        match &event.what {
            What::RunStarted(started) => self.started = Some(started.clone()),
            What::Paused => self.course = Course::Paused,
            What::Continued => self.course = Course::Going,
            What::Draining => self.course = Course::Draining,
            What::RunEnded { .. } => self.course = Course::Ended,
            What::Job {
                job, attempt, change, ..
            } => self.change(*job, *attempt, change, event.at),
        }
    }

    /// Takes in output.
    pub fn print(&mut self, output: &Output) {
        let Some(row) = self.rows.get_mut(output.job.index()) else {
            return;
        };
        if row.attempt != output.attempt {
            return;
        }
        row.last_output = Some(output.at);
        for piece in &output.pieces {
            let printed = &mut row.printed[piece.stream as usize];
            if piece.offset > *printed {
                row.tail.skip(piece.stream);
            }
            *printed = piece.offset + piece.bytes.len() as u64;
            row.tail.push(piece.stream, &piece.bytes);
        }
    }

    fn change(&mut self, job: JobId, attempt: AttemptNo, change: &Change, at: Stamp) {
        let Some(row) = self.rows.get_mut(job.index()) else {
            return;
        };
        let before = Standing::of(&row.phase);
        row.change(attempt, change, at);
        self.tally.leave(before);
        self.tally.enter(Standing::of(&row.phase));
        if let Change::Done(ending) = change
            && matches!(ending.outcome, Outcome::Ok | Outcome::Exit { .. })
        {
            self.durations.add(ending.elapsed);
        }
    }
}

impl Row {
    fn new(job: JobId, host: HostName) -> Self {
        Self {
            job,
            host,
            attempt: AttemptNo::FIRST,
            phase: Phase::Queued {
                since: Stamp::default(),
                why: Why::ConnectSlot,
            },
            tail: Tail::default(),
            last_output: None,
            printed: [0; 2],
            earlier: Vec::new(),
            pid: None,
        }
    }

    /// How long nothing has been printed, for a running job.
    pub fn silent(&self, now: Stamp) -> Option<Duration> {
        match &self.phase {
            Phase::Running { since, .. } => Some(now.since(self.last_output.unwrap_or(*since))),
            _ => None,
        }
    }

    /// How many bytes of a stream this attempt has printed.
    pub fn printed(&self, stream: Stream) -> u64 {
        self.printed[stream as usize]
    }

    fn begin(&mut self, attempt: AttemptNo) {
        if let Phase::Done {
            outcome,
            leaked,
            elapsed,
            ..
        } = &self.phase
        {
            self.earlier.push(Ending {
                outcome: outcome.clone(),
                leaked: *leaked,
                elapsed: *elapsed,
            });
        }
        self.attempt = attempt;
        self.tail = Tail::default();
        self.last_output = None;
        self.printed = [0; 2];
        self.pid = None;
    }

    fn change(&mut self, attempt: AttemptNo, change: &Change, at: Stamp) {
        let is_new = attempt > self.attempt;
        if is_new {
            self.begin(attempt);
        }
        let since = self.running_since().unwrap_or(at);
        self.phase = match change {
            Change::Queued(why) => Phase::Queued { since: at, why: *why },
            Change::Connecting => Phase::Connecting { since: at },
            Change::Running { pid } => {
                self.pid = Some(*pid);
                Phase::Running { since: at, slow: None }
            }
            Change::Slow => match self.phase {
                Phase::Running { since, .. } => Phase::Running { since, slow: Some(at) },
                _ => return,
            },
            Change::Stopping { reason, kill_at, .. } => Phase::Stopping {
                since,
                reason: *reason,
                kill_at: *kill_at,
            },
            Change::Retrying { ending, until } => {
                self.earlier.push(ending.clone());
                Phase::Backoff {
                    until: *until,
                    last: ending.outcome.clone(),
                }
            }
            Change::Done(ending) => {
                if !is_new && matches!(self.phase, Phase::Backoff { .. }) {
                    // The next attempt never came: the last one is the end of the job, not an earlier one.
                    self.earlier.pop();
                }
                Phase::Done {
                    at,
                    elapsed: ending.elapsed,
                    outcome: ending.outcome.clone(),
                    leaked: ending.leaked,
                }
            }
        };
    }

    fn running_since(&self) -> Option<Stamp> {
        match self.phase {
            Phase::Running { since, .. } | Phase::Stopping { since, .. } => Some(since),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
