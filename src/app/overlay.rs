//! What lies over a screen: at most one thing, and it has the keys.

use super::arming::ARMING;
use super::command::CommandLine;
use super::confirm::Confirm;
use super::follow_up::FollowUp;
use super::input::Input;
use super::pane::Pane;
use super::quit::QuitQuestion;
use super::secret::PasswordQuestion;
use super::writing::Writing;
use crate::model::id::JobId;
use crate::model::stamp::Stamp;

/// The thing over the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The keys.
    Help(Pane),
    /// Everything about one job.
    Details(JobId, Pane),
    /// Whether to do it.
    Confirm(Confirm),
    /// Whether and how to leave.
    Quit(QuitQuestion),
    /// The password that `sudo` wants on some host.
    Password(PasswordQuestion),
    /// A filter is being typed; the rows follow it.
    Filter(Input),
    /// A command is being typed.
    Command(CommandLine),
    /// A search is being typed.
    Search(Input),
    /// A time to go to is being typed.
    Time(Input),
    /// A further command for some hosts is being typed.
    FollowUp(FollowUp),
    /// Something is to be written to a file.
    Writing(Writing),
}

impl Overlay {
    /// When a question that is not armed yet will be.
    pub(super) fn arms_at(&self) -> Option<Stamp> {
        match self {
            Self::Confirm(confirm) => Some(confirm.opened + ARMING),
            Self::Quit(question) => Some(question.moved + ARMING),
            Self::Password(question) => Some(question.opened + ARMING),
            _ => None,
        }
    }

    /// Lets a question be answered only a moment after `now`, as if it were asked only then.
    pub(super) fn arm_again(&mut self, now: Stamp) {
        match self {
            Self::Confirm(confirm) => confirm.opened = now,
            Self::Quit(question) => question.moved = now,
            Self::Password(question) => question.opened = now,
            _ => {}
        }
    }
}
