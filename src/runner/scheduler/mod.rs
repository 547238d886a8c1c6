//! Who may start, and when: a pure state machine over all jobs of a run. It knows slots, pauses, retries and the soft
//! limit; it does not know how a job is run. What it is told and what it orders are values, so that every rule can be
//! tested by calling a function.
//!
//! Connecting and running are bounded apart: a host that does not answer holds a connect slot, never a run slot. A host
//! that is connected and waits for its run slot keeps its connect slot, so that no more connections are made than can
//! be used soon.

mod requests;
#[cfg(test)]
mod tests;

use super::retry;
use crate::model::durations::Durations;
use crate::model::event::{Change, Ending, Event, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::{CancelledBy, Outcome, OutcomeClass, SkipReason};
use crate::model::phase::{StopReason, Why};
use crate::model::plan::{Plan, Settings, Slow};
use crate::model::request::Request;
use crate::model::stamp::Stamp;
use crate::model::tally::{Standing, Tally};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Between two looks for jobs that have become slow compared with their peers.
const SLOW_LOOK: Duration = Duration::from_secs(1);

/// What the scheduler is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    /// The host of a job is connected; it waits for its run slot.
    Connected(JobId),
    /// The command of a job runs.
    Running(JobId),
    /// A job was told to end.
    Stopping(JobId),
    /// An attempt is over.
    Ended(JobId, Ending),
    /// A front-end wants something.
    Request(Request),
    /// The front-end is gone without a word.
    Deserted,
    /// The moment named by [`Scheduler::wake`] has come.
    Tick,
}

/// What it orders.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Order {
    /// Begin an attempt: connect.
    Begin(JobId, AttemptNo),
    /// Let a connected job run.
    Run(JobId),
    /// End a job, wherever it is.
    Stop(JobId, StopReason, CancelledBy),
    /// Record an event.
    Record(Event),
    /// The run is over.
    Finish,
}

/// Where a job is, as far as slots are concerned.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Waits to be begun.
    Waiting,
    /// Waits for the moment of its next attempt.
    Backoff { until: Stamp },
    /// Holds a connect slot and connects.
    Connecting,
    /// Holds a connect slot, is connected, and waits for a run slot; `told` when the row says so.
    Connected { told: bool },
    /// Holds a run slot; `since` when its command runs.
    Running { since: Option<Stamp>, slow: bool },
    /// Holds a run slot until it has ended; then perhaps another attempt is wanted.
    Stopping { again: bool },
    /// Over.
    Done(OutcomeClass),
}

#[derive(Debug)]
struct Slot {
    place: Place,
    attempt: AttemptNo,
    /// Retries that followed by themselves since the operator last asked for one.
    retries_used: u32,
}

/// One call of the scheduler: its time, and what it has ordered so far.
struct Turn {
    now: Stamp,
    orders: Vec<Order>,
}

impl Turn {
    fn at(now: Stamp) -> Self {
        Self {
            now,
            orders: Vec::new(),
        }
    }
}

/// The scheduler of one run.
#[derive(Debug)]
pub(super) struct Scheduler {
    plan: Arc<Plan>,
    slots: Vec<Slot>,
    /// Jobs that wait to be begun, first come first served.
    waiting: VecDeque<JobId>,
    /// Jobs that are connected and wait for a run slot.
    connected: VecDeque<JobId>,
    /// When jobs come back for their next attempt; entries of jobs that moved on otherwise are left in.
    backoffs: BTreeSet<(Stamp, JobId)>,
    connecting: usize,
    running: usize,
    unfinished: usize,
    intake: Intake,
    held: bool,
    durations: Durations,
    next_slow_look: Stamp,
    random: Random,
}

/// Whether new jobs are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intake {
    Open,
    Paused,
    /// Nothing new for the rest of the run.
    Closed,
}

impl Scheduler {
    /// A scheduler for a run; `seed` scatters the delays of retries.
    pub(super) fn new(plan: Arc<Plan>, seed: u64) -> Self {
        let slots = plan.jobs().map(|_| Slot::default()).collect();
        Self {
            waiting: plan.jobs().collect(),
            unfinished: plan.hosts.len(),
            plan,
            slots,
            connected: VecDeque::new(),
            backoffs: BTreeSet::new(),
            connecting: 0,
            running: 0,
            intake: Intake::Open,
            held: false,
            durations: Durations::default(),
            next_slow_look: Stamp::default(),
            random: Random(seed | 1),
        }
    }

    /// Begins the run.
    pub(super) fn start(&mut self, now: Stamp) -> Vec<Order> {
        let mut turn = Turn::at(now);
        for job in self.plan.jobs() {
            turn.orders
                .push(self.record(job, Change::Queued(Why::ConnectSlot), now));
        }
        self.fill(&mut turn);
        turn.orders
    }

    /// Takes in what happened, and says what follows.
    pub(super) fn handle(&mut self, input: Input, now: Stamp) -> Vec<Order> {
        let mut turn = Turn::at(now);
        match input {
            Input::Connected(job) => self.mark_connected(job, &mut turn),
            Input::Running(job) => self.mark_running(job, now),
            Input::Stopping(job) => self.mark_stopping(job),
            Input::Ended(job, ending) => self.ended(job, ending, &mut turn),
            Input::Request(request) => self.request(request, &mut turn),
            Input::Deserted => self.deserted(&mut turn),
            Input::Tick => {}
        }
        self.wake_backoffs(&mut turn);
        self.look_for_slow(&mut turn);
        self.fill(&mut turn);
        if self.unfinished == 0 && !self.held {
            turn.orders.push(Order::Finish);
        }
        turn.orders
    }

    /// When [`Input::Tick`] should come next.
    pub(super) fn wake(&self) -> Option<Stamp> {
        let backoff = self.backoffs.first().map(|(until, _)| *until);
        let slow = match self.settings().slow {
            Slow::Never => None,
            _ => (self.running > 0).then_some(self.next_slow_look),
        };
        backoff.into_iter().chain(slow).min()
    }

    /// How the jobs that are over have ended.
    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for slot in &self.slots {
            if let Place::Done(class) = slot.place {
                tally.enter(Standing::Done(class));
            }
        }
        tally
    }

    fn settings(&self) -> &Settings {
        &self.plan.settings
    }

    fn slot(&mut self, job: JobId) -> &mut Slot {
        &mut self.slots[job.index()]
    }

    fn record(&self, job: JobId, change: Change, at: Stamp) -> Order {
        Order::Record(Event {
            at,
            what: What::Job {
                job,
                host: self.plan.host(job).clone(),
                attempt: self.slots[job.index()].attempt,
                change,
            },
        })
    }

    fn waits_for(&self, why: Why) -> Why {
        match self.intake {
            Intake::Paused => Why::Pause,
            _ => why,
        }
    }

    /// Hands out slots, as far as there are any.
    fn fill(&mut self, turn: &mut Turn) {
        if self.intake != Intake::Open {
            return;
        }
        while self.running < self.settings().width
            && let Some(job) = self.connected.pop_front()
        {
            let Place::Connected { told } = self.slots[job.index()].place else {
                continue;
            };
            if told {
                turn.orders.push(self.record(job, Change::Connecting, turn.now));
            }
            self.connecting -= 1;
            self.running += 1;
            self.slot(job).place = Place::Running {
                since: None,
                slow: false,
            };
            turn.orders.push(Order::Run(job));
        }
        while self.connecting < self.settings().connect_width
            && let Some(job) = self.waiting.pop_front()
        {
            if self.slots[job.index()].place != Place::Waiting {
                continue;
            }
            self.connecting += 1;
            self.slot(job).place = Place::Connecting;
            turn.orders.push(self.record(job, Change::Connecting, turn.now));
            turn.orders.push(Order::Begin(job, self.slots[job.index()].attempt));
        }
    }

    fn mark_connected(&mut self, job: JobId, turn: &mut Turn) {
        let told = self.running >= self.settings().width || self.intake == Intake::Paused;
        self.slot(job).place = Place::Connected { told };
        self.connected.push_back(job);
        if told {
            let why = self.waits_for(Why::RunSlot);
            turn.orders.push(self.record(job, Change::Queued(why), turn.now));
        }
    }

    fn mark_running(&mut self, job: JobId, now: Stamp) {
        if let Place::Running { since, .. } = &mut self.slot(job).place {
            *since = Some(now);
        }
        self.next_slow_look = self.next_slow_look.max(now);
    }

    /// A job is told so again when its stop grows stronger; what is to follow stands.
    fn mark_stopping(&mut self, job: JobId) {
        let place = &mut self.slot(job).place;
        if !matches!(place, Place::Stopping { .. }) {
            *place = Place::Stopping { again: false };
        }
    }

    fn ended(&mut self, job: JobId, mut ending: Ending, turn: &mut Turn) {
        let place = self.slots[job.index()].place;
        match place {
            Place::Connecting | Place::Connected { .. } => self.connecting -= 1,
            Place::Running { .. } | Place::Stopping { .. } => self.running -= 1,
            Place::Waiting | Place::Backoff { .. } | Place::Done(_) => return,
        }
        if let (Outcome::Skipped { why }, Intake::Closed) = (&mut ending.outcome, self.intake) {
            *why = SkipReason::Drain;
        }
        if matches!(ending.outcome, Outcome::Ok | Outcome::Exit { .. }) {
            self.durations.add(ending.elapsed);
        }
        let jitter = self.random.next();
        let used = self.slots[job.index()].retries_used;
        match retry::delay(self.settings(), &ending.outcome, used, jitter) {
            Some(delay) if self.intake != Intake::Closed => {
                let until = turn.now + delay;
                turn.orders
                    .push(self.record(job, Change::Retrying { ending, until }, turn.now));
                let slot = self.slot(job);
                slot.retries_used += 1;
                slot.attempt = slot.attempt.next();
                slot.place = Place::Backoff { until };
                self.backoffs.insert((until, job));
            }
            _ => {
                self.done(job, ending, turn);
                if place == (Place::Stopping { again: true }) {
                    self.again(job, turn);
                }
            }
        }
    }

    fn done(&mut self, job: JobId, ending: Ending, turn: &mut Turn) {
        self.slot(job).place = Place::Done(ending.outcome.class());
        turn.orders.push(self.record(job, Change::Done(ending), turn.now));
        self.unfinished -= 1;
    }

    fn skip(&mut self, job: JobId, why: SkipReason, turn: &mut Turn) {
        let ending = Ending {
            outcome: Outcome::Skipped { why },
            leaked: false,
            elapsed: Duration::ZERO,
        };
        self.done(job, ending, turn);
    }

    /// A new attempt at a job that is over.
    fn again(&mut self, job: JobId, turn: &mut Turn) {
        self.unfinished += 1;
        let slot = self.slot(job);
        slot.attempt = slot.attempt.next();
        slot.retries_used = 0;
        slot.place = Place::Waiting;
        self.waiting.push_back(job);
        let why = self.waits_for(Why::ConnectSlot);
        turn.orders.push(self.record(job, Change::Queued(why), turn.now));
    }

    fn wake_backoffs(&mut self, turn: &mut Turn) {
        while let Some((until, job)) = self.backoffs.first().copied().filter(|(until, _)| *until <= turn.now) {
            self.backoffs.pop_first();
            // It may have been cancelled or retried by hand in the meantime.
            if self.slots[job.index()].place == (Place::Backoff { until }) {
                self.requeue(job, turn);
            }
        }
    }

    fn requeue(&mut self, job: JobId, turn: &mut Turn) {
        self.slot(job).place = Place::Waiting;
        self.waiting.push_back(job);
        let why = self.waits_for(Why::ConnectSlot);
        turn.orders.push(self.record(job, Change::Queued(why), turn.now));
    }

    fn look_for_slow(&mut self, turn: &mut Turn) {
        if turn.now < self.next_slow_look || self.running == 0 {
            return;
        }
        self.next_slow_look = turn.now + SLOW_LOOK;
        let Some(limit) = self.soft_limit() else { return };
        for job in self.plan.jobs() {
            if let Place::Running {
                since: Some(since),
                slow: slow @ false,
            } = &mut self.slots[job.index()].place
                && turn.now.since(*since) >= limit
            {
                *slow = true;
                turn.orders.push(self.record(job, Change::Slow, turn.now));
            }
        }
    }

    fn soft_limit(&self) -> Option<Duration> {
        match self.settings().slow {
            Slow::Never => None,
            Slow::After(limit) => Some(limit),
            Slow::TimesMedian {
                factor,
                finished,
                at_least,
            } => {
                let median = self.durations.median().filter(|_| self.durations.count() >= finished)?;
                Some(median.mul_f64(factor).max(at_least))
            }
        }
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            place: Place::Waiting,
            attempt: AttemptNo::FIRST,
            retries_used: 0,
        }
    }
}

/// Marsaglia's xorshift64: scatters delays, guards nothing.
#[derive(Debug)]
struct Random(u64);

impl Random {
    /// A number from 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
