//! The course of one attempt once its command may run: what the shim reports, what the limits and the operator want,
//! and what follows. A pure state machine: the caller feeds it what happened and when, and carries out what it returns.
//!
//! The rules (TERM, grace, KILL, and when a process may be called gone) are all here and nowhere else.

mod act;
mod pulse;
mod stopping;
#[cfg(test)]
mod tests;

use crate::model::elapsed::Elapsed;
use crate::model::event::{Change, Ending, Stream};
use crate::model::left::{Kin, Left};
use crate::model::outcome::{CancelledBy, Cause, Ended, Fate, Limit, Outcome, owner_name};
use crate::model::own_limit::OwnLimit;
use crate::model::phase::StopReason;
use crate::model::plan::Settings;
use crate::model::request::Adjust;
use crate::model::stamp::Stamp;
use crate::shim::{Control, Process, Record, Sig, classify};
pub(super) use act::Act;
use pulse::Pulse;
use std::collections::BTreeSet;
use std::time::Duration;
use stopping::{Answer, Step, Stopping};

/// How long output may go on after the command ended before it is taken for that of a process left behind.
const MOST_BACKLOG: Duration = Duration::from_secs(60);

/// How many processes of one look are kept by name. A host may name as many as it likes; the count is its own word.
const MOST_NAMED: usize = 10_000;

fn left(process: Process) -> Left {
    let Process {
        pid,
        kin,
        state,
        uid,
        name,
    } = process;
    let owner = owner_name(uid);
    Left {
        pid,
        kin,
        state,
        owner,
        name,
    }
}

/// One attempt from `up` to its end.
#[derive(Debug)]
pub(super) struct Attempt {
    settings: Settings,
    /// When the attempt was begun.
    begun: Stamp,
    /// When the shim must have said that the command runs.
    start_by: Option<Stamp>,
    /// When it said so.
    running: Option<Stamp>,
    last_output: Stamp,
    /// How the command ended by the shim's word, and when that was heard.
    exit: Option<(Ended, Stamp)>,
    /// A stop that was asked for before the command ran.
    wanted: Option<(StopReason, CancelledBy)>,
    stopping: Option<Stopping>,
    /// The limit on the command's run time, where the operator has changed it.
    own_limit: OwnLimit,
    /// The most time by what the other jobs took, where that is to be heeded.
    peer_limit: Option<Duration>,
    /// Somebody wants to leave the command running, as soon as it runs.
    leaving: bool,
    /// It has passed a limit and is to finish all the same.
    overdue: bool,
    /// The processes named since the last answer.
    named: Vec<Left>,
    /// Those of the last answer.
    left: Vec<Left>,
    /// Somebody wants to hear the next answer.
    asked: bool,
    /// When to look what became of processes that were sent KILL by number.
    look_at: Option<Stamp>,
    pulse: Pulse,
    /// How much of the time that the command ran the link was silent.
    silence: Duration,
    /// For how long nobody watched while the command ran, and how much of that came after its end.
    asleep: [Duration; 2],
    /// After that: when the shim must have shown that it is still there. Until it has, no limit counts.
    verify_by: Option<Stamp>,
    open: [bool; 2],
}

impl Attempt {
    /// An attempt that was begun at `begun` and whose shim came up now.
    pub(super) fn new(settings: Settings, begun: Stamp, now: Stamp) -> Self {
        Self {
            begun,
            start_by: settings.connect_timeout.map(|limit| now + limit),
            running: None,
            last_output: now,
            exit: None,
            wanted: None,
            stopping: None,
            own_limit: OwnLimit::AsPlanned,
            peer_limit: None,
            leaving: false,
            overdue: false,
            named: Vec::new(),
            left: Vec::new(),
            asked: false,
            look_at: None,
            pulse: Pulse::new(settings.lease, now),
            silence: Duration::ZERO,
            asleep: [Duration::ZERO; 2],
            verify_by: None,
            open: [true; 2],
            settings,
        }
    }

    /// Whether the shim has said that the command runs.
    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// The job printed something.
    pub(super) fn printed(&mut self, now: Stamp) -> Vec<Act> {
        let acts = self.heard(now);
        self.last_output = now;
        acts
    }

    /// Anything that comes is a sign of life.
    fn heard(&mut self, now: Stamp) -> Vec<Act> {
        let Some(silence) = self.pulse.heard(now) else {
            return Vec::new();
        };
        self.silence += silence;
        self.last_output = (self.last_output + silence).min(now);
        vec![Act::Tell(Change::LinkHeard)]
    }

    /// Nothing can be read for now, because there is no room for it: silence means nothing.
    pub(super) fn unheard(&mut self, now: Stamp) {
        self.last_output = now;
        self.pulse.unheard(now);
        self.verify_by = self.verify_by.map(|_| now + stopping::ANSWER);
    }

    /// Whether what the shim says is waited for.
    pub(super) fn is_urgent(&self) -> bool {
        self.stopping.is_some() || self.wanted.is_some() || self.verify_by.is_some()
    }

    /// Nobody watched for a while: that counts towards no limit, and what has become of the link is to be seen first.
    pub(super) fn slept(&mut self, asleep: Duration, now: Stamp) -> Vec<Act> {
        self.start_by = self.start_by.map(|limit| limit + asleep);
        self.last_output = (self.last_output + asleep).min(now);
        self.pulse.slept(asleep, now);
        if self.running.is_none() {
            return Vec::new();
        }
        self.asleep[0] += asleep;
        if self.exit.is_some() {
            self.asleep[1] += asleep;
        }
        if let Some(stopping) = &mut self.stopping {
            return stopping.slept(asleep);
        }
        if self.exit.is_some() || self.is_closed() {
            return Vec::new();
        }
        self.verify_by = Some(now + stopping::ANSWER);
        vec![Act::Send(Control::Look)]
    }

    /// The shim reported something.
    pub(super) fn reported(&mut self, record: Record, now: Stamp) -> Vec<Act> {
        let mut acts = self.heard(now);
        acts.extend(self.heed(record, now));
        acts
    }

    fn heed(&mut self, record: Record, now: Stamp) -> Vec<Act> {
        match record {
            Record::Job { pid, .. } => {
                self.running = Some(now);
                self.last_output = now;
                let mut acts = vec![Act::Tell(Change::Running { pid })];
                if let Some((reason, by)) = self.wanted.take() {
                    acts.extend(self.begin_stop(reason, by, None, now));
                } else if self.leaving {
                    acts.extend(self.leave(now));
                }
                acts
            }
            Record::Exit { status } => self.exited(status, now),
            Record::Process(process) => {
                if self.named.len() < MOST_NAMED {
                    self.named.push(left(process));
                }
                Vec::new()
            }
            Record::Left(count) => {
                self.left = std::mem::take(&mut self.named);
                let owners: BTreeSet<&String> = self.left.iter().map(|left| &left.owner).collect();
                let escaped = self.left.iter().filter(|left| left.kin == Kin::Escaped).count();
                let answer = Answer::Left {
                    count,
                    owners: owners.into_iter().cloned().collect(),
                    // Of what is not named nobody knows.
                    escaped: count > 0 && escaped == count as usize,
                };
                self.answered(answer, now)
            }
            Record::Gone(reach) => {
                self.named.clear();
                self.left.clear();
                let mut acts = self.answered(Answer::Gone(reach), now);
                acts.extend(self.finish_if_closed(now));
                acts
            }
            Record::Beat => {
                self.verify_by = None;
                Vec::new()
            }
            Record::Unknown(text) => {
                tracing::warn!(text, "the shim said something that is not understood");
                Vec::new()
            }
        }
    }

    fn exited(&mut self, status: u32, now: Stamp) -> Vec<Act> {
        if self.running.is_none() {
            let detail = format!("the command could not be started: its launcher ended with status {status}");
            let cause = Cause::Other;
            return vec![self.finish(Outcome::Unreachable { cause, detail }, now)];
        }
        self.exit = Some((classify(status), now));
        self.verify_by = None;
        self.look_at = self.look_at.map(|at| at.min(now + stopping::LOOK));
        match &mut self.stopping {
            // It ended by itself while the stop was on its way: the shim answers a stop before it reports an end that
            // the stop brought about.
            Some(stopping) if stopping.is_unanswered() => self.stopping = None,
            Some(stopping) => stopping.look_from_now_on(now),
            None => {}
        }
        self.finish_if_closed(now)
    }

    fn answered(&mut self, answer: Answer, now: Stamp) -> Vec<Act> {
        self.verify_by = None;
        self.look_at = self.look_at.map(|at| at.min(now + stopping::LOOK));
        if let Some(stopping) = &mut self.stopping {
            stopping.take(answer, now);
        }
        if std::mem::take(&mut self.asked) {
            vec![self.tell_left()]
        } else {
            Vec::new()
        }
    }

    fn tell_left(&self) -> Act {
        Act::Tell(Change::Left {
            processes: self.left.clone(),
        })
    }

    /// Somebody wants to know what is alive.
    pub(super) fn look(&mut self) -> Vec<Act> {
        if !self.is_answering() {
            let detail = "the command is not running".to_owned();
            return vec![Act::Tell(Change::NotLooked { detail })];
        }
        self.asked = true;
        vec![Act::Send(Control::Look)]
    }

    /// These processes are to be killed, as far as they are the job's.
    pub(super) fn kill_left(&mut self, pids: Vec<u32>, now: Stamp) -> Vec<Act> {
        if !self.is_answering() {
            return self.look();
        }
        // The answer to this names them still; a moment after it they are gone.
        self.look_at = Some(now + stopping::ANSWER);
        vec![Act::Send(Control::SignalEach(Sig::Kill, pids))]
    }

    /// Whether there is a shim that answers. After the end of the command there is none, unless a stop is under way.
    fn is_answering(&self) -> bool {
        self.running.is_some() && !self.is_closed() && (self.exit.is_none() || self.stopping.is_some())
    }

    /// A stream of the channel ended. `last_words` is what is known about the link when both have.
    pub(super) fn closed(
        &mut self,
        stream: Stream,
        last_words: impl FnOnce() -> Option<String>,
        now: Stamp,
    ) -> Vec<Act> {
        self.open[stream as usize] = false;
        if !self.is_closed() {
            return Vec::new();
        }
        if self.exit.is_some() {
            return self.finish_if_closed(now);
        }
        let detail = match last_words() {
            Some(words) => format!("the link was cut: {words}"),
            None => "the channel ended without a status: the shim was killed, or the link was cut".to_owned(),
        };
        vec![self.lost(detail.as_str(), now)]
    }

    /// Somebody wants the job to end.
    pub(super) fn stop(&mut self, reason: StopReason, by: CancelledBy, now: Stamp) -> Vec<Act> {
        if self.running.is_none() {
            if self.wanted.is_none_or(|(before, _)| before < reason) {
                self.wanted = Some((reason, by));
            }
            self.start_within_patience(now);
            return Vec::new();
        }
        match (&mut self.stopping, self.exit) {
            (Some(stopping), _) => stopping.strengthen(reason, by, now),
            // It has ended by itself. What it printed may still be on its way: only KILL does not wait for that.
            (None, Some((ended, _))) if reason == StopReason::Kill => vec![self.finish_leaked(ended, now)],
            (None, Some(_)) => Vec::new(),
            (None, None) => self.begin_stop(reason, by, None, now),
        }
    }

    /// The run ends, and the command is to go on without anybody who watches it. A stop under way is seen through.
    pub(super) fn leave(&mut self, now: Stamp) -> Vec<Act> {
        if self.running.is_none() {
            self.leaving = true;
            self.start_within_patience(now);
        }
        if self.running.is_none() || self.stopping.is_some() || self.exit.is_some() {
            return Vec::new();
        }
        let kept = Outcome::Cancelled {
            by: CancelledBy::Quit,
            fate: Fate::Kept,
            ended: None,
        };
        vec![Act::Send(Control::Leave), self.finish(kept, now)]
    }

    /// The limit for connecting may be long, or none; who wants the end is not kept waiting for that.
    fn start_within_patience(&mut self, now: Stamp) {
        let patience = now + stopping::ANSWER;
        self.start_by = Some(self.start_by.map_or(patience, |limit| limit.min(patience)));
    }

    /// Nobody is there any more to follow the attempt.
    pub(super) fn abandoned(&self, now: Stamp) -> Vec<Act> {
        let detail = "heeler stopped following the job";
        vec![self.lost(detail, now)]
    }

    fn begin_stop(&mut self, reason: StopReason, by: CancelledBy, limit: Option<Limit>, now: Stamp) -> Vec<Act> {
        // It must be answered as well.
        self.verify_by = None;
        let (stopping, acts) = Stopping::begin(reason, by, limit, now, self.settings.grace);
        self.stopping = Some(stopping);
        acts
    }

    /// A moment named by [`Attempt::deadline`] has come.
    pub(super) fn tick(&mut self, now: Stamp) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.has_shim() && self.pulse.beats(now) {
            acts.push(Act::Send(Control::Beat));
        }
        if self.listens()
            && let Some(since) = self.pulse.falls_silent(now)
        {
            acts.push(Act::Tell(Change::LinkSilent { since }));
        }
        if self.look_at.is_some_and(|at| at <= now) {
            self.look_at = None;
            acts.extend(self.look());
        }
        if let Some(stopping) = &mut self.stopping {
            match stopping.tick(now) {
                Step::Wait => {}
                Step::Do(more) => acts.extend(more),
                Step::GiveUp => {
                    // A shim that has not answered must not be told to leave: the end of the channel makes it see the
                    // job out when it hears of it, however late.
                    if stopping.is_settled() {
                        acts.push(Act::Send(Control::Leave));
                    }
                    acts.extend(self.finish_stopped(now));
                }
            }
        } else if let Some((ended, at)) = self.exit {
            if self.drained_by(at) <= now {
                acts.push(self.finish_leaked(ended, now));
            }
        } else if let Some(verify_by) = self.verify_by {
            if verify_by <= now {
                let asleep = humantime::format_duration(Duration::from_secs(self.asleep[0].as_secs()));
                let detail = format!("nobody watched for {asleep}, and then the shim did not answer");
                acts.push(self.lost(&detail, now));
            }
        } else if self.listens() && self.pulse.is_dead(now) {
            let silence = Elapsed::Running(now.since(self.pulse.last_heard()));
            let detail = format!("no sign of life from the shim for {silence}; ssh still held the connection");
            acts.push(self.lost(&detail, now));
        } else if let Some(limit) = self.limit_reached(now).filter(|_| self.settings.let_finish) {
            self.overdue = true;
            acts.push(Act::Tell(Change::Overdue { limit }));
        } else if let Some(limit) = self.limit_reached(now) {
            acts.extend(self.begin_stop(StopReason::Timeout, CancelledBy::Operator, Some(limit), now));
        } else if self.running.is_none() && self.start_by.is_some_and(|limit| limit <= now) {
            let detail = "the shim came up but did not say that the command runs: it may or may not have been started";
            acts.push(self.lost(detail, now));
        }
        acts
    }

    /// The next moment at which [`Attempt::tick`] has something to do.
    pub(super) fn deadline(&self) -> Option<Stamp> {
        let beat = self.has_shim().then_some(self.pulse.next_beat());
        // How long a silence may last is the business of the stop during a stop.
        let ends = self.stopping.is_none() || !self.pulse.is_silent();
        let turn = self.pulse.turn().filter(|_| self.listens() && ends);
        [self.stage(), beat, turn, self.look_at].into_iter().flatten().min()
    }

    /// The same for what follows from time alone, whether or not anything is heard.
    fn stage(&self) -> Option<Stamp> {
        match (&self.stopping, &self.exit, self.running) {
            (Some(stopping), _, _) => stopping.next_moment(),
            (None, Some((_, at)), _) => Some(self.drained_by(*at)),
            (None, None, Some(_)) if self.verify_by.is_some() => self.verify_by,
            (None, None, Some(_)) => self.limits().into_iter().map(|(moment, _)| moment).min(),
            (None, None, None) => self.start_by,
        }
    }

    /// Whether there is a shim to answer: after the end of the command only when there is something left to see to.
    fn has_shim(&self) -> bool {
        let is_up = self.running.is_some() || self.settings.lease.is_some();
        is_up && !self.is_closed() && (self.exit.is_none() || self.stopping.is_some())
    }

    /// Whether the silence of the link means anything: a command runs, and its end is not known. During a stop it is
    /// told, and the stop goes on; after a sleep the answer to a look is waited for instead.
    fn listens(&self) -> bool {
        self.running.is_some() && self.exit.is_none() && self.verify_by.is_none() && !self.is_closed()
    }

    /// When the output of a command that ended at `at` counts as read: the record of its end may overtake what it
    /// printed by as much as a slow link holds, so the drain time runs from the last byte, within reason.
    fn drained_by(&self, at: Stamp) -> Stamp {
        let (drain, at) = (self.settings.drain, at + self.asleep[1]);
        (self.last_output.max(at) + drain).min(at + drain + MOST_BACKLOG)
    }

    /// The limits that hold while the command runs, and when they are reached; none while the link is silent,
    /// nor once it is overdue.
    fn limits(&self) -> Vec<(Stamp, Limit)> {
        if self.pulse.is_silent() || self.overdue {
            return Vec::new();
        }
        let run = self.running.zip(self.run_limit());
        let idle = self.running.and(self.settings.idle_timeout);
        let run = run.map(|(since, limit)| (since + limit + self.asleep[0] + self.silence, Limit::Run));
        let idle = idle.map(|limit| (self.last_output + limit, Limit::Idle));
        run.into_iter().chain(idle).collect()
    }

    /// The limit on the run time that holds: what the operator said last, else the later one of the limit of the run
    /// and what the other jobs took.
    fn run_limit(&self) -> Option<Duration> {
        let settled = self.settings.run_timeout.max(self.peer_limit);
        self.own_limit.or(settled)
    }

    /// This is the most time, by what the other jobs took.
    pub(super) fn heed_peers(&mut self, limit: Duration) {
        self.peer_limit = Some(limit);
    }

    /// The operator changes the limit on the run time. Where none holds, it is counted from now. A job that is being
    /// stopped, or has ended, is past that.
    pub(super) fn change_limit(&mut self, by: Adjust, now: Stamp) -> Vec<Act> {
        let Some(running) = self.running.filter(|_| self.stopping.is_none() && self.exit.is_none()) else {
            return Vec::new();
        };
        let counted = now.since(running).saturating_sub(self.asleep[0] + self.silence);
        let base = self.run_limit().unwrap_or(counted);
        let run = match by {
            Adjust::Longer(more) => Some(base.saturating_add(more)),
            Adjust::Shorter(less) => Some(base.saturating_sub(less)),
            Adjust::Off => None,
        };
        self.own_limit = OwnLimit::changed(run);
        // What is still too long is told again.
        self.overdue = false;
        vec![Act::Tell(Change::Limit { run })]
    }

    /// The operator sends the command a signal; what follows from it is its own.
    pub(super) fn signal(&self, signal: Sig) -> Vec<Act> {
        if !self.is_answering() || self.stopping.is_some() {
            return Vec::new();
        }
        vec![
            Act::Send(Control::Signal(signal)),
            Act::Tell(Change::Signalled { signal }),
        ]
    }

    fn limit_reached(&self, now: Stamp) -> Option<Limit> {
        self.limits()
            .into_iter()
            .filter(|(moment, _)| *moment <= now)
            .min_by_key(|(moment, _)| *moment)
            .map(|(_, limit)| limit)
    }

    /// Ends the attempt when the command's end is known and nothing more can come from the channel.
    fn finish_if_closed(&mut self, now: Stamp) -> Vec<Act> {
        match (self.exit, &self.stopping) {
            (Some(_), Some(_)) if self.is_closed() => self.finish_stopped(now),
            (Some((ended, _)), None) if self.is_closed() => vec![self.finish(Outcome::from_ended(ended), now)],
            _ => Vec::new(),
        }
    }

    /// Ends an attempt that was stopped, by what the shim last said.
    fn finish_stopped(&self, now: Stamp) -> Vec<Act> {
        let Some(stopping) = &self.stopping else {
            return Vec::new();
        };
        let ended = self.exit.map(|(ended, _)| ended);
        let outcome = stopping.outcome(ended, self.is_closed(), self.pulse.last_heard(), now);
        let survived = matches!(outcome.fate(), Some(Fate::Survived { .. }));
        let left = survived.then(|| self.tell_left());
        left.into_iter().chain([self.finish(outcome, now)]).collect()
    }

    fn is_closed(&self) -> bool {
        self.open == [false; 2]
    }

    fn lost(&self, detail: &str, now: Stamp) -> Act {
        let detail = detail.to_owned();
        let fate = Fate::Unknown;
        self.finish(Outcome::Lost { detail, fate }, now)
    }

    fn finish(&self, outcome: Outcome, now: Stamp) -> Act {
        self.finish_with(outcome, false, now)
    }

    /// The command ended, and something that it left behind still holds its output.
    fn finish_leaked(&self, ended: Ended, now: Stamp) -> Act {
        self.finish_with(Outcome::from_ended(ended), true, now)
    }

    fn finish_with(&self, outcome: Outcome, leaked: bool, now: Stamp) -> Act {
        let end = self.exit.map_or(now, |(_, at)| at);
        Act::Finish(Ending {
            outcome,
            leaked,
            elapsed: end.since(self.running.unwrap_or(self.begun)),
        })
    }
}
