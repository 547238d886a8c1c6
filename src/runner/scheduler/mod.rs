//! Who may start, and when: a pure state machine over all jobs of a run. It knows slots, pauses, retries and the soft
//! limit; it does not know how a job is run. What it is told and what it orders are values, so that every rule can be
//! tested by calling a function.
//!
//! Connecting and running are bounded apart: a host that does not answer holds a connect slot, never a run slot. A host
//! that is connected and waits for its run slot keeps its connect slot, so that no more connections are made than can
//! be used soon.
//!
//! A host whose `sudo` waits for somebody to type a password gives its connect slot back, so that those that need none
//! do not queue behind it, and takes one again when the password is there. As it keeps its connection, no more hosts do
//! that than may run at a time.

mod order;
mod random;
mod requests;
mod slot;
mod takeover;
#[cfg(test)]
mod tests;

use super::caution::{Caution, IfRunning};
use super::resume::Lost;
use super::retry;
use crate::model::board::Board;
use crate::model::durations::Durations;
use crate::model::event::{Change, Ending, Event, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::{Fate, Outcome, SkipReason};
use crate::model::phase::{PauseReason, Why};
use crate::model::plan::{Plan, Settings, Slow};
use crate::model::stamp::Stamp;
use crate::model::tally::{Standing, Tally};
use order::Turn;
pub(super) use order::{Input, Order};
use random::Random;
use slot::{Intake, Place, Slot, Wish};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Between two looks for jobs that have become slow compared with their peers.
const SLOW_LOOK: Duration = Duration::from_secs(1);

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
    /// Jobs that have the password and wait for a connect slot again.
    answered: VecDeque<JobId>,
    /// How many jobs may run at once.
    width: usize,
    connecting: usize,
    /// Jobs that gave their connect slot back for want of a password.
    parked: usize,
    running: usize,
    unfinished: usize,
    intake: Intake,
    held: bool,
    durations: Durations,
    next_slow_look: Stamp,
    random: Random,
}

impl Scheduler {
    /// A scheduler for a run; `seed` scatters the delays of retries.
    pub(super) fn new(plan: Arc<Plan>, seed: u64) -> Self {
        let mut slots: Vec<Slot> = plan.jobs().map(|_| Slot::default()).collect();
        for inherited in &plan.doubts {
            if let Some(slot) = slots.get_mut(inherited.job.index()) {
                slot.doubts.push(inherited.doubt.clone());
                slot.if_running = IfRunning::even(inherited.even_if_running);
            }
        }
        Self {
            waiting: plan.jobs().collect(),
            unfinished: plan.hosts.len(),
            width: plan.settings.width,
            plan,
            slots,
            connected: VecDeque::new(),
            backoffs: BTreeSet::new(),
            answered: VecDeque::new(),
            connecting: 0,
            parked: 0,
            running: 0,
            intake: Intake::Open,
            held: false,
            durations: Durations::default(),
            next_slow_look: Stamp::default(),
            random: Random::new(seed),
        }
    }

    /// The scheduler of a run that is taken up again where `board` stands, before what follows from the end of its
    /// runner.
    pub(super) fn resumed(plan: Arc<Plan>, seed: u64, board: Board, lost: Lost) -> Self {
        let intake = takeover::intake(board.course());
        let width = board.width();
        let slots = takeover::slots(board, lost);
        let waits = |job: &JobId| slots[job.index()].place == Place::Waiting;
        let waiting: VecDeque<JobId> = plan.jobs().filter(waits).collect();
        Self {
            unfinished: waiting.len(),
            waiting,
            slots,
            intake,
            width,
            ..Self::new(plan, seed)
        }
    }

    /// Begins the run, or goes on with it.
    pub(super) fn start(&mut self, now: Stamp) -> Vec<Order> {
        let mut turn = Turn::at(now);
        if let Some(reason) = self.paused() {
            let what = What::Paused(reason);
            turn.orders.push(Order::Record(Event { at: now, what }));
        }
        let why = self.waits_for(Why::ConnectSlot);
        for job in &self.waiting {
            turn.orders.push(self.record(*job, Change::Queued(why), now));
        }
        self.fill(&mut turn);
        if self.unfinished == 0 {
            turn.orders.push(Order::Finish);
        }
        turn.orders
    }

    /// Takes in what happened, and says what follows.
    pub(super) fn handle(&mut self, input: Input, now: Stamp) -> Vec<Order> {
        let mut turn = Turn::at(now);
        match input {
            Input::Connected(job) => self.mark_connected(job, &mut turn),
            Input::Asking(job) => self.park(job),
            Input::Answered(job) => self.answered(job, &mut turn),
            Input::Starting(job, cookie) => self.slot(job).cookie = Some(cookie),
            Input::Running(job, pid) => self.mark_running(job, pid, now),
            Input::Found(job, attempt, fate) => self.found(job, attempt, &fate),
            Input::Stopping(job) => self.mark_stopping(job),
            Input::Ended(job, ending) => self.ended(job, ending, &mut turn),
            Input::Keyless(job, ending) => self.keyless(job, ending, &mut turn),
            Input::Slept(asleep) => self.slept(asleep),
            Input::Request(request) => self.request(request, &mut turn),
            Input::Deserted => self.deserted(&mut turn),
            Input::Tick => {}
        }
        self.wake_backoffs(&mut turn);
        self.look_for_slow(&mut turn);
        self.fill(&mut turn);
        // Nobody can try anything again once nothing more is started, so nothing is held open for it.
        if self.unfinished == 0 && (!self.held || self.intake == Intake::Closed) {
            turn.orders.push(Order::Finish);
        }
        turn.orders
    }

    /// When [`Input::Tick`] should come next.
    pub(super) fn wake(&self) -> Option<Stamp> {
        let backoff = self.backoffs.first().map(|(until, _)| *until);
        let slow = match self.settings().slow {
            Slow::Never if self.settings().run_factor.is_none() => None,
            _ => (self.running > 0).then_some(self.next_slow_look),
        };
        backoff.into_iter().chain(slow).min()
    }

    /// Whether every job is over, for now.
    pub(super) fn is_idle(&self) -> bool {
        self.unfinished == 0
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

    /// Why the run is paused, if it is.
    pub(super) fn paused(&self) -> Option<PauseReason> {
        match self.intake {
            Intake::Paused(reason) => Some(reason),
            Intake::Open | Intake::Closed => None,
        }
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
            Intake::Paused(_) => Why::Pause,
            _ => why,
        }
    }

    /// Hands out slots, as far as there are any.
    fn fill(&mut self, turn: &mut Turn) {
        if self.intake != Intake::Open {
            return;
        }
        while self.running < self.width
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
            && let Some(job) = self.answered.pop_front()
        {
            if self.slots[job.index()].place != Place::Answered {
                continue;
            }
            self.parked -= 1;
            self.connecting += 1;
            self.slot(job).place = Place::Connecting;
            turn.orders.push(self.record(job, Change::Connecting, turn.now));
            turn.orders.push(Order::Connect(job));
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

    /// Takes back the connect slot of a job that waits for a password, unless too many wait already.
    fn park(&mut self, job: JobId) {
        if self.slots[job.index()].place == Place::Connecting && self.parked < self.settings().width {
            self.connecting -= 1;
            self.parked += 1;
            self.slot(job).place = Place::Asking;
        }
    }

    fn answered(&mut self, job: JobId, turn: &mut Turn) {
        match self.slots[job.index()].place {
            Place::Connecting => {
                turn.orders.push(self.record(job, Change::Connecting, turn.now));
                turn.orders.push(Order::Connect(job));
            }
            Place::Asking => {
                self.slot(job).place = Place::Answered;
                self.answered.push_back(job);
                if self.connecting >= self.settings().connect_width || self.intake != Intake::Open {
                    let why = self.waits_for(Why::ConnectSlot);
                    turn.orders.push(self.record(job, Change::Queued(why), turn.now));
                }
            }
            _ => {}
        }
    }

    fn mark_connected(&mut self, job: JobId, turn: &mut Turn) {
        if self.slots[job.index()].place != Place::Connecting {
            return;
        }
        let told = self.running >= self.width || matches!(self.intake, Intake::Paused(_));
        self.slot(job).place = Place::Connected { told };
        self.connected.push_back(job);
        if told {
            let why = self.waits_for(Why::RunSlot);
            turn.orders.push(self.record(job, Change::Queued(why), turn.now));
        }
    }

    fn mark_running(&mut self, job: JobId, pid: u32, now: Stamp) {
        let slot = self.slot(job);
        slot.command = Some((pid, now));
        slot.peers = None;
        if let Place::Running { since, .. } = &mut slot.place {
            *since = Some(now);
        }
        self.next_slow_look = self.next_slow_look.max(now);
    }

    /// What is gone is in doubt no more.
    fn found(&mut self, job: JobId, attempt: AttemptNo, fate: &Fate) {
        if *fate == Fate::Gone {
            self.slot(job).doubts.retain(|doubt| doubt.attempt != attempt);
        }
    }

    /// What the attempt at a job that is begun now must look for first.
    pub(super) fn caution(&self, job: JobId) -> Caution {
        let slot = &self.slots[job.index()];
        Caution {
            doubts: slot.doubts.clone(),
            if_running: slot.if_running,
        }
    }

    fn mark_stopping(&mut self, job: JobId) {
        let place = &mut self.slot(job).place;
        if matches!(place, Place::Running { .. }) {
            *place = Place::Stopping;
        }
    }

    fn ended(&mut self, job: JobId, mut ending: Ending, turn: &mut Turn) {
        match self.slots[job.index()].place {
            Place::Connecting | Place::Connected { .. } => self.connecting -= 1,
            Place::Asking | Place::Answered => self.parked -= 1,
            Place::Running { .. } | Place::Stopping => self.running -= 1,
            Place::Waiting | Place::Backoff { .. } | Place::Done(_) => return,
        }
        if let (Outcome::Skipped { why, detail: None }, Intake::Closed) = (&mut ending.outcome, self.intake) {
            *why = SkipReason::Drain;
        }
        if matches!(ending.outcome, Outcome::Ok | Outcome::Exit { .. }) {
            self.durations.add(ending.elapsed);
        }
        let blind = ending.outcome.may_live_on();
        self.slot(job).settle(blind);
        let jitter = self.random.next();
        let &Slot { wish, retries_used, .. } = &self.slots[job.index()];
        let delay = retry::delay(self.settings(), &ending.outcome, retries_used, jitter);
        let goes_on = self.intake != Intake::Closed;
        if let Some(delay) = delay.filter(|_| goes_on && wish == Wish::None) {
            self.back_off(job, ending, turn.now + delay, turn);
            return;
        }
        self.done(job, ending, turn);
        // What may still be running is not started again unless the operator sees that and asks anew.
        if goes_on && !blind && wish == Wish::Again {
            self.again(job, turn);
        }
    }

    /// A host refused us for want of a key, and the agent that had it is gone: it waits for another one, and so do all.
    fn keyless(&mut self, job: JobId, ending: Ending, turn: &mut Turn) {
        let Slot { place, wish, .. } = self.slots[job.index()];
        let waits = matches!(place, Place::Connecting | Place::Connected { .. });
        if !waits || wish != Wish::None || self.intake == Intake::Closed {
            return self.ended(job, ending, turn);
        }
        self.connecting -= 1;
        self.slot(job).place = Place::Waiting;
        self.waiting.push_front(job);
        self.pause(PauseReason::AgentGone, turn);
        turn.orders.push(self.record(job, Change::Queued(Why::Pause), turn.now));
    }

    fn slept(&mut self, asleep: Duration) {
        for slot in &mut self.slots {
            if let Place::Running { since: Some(since), .. } = &mut slot.place {
                *since = *since + asleep;
            }
        }
    }

    fn back_off(&mut self, job: JobId, ending: Ending, until: Stamp, turn: &mut Turn) {
        let slot = self.slot(job);
        slot.retries_used += 1;
        slot.place = Place::Backoff { until };
        slot.last = Some(ending.clone());
        self.backoffs.insert((until, job));
        turn.orders
            .push(self.record(job, Change::Retrying { ending, until }, turn.now));
    }

    fn done(&mut self, job: JobId, ending: Ending, turn: &mut Turn) {
        self.slot(job).place = Place::Done(ending.outcome.class());
        turn.orders.push(self.record(job, Change::Done(ending), turn.now));
        self.unfinished -= 1;
    }

    /// Ends a job that waits: one that was never begun is skipped; one that waits for its next attempt keeps the end of
    /// the last.
    fn skip(&mut self, job: JobId, why: SkipReason, turn: &mut Turn) {
        let ending = self.slot(job).last.take().unwrap_or(Ending {
            outcome: Outcome::skipped(why),
            leaked: false,
            elapsed: Duration::ZERO,
        });
        self.done(job, ending, turn);
    }

    /// A new attempt at a job that is over, because the operator wants it.
    fn again(&mut self, job: JobId, turn: &mut Turn) {
        self.unfinished += 1;
        self.slot(job).retries_used = 0;
        self.requeue(job, turn);
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

    /// Puts the next attempt at a job at the end of the queue.
    fn requeue(&mut self, job: JobId, turn: &mut Turn) {
        let slot = self.slot(job);
        slot.attempt = slot.attempt.next();
        slot.wish = Wish::None;
        slot.last = None;
        slot.place = Place::Waiting;
        self.waiting.push_back(job);
        let why = self.waits_for(Why::ConnectSlot);
        turn.orders.push(self.record(job, Change::Queued(why), turn.now));
    }

    fn look_for_slow(&mut self, turn: &mut Turn) {
        if turn.now < self.next_slow_look || self.running == 0 {
            return;
        }
        self.next_slow_look = turn.now + SLOW_LOOK;
        if let Some(limit) = self.peer_limit() {
            let beyond: Vec<JobId> = self
                .plan
                .jobs()
                .filter(|job| self.runs_beyond(*job, limit, turn.now))
                .collect();
            self.tell_peers(&beyond, limit, turn);
        }
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

    fn runs_beyond(&self, job: JobId, limit: Duration, now: Stamp) -> bool {
        let place = self.slots[job.index()].place;
        matches!(place, Place::Running { since: Some(since), .. } if now.since(since) >= limit)
    }

    /// Tells jobs that run what the others took, where they do not know it. For how long a job has run is known
    /// exactly to its attempt only, so whether that is too long is decided there.
    fn tell_peers(&mut self, jobs: &[JobId], limit: Duration, turn: &mut Turn) {
        for job in jobs {
            let known = self.slot(*job).peers.replace(limit);
            if known != Some(limit) {
                turn.orders.push(Order::Peers(*job, limit));
            }
        }
    }

    /// The most time for a job by what the others took.
    fn peer_limit(&self) -> Option<Duration> {
        self.settings().peer_limit(&self.durations)
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
