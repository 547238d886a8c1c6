//! What the operator's wishes mean for the jobs of a run, wherever each of them is.

use super::Scheduler;
use super::order::{Order, Turn};
use super::slot::{Intake, Place, Slot, Wish};
use crate::model::event::{Change, Event, What};
use crate::model::id::JobId;
use crate::model::outcome::{CancelledBy, SkipReason};
use crate::model::phase::{PauseReason, StopReason};
use crate::model::request::{Adjust, Force, Request};
use crate::model::signal::Sig;
use crate::runner::caution::IfRunning;

impl Scheduler {
    /// Takes in a wish.
    pub(super) fn request(&mut self, request: Request, turn: &mut Turn) {
        match request {
            Request::Cancel { jobs, force } => {
                let known = self.slots.len();
                for job in jobs.into_iter().filter(|job| job.index() < known) {
                    self.end(job, force, CancelledBy::Operator, turn);
                }
            }
            Request::Retry { jobs, even_if_running } => {
                let known = self.slots.len();
                for job in jobs.into_iter().filter(|job| job.index() < known) {
                    self.retry(job, IfRunning::even(even_if_running), turn);
                }
            }
            Request::Pause => self.pause(PauseReason::Asked, turn),
            Request::Continue => self.go_on(turn),
            Request::Drain => self.close(turn),
            Request::Quit { force } => {
                self.close(turn);
                for job in self.plan.jobs() {
                    self.end(job, force, CancelledBy::Quit, turn);
                }
            }
            Request::Hold => self.held = true,
            Request::Release => self.held = false,
            Request::Agent { .. } if self.paused() == Some(PauseReason::AgentGone) => self.go_on(turn),
            Request::Look { jobs } => {
                let known = self.slots.len();
                for job in jobs.into_iter().filter(|job| job.index() < known) {
                    self.look(job, None, turn);
                }
            }
            Request::Probe { job } => {
                if let Some(slot) = self.slots.get(job.index()) {
                    turn.orders.push(Order::Probe(job, slot.attempt, slot.mark()));
                }
            }
            Request::KillLeft { job, pids } if job.index() < self.slots.len() => self.look(job, Some(pids), turn),
            Request::Skip { jobs } => {
                let known = self.slots.len();
                for job in jobs.into_iter().filter(|job| job.index() < known) {
                    self.skip_if_waiting(job, turn);
                }
            }
            Request::Signal { jobs, signal } => self.signal(&jobs, signal, turn),
            Request::Limit { jobs, by } => self.limit(&jobs, by, turn),
            Request::Width { width } => self.widen(width.max(1), turn),
            // What is not a matter of who may start.
            Request::Agent { .. }
            | Request::KillLeft { .. }
            | Request::SudoPassword
            | Request::KeepWarm { .. }
            | Request::Adopt { .. } => {}
        }
    }

    /// Skips a job of which nothing was started in the attempt under way.
    fn skip_if_waiting(&mut self, job: JobId, turn: &mut Turn) {
        match self.slots[job.index()].place {
            Place::Waiting | Place::Backoff { .. } => self.skip(job, SkipReason::Cancelled, turn),
            Place::Connecting | Place::Asking | Place::Answered | Place::Connected { .. } => {
                self.slot(job).wish = Wish::End;
                turn.orders.push(Order::CallOff(job));
            }
            Place::Running { .. } | Place::Stopping | Place::Done(_) => {}
        }
    }

    /// What is to finish whatever happens is sent no signal: nobody has named its host for it.
    fn signal(&self, jobs: &[JobId], signal: Sig, turn: &mut Turn) {
        if !self.settings().let_finish {
            let running = self.running_of(jobs);
            turn.orders.extend(running.map(|job| Order::Signal(job, signal)));
        }
    }

    fn limit(&mut self, jobs: &[JobId], by: Adjust, turn: &mut Turn) {
        let running: Vec<JobId> = self.running_of(jobs).collect();
        // What the others took may be the limit that holds, even where it is not reached yet.
        if let Some(limit) = self.peer_limit() {
            self.tell_peers(&running, limit, turn);
        }
        turn.orders.extend(running.into_iter().map(|job| Order::Limit(job, by)));
    }

    fn running_of(&self, jobs: &[JobId]) -> impl Iterator<Item = JobId> {
        jobs.iter().copied().filter(|job| {
            let place = self.slots.get(job.index()).map(|slot| slot.place);
            matches!(place, Some(Place::Running { since: Some(_), .. }))
        })
    }

    /// What runs beyond a smaller width runs on.
    fn widen(&mut self, width: usize, turn: &mut Turn) {
        self.width = width;
        turn.orders.push(Order::Record(Event {
            at: turn.now,
            what: What::Width { width },
        }));
    }

    /// Looks what is alive of a job, wherever it is, after KILL to these processes. While a command runs that is to
    /// finish there is no KILL: which of its processes it can do without is not known.
    fn look(&mut self, job: JobId, kill: Option<Vec<u32>>, turn: &mut Turn) {
        let slot = &self.slots[job.index()];
        let is_spared = self.settings().let_finish && matches!(slot.place, Place::Running { .. });
        let kill = kill.filter(|_| !is_spared);
        let traces = slot.traces();
        let runs = matches!(slot.place, Place::Running { since: Some(_), .. } | Place::Stopping);
        if runs {
            turn.orders.push(match kill.clone() {
                Some(pids) => Order::KillLeft(job, pids),
                None => Order::Look(job),
            });
        }
        if !traces.is_empty() {
            turn.orders.push(Order::Search(job, traces, kill.unwrap_or_default()));
        } else if !runs {
            let detail = "no command was started there".to_owned();
            turn.orders
                .push(self.record(job, Change::NotLooked { detail }, turn.now));
        }
    }

    /// Without a word from the front-end nobody could see or end what still runs, nor let go of a run that is held.
    pub(super) fn deserted(&mut self, turn: &mut Turn) {
        self.request(Request::Release, turn);
        let force = Force::Graceful;
        self.request(Request::Quit { force }, turn);
    }

    /// Starts nothing new until told to go on. Who asks for that also gets it where the run waits for something else.
    pub(super) fn pause(&mut self, reason: PauseReason, turn: &mut Turn) {
        let pauses = match self.intake {
            Intake::Open => true,
            Intake::Paused(before) => reason == PauseReason::Asked && before != reason,
            Intake::Closed => false,
        };
        if pauses {
            self.intake = Intake::Paused(reason);
            turn.orders.push(Order::Record(Event {
                at: turn.now,
                what: What::Paused(reason),
            }));
        }
    }

    fn go_on(&mut self, turn: &mut Turn) {
        if let Intake::Paused(_) = self.intake {
            self.intake = Intake::Open;
            turn.orders.push(Order::Record(Event {
                at: turn.now,
                what: What::Continued,
            }));
        }
    }

    /// Starts nothing more in this run.
    fn close(&mut self, turn: &mut Turn) {
        if self.intake == Intake::Closed {
            return;
        }
        self.intake = Intake::Closed;
        turn.orders.push(Order::Record(Event {
            at: turn.now,
            what: What::Draining,
        }));
        for job in self.plan.jobs() {
            match self.slots[job.index()].place {
                Place::Waiting | Place::Backoff { .. } => self.skip(job, SkipReason::Drain, turn),
                Place::Connecting | Place::Asking | Place::Answered | Place::Connected { .. } => {
                    turn.orders.push(Order::Stop(job, StopReason::Quit, CancelledBy::Quit));
                }
                _ => {}
            }
        }
    }

    /// Ends a job, unless its command may run and is to finish. Then only a kill by name ends it; a run that ends at
    /// once lets go of it.
    fn end(&mut self, job: JobId, force: Force, by: CancelledBy, turn: &mut Turn) {
        let place = self.slots[job.index()].place;
        let may_run = matches!(place, Place::Running { .. } | Place::Stopping);
        let is_named = force == Force::Named && by == CancelledBy::Operator;
        if !self.settings().let_finish || !may_run || is_named {
            let graceful = match by {
                CancelledBy::Quit => StopReason::Quit,
                CancelledBy::Operator | CancelledBy::Gate => StopReason::Cancel,
            };
            return self.stop(job, reason(force, graceful), by, turn);
        }
        if let Place::Running { since: None, .. } = place {
            self.slot(job).wish = Wish::End;
        }
        turn.orders.push(match (force, by) {
            (Force::Now | Force::Named, CancelledBy::Quit) => Order::LetGo(job),
            _ => Order::CallOff(job),
        });
    }

    fn stop(&mut self, job: JobId, reason: StopReason, by: CancelledBy, turn: &mut Turn) {
        match self.slots[job.index()].place {
            Place::Waiting | Place::Backoff { .. } => self.skip(job, SkipReason::Cancelled, turn),
            Place::Connecting
            | Place::Asking
            | Place::Answered
            | Place::Connected { .. }
            | Place::Running { .. }
            | Place::Stopping => {
                self.slot(job).wish = Wish::End;
                turn.orders.push(Order::Stop(job, reason, by));
            }
            Place::Done(_) => {}
        }
    }

    fn retry(&mut self, job: JobId, if_running: IfRunning, turn: &mut Turn) {
        if self.intake == Intake::Closed {
            return;
        }
        let &Slot { place, wish, .. } = &self.slots[job.index()];
        self.slot(job).if_running = if_running;
        match place {
            Place::Done(_) => self.again(job, turn),
            Place::Backoff { .. } => self.requeue(job, turn),
            Place::Stopping => self.slot(job).wish = Wish::Again,
            Place::Waiting => {}
            Place::Connecting | Place::Asking | Place::Answered | Place::Connected { .. } | Place::Running { .. } => {
                if wish == Wish::End {
                    self.slot(job).wish = Wish::Again;
                }
            }
        }
    }
}

fn reason(force: Force, graceful: StopReason) -> StopReason {
    match force {
        Force::Graceful => graceful,
        Force::Now | Force::Named => StopReason::Kill,
    }
}
