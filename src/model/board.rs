//! The state of a run as a fold over its events: a row per job, the counts, and whether it is paused or over. The
//! dashboard, the plain front-end and the summary all look at this and at nothing else.

use super::doubt::{Doubt, Inherited};
use super::durations::Durations;
use super::event::{Change, Ending, Event, Message, Output, Started, Stream, Unrecorded, What};
use super::field::{Column, Field, Value};
use super::host::HostName;
use super::id::{AttemptNo, JobId};
use super::left::Left;
use super::outcome::{Fate, Outcome, OutcomeClass, SkipReason};
use super::own_limit::OwnLimit;
use super::phase::{PauseReason, Phase, Why};
use super::plan::{OnDisconnect, Plan};
use super::stamp::Stamp;
use super::tail::Tail;
use super::tally::{Standing, Tally};
use super::trace::Trace;
use std::collections::BTreeMap;
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
    /// Where it has been, and since when; the last entry is where it is.
    pub trace: Trace,
    /// The last lines of its output.
    pub tail: Tail,
    /// When it last printed something in this attempt.
    pub last_output: Option<Stamp>,
    /// How many bytes it has printed in this attempt, on standard output and standard error.
    pub printed: [u64; 2],
    /// What was read out of that, a value for each field of the board.
    pub values: Vec<Option<Value>>,
    /// How the earlier attempts ended, oldest first.
    pub earlier: Vec<Ending>,
    /// How many attempts came by themselves since the operator last asked for one.
    pub retries: u32,
    /// The leader of the command's process group on the host, in this attempt.
    pub pid: Option<u32>,
    /// The mark of this attempt's processes, once the host was given the program: from then on the command may run.
    pub cookie: Option<String>,
    /// When its command began in this attempt.
    pub began: Option<Stamp>,
    /// The limit on the command's run time in this attempt.
    pub own_limit: OwnLimit,
    /// Since when nothing has been heard of the host, although it was asked for a sign of life.
    pub link_silent: Option<Stamp>,
    /// What the last looks at the host found alive of this attempt, and of earlier ones of which something was left.
    pub left: BTreeMap<AttemptNo, Look>,
    /// When a look was last asked for and not possible, and why; nothing once there was one.
    pub not_looked: Option<(Stamp, String)>,
    /// Earlier attempts of which something may still run.
    pub doubtful: Vec<Doubt>,
}

/// What a look at the host found of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// When it was looked.
    pub at: Stamp,
    /// The processes that were alive.
    pub processes: Vec<Left>,
}

/// Where the run as a whole is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Course {
    /// New jobs are started.
    #[default]
    Going,
    /// Nothing new is started until it continues.
    Paused(PauseReason),
    /// Nothing new is started any more.
    Draining,
    /// The run is over: requests find nobody.
    Ended,
    /// The runner went without ending the run: requests find nobody.
    Interrupted,
}

impl Course {
    /// Whether there is still a runner that hears requests.
    pub fn is_live(self) -> bool {
        !matches!(self, Self::Ended | Self::Interrupted)
    }
}

/// A run as it stands.
#[derive(Debug)]
pub struct Board {
    rows: Vec<Row>,
    tally: Tally,
    durations: Durations,
    course: Course,
    resumed: usize,
    started: Option<Started>,
    unrecorded: Unrecorded,
    /// When the last event happened, or the last output before an interruption.
    last: Stamp,
    on_disconnect: OnDisconnect,
    password: Password,
    width: usize,
    begun: Option<Stamp>,
    fields: Vec<Field>,
    columns: Vec<Column>,
}

/// Whether the run waits for the password that `sudo` wants on some host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Password {
    /// It does not.
    #[default]
    NotWanted,
    /// It does.
    Wanted {
        /// What became of the last one that was given, one line; nothing the first time.
        detail: Option<String>,
    },
}

impl Board {
    /// The state before the first event: everything queued.
    pub fn new(plan: &Plan) -> Self {
        let mut rows: Vec<Row> = plan.jobs().map(|job| Row::new(job, plan.host(job).clone())).collect();
        for Inherited { job, doubt, .. } in &plan.doubts {
            if let Some(row) = rows.get_mut(job.index()) {
                row.doubtful.push(doubt.clone());
            }
        }
        let mut tally = Tally::default();
        for row in &rows {
            tally.enter(Standing::of(&row.phase));
        }
        let mut board = Self {
            rows,
            tally,
            durations: Durations::default(),
            course: Course::default(),
            resumed: 0,
            started: None,
            unrecorded: Unrecorded::default(),
            last: Stamp::default(),
            on_disconnect: plan.settings.on_disconnect,
            password: Password::default(),
            width: plan.settings.width,
            begun: None,
            fields: Vec::new(),
            columns: Vec::new(),
        };
        board.set_fields(&plan.fields);
        board
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

    /// How often the run was taken up again.
    pub fn resumed(&self) -> usize {
        self.resumed
    }

    /// How the run began, once its first event is in.
    pub fn started(&self) -> Option<&Started> {
        self.started.as_ref()
    }

    /// What the record lacks so far.
    pub fn unrecorded(&self) -> &Unrecorded {
        &self.unrecorded
    }

    /// When the first job left the queue.
    pub fn begun(&self) -> Option<Stamp> {
        self.begun
    }

    /// What is read out of the outputs.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Reads these fields from now on. Values of fields that were there before stay.
    pub fn set_fields(&mut self, fields: &[Field]) {
        let before: Vec<Option<usize>> = fields
            .iter()
            .map(|field| self.fields.iter().position(|known| known == field))
            .collect();
        for row in &mut self.rows {
            let known = std::mem::take(&mut row.values);
            let value = |place: &Option<usize>| place.and_then(|place| known.get(place).cloned().flatten());
            row.values = before.iter().map(value).collect();
        }
        self.fields = fields.to_vec();
        self.settle_columns();
    }

    /// Takes in what was read out of the output of an attempt, a value for each field; says whether that is news.
    pub fn measure(&mut self, job: JobId, attempt: AttemptNo, values: Vec<Option<Value>>) -> bool {
        let Some(row) = self.rows.get_mut(job.index()) else {
            return false;
        };
        let is_news = row.attempt == attempt && values.len() == self.fields.len() && row.values != values;
        if is_news {
            row.values = values;
        }
        is_news
    }

    /// The columns of the fields, as they were when they were last settled.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Works the columns out anew.
    pub fn settle_columns(&mut self) {
        let column = |place: usize| Column::of(self.rows.iter().filter_map(|row| row.values.get(place)?.as_ref()));
        self.columns = (0..self.fields.len()).map(column).collect();
    }

    /// How many jobs may run at once.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether the run waits for a password.
    pub fn password(&self) -> &Password {
        &self.password
    }

    /// When the last thing happened: the last event, or in an interrupted run the last output if that came later.
    pub fn last(&self) -> Stamp {
        self.last
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
            Message::Probe(_) => {}
        }
    }

    /// Takes in an event.
    pub fn apply(&mut self, event: &Event) {
        let before = self.course;
        if let What::RunResumed(_) = event.what {
            // What was under way ended before: nobody drove it in between.
            self.interrupt();
        }
        self.last = self.last.max(event.at);
        match &event.what {
            What::RunStarted(started) => self.started = Some(started.clone()),
            What::RunResumed(_) => {
                self.course = match before {
                    // The operator has not taken it back.
                    Course::Paused(PauseReason::Asked) => before,
                    _ => Course::Going,
                };
                self.resumed += 1;
            }
            What::Requested(_) | What::Slept { .. } | What::Adopted { .. } | What::NotAdopted { .. } => {}
            What::Unrecorded(lacks) => self.unrecorded = lacks.clone(),
            What::Paused(reason) => self.course = Course::Paused(*reason),
            What::Continued => self.course = Course::Going,
            What::Draining => self.course = Course::Draining,
            What::Width { width } => self.width = *width,
            What::PasswordWanted { detail } => self.password = Password::Wanted { detail: detail.clone() },
            What::PasswordGiven => self.password = Password::NotWanted,
            What::RunEnded { .. } => {
                self.course = Course::Ended;
                self.password = Password::NotWanted;
            }
            What::Job {
                job, attempt, change, ..
            } => self.change(*job, *attempt, change, event.at),
        }
    }

    /// What follows from the end of a runner that did not end its run: what may run is lost, with the fate that the
    /// lifeline implies; what was never started is skipped. The runner is known to have lived until the last event, or the
    /// last output. A run that has ended stays as it is.
    pub fn interrupt(&mut self) {
        if !self.course.is_live() {
            return;
        }
        self.course = Course::Interrupted;
        self.password = Password::NotWanted;
        let printed = self.rows.iter().filter_map(|row| row.last_output).max();
        self.last = printed.map_or(self.last, |printed| self.last.max(printed));
        let (at, on_disconnect) = (self.last, self.on_disconnect);
        for row in &mut self.rows {
            let before = Standing::of(&row.phase);
            row.interrupt(at, on_disconnect);
            row.trace.note(at, Standing::of(&row.phase));
            self.tally.leave(before);
            self.tally.enter(Standing::of(&row.phase));
        }
    }

    /// Notes when the attempt under way at a job printed something last, of which the events tell nothing.
    pub fn note_output(&mut self, job: JobId, at: Stamp) {
        if let Some(row) = self.rows.get_mut(job.index()) {
            row.last_output = row.last_output.max(Some(at));
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
            // What was read from disk at opening may come once more.
            let known = usize::try_from(printed.saturating_sub(piece.offset)).unwrap_or(usize::MAX);
            let Some(bytes) = piece.bytes.get(known..).filter(|bytes| !bytes.is_empty()) else {
                continue;
            };
            if piece.offset > *printed {
                row.tail.skip(piece.stream);
            }
            *printed = piece.offset + piece.bytes.len() as u64;
            row.tail.push(piece.stream, bytes);
        }
    }

    fn change(&mut self, job: JobId, attempt: AttemptNo, change: &Change, at: Stamp) {
        let Some(row) = self.rows.get_mut(job.index()) else {
            return;
        };
        let before = Standing::of(&row.phase);
        row.change(attempt, change, at);
        let after = Standing::of(&row.phase);
        row.trace.note(at, after);
        if after != Standing::Queued {
            self.begun.get_or_insert(at);
        }
        self.tally.leave(before);
        self.tally.enter(after);
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
            trace: Trace::default(),
            tail: Tail::default(),
            last_output: None,
            printed: [0; 2],
            values: Vec::new(),
            earlier: Vec::new(),
            retries: 0,
            pid: None,
            cookie: None,
            began: None,
            own_limit: OwnLimit::AsPlanned,
            link_silent: None,
            left: BTreeMap::new(),
            not_looked: None,
            doubtful: Vec::new(),
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
            let doubt = outcome.may_live_on().then(|| self.mark()).flatten();
            self.doubtful.extend(doubt);
            if outcome.class() != OutcomeClass::Unreachable {
                // What waited for its next attempt when its runner went gets that without being asked for.
                self.retries = 0;
            }
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
        self.values.fill(None);
        self.pid = None;
        self.cookie = None;
        self.began = None;
        self.own_limit = OwnLimit::AsPlanned;
        self.trace.begin_attempt();
        self.link_silent = None;
        self.left.retain(|_, look| !look.processes.is_empty());
        self.not_looked = None;
    }

    /// When the host was last looked at; nothing before the first look.
    pub fn looked(&self) -> Option<Stamp> {
        self.left.values().map(|look| look.at).max()
    }

    /// The processes of the job that the last looks found alive.
    pub fn alive(&self) -> impl Iterator<Item = &Left> {
        self.left.values().flat_map(|look| &look.processes)
    }

    /// Whether anything of the job may be alive on its host, by what is known so far.
    pub fn may_have_left(&self) -> bool {
        let over = match &self.phase {
            Phase::Done { outcome, leaked, .. } => *leaked || outcome.may_live_on(),
            phase => phase.is_live() && self.pid.is_some(),
        };
        over || !self.doubtful.is_empty() || self.alive().next().is_some()
    }

    /// Everything of which something may still run on the host, the attempt that is shown included.
    pub fn doubts(&self) -> Vec<Doubt> {
        let last = self.phase.outcome().filter(|outcome| outcome.may_live_on());
        let last = last.and_then(|_| self.mark());
        self.doubtful.iter().cloned().chain(last).collect()
    }

    /// By what the processes of this attempt would be found, once the host was given the program.
    pub fn mark(&self) -> Option<Doubt> {
        let cookie = self.cookie.clone()?;
        Some(Doubt::new(self.attempt, cookie, self.pid.zip(self.began)))
    }

    fn interrupt(&mut self, at: Stamp, on_disconnect: OnDisconnect) {
        self.link_silent = None;
        let begun = match self.phase {
            Phase::Done { .. } => return,
            Phase::Queued { since, .. }
            | Phase::Connecting { since }
            | Phase::Running { since, .. }
            | Phase::Stopping { since, .. } => since,
            Phase::Backoff { .. } => {
                if let Some(last) = self.earlier.pop() {
                    self.phase = Phase::Done {
                        at,
                        elapsed: last.elapsed,
                        outcome: last.outcome,
                        leaked: last.leaked,
                    };
                }
                return;
            }
        };
        let outcome = if self.cookie.is_none() {
            Outcome::skipped(SkipReason::Interrupted)
        } else {
            let (fate, what) = match on_disconnect {
                OnDisconnect::End => (Fate::Unknown, "the host was left to end it by itself"),
                OnDisconnect::Keep => (Fate::Kept, "the host was told to keep it"),
            };
            Outcome::Lost {
                detail: format!("the runner ended before it did; {what}"),
                fate,
            }
        };
        // What was seen while it ran says nothing about what is left after it.
        self.left.remove(&self.attempt);
        self.phase = Phase::Done {
            at,
            elapsed: at.since(begun),
            outcome,
            leaked: false,
        };
    }

    /// A look from before the end says nothing about what is left after it, unless the end itself rests on it.
    fn forget_look(&mut self, attempt: AttemptNo, ending: &Ending) {
        let rests_on_it = ending.leaked || matches!(ending.outcome.fate(), Some(Fate::Survived { .. }));
        if !rests_on_it {
            self.left.remove(&attempt);
        }
    }

    /// A later look told what became of an attempt.
    fn find(&mut self, attempt: AttemptNo, fate: &Fate) {
        if !matches!(fate, Fate::Unknown | Fate::Survived { .. } | Fate::Kept) {
            self.doubtful.retain(|doubt| doubt.attempt != attempt);
            if let Some(look) = self.left.get_mut(&attempt) {
                look.processes.clear();
            }
        }
        let outcome = if attempt == self.attempt {
            match &mut self.phase {
                Phase::Done { outcome, .. } => Some(outcome),
                _ => None,
            }
        } else {
            let place = (attempt.0 as usize).checked_sub(1);
            place
                .and_then(|place| self.earlier.get_mut(place))
                .map(|ending| &mut ending.outcome)
        };
        if let Some(outcome) = outcome {
            outcome.set_fate(fate.clone());
        }
    }

    fn change(&mut self, attempt: AttemptNo, change: &Change, at: Stamp) {
        match change {
            Change::Found { fate } => return self.find(attempt, fate),
            Change::Left { processes } => {
                let processes = processes.clone();
                self.left.insert(attempt, Look { at, processes });
                self.not_looked = None;
                return;
            }
            Change::NotLooked { detail } => {
                self.not_looked = Some((at, detail.clone()));
                return;
            }
            Change::LinkSilent { .. } | Change::LinkHeard | Change::Limit { .. } | Change::Signalled { .. }
                if attempt < self.attempt =>
            {
                return;
            }
            Change::Limit { run } => {
                self.own_limit = OwnLimit::changed(*run);
                // It is told again when it still is.
                if let Phase::Running { overdue, .. } = &mut self.phase {
                    *overdue = None;
                }
                return;
            }
            Change::Signalled { .. } => return,
            Change::LinkSilent { since } => {
                self.link_silent = Some(*since);
                return;
            }
            Change::LinkHeard => {
                self.link_silent = None;
                return;
            }
            _ => {}
        }
        let is_new = attempt > self.attempt;
        if is_new {
            self.begin(attempt);
        }
        let since = self.running_since().unwrap_or(at);
        self.phase = match change {
            Change::Queued(why) => Phase::Queued { since: at, why: *why },
            Change::Connecting => Phase::Connecting { since: at },
            Change::Starting { cookie } => {
                self.cookie = Some(cookie.clone());
                return;
            }
            Change::Found { .. }
            | Change::Left { .. }
            | Change::NotLooked { .. }
            | Change::LinkSilent { .. }
            | Change::LinkHeard
            | Change::Limit { .. }
            | Change::Signalled { .. } => return,
            Change::Running { pid } => {
                self.pid = Some(*pid);
                self.began = Some(at);
                Phase::Running {
                    since: at,
                    slow: None,
                    overdue: None,
                }
            }
            Change::Slow => match self.phase {
                Phase::Running { since, overdue, .. } => Phase::Running {
                    since,
                    slow: Some(at),
                    overdue,
                },
                _ => return,
            },
            Change::Overdue { .. } => match self.phase {
                Phase::Running { since, slow, .. } => Phase::Running {
                    since,
                    slow,
                    overdue: Some(at),
                },
                _ => return,
            },
            Change::Stopping { reason, kill_at, .. } => Phase::Stopping {
                since,
                reason: *reason,
                kill_at: *kill_at,
            },
            Change::Retrying { ending, until } => {
                self.forget_look(attempt, ending);
                self.earlier.push(ending.clone());
                self.retries += 1;
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
                self.forget_look(attempt, ending);
                self.retries = 0;
                self.link_silent = None;
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
