//! From a shell that has answered to root's, by `sudo`, for a job: answers its prompt with the password of the run, which
//! is waited for where nobody has given it yet.

use super::job::Job;
use super::keeper::Answer;
use super::scheduler::Input;
use super::secrets::random;
use super::setup::{Setup, Sudo};
use super::sudo_words::{is_wrong, telling};
use crate::model::event::Change;
use crate::model::outcome::{Cause, Outcome};
use crate::model::phase::Why;
use crate::model::secret::Secret;
use crate::shim::{Elevation, Nonce};
use crate::transport::Transport;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

/// What became of the shell of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shell {
    /// It takes a program.
    Ready,
    /// It has ended, and another session may do better.
    Anew,
}

impl<T: Transport> Job<T> {
    /// Makes the shell root's. `limit` counts while `sudo` works, not while it waits for a password.
    pub(super) async fn become_root(&mut self, setup: &mut Setup, limit: Duration) -> Result<Shell, Outcome> {
        setup.elevate(&Elevation::new(&Nonce::new(random()?)));
        let asking = self.keeper.asking(self.id);
        let host = self.plan.host(self.id).to_string();
        let (mut given, mut limit) = (false, limit);
        loop {
            let answer = match self.sudo(setup, limit).await? {
                Sudo::Root => {
                    asking.accepted();
                    return Ok(Shell::Ready);
                }
                Sudo::Prompt if given => asking.refused(&host),
                Sudo::Prompt => asking.want(),
                Sudo::Ended(words) if given && is_wrong(&words) => {
                    // With another password a new session is needed, which then asks for it.
                    self.answer(None, asking.refused(&host)).await?;
                    return Ok(Shell::Anew);
                }
                Sudo::Ended(words) => return Err(refused(telling(&words))),
            };
            match self.answer(Some(setup), answer).await? {
                Some(secret) => setup.answer(&secret),
                None => return Ok(Shell::Anew),
            }
            given = true;
            limit = self.plan.settings.connect_timeout.unwrap_or(Duration::MAX);
        }
    }

    async fn sudo(&mut self, setup: &mut Setup, limit: Duration) -> Result<Sudo, Outcome> {
        let work = async { Ok::<_, Outcome>(setup.sudo().await) };
        match self.unless_stopped(limit, work).await {
            Err(Outcome::Unreachable {
                cause: Cause::ConnectTimeout,
                ..
            }) => Err(refused(format!(
                "sudo neither let us in nor asked for a password as it was told to, within {}",
                self.limit()
            ))),
            other => other,
        }
    }

    /// Waits for the password; nothing if the session ended over that. The row says that it is waited for.
    async fn answer(
        &mut self,
        mut setup: Option<&mut Setup>,
        mut answer: oneshot::Receiver<Answer>,
    ) -> Result<Option<Secret>, Outcome> {
        let (mut ended, mut told) = (setup.is_none(), false);
        let answered = loop {
            match answer.try_recv() {
                Ok(answered) => break answered,
                Err(TryRecvError::Closed) => break Err("heeler ended".to_owned()),
                Err(TryRecvError::Empty) if !told => {
                    self.change(Change::Queued(Why::Password));
                    self.tell(Input::Asking(self.id));
                    told = true;
                }
                Err(TryRecvError::Empty) => {}
            }
            let wait = async {
                let session = async {
                    match &mut setup {
                        Some(setup) if !ended => setup.sudo().await,
                        _ => std::future::pending().await,
                    }
                };
                Ok::<_, Outcome>(tokio::select! {
                    biased;
                    answered = &mut answer => Some(answered.unwrap_or_else(|_| Err("heeler ended".to_owned()))),
                    _ = session => None,
                })
            };
            match self.unless_stopped(Duration::MAX, wait).await? {
                Some(answered) => break answered,
                // sudo has waited long enough; whoever answers does not know.
                None => ended = true,
            }
        };
        let secret = answered.map_err(refused)?;
        if told {
            self.tell(Input::Answered(self.id));
            let slot = self.wait_for_connect_slot();
            tokio::pin!(slot);
            loop {
                let watched = setup.as_deref_mut().filter(|_| !ended);
                let session = async {
                    match watched {
                        Some(setup) => setup.sudo().await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    biased;
                    slot = &mut slot => break slot?,
                    _ = session => ended = true,
                }
            }
        }
        Ok((!ended).then_some(secret))
    }
}

fn refused(detail: String) -> Outcome {
    Outcome::Unreachable {
        cause: Cause::Privilege,
        detail,
    }
}
