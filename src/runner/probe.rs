//! Looks at the hosts of running jobs, for whoever shows their details: one at a time for a job, a few at once, in a
//! session of its own on the connection that the job has. Nothing is recorded, no connection is made for it, and a look
//! that hangs keeps no further one from being answered: with the reason.

use super::clock::Clock;
use super::errand::greet;
use super::pool::Pool;
use super::recorder::Journal;
use super::rights::Rights;
use super::secrets::random;
use super::setup::Up;
use crate::model::doubt::Doubt;
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::probe::{Disk, HostState, Probe, Seen};
use crate::shim::{Cookie, Nonce, Probing, Question};
use crate::transport::Transport;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

/// How many are under way at once; they wait for each other, not for the jobs.
const AT_ONCE: usize = 4;

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The looks of a run.
pub(super) struct Probes {
    tasks: JoinSet<()>,
    known: HashMap<JobId, Known>,
    turn: Arc<Semaphore>,
}

/// What is known of the looks at one job.
struct Known {
    /// The last one.
    task: AbortHandle,
    trouble: Arc<Trouble>,
}

/// What went wrong at a host, so that it is not tried again and again.
#[derive(Debug, Default)]
struct Trouble {
    /// A look was not answered, and its session still waits.
    hangs: AtomicBool,
    /// The disk did not answer.
    disk: AtomicBool,
}

/// One look.
pub(super) struct Glance<T: Transport> {
    pub(super) plan: Arc<Plan>,
    pub(super) pool: Arc<Pool<T>>,
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) rights: Rights,
    pub(super) job: JobId,
    pub(super) attempt: AttemptNo,
    /// By what the processes of the attempt are found, while its command runs.
    pub(super) mark: Option<Doubt>,
}

impl Probes {
    /// None so far.
    pub(super) fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            known: HashMap::new(),
            turn: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Begins a look, unless one at the same job is under way: its answer is told to everybody.
    pub(super) fn begin<T: Transport>(&mut self, glance: Glance<T>) {
        let known = self.known.get(&glance.job);
        if let Some(Known { task, trouble }) = known
            && !task.is_finished()
        {
            if trouble.hangs.load(Ordering::Relaxed) {
                glance.tell(Err("an earlier look at that host is still not answered".to_owned()));
            }
            return;
        }
        let trouble = known.map_or_else(Arc::default, |known| Arc::clone(&known.trouble));
        trouble.hangs.store(false, Ordering::Relaxed);
        let job = glance.job;
        let task = self
            .tasks
            .spawn(glance.run(Arc::clone(&self.turn), Arc::clone(&trouble)));
        self.known.insert(job, Known { task, trouble });
    }

    /// Waits until one has ended; `None` when there is none. Cancel safe.
    pub(super) async fn reap(&mut self) -> Option<()> {
        self.tasks.join_next().await.map(drop)
    }

    /// Ends all of them.
    pub(super) async fn end(&mut self) {
        self.tasks.shutdown().await;
    }
}

impl<T: Transport> Glance<T> {
    async fn run(self, turn: Arc<Semaphore>, trouble: Arc<Trouble>) {
        let Ok(turn) = turn.acquire_owned().await else { return };
        let ask_disk = !trouble.disk.load(Ordering::Relaxed);
        let heard = Mutex::new(None);
        let mut look = Box::pin(self.look(ask_disk, &heard));
        let looked = timeout(PATIENCE, &mut look).await;
        let answered = looked.is_ok();
        let heard_so_far = lock(&heard).take();
        let state = heard_so_far.and_then(Probing::into_state).map(|mut state| {
            if !ask_disk || !answered {
                state.disk = Disk::Hangs;
            }
            trouble.disk.store(state.disk == Disk::Hangs, Ordering::Relaxed);
            state
        });
        let is_stuck = !answered && state.is_none();
        trouble.hangs.store(is_stuck, Ordering::Relaxed);
        self.tell(match (looked, state) {
            (_, Some(state)) => Ok(state),
            (Ok(Err(reason)), None) => Err(reason),
            (Ok(Ok(())), None) => Err("the session ended before the host had told anything".to_owned()),
            (Err(_), None) => Err(format!("no answer in {} s", PATIENCE.as_secs())),
        });
        drop(turn);
        if is_stuck {
            // The session is not given up while the host is stuck in it, wherever that is: another one would be as well,
            // and a server allows only so many.
            let _late = look.await;
        }
    }

    /// Asks, and reads the answer for as long as the session lasts or somebody wants to hear it.
    async fn look(&self, disk: bool, heard: &Mutex<Option<Probing>>) -> Result<(), String> {
        let mark = self.mark.as_ref().ok_or("no command of it runs there now")?;
        let cookie = Cookie::read(&mark.cookie).ok_or("the record does not tell by which mark")?;
        let host = self.plan.host(self.job);
        let shared = self.pool.standing(host).ok_or("there is no connection to it now")?;
        let nonce = Nonce::new(random().map_err(|error| error.to_string())?);
        let question = Question {
            cookie: &cookie,
            leader: mark.pid,
            disk,
        };
        let mut setup = greet(&shared, &self.rights, &nonce).await?;
        setup.load(question.program(&nonce));
        setup.up().await.map_err(|outcome| outcome.to_string())?;
        let Up { mut process, early, .. } = setup.into_up();
        let [out, _] = early;
        let mut probing = Probing::new(&nonce);
        probing.push(&out);
        let mut is_complete = probing.is_complete();
        *lock(heard) = Some(probing);
        let mut bytes = vec![0; 4096];
        while !is_complete && let Ok(count @ 1..) = process.stdout.read(&mut bytes).await {
            if let Some(probing) = lock(heard).as_mut() {
                probing.push(&bytes[..count]);
                is_complete = probing.is_complete();
            }
        }
        Ok(())
    }

    fn tell(&self, seen: Result<HostState, String>) {
        self.journal.tell_probe(Probe {
            at: self.clock.now(),
            job: self.job,
            attempt: self.attempt,
            seen: match seen {
                Ok(state) => Seen::Host(Box::new(state)),
                Err(reason) => Seen::Nothing(reason),
            },
        });
    }
}

fn lock(heard: &Mutex<Option<Probing>>) -> MutexGuard<'_, Option<Probing>> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
