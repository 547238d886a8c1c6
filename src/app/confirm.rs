//! The question before anything that touches more than one job or cannot be undone: *no* is preselected, Enter never
//! confirms, the key that does is another than the one that asked, and it works only after a moment.

use super::arming::ARMING;
use super::input::Input;
use super::message::Size;
use crate::keys::{Key, YES};
use crate::model::id::JobId;
use crate::model::left::Left;
use crate::model::phase::Phase;
use crate::model::request::{Adjust, Force, Request};
use crate::model::signal::Sig;
use crate::model::stamp::Stamp;

/// More running jobs than this, and the number must be typed.
pub(super) const TYPE_ABOVE: usize = 20;

/// What would be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// TERM, grace, KILL.
    Cancel,
    /// KILL at once.
    Kill,
    /// KILL at once where nothing else may: the host's name is typed for it.
    KillNamed,
    /// Try again.
    Retry,
    /// Try again although something of an earlier attempt may still run.
    RetryAnyway,
    /// KILL to processes by their number.
    KillLeft,
    /// Skip what has not started.
    Skip,
    /// Send a signal.
    Signal(Sig),
    /// Change the limit on the run time.
    Limit(Adjust),
    /// Run so many at once.
    Widen(usize),
    /// Start nothing more in this run.
    Drain,
    /// Cancel everything and leave when all is over.
    CancelAll,
    /// Kill everything and leave when all is over.
    KillAll,
    /// Run a further command on the hosts.
    FollowUp,
}

impl Intent {
    /// The verb.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Cancel | Self::CancelAll => "cancel",
            Self::Kill | Self::KillNamed | Self::KillAll | Self::KillLeft => "kill",
            Self::Retry => "retry",
            Self::RetryAnyway => "start it all the same",
            Self::Skip => "skip",
            Self::Signal(_) => "signal",
            Self::Limit(_) => "change of the limit",
            Self::Widen(_) => "widen",
            Self::Drain => "drain",
            Self::FollowUp => "run",
        }
    }

    /// Whether it is about jobs that are over, to start them once more.
    pub(super) fn tries_again(self) -> bool {
        matches!(self, Self::Retry | Self::RetryAnyway)
    }

    /// Whether it makes sense for a job in this phase.
    pub(super) fn fits(self, phase: &Phase) -> bool {
        match self {
            Self::Retry | Self::RetryAnyway => phase.is_done(),
            Self::Skip | Self::Drain => {
                matches!(
                    phase,
                    Phase::Queued { .. } | Phase::Connecting { .. } | Phase::Backoff { .. }
                )
            }
            Self::Signal(_) | Self::Limit(_) => matches!(phase, Phase::Running { .. }),
            Self::FollowUp => true,
            _ => !phase.is_done(),
        }
    }

    /// Whether it ends nothing by itself, so that what is to finish is no exception.
    pub(super) fn is_harmless(self) -> bool {
        self.tries_again()
            || matches!(
                self,
                Self::Skip | Self::Limit(_) | Self::Widen(_) | Self::Drain | Self::FollowUp
            )
    }

    /// The request for these jobs; [`Intent::KillLeft`] asks only for a look, as it takes numbers of processes, and
    /// [`Intent::FollowUp`] only for connections, as another run follows.
    pub(super) fn request(self, jobs: Vec<JobId>) -> Request {
        match self {
            Self::Cancel => Request::Cancel {
                jobs,
                force: Force::Graceful,
            },
            Self::Kill => Request::Cancel {
                jobs,
                force: Force::Now,
            },
            Self::KillNamed => Request::Cancel {
                jobs,
                force: Force::Named,
            },
            Self::Retry => Request::Retry {
                jobs,
                even_if_running: false,
            },
            Self::RetryAnyway => Request::Retry {
                jobs,
                even_if_running: true,
            },
            Self::KillLeft => Request::Look { jobs },
            Self::Skip => Request::Skip { jobs },
            Self::Signal(signal) => Request::Signal { jobs, signal },
            Self::Limit(by) => Request::Limit { jobs, by },
            Self::Widen(width) => Request::Width { width },
            Self::Drain => Request::Drain,
            Self::CancelAll => Request::Quit { force: Force::Graceful },
            Self::KillAll => Request::Quit { force: Force::Now },
            Self::FollowUp => Request::KeepWarm { jobs },
        }
    }
}

/// The question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// What would be done.
    pub intent: Intent,
    /// To which jobs: those that were drawn when it was asked.
    pub jobs: Vec<JobId>,
    /// Whether the marks said which; they go then.
    pub of_marks: bool,
    /// Their hosts, put briefly.
    pub hosts: String,
    /// How many of them run.
    pub running: usize,
    /// The processes that would be killed by number.
    pub left: Vec<Left>,
    /// How many were meant too but are left alone, because it makes no sense for them.
    pub left_alone: usize,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// What else the operator should know.
    pub warning: Option<String>,
    /// When it was asked.
    pub opened: Stamp,
    /// The command that would be run.
    pub command: Option<String>,
    /// What was typed so far, where something must be.
    pub typed: Option<Input>,
}

/// What a key made of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Still open.
    Open,
    /// No.
    No,
    /// Yes.
    Yes,
}

impl Confirm {
    /// Whether so many running jobs are touched that the number has to be typed.
    pub(super) fn needs_number(intent: Intent, running: usize) -> bool {
        !intent.tries_again() && running > TYPE_ABOVE
    }

    /// What must be typed, where something must be: the number of jobs, or the host's name.
    pub fn wanted(&self) -> Option<String> {
        self.typed.as_ref().map(|_| {
            if self.is_named() {
                self.hosts.clone()
            } else {
                self.jobs.len().to_string()
            }
        })
    }

    /// Whether it is the host's name that must be typed.
    pub fn is_named(&self) -> bool {
        match self.intent {
            Intent::KillNamed => true,
            Intent::KillLeft => self.typed.is_some(),
            _ => false,
        }
    }

    /// Whether yes would be taken at `now`.
    pub fn is_ready(&self, now: Stamp) -> bool {
        self.is_armed(now)
            && self
                .typed
                .as_ref()
                .is_none_or(|typed| self.wanted().is_some_and(|wanted| typed.text() == wanted))
    }

    fn is_armed(&self, now: Stamp) -> bool {
        now.since(self.opened) >= ARMING
    }

    /// Takes in a key on a terminal of this size: what cannot be seen can be left, but not answered.
    pub(super) fn press(&mut self, key: Key, now: Stamp, size: Size) -> Answer {
        match key {
            Key::Esc | Key::Ctrl('c') => return Answer::No,
            Key::Char('n' | 'q') if self.is_armed(now) && !self.has_room(size) => return Answer::No,
            _ if !self.has_room(size) => {}
            _ if !self.is_armed(now) => {}
            // Every letter may belong to the name; Enter is no slip here, as it takes nothing but the whole name.
            Key::Enter if self.is_named() && self.is_ready(now) => return Answer::Yes,
            _ if self.is_named() => {
                if let Some(typed) = &mut self.typed {
                    typed.press(key);
                }
            }
            YES if self.is_ready(now) => return Answer::Yes,
            Key::Char('n' | 'q') | Key::Enter => return Answer::No,
            Key::Char('0'..='9') | Key::Backspace => {
                if let Some(typed) = &mut self.typed {
                    typed.press(key);
                }
            }
            _ => {}
        }
        Answer::Open
    }
}
