//! A stop under way: TERM, grace, KILL, and what the shim says is left.

use super::act::Act;
use crate::model::elapsed::Elapsed;
use crate::model::event::Change;
use crate::model::outcome::{CancelledBy, Ended, Fate, Limit, Outcome};
use crate::model::phase::StopReason;
use crate::model::stamp::Stamp;
use crate::shim::{Control, Reach, Sig};
use std::time::Duration;

/// How long the shim may take to answer a stop. A shim that does not answer is dead or stuck.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
/// How long what was sent KILL may take to be gone.
const AFTER_KILL: Duration = Duration::from_secs(5);
/// Between two looks at what is left.
pub(super) const LOOK: Duration = Duration::from_millis(200);
/// For how long nothing but escaped processes must be found after the command's end until that counts as what is left: a
/// stop does not signal them, but some end by themselves when the command has.
const ESCAPED: Duration = Duration::from_secs(1);
/// How long both streams may stay open after everything is gone.
const CLOSING: Duration = Duration::from_secs(1);

/// A stop under way.
#[derive(Debug)]
pub(super) struct Stopping {
    reason: StopReason,
    by: CancelledBy,
    limit: Option<Limit>,
    /// When KILL is due, or, once it was sent or everything is gone, when patience ends.
    deadline: Stamp,
    killed: bool,
    /// When the last signal was asked for.
    asked: Stamp,
    /// When the shim must have answered.
    answer_by: Stamp,
    /// Whether it has ever answered.
    heard: bool,
    /// What it last answered to the last signal.
    answer: Option<Answer>,
    looks: Looks,
    /// Since when an answer is awaited. One question at a time: on a busy host answers take their time, and one to a
    /// question of some seconds ago must not be taken for the state of things.
    awaited: Option<Stamp>,
    /// Since when the command has ended and nothing but escaped processes is found.
    escaped_since: Option<Stamp>,
    /// That lasts: there is nothing more to wait for.
    only_escaped: bool,
}

/// Whether it is asked what is left: again and again once the command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    /// The command has not ended.
    NotYet,
    /// Next at this moment.
    At(Stamp),
    /// Not before the answer to the last one.
    Asked,
}

/// What the shim says is left.
#[derive(Debug)]
pub(super) enum Answer {
    /// So many processes, of these owners; whether none of them is one that a stop signals.
    Left {
        count: u32,
        owners: Vec<String>,
        escaped: bool,
    },
    /// Nothing, as far as it could look.
    Gone(Reach),
}

/// What follows when a moment has come.
pub(super) enum Step {
    /// Nothing yet.
    Wait,
    /// These.
    Do(Vec<Act>),
    /// Everything that can be waited for was waited for.
    GiveUp,
}

impl Stopping {
    /// Begins a stop, and says what it takes.
    pub(super) fn begin(
        reason: StopReason,
        by: CancelledBy,
        limit: Option<Limit>,
        now: Stamp,
        grace: Duration,
    ) -> (Self, Vec<Act>) {
        let mut stopping = Self {
            reason,
            by,
            limit,
            deadline: now + grace,
            killed: false,
            asked: now,
            answer_by: now + ANSWER,
            heard: false,
            answer: None,
            looks: Looks::NotYet,
            awaited: Some(now),
            escaped_since: None,
            only_escaped: false,
        };
        let acts = if reason == StopReason::Kill {
            stopping.kill(now)
        } else {
            vec![Act::Send(Control::Stop(Sig::Term)), stopping.tell()]
        };
        (stopping, acts)
    }

    /// A further reason to stop; a weaker one changes nothing, nor does any once everything is gone: the shim has left by
    /// then, and would not answer.
    pub(super) fn strengthen(&mut self, reason: StopReason, by: CancelledBy, now: Stamp) -> Vec<Act> {
        if reason <= self.reason || matches!(self.answer, Some(Answer::Gone(_))) {
            return Vec::new();
        }
        (self.reason, self.by) = (reason, by);
        if reason == StopReason::Kill && !self.killed {
            return self.kill(now);
        }
        vec![self.tell()]
    }

    /// Nobody watched for a while: every patience lasts longer by as much.
    pub(super) fn slept(&mut self, asleep: Duration) -> Vec<Act> {
        self.deadline = self.deadline + asleep;
        self.asked = self.asked + asleep;
        self.answer_by = self.answer_by + asleep;
        self.awaited = self.awaited.map(|since| since + asleep);
        self.escaped_since = None;
        if self.killed || matches!(self.answer, Some(Answer::Gone(_))) {
            return Vec::new();
        }
        vec![self.tell()]
    }

    /// Whether the shim has not yet answered: then an end of the command is its own.
    pub(super) fn is_unanswered(&self) -> bool {
        !self.heard
    }

    /// Whether the shim has said what is left after everything that could be done.
    pub(super) fn is_settled(&self) -> bool {
        self.answer.is_some() && (self.killed || self.only_escaped || matches!(self.answer, Some(Answer::Gone(_))))
    }

    /// The command has ended: from now on ask what is left.
    pub(super) fn look_from_now_on(&mut self, now: Stamp) {
        self.looks = Looks::At(now + LOOK);
    }

    /// Takes in an answer of the shim.
    pub(super) fn take(&mut self, answer: Answer, now: Stamp) {
        self.awaited = None;
        if matches!(answer, Answer::Gone(_)) {
            self.looks = Looks::Asked;
            self.deadline = now + CLOSING;
        } else if self.looks != Looks::NotYet {
            self.looks = Looks::At(now + LOOK);
        }
        let escaped = self.looks != Looks::NotYet && matches!(answer, Answer::Left { escaped: true, .. });
        self.escaped_since = escaped.then(|| self.escaped_since.unwrap_or(now));
        self.only_escaped = self.escaped_since.is_some_and(|since| since + ESCAPED <= now);
        self.heard = true;
        self.answer = Some(answer);
    }

    /// The next moment at which [`Stopping::tick`] has something to do.
    pub(super) fn next_moment(&self) -> Option<Stamp> {
        let answer_by = self.is_unanswered().then_some(self.answer_by);
        let at_once = self.only_escaped.then_some(Stamp::default());
        [Some(self.patience()), answer_by, self.next_look(), at_once]
            .into_iter()
            .flatten()
            .min()
    }

    fn next_look(&self) -> Option<Stamp> {
        match self.looks {
            Looks::At(at) if self.awaited.is_none() => Some(at),
            _ => None,
        }
    }

    /// When KILL is due, or, once it was sent, when it is given up: not while an answer is still to be expected.
    fn patience(&self) -> Stamp {
        let answered_by = self.awaited.filter(|_| self.killed).map(|since| since + ANSWER);
        answered_by.map_or(self.deadline, |answered_by| answered_by.max(self.deadline))
    }

    /// What follows now.
    pub(super) fn tick(&mut self, now: Stamp) -> Step {
        let gone = matches!(self.answer, Some(Answer::Gone(_)));
        let unheard = self.is_unanswered() && self.answer_by <= now;
        let over = self.patience() <= now;
        if unheard || self.only_escaped || (over && (gone || self.killed)) {
            Step::GiveUp
        } else if over {
            Step::Do(self.kill(now))
        } else if self.next_look().is_some_and(|look| look <= now) {
            self.awaited = Some(now);
            self.looks = Looks::Asked;
            Step::Do(vec![Act::Send(Control::Look)])
        } else {
            Step::Wait
        }
    }

    /// The outcome, going by the last answer, and where there is none by when anything was last `heard`. A link that is
    /// cut leaves open what became of what was left.
    pub(super) fn outcome(&self, ended: Option<Ended>, link_cut: bool, heard: Stamp, now: Stamp) -> Outcome {
        let fate = match &self.answer {
            None => {
                let detail = self.unanswered(link_cut, heard, now);
                let fate = Fate::Unknown;
                return Outcome::Lost { detail, fate };
            }
            Some(Answer::Gone(Reach::All)) => Fate::Gone,
            Some(Answer::Gone(Reach::Group)) => Fate::GoneGroup,
            Some(Answer::Left { count, owners, .. }) if *count > 0 && !link_cut && self.awaited.is_none() => {
                Fate::Survived {
                    count: *count,
                    owners: owners.clone(),
                }
            }
            Some(Answer::Left { .. }) => Fate::Unknown,
        };
        let by = self.by;
        match self.limit {
            Some(limit) if self.reason == StopReason::Timeout => Outcome::TimedOut { limit, fate, ended },
            _ => Outcome::Cancelled { by, fate, ended },
        }
    }

    /// What is known where the last signal was not answered. Only where something else came after it is it the shim that
    /// does not answer.
    fn unanswered(&self, link_cut: bool, heard: Stamp, now: Stamp) -> String {
        if link_cut {
            "the channel ended before the shim said what is left".to_owned()
        } else if heard > self.asked {
            "the link holds, and the shim does not answer: it was killed or is stuck".to_owned()
        } else {
            let silence = Elapsed::Running(now.since(heard));
            format!("nothing was heard of the host for {silence}: the link is dead, or the shim is")
        }
    }

    fn kill(&mut self, now: Stamp) -> Vec<Act> {
        self.killed = true;
        self.asked = now;
        self.awaited = Some(now);
        // What was left before says nothing about what is left now.
        self.answer = None;
        self.escaped_since = None;
        self.only_escaped = false;
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
}
