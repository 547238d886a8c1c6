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
use crate::model::outcome::{Fate, Outcome};
use crate::model::plan::Plan;
use crate::shim::{Greeting, Looked, Nonce, Sought};
use crate::transport::{Connection, Transport};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
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
            Ok(Ok(shared)) => self.look(&shared).await,
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
        let now = self.now();
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
        let now = self.now();
        for (doubt, looked) in self.doubts.iter().zip(looked) {
            for change in told(looked, doubt, now) {
                if let Change::Found { fate } = &change {
                    self.found(doubt.attempt, fate.clone());
                }
                self.change(doubt.attempt, change);
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

    fn now(&self) -> Moment {
        Moment {
            stamp: self.clock.now(),
            time: SystemTime::now(),
        }
    }
}

/// What a search for an attempt tells about it. Where nothing was found and that proves nothing, it is not called nothing.
pub(super) fn told(looked: &Looked, doubt: &Doubt, now: Moment) -> Vec<Change> {
    let processes = search::left(looked, doubt, now);
    match search::judge(looked, doubt, now) {
        Verdict::Gone => vec![Change::Left { processes }, Change::Found { fate: Fate::Gone }],
        Verdict::Alive { fate, .. } => vec![Change::Left { processes }, Change::Found { fate }],
        Verdict::Unsure(why) => {
            let detail = why.to_owned();
            vec![Change::NotLooked { detail }]
        }
    }
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
    let hello = Nonce::new(random().map_err(|error| error.to_string())?);
    let greeting = Greeting::new(&hello);
    let greeted = async {
        let process = shared
            .connection
            .start()
            .await
            .map_err(|error| in_words(&error.into()))?;
        let greets = matches!(rights, Rights::Root(_)) || !shared.was_greeted();
        let mut setup = Setup::new(process, nonce.clone(), greets.then_some(&greeting));
        setup.greeted().await.map_err(|outcome| in_words(&outcome))?;
        rights.take(&mut setup).await?;
        Ok::<Setup, String>(setup)
    };
    let setup = match timeout(SHELL, greeted).await {
        Ok(setup) => setup?,
        Err(_) => return Err("no shell answered in time".to_owned()),
    };
    shared.greeted();
    Ok(setup)
}

fn in_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unreachable { cause, detail } if !detail.is_empty() => format!("{cause}: {detail}"),
        other => other.to_string(),
    }
}
