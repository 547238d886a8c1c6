//! A look at the host of a job whose attempt is over, because somebody wants to know what it has left there, or wants
//! that killed. It takes no slot of the scheduler's: it has a session of its own on the host's connection, which is made
//! anew where it is not kept.

use super::clock::Clock;
use super::pool::{Pool, Shared};
use super::recorder::Journal;
use super::rights::Rights;
use super::scheduler::Input;
use super::search::{self, Moment, Verdict};
use super::secrets::random;
use super::setup::Setup;
use crate::model::doubt::Doubt;
use crate::model::event::Change;
use crate::model::id::{AttemptNo, JobId};
use crate::model::left::Left;
use crate::model::outcome::{Fate, Outcome};
use crate::model::plan::Plan;
use crate::shim::{Greeting, Looked, Nonce, Sought};
use crate::transport::{Connection, Transport};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

/// How many are under way at once; they wait for each other, not for the jobs.
pub(super) const AT_ONCE: usize = 4;

/// How long a shell may take to answer on a connection that stands.
const SHELL: Duration = Duration::from_secs(10);

/// A look at one host.
pub(super) struct Errand<T: Transport> {
    pub(super) plan: Arc<Plan>,
    pub(super) pool: Arc<Pool<T>>,
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) job: JobId,
    /// The attempts whose processes are looked for.
    pub(super) doubts: Vec<Doubt>,
    /// Which processes are to be killed, as far as they are theirs.
    pub(super) kill: Vec<u32>,
    pub(super) rights: Rights,
    pub(super) news: mpsc::UnboundedSender<Input>,
    pub(super) turn: Arc<Semaphore>,
}

impl<T: Transport> Errand<T> {
    /// Looks, and tells what it found; or why it could not.
    pub(super) async fn run(self) {
        let turn = Arc::clone(&self.turn);
        let Ok(_turn) = turn.acquire().await else { return };
        let host = self.plan.host(self.job);
        let limit = self.plan.settings.connect_timeout.unwrap_or(Duration::MAX);
        let connected = self.clock.within(limit, self.pool.connect(host)).await;
        let looked = match connected {
            Ok(Ok((shared, _))) => self.look(&shared).await,
            Ok(Err(error)) => Err(in_words(&error.into())),
            Err(_) => Err("no connection in time".to_owned()),
        };
        self.pool.release(host, false);
        match looked {
            Ok(looked) => self.tell(&looked),
            Err(detail) => {
                if let Some(doubt) = self.doubts.last() {
                    self.change(doubt.attempt, Change::NotLooked { detail });
                }
            }
        }
    }

    async fn look(&self, shared: &Shared<T::Connection>) -> Result<Vec<Looked>, String> {
        let sought = search::sought(&self.doubts).ok_or("the record does not tell by which mark")?;
        let looked = session(shared, &self.rights, &sought, &[]).await?;
        let now = Moment::now(&self.clock);
        // Only what is an attempt's by its age as well; the host checks once more that it is.
        let meant = |(doubt, looked): (&Doubt, &Looked)| -> Vec<u32> {
            let left = search::left(looked, doubt, now).into_iter();
            left.map(|left| left.pid)
                .filter(|pid| self.kill.contains(pid))
                .collect()
        };
        let kill: Vec<Vec<u32>> = self.doubts.iter().zip(&looked).map(meant).collect();
        if kill.iter().all(Vec::is_empty) {
            return Ok(looked);
        }
        session(shared, &self.rights, &sought, &kill).await
    }

    fn tell(&self, looked: &[Looked]) {
        let now = Moment::now(&self.clock);
        let attempts: BTreeSet<AttemptNo> = self.doubts.iter().map(|doubt| doubt.attempt).collect();
        for attempt in attempts {
            let looks = self.doubts.iter().zip(looked);
            let looks: Vec<Look> = looks.filter(|(doubt, _)| doubt.attempt == attempt).collect();
            for change in told(&looks, now) {
                if let Change::Found { fate } = &change {
                    self.found(attempt, fate.clone());
                }
                self.change(attempt, change);
            }
        }
    }

    fn change(&self, attempt: AttemptNo, change: Change) {
        self.journal.change(&self.plan, (self.job, attempt), change);
    }

    fn found(&self, attempt: AttemptNo, fate: Fate) {
        if self.news.send(Input::Found(self.job, attempt, fate)).is_err() {
            tracing::debug!("the dispatcher has ended before a look");
        }
    }
}

/// An attempt that was looked for, and what was found.
pub(super) type Look<'a> = (&'a Doubt, &'a Looked);

/// What searches for an attempt tell about it. There are several under one number where an earlier run had one as well:
/// what lives of any of them is told, and nothing is gone before all of them are. Where nothing was found and that proves
/// nothing, it is not called nothing.
pub(super) fn told(looks: &[Look], now: Moment) -> Vec<Change> {
    let (mut alive, mut unsure) = (false, None);
    for (doubt, looked) in looks {
        match search::judge(looked, doubt, now) {
            Verdict::Gone => {}
            Verdict::Alive { .. } => alive = true,
            Verdict::Unsure(why) => unsure = Some(why),
        }
    }
    let processes: Vec<Left> = looks
        .iter()
        .flat_map(|(doubt, looked)| search::left(looked, doubt, now))
        .collect();
    let fate = match unsure {
        _ if alive => {
            let owners: BTreeSet<&String> = processes.iter().map(|left| &left.owner).collect();
            Fate::Survived {
                count: processes.len() as u32,
                owners: owners.into_iter().cloned().collect(),
            }
        }
        Some(why) => {
            let detail = why.to_owned();
            return vec![Change::NotLooked { detail }];
        }
        None => Fate::Gone,
    };
    vec![Change::Left { processes }, Change::Found { fate }]
}

/// Makes one search in a session of its own.
pub(super) async fn session<C: Connection>(
    shared: &Shared<C>,
    rights: &Rights,
    sought: &[Sought],
    kill: &[Vec<u32>],
) -> Result<Vec<Looked>, String> {
    let nonce = Nonce::new(random().map_err(|error| error.to_string())?);
    let setup = greeted(shared, rights, &nonce).await?;
    Ok(search::look(setup, &nonce, sought, kill).await)
}

/// Opens a session with a shell that has answered and has these rights; on a connection where none has answered yet it is
/// greeted first.
pub(super) async fn greeted<C: Connection>(
    shared: &Shared<C>,
    rights: &Rights,
    nonce: &Nonce,
) -> Result<Setup, String> {
    timeout(SHELL, greet(shared, rights, nonce))
        .await
        .unwrap_or_else(|_| Err("no shell answered in time".to_owned()))
}

/// The same, however long that takes.
pub(super) async fn greet<C: Connection>(shared: &Shared<C>, rights: &Rights, nonce: &Nonce) -> Result<Setup, String> {
    let hello = Nonce::new(random().map_err(|error| error.to_string())?);
    let greeting = Greeting::new(&hello);
    let process = shared.start().await.map_err(|error| in_words(&error.into()))?;
    let greets = matches!(rights, Rights::Root(_)) || !shared.was_greeted();
    let mut setup = Setup::new(process, nonce.clone(), greets.then_some(&greeting));
    setup.greeted().await.map_err(|outcome| in_words(&outcome))?;
    rights.take(&mut setup).await?;
    shared.greeted();
    Ok(setup)
}

fn in_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unreachable { cause, detail } if !detail.is_empty() => format!("{cause}: {detail}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stamp::Stamp;
    use crate::shim::{Alive, Sight, Sign};
    use std::time::SystemTime;

    #[test]
    fn of_two_attempts_under_one_number_the_one_that_lives_is_told() {
        let doubt = |cookie: &str| Doubt::new(AttemptNo(1), cookie.to_owned(), None);
        let (earlier_run, this_run) = (doubt("a"), doubt("b"));
        let daemon = Alive {
            pid: 7,
            sign: Sign::Cookie,
            state: 'S',
            uid: 0,
            age: Duration::from_secs(5),
            name: "backup".to_owned(),
        };
        let lives = Looked {
            found: vec![daemon],
            sight: Some(Sight::All),
        };
        let nothing = |sight| Looked { found: vec![], sight };
        let now = Moment {
            stamp: Stamp::from_secs(100),
            time: SystemTime::now(),
        };
        let gone = nothing(Some(Sight::All));
        for looks in [
            [(&earlier_run, &lives), (&this_run, &gone)],
            [(&earlier_run, &gone), (&this_run, &lives)],
        ] {
            let changes = told(&looks, now);
            let [Change::Left { processes }, Change::Found { fate }] = &changes[..] else {
                panic!("{changes:?}");
            };
            assert_eq!(processes.len(), 1);
            assert!(matches!(fate, Fate::Survived { count: 1, .. }), "{fate:?}");
        }
        let unseen = nothing(Some(Sight::Hidden));
        let changes = told(&[(&earlier_run, &unseen), (&this_run, &gone)], now);
        assert!(matches!(&changes[..], [Change::NotLooked { .. }]), "{changes:?}");
        let changes = told(&[(&earlier_run, &gone), (&this_run, &gone)], now);
        assert!(
            matches!(&changes[..], [Change::Left { .. }, Change::Found { fate: Fate::Gone }]),
            "{changes:?}"
        );
    }
}
