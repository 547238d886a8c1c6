//! Puts [`Password`] to work: jobs ask and wait here, whoever answers is heard, and the record tells that somebody is
//! wanted. The password itself goes to the jobs and nowhere else.

use super::password::{Follow, Password};
use super::recorder::Journal;
use super::rights::Rights;
use crate::model::event::What;
use crate::model::id::JobId;
use crate::model::plan::Plan;
use crate::model::secret::Secret;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// What a job gets: the password, or why there is none.
pub(super) type Answer = Result<Secret, String>;

/// Keeps the password of a run.
#[derive(Clone)]
pub(super) struct Keeper {
    journal: Journal,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    password: Password,
    waiting: HashMap<JobId, oneshot::Sender<Answer>>,
}

/// A job that needs the password; dropped, it needs it no longer.
pub(super) struct Asking {
    keeper: Keeper,
    job: JobId,
}

impl Keeper {
    /// A keeper who knows none yet.
    pub(super) fn new(journal: Journal) -> Self {
        Self {
            journal,
            state: Arc::default(),
        }
    }

    /// Somebody answered the question.
    pub(super) fn answer(&self, secret: Option<Secret>) {
        self.change(|state| state.password.answer(secret));
    }

    /// No job is left that may need it.
    pub(super) fn forget(&self) {
        self.lock().password.forget();
    }

    /// As whom a host is looked at in this run, by somebody who does not ask.
    pub(super) fn rights(&self, plan: &Plan) -> Rights {
        if plan.settings.sudo {
            Rights::Root(self.lock().password.proven())
        } else {
            Rights::Own
        }
    }

    /// Jobs are to be tried again.
    pub(super) fn reconsider(&self) {
        self.lock().password.reconsider();
    }

    /// The host of a job has a prompt.
    pub(super) fn asking(&self, job: JobId) -> Asking {
        Asking {
            keeper: self.clone(),
            job,
        }
    }

    fn change(&self, change: impl FnOnce(&mut State) -> Vec<Follow>) {
        let mut state = self.lock();
        for follow in change(&mut state) {
            let (job, answer) = match follow {
                Follow::Ask(detail) => {
                    self.journal.now(What::PasswordWanted { detail });
                    continue;
                }
                Follow::Settled => {
                    self.journal.now(What::PasswordGiven);
                    continue;
                }
                Follow::Give(job, secret) => (job, Ok(secret)),
                Follow::Refuse(job, why) => (job, Err(why)),
            };
            // A job that has just ended takes nothing; that it went is told by itself.
            let _gone = state.waiting.remove(&job).map(|waiting| waiting.send(answer));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asking {
    /// Asks; the answer comes when there is one.
    pub(super) fn want(&self) -> oneshot::Receiver<Answer> {
        self.ask(Password::want)
    }

    /// The host did not accept what it was given. The trial waits for another one.
    pub(super) fn refused(&self, host: &str) -> oneshot::Receiver<Answer> {
        self.ask(|password, job| password.refused(job, host))
    }

    /// The host took it.
    pub(super) fn accepted(&self) {
        self.keeper.change(|state| state.password.accepted(self.job));
    }

    fn ask(&self, ask: impl FnOnce(&mut Password, JobId) -> Vec<Follow>) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        self.keeper.change(|state| {
            state.waiting.insert(self.job, sender);
            ask(&mut state.password, self.job)
        });
        receiver
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.keeper.change(|state| {
            state.waiting.remove(&self.job);
            state.password.leave(self.job)
        });
    }
}
