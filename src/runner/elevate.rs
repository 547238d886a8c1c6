//! From a shell that has answered to root's, by `sudo`: answers its prompt with the password of the run, and reads its
//! words when it refuses.

use super::job::Job;
use super::keeper::Answer;
use super::setup::{Setup, Sudo};
use super::start::random;
use crate::model::event::Change;
use crate::model::outcome::{Cause, Outcome};
use crate::model::phase::Why;
use crate::model::secret::Secret;
use crate::shim::{Elevation, Nonce};
use crate::transport::Transport;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

/// How much of what `sudo` said is shown.
const SHOWN: usize = 200;

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
        if told {
            self.change(Change::Connecting);
        }
        match answered {
            Ok(secret) => Ok((!ended).then_some(secret)),
            Err(why) => Err(refused(why)),
        }
    }
}

/// As whom a host is looked at.
#[derive(Clone, Debug)]
pub(super) enum Rights {
    /// As whoever logs in.
    Own,
    /// As root, whose jobs are looked for; with the password, if one is known.
    Root(Option<Secret>),
}

impl Rights {
    /// Makes a shell that has answered root's, if it is to be; nobody is asked for anything.
    pub(super) async fn take(&self, setup: &mut Setup) -> Result<(), String> {
        let Self::Root(known) = self else { return Ok(()) };
        let nonce = random().map_err(|outcome| outcome.to_string())?;
        setup.elevate(&Elevation::new(&Nonce::new(nonce)));
        let mut known = known.as_ref();
        loop {
            match (setup.sudo().await, known.take()) {
                (Sudo::Root, _) => return Ok(()),
                (Sudo::Prompt, Some(secret)) => setup.answer(secret),
                (Sudo::Prompt, None) => {
                    return Err("sudo asks for a password there, and a look asks nobody; a retry does".to_owned());
                }
                (Sudo::Ended(words), _) => return Err(telling(&words)),
            }
        }
    }
}

fn refused(detail: String) -> Outcome {
    Outcome::Unreachable {
        cause: Cause::Privilege,
        detail,
    }
}

/// Whether `sudo` ended because of the password, and not for another reason.
fn is_wrong(words: &str) -> bool {
    words.contains("incorrect password attempt") || words.trim_end().ends_with("Sorry, try again.")
}

/// The line of `sudo`'s words that tells why.
fn telling(words: &str) -> String {
    let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    let says_why = |line: &&str| {
        let line = line.to_lowercase();
        let signs = ["sudo", "not allowed", "may not", "sorry", "account", "expired"];
        signs.iter().any(|sign| line.contains(sign)) && line != "sorry, try again."
    };
    let line = lines.clone().rfind(says_why).or_else(|| lines.clone().next_back());
    let Some(line) = line else {
        return "sudo ended without a word".to_owned();
    };
    line.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_tells_why_is_found_among_the_others() {
        for (words, line) in [
            ("", "sudo ended without a word"),
            ("motd\nsh: 1: exec: sudo: not found\n", "sh: 1: exec: sudo: not found"),
            (
                "We trust you have received the usual lecture\n\nann is not in the sudoers file.\nThis incident has been \
                 reported to the administrator.\n",
                "ann is not in the sudoers file.",
            ),
            (
                "sudo: sorry, you must have a tty to run sudo\n",
                "sudo: sorry, you must have a tty to run sudo",
            ),
            (
                "Sorry, user ann is not allowed to execute '/bin/sh' as root on web1.\n",
                "Sorry, user ann is not allowed to execute '/bin/sh' as root on web1.",
            ),
            (
                "Sorry, try again.\nsudo: 1 incorrect password attempt\n",
                "sudo: 1 incorrect password attempt",
            ),
        ] {
            assert_eq!(telling(words), line);
        }
    }

    #[test]
    fn only_a_wrong_password_is_one() {
        assert!(is_wrong("Sorry, try again.\nsudo: 3 incorrect password attempts\n"));
        assert!(!is_wrong("ann is not in the sudoers file.\n"));
    }
}
