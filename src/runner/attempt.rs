//! The course of one attempt once its command may run: what the shim reports, what the limits and the operator want,
//! and what follows. A pure state machine: the caller feeds it what happened and when, and carries out what it returns.
//!
//! The rules (TERM, grace, KILL, and when a process may be called gone) are all here and nowhere else.

use crate::model::event::{Change, Ending, Stream};
use crate::model::outcome::{CancelledBy, Cause, Ended, Fate, Limit, Outcome};
use crate::model::phase::StopReason;
use crate::model::plan::Settings;
use crate::model::stamp::Stamp;
use crate::shim::{Control, Reach, Record, Sig, classify};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long the shim may take to answer a stop. A shim that does not answer is dead or stuck.
const ANSWER: Duration = Duration::from_secs(10);
/// How long what was sent KILL may take to be gone.
const AFTER_KILL: Duration = Duration::from_secs(5);
/// Between two looks at what is left.
const LOOK: Duration = Duration::from_millis(200);
/// Beats in the time of one lease: one may be late, one may be lost.
const BEATS_PER_LEASE: u32 = 3;
/// How long both streams may stay open after everything is gone.
const CLOSING: Duration = Duration::from_secs(1);

/// What the caller must do.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// Write this to the control pipe.
    Send(Control),
    /// Tell the world.
    Tell(Change),
    /// The attempt is over: close the channel.
    Finish(Ending),
}

/// A stop under way.
#[derive(Clone, Debug)]
struct Stopping {
    reason: StopReason,
    by: CancelledBy,
    limit: Option<Limit>,
    /// When KILL is due, or, once it was sent, when patience ends.
    deadline: Stamp,
    killed: bool,
    /// When the shim must have answered.
    answer_by: Stamp,
    /// What it last answered.
    answer: Answer,
    /// When to ask again what is left; asked only after the command has ended.
    next_look: Option<Stamp>,
}

/// What the shim last said about what is left.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    None,
    Left { count: u32, owners: Vec<String> },
    Gone(Reach),
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
    /// Owners of the processes named since the last answer.
    owners: BTreeSet<u32>,
    next_beat: Option<Stamp>,
    open: [bool; 2],
}

impl Attempt {
    /// An attempt that was begun at `begun` and whose shim came up now.
    pub(super) fn new(settings: Settings, begun: Stamp, now: Stamp) -> Self {
        let beat = settings.lease.map(|lease| now + lease / BEATS_PER_LEASE);
        Self {
            begun,
            start_by: settings.connect_timeout.map(|limit| now + limit),
            running: None,
            last_output: now,
            exit: None,
            wanted: None,
            stopping: None,
            owners: BTreeSet::new(),
            next_beat: beat,
            open: [true; 2],
            settings,
        }
    }

    /// Whether the shim has said that the command runs.
    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// The job printed something.
    pub(super) fn printed(&mut self, now: Stamp) {
        self.last_output = now;
    }

    /// The shim reported something.
    pub(super) fn reported(&mut self, record: Record, now: Stamp) -> Vec<Act> {
        match record {
            Record::Job { pid, .. } => {
                self.running = Some(now);
                self.last_output = now;
                let mut acts = vec![Act::Tell(Change::Running { pid })];
                if let Some((reason, by)) = self.wanted.take() {
                    acts.extend(self.begin_stop(reason, by, None, now));
                }
                acts
            }
            Record::Exit { status } => self.exited(status, now),
            Record::Process(process) => {
                self.owners.insert(process.uid);
                Vec::new()
            }
            Record::Left(count) => {
                let owners = std::mem::take(&mut self.owners).into_iter().map(owner_name).collect();
                self.answered(Answer::Left { count, owners }, now);
                Vec::new()
            }
            Record::Gone(reach) => {
                self.owners.clear();
                self.answered(Answer::Gone(reach), now);
                self.finish_if_closed(now)
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
            return vec![self.finish(
                Outcome::Unreachable {
                    cause: Cause::Other,
                    detail,
                },
                false,
                now,
            )];
        }
        self.exit = Some((classify(status), now));
        match &mut self.stopping {
            // It ended by itself while the stop was on its way: the shim answers a stop before it reports an end that
            // the stop brought about.
            Some(stopping) if stopping.answer == Answer::None => self.stopping = None,
            Some(stopping) => stopping.next_look = Some(now + LOOK),
            None => {}
        }
        self.finish_if_closed(now)
    }

    fn answered(&mut self, answer: Answer, now: Stamp) {
        if let Some(stopping) = &mut self.stopping {
            if matches!(answer, Answer::Gone(_)) {
                stopping.next_look = None;
                stopping.deadline = now + CLOSING;
            }
            stopping.answer = answer;
        }
    }

    /// A stream of the channel ended. `last_words` is what is known about the link when both have.
    pub(super) fn closed(
        &mut self,
        stream: Stream,
        last_words: impl FnOnce() -> Option<String>,
        now: Stamp,
    ) -> Vec<Act> {
        self.open[stream as usize] = false;
        if self.open != [false; 2] {
            return Vec::new();
        }
        if self.exit.is_some() {
            return self.finish_if_closed(now);
        }
        let detail = match last_words() {
            Some(words) => format!("the link was cut: {words}"),
            None => "the channel ended without a status: the shim was killed, or the link was cut".to_owned(),
        };
        let fate = Fate::Unknown;
        vec![self.finish(Outcome::Lost { detail, fate }, false, now)]
    }

    /// Somebody wants the job to end.
    pub(super) fn stop(&mut self, reason: StopReason, by: CancelledBy, now: Stamp) -> Vec<Act> {
        if self.running.is_none() {
            if self.wanted.is_none_or(|(before, _)| before < reason) {
                self.wanted = Some((reason, by));
            }
            return Vec::new();
        }
        if let (None, Some((ended, _))) = (&self.stopping, self.exit) {
            return vec![self.finish(Outcome::from_ended(ended), true, now)];
        }
        let Some(stopping) = &mut self.stopping else {
            return self.begin_stop(reason, by, None, now);
        };
        if reason <= stopping.reason {
            return Vec::new();
        }
        (stopping.reason, stopping.by) = (reason, by);
        if reason == StopReason::Kill && !stopping.killed {
            return stopping.kill(now);
        }
        vec![stopping.tell()]
    }

    /// Nobody is there any more to follow the attempt.
    pub(super) fn abandoned(&self, now: Stamp) -> Vec<Act> {
        let detail = "heeler stopped following the job".to_owned();
        vec![self.finish(
            Outcome::Lost {
                detail,
                fate: Fate::Unknown,
            },
            false,
            now,
        )]
    }

    fn begin_stop(&mut self, reason: StopReason, by: CancelledBy, limit: Option<Limit>, now: Stamp) -> Vec<Act> {
        let stopping = self.stopping.insert(Stopping {
            reason,
            by,
            limit,
            deadline: now + self.settings.grace,
            killed: false,
            answer_by: now + ANSWER,
            answer: Answer::None,
            next_look: None,
        });
        if reason == StopReason::Kill {
            return stopping.kill(now);
        }
        vec![Act::Send(Control::Stop(Sig::Term)), stopping.tell()]
    }

    /// A moment named by [`Attempt::deadline`] has come.
    pub(super) fn tick(&mut self, now: Stamp) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.next_beat.is_some_and(|beat| beat <= now) {
            self.next_beat = self.settings.lease.map(|lease| now + lease / BEATS_PER_LEASE);
            acts.push(Act::Send(Control::Beat));
        }
        if self.stopping.is_some() {
            acts.extend(self.tick_stopping(now));
        } else if let Some((ended, at)) = self.exit {
            if at + self.settings.drain <= now {
                acts.push(self.finish(Outcome::from_ended(ended), true, now));
            }
        } else if let Some(limit) = self.limit_reached(now) {
            acts.extend(self.begin_stop(StopReason::Timeout, CancelledBy::Operator, Some(limit), now));
        } else if self.running.is_none() && self.start_by.is_some_and(|limit| limit <= now) {
            let detail = "the shim came up but did not say that the command runs".to_owned();
            acts.push(self.finish(
                Outcome::Lost {
                    detail,
                    fate: Fate::Unknown,
                },
                false,
                now,
            ));
        }
        acts
    }

    fn tick_stopping(&mut self, now: Stamp) -> Vec<Act> {
        let Some(stopping) = &mut self.stopping else {
            return Vec::new();
        };
        if stopping.answer == Answer::None && stopping.answer_by <= now {
            let detail = "the shim does not answer: it was killed or is stuck".to_owned();
            return vec![self.finish(
                Outcome::Lost {
                    detail,
                    fate: Fate::Unknown,
                },
                false,
                now,
            )];
        }
        if stopping.deadline <= now {
            if matches!(stopping.answer, Answer::Gone(_)) || stopping.killed {
                return self.give_up(now);
            }
            return stopping.kill(now);
        }
        if stopping.next_look.is_some_and(|look| look <= now) {
            stopping.next_look = Some(now + LOOK);
            return vec![Act::Send(Control::Look)];
        }
        Vec::new()
    }

    /// Everything that can be waited for was waited for.
    fn give_up(&mut self, now: Stamp) -> Vec<Act> {
        let ending = self.finish(self.stopped_outcome(), false, now);
        vec![Act::Send(Control::Leave), ending]
    }

    /// The next moment at which [`Attempt::tick`] has something to do.
    pub(super) fn deadline(&self) -> Option<Stamp> {
        let stage = match (&self.stopping, &self.exit, self.running) {
            (Some(stopping), _, _) => stopping.next_moment(),
            (None, Some((_, at)), _) => Some(*at + self.settings.drain),
            (None, None, Some(_)) => self.limits().into_iter().map(|(moment, _)| moment).min(),
            (None, None, None) => self.start_by,
        };
        [stage, self.next_beat].into_iter().flatten().min()
    }

    /// The limits that hold while the command runs, and when they are reached.
    fn limits(&self) -> Vec<(Stamp, Limit)> {
        let run = self.running.zip(self.settings.run_timeout);
        let idle = self.running.and(self.settings.idle_timeout);
        let run = run.map(|(since, limit)| (since + limit, Limit::Run));
        let idle = idle.map(|limit| (self.last_output + limit, Limit::Idle));
        run.into_iter().chain(idle).collect()
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
        match self.exit {
            Some((ended, _)) if self.open == [false; 2] => {
                let outcome = match self.stopping {
                    Some(_) => self.stopped_outcome(),
                    None => Outcome::from_ended(ended),
                };
                vec![self.finish(outcome, false, now)]
            }
            _ => Vec::new(),
        }
    }

    /// The outcome of a stop, by what the shim last answered.
    fn stopped_outcome(&self) -> Outcome {
        let Some(stopping) = &self.stopping else {
            return Outcome::Lost {
                detail: "nothing was stopped".to_owned(),
                fate: Fate::Unknown,
            };
        };
        let ended = self.exit.map(|(ended, _)| ended);
        let fate = match &stopping.answer {
            Answer::Gone(Reach::All) => Fate::Gone,
            Answer::Gone(Reach::Group) => Fate::GoneGroup,
            Answer::Left { count, owners } if *count > 0 && self.open != [false; 2] => Fate::Survived {
                count: *count,
                owners: owners.clone(),
            },
            Answer::Left { .. } | Answer::None => Fate::Unknown,
        };
        match stopping.limit {
            Some(limit) if stopping.reason == StopReason::Timeout => Outcome::TimedOut { limit, fate, ended },
            _ => Outcome::Cancelled {
                by: stopping.by,
                fate,
                ended,
            },
        }
    }

    fn finish(&self, outcome: Outcome, leaked: bool, now: Stamp) -> Act {
        let end = self.exit.map_or(now, |(_, at)| at);
        Act::Finish(Ending {
            outcome,
            leaked,
            elapsed: end.since(self.running.unwrap_or(self.begun)),
        })
    }
}

impl Stopping {
    fn kill(&mut self, now: Stamp) -> Vec<Act> {
        self.killed = true;
        self.deadline = now + AFTER_KILL;
        vec![Act::Send(Control::Stop(Sig::Kill)), self.tell()]
    }

    fn tell(&self) -> Act {
        Act::Tell(Change::Stopping {
            reason: self.reason,
            limit: self.limit,
            kill_at: (!self.killed).then_some(self.deadline),
        })
    }

    fn next_moment(&self) -> Option<Stamp> {
        let answer_by = (self.answer == Answer::None).then_some(self.answer_by);
        [Some(self.deadline), answer_by, self.next_look]
            .into_iter()
            .flatten()
            .min()
    }
}

fn owner_name(uid: u32) -> String {
    match uid {
        0 => "root".to_owned(),
        uid => format!("uid {uid}"),
    }
}
