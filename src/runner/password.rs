//! The password that `sudo` wants on the hosts: asked for once per run, tried on one host before any other gets it, and
//! forgotten when no job may need it any more. A pure state machine; [`keeper`](super::keeper) puts it to work.
//!
//! A wrong password must not go to many hosts: each counts it, and some lock the account. So the host that has waited
//! longest is the trial, and the others wait until it has told.

use crate::model::id::JobId;
use crate::model::secret::Secret;
use std::collections::VecDeque;

/// How often somebody is asked before it is given up.
const TRIES: u32 = 3;

/// What to do about a host that has no password, in words.
const CURE: &str = "give it NOPASSWD, or watch the run (heeler attach) and answer";

/// What follows from what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Follow {
    /// Somebody is to be asked; what became of the last password.
    Ask(Option<String>),
    /// Nobody needs to be asked any more.
    Settled,
    /// This job may use this password.
    Give(JobId, Secret),
    /// This job gets none, for this reason.
    Refuse(JobId, String),
}

/// How far the run is with its password.
#[derive(Debug, Default)]
enum State {
    /// Nobody was asked.
    #[default]
    Unasked,
    /// Somebody is being asked.
    Asked,
    /// There is one, of which nobody knows yet whether it is right; this job tries it, if any does.
    Untried(Secret, Option<JobId>),
    /// There is one that a host has accepted.
    Accepted(Secret),
    /// There will be none, for this reason.
    Over(String),
}

/// The password of a run.
#[derive(Debug, Default)]
pub(super) struct Password {
    state: State,
    /// Who waits for it, longest first.
    waiting: VecDeque<JobId>,
    refusals: u32,
}

impl Password {
    /// The host of a job asks for it.
    pub(super) fn want(&mut self, job: JobId) -> Vec<Follow> {
        match &self.state {
            State::Accepted(secret) => return vec![Follow::Give(job, secret.clone())],
            State::Over(why) => return vec![Follow::Refuse(job, why.clone())],
            State::Unasked | State::Asked | State::Untried(..) => self.waiting.push_back(job),
        }
        match self.state {
            State::Unasked => {
                self.state = State::Asked;
                vec![Follow::Ask(None)]
            }
            _ => self.try_next(),
        }
    }

    /// Somebody answered: with a password, or not willing to.
    pub(super) fn answer(&mut self, secret: Option<Secret>) -> Vec<Follow> {
        if !matches!(self.state, State::Asked) {
            return Vec::new();
        }
        let mut follows = vec![Follow::Settled];
        match secret.filter(Secret::is_one_line) {
            Some(secret) => {
                self.state = State::Untried(secret, None);
                follows.extend(self.try_next());
            }
            None => follows.extend(self.give_up(format!("sudo asks for a password, and nobody gave one; {CURE}"))),
        }
        follows
    }

    /// The host of a job took the password it was given.
    pub(super) fn accepted(&mut self, job: JobId) -> Vec<Follow> {
        if !self.is_trial(job) {
            return Vec::new();
        }
        let State::Untried(secret, _) = std::mem::take(&mut self.state) else {
            return Vec::new();
        };
        let waiting = std::mem::take(&mut self.waiting);
        let follows = waiting
            .into_iter()
            .map(|job| Follow::Give(job, secret.clone()))
            .collect();
        self.state = State::Accepted(secret);
        follows
    }

    /// The host of a job, of this name, did not accept the password; if that was the trial, the job waits for another
    /// one. Where others accepted it, the host is on its own.
    pub(super) fn refused(&mut self, job: JobId, host: &str) -> Vec<Follow> {
        if !self.is_trial(job) {
            let why = format!("{host} did not accept the password that another host accepted");
            return vec![Follow::Refuse(job, why)];
        }
        self.refusals += 1;
        self.waiting.push_front(job);
        if self.refusals >= TRIES {
            return self.give_up(format!(
                "sudo did not accept a password {TRIES} times, the last one on {host}"
            ));
        }
        self.state = State::Asked;
        vec![Follow::Ask(Some(format!("{host} did not accept it")))]
    }

    /// A job needs the password no longer, and nothing was learnt of it.
    pub(super) fn leave(&mut self, job: JobId) -> Vec<Follow> {
        self.waiting.retain(|waiting| *waiting != job);
        if self.is_trial(job)
            && let State::Untried(_, trial) = &mut self.state
        {
            *trial = None;
            return self.try_next();
        }
        if self.waiting.is_empty() && matches!(self.state, State::Asked) {
            self.state = State::Unasked;
            return vec![Follow::Settled];
        }
        Vec::new()
    }

    /// The password, if a host has accepted it.
    pub(super) fn proven(&self) -> Option<Secret> {
        match &self.state {
            State::Accepted(secret) => Some(secret.clone()),
            _ => None,
        }
    }

    /// Nobody needs it any more, or somebody wants it asked anew: what is known is forgotten.
    pub(super) fn forget(&mut self) {
        if matches!(
            self.state,
            State::Accepted(_) | State::Over(_) | State::Untried(_, None)
        ) {
            *self = Self {
                waiting: std::mem::take(&mut self.waiting),
                ..Self::default()
            };
        }
    }

    /// It is tried anew after it was given up, when the operator wants a job tried again.
    pub(super) fn reconsider(&mut self) {
        if matches!(self.state, State::Over(_)) {
            self.forget();
        }
    }

    fn is_trial(&self, job: JobId) -> bool {
        matches!(self.state, State::Untried(_, Some(trial)) if trial == job)
    }

    fn try_next(&mut self) -> Vec<Follow> {
        let State::Untried(secret, trial @ None) = &mut self.state else {
            return Vec::new();
        };
        *trial = self.waiting.pop_front();
        trial.iter().map(|job| Follow::Give(*job, secret.clone())).collect()
    }

    fn give_up(&mut self, why: String) -> Vec<Follow> {
        let waiting = std::mem::take(&mut self.waiting);
        let follows = waiting
            .into_iter()
            .map(|job| Follow::Refuse(job, why.clone()))
            .collect();
        self.state = State::Over(why);
        follows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: JobId = JobId(0);
    const B: JobId = JobId(1);
    const C: JobId = JobId(2);

    fn secret(text: &str) -> Secret {
        Secret::new(text.as_bytes().to_vec())
    }

    fn give(job: JobId, text: &str) -> Follow {
        Follow::Give(job, secret(text))
    }

    #[test]
    fn one_host_tries_it_and_the_others_wait_for_what_it_tells() {
        let mut password = Password::default();
        assert_eq!(password.want(A), [Follow::Ask(None)]);
        assert_eq!(password.want(B), []);
        assert_eq!(password.answer(Some(secret("pw"))), [Follow::Settled, give(A, "pw")]);
        assert_eq!(password.want(C), [], "nobody knows yet whether it is right");
        assert_eq!(password.accepted(A), [give(B, "pw"), give(C, "pw")]);
        assert_eq!(password.want(A), [give(A, "pw")]);
        let [Follow::Refuse(job, why)] = &password.refused(B, "web2")[..] else {
            panic!("it stands alone");
        };
        assert_eq!((*job, why.contains("web2")), (B, true));
        assert_eq!(password.want(C), [give(C, "pw")], "still good elsewhere");
    }

    #[test]
    fn a_wrong_one_goes_to_one_host_and_is_asked_for_three_times_at_most() {
        let mut password = Password::default();
        let _ = password.want(A);
        let _ = password.want(B);
        for wrong in ["1", "2"] {
            assert_eq!(password.answer(Some(secret(wrong))), [Follow::Settled, give(A, wrong)]);
            let detail = "web1 did not accept it".to_owned();
            assert_eq!(password.refused(A, "web1"), [Follow::Ask(Some(detail))]);
        }
        assert_eq!(password.answer(Some(secret("3"))), [Follow::Settled, give(A, "3")]);
        let follows = password.refused(A, "web1");
        assert!(
            matches!(&follows[..], [Follow::Refuse(A, _), Follow::Refuse(B, _)]),
            "{follows:?}"
        );
        assert!(matches!(&password.want(C)[..], [Follow::Refuse(C, _)]));
        password.reconsider();
        assert_eq!(password.want(C), [Follow::Ask(None)]);
    }

    #[test]
    fn whoever_declines_ends_what_waits_and_a_second_answer_means_nothing() {
        for no in [None, Some(secret("")), Some(secret("a\nb"))] {
            let mut password = Password::default();
            let _ = password.want(A);
            let follows = password.answer(no);
            assert!(matches!(&follows[..], [Follow::Settled, Follow::Refuse(A, _)]));
            assert_eq!(password.answer(Some(secret("pw"))), []);
        }
    }

    #[test]
    fn a_trial_that_goes_leaves_it_to_the_next_and_the_last_who_waits_ends_the_question() {
        let mut password = Password::default();
        let _ = password.want(A);
        let _ = password.want(B);
        let _ = password.answer(Some(secret("pw")));
        assert_eq!(password.leave(A), [give(B, "pw")]);
        assert_eq!(password.leave(B), []);
        assert_eq!(password.want(C), [give(C, "pw")]);

        let mut password = Password::default();
        let _ = password.want(A);
        assert_eq!(password.leave(A), [Follow::Settled]);
        assert_eq!(password.want(B), [Follow::Ask(None)]);
    }

    #[test]
    fn it_is_forgotten_when_nobody_needs_it() {
        let mut password = Password::default();
        let _ = password.want(A);
        let _ = password.answer(Some(secret("pw")));
        let _ = password.accepted(A);
        password.forget();
        assert!(matches!(password.state, State::Unasked));
        assert_eq!(password.want(B), [Follow::Ask(None)]);
    }
}
