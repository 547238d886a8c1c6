//! The runner: drives every job of a plan over a transport, records what happens, and does what front-ends ask.
//!
//! Four parts, each with one concern. The [`scheduler`](self) decides who may start; a task per attempt connects and
//! follows its command, led by a pure state machine; the recorder, a thread, writes the run directory and tells the
//! front-end; the dispatcher here carries events and orders between them. It knows no terminal and prints nothing.

mod attempt;
mod caution;
mod clock;
mod elevate;
mod errand;
mod family;
mod follow;
mod job;
mod keeper;
mod naps;
mod password;
mod pool;
mod probe;
mod recorder;
mod resume;
mod retry;
mod rights;
mod scheduler;
mod search;
mod secrets;
mod setup;
mod start;
mod sudo_words;

use crate::link::{Asked, Outlet, Parcel, Wishes};
use crate::model::doubt::Doubt;
use crate::model::event::{Ending, Message, Requested, Started, What};
use crate::model::exit::ExitStatus;
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::{Cause, Fate, Outcome};
use crate::model::phase::PauseReason;
use crate::model::plan::Plan;
use crate::model::request::Request;
use crate::model::stamp::Stamp;
use crate::model::tally::Standing;
use crate::rundir::Writer;
use crate::transport::{Agent, Transport, Words};
pub use caution::IfRunning;
use clock::Clock;
use errand::Errand;
pub use family::{Adoption, Family};
use job::{Job, JobOrder};
use keeper::Keeper;
pub use pool::Lender;
use pool::Pool;
use probe::{Glance, Probes};
use recorder::{Journal, Recorder};
pub use resume::{Lost, Past};
use scheduler::{Input, Order, Scheduler};
use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::timeout;

/// How long the end of a run waits for looks at hosts that were asked for before it.
const LAST_LOOK: Duration = Duration::from_secs(5);

/// A run that is about to begin: its recorder works already, so that the transport's words have a place to go.
pub struct Runner {
    plan: Arc<Plan>,
    clock: Clock,
    journal: Journal,
    /// What ssh says is recorded as long as this lives.
    listening: Arc<Journal>,
    recorder: Recorder,
    /// The run so far, when it is taken up again.
    past: Option<Past>,
    fitting: Fitting,
}

/// How much of a width that somebody wants this machine can bear.
pub type Fitting = Box<dyn Fn(usize) -> usize + Send + Sync>;

impl Runner {
    /// Prepares a run: what happens is written by `writer` and told to `outlet`.
    ///
    /// # Errors
    /// When the recorder's thread cannot be started.
    pub fn prepare(plan: Arc<Plan>, writer: Writer, outlet: Outlet) -> io::Result<Self> {
        Self::at(Clock::start(), None, plan, writer, outlet)
    }

    /// Prepares to take a run up again. Viewers are told everything from its beginning.
    ///
    /// # Errors
    /// When the recorder's thread cannot be started.
    pub fn resume(plan: Arc<Plan>, past: Past, writer: Writer, outlet: Outlet) -> io::Result<Self> {
        for event in &past.events {
            let message = Message::Event(event.clone());
            let _nobody = outlet.send(Parcel { message, permit: None });
        }
        Self::at(Clock::resumed(past.now()), Some(past), plan, writer, outlet)
    }

    fn at(clock: Clock, past: Option<Past>, plan: Arc<Plan>, writer: Writer, outlet: Outlet) -> io::Result<Self> {
        let (journal, recorder) = recorder::start(writer, Arc::clone(&plan), outlet, clock.clone())?;
        Ok(Self {
            plan,
            clock,
            listening: Arc::new(journal.clone()),
            journal,
            recorder,
            past,
            fitting: Box::new(|width| width),
        })
    }

    /// Where the width is changed, it becomes as much of it as `fitting` says.
    #[must_use]
    pub fn fitting(mut self, fitting: Fitting) -> Self {
        self.fitting = fitting;
        self
    }

    /// Notices when the machine sleeps or this process is stopped, and counts that towards no limit.
    pub fn heed_sleep(&self) {
        self.clock.heed_naps();
    }

    /// Tells what time it is in the run, as its events do.
    pub fn time(&self) -> impl Fn() -> Stamp + Send + Sync + 'static {
        let clock = self.clock.clone();
        move || clock.now()
    }

    /// Where a transport may put what ssh says about a host.
    pub fn words(&self) -> Words {
        // A connection that is lent may outlive the run.
        let journal = Arc::downgrade(&self.listening);
        Arc::new(move |host, bytes| {
            if let Some(journal) = journal.upgrade() {
                journal.words(host, bytes);
            }
        })
    }

    /// Runs everything to its end, with `wishes` from the front-end. When this returns, every connection is closed,
    /// every process that was started here is reaped, and everything is on disk that the disk takes.
    pub async fn run<T: Transport>(self, transport: T, wishes: Wishes) {
        self.run_among(transport, wishes, Family::default()).await;
    }

    /// The same among other runs of this process. The run may be over long before this returns: what is lent is closed
    /// only when nobody uses it any more.
    pub async fn run_among<T: Transport>(self, transport: T, wishes: Wishes, family: Family<T>) {
        let (news_out, news) = mpsc::unbounded_channel();
        let seed = u64::from(std::process::id()) ^ 0x9E37_79B9_7F4A_7C15;
        let mut dispatcher = Dispatcher {
            scheduler: match &self.past {
                None => Scheduler::new(Arc::clone(&self.plan), seed),
                Some(past) => Scheduler::resumed(Arc::clone(&self.plan), seed, past.board(&self.plan), past.lost),
            },
            agent: transport.agent(),
            pool: Arc::new(Pool::new(transport, family.lender)),
            adoptions: family.adoptions,
            plan: self.plan,
            keeper: Keeper::new(self.journal.clone()),
            asleep: self.clock.asleep(),
            fitting: self.fitting,
            clock: self.clock,
            journal: self.journal,
            tasks: JoinSet::new(),
            who: HashMap::new(),
            mailboxes: HashMap::new(),
            news_out,
            errands: JoinSet::new(),
            turn: Arc::new(Semaphore::new(errand::AT_ONCE)),
            probes: Probes::new(),
        };
        match self.past {
            None => dispatcher.begin(),
            Some(past) => dispatcher.journal.now(What::RunResumed(past.resumed)),
        }
        dispatcher.run(news, wishes).await;
        dispatcher.probes.end().await;
        dispatcher.finish_errands().await;
        dispatcher.pool.close().await;
        dispatcher.end();
        let pool = Arc::clone(&dispatcher.pool);
        drop(dispatcher);
        drop(self.listening);
        self.recorder.finish().await;
        pool.returned().await;
    }
}

/// Carries news to the scheduler and orders to the jobs.
struct Dispatcher<T: Transport> {
    plan: Arc<Plan>,
    clock: Clock,
    journal: Journal,
    keeper: Keeper,
    scheduler: Scheduler,
    pool: Arc<Pool<T>>,
    adoptions: Option<mpsc::UnboundedSender<Adoption<T>>>,
    /// The ssh agent on which connecting relies.
    agent: Agent,
    /// How much sleep the scheduler has been told of.
    asleep: Duration,
    fitting: Fitting,
    tasks: JoinSet<Ending>,
    /// Whose task is whose.
    who: HashMap<Id, JobId>,
    mailboxes: HashMap<JobId, mpsc::UnboundedSender<JobOrder>>,
    news_out: mpsc::UnboundedSender<Input>,
    /// Looks at hosts that somebody asked for.
    errands: JoinSet<()>,
    /// Which of them may be under way.
    turn: Arc<Semaphore>,
    /// Looks at the hosts of running jobs.
    probes: Probes,
}

impl<T: Transport> Dispatcher<T> {
    async fn run(&mut self, mut news: mpsc::UnboundedReceiver<Input>, mut wishes: Wishes) {
        let orders = self.scheduler.start(self.clock.now());
        if self.carry_out(orders) {
            return;
        }
        let mut listening = true;
        let pool = Arc::clone(&self.pool);
        loop {
            let input = tokio::select! {
                biased;
                request = wishes.recv(), if listening => {
                    listening = request.is_some();
                    match request {
                        Some(asked) => self.heard(asked).await,
                        None => Some(Input::Deserted),
                    }
                }
                Some(input) = news.recv() => Some(input),
                Some(ended) = self.tasks.join_next_with_id() => {
                    // Whatever the task told before its end is heard before its end.
                    while let Ok(input) = news.try_recv() {
                        let orders = self.scheduler.handle(input, self.clock.now());
                        self.carry_out(orders);
                    }
                    self.ended(ended).await
                }
                Some(_) = self.errands.join_next() => None,
                Some(()) = self.probes.reap() => None,
                () = self.clock.until(self.scheduler.wake()) => Some(Input::Tick),
                () = pool.cool() => None,
                () = self.clock.tick() => None,
            };
            let inputs = self.slept().into_iter().chain(input);
            for input in inputs {
                let orders = self.scheduler.handle(input, self.clock.now());
                if self.carry_out(orders) {
                    return;
                }
            }
        }
    }

    /// Puts it on record when nobody has watched for a while.
    fn slept(&mut self) -> Option<Input> {
        let asleep = self.clock.asleep();
        let more = asleep.saturating_sub(self.asleep);
        self.asleep = asleep;
        if more.is_zero() {
            return None;
        }
        self.journal.now(What::Slept { asleep: more });
        Some(Input::Slept(more))
    }

    /// Puts a request on record, with the name of who asked; returns what it means for the run.
    async fn heard(&mut self, asked: Asked) -> Option<Input> {
        let Asked { who, request, secret } = asked;
        match &request {
            Request::Hold | Request::Release | Request::Probe { .. } => return Some(Input::Request(request)),
            Request::KeepWarm { jobs } => {
                self.keep_warm(jobs);
                return None;
            }
            // Everybody who comes offers one; it matters when the one that we had is gone.
            Request::Agent { socket } if !self.agent.replace(socket).await => return None,
            // Whoever goes on although the agent is gone knows that it is.
            Request::Continue if self.scheduler.paused() == Some(PauseReason::AgentGone) => self.agent.go_without(),
            _ => {}
        }
        let told = request.clone();
        self.journal.now(What::Requested(Requested { who, request: told }));
        match &request {
            Request::SudoPassword => self.keeper.answer(secret),
            Request::Retry { .. } => self.keeper.reconsider(),
            Request::Adopt { directory } => self.adopt(directory.clone()),
            _ => {}
        }
        Some(Input::Request(match request {
            Request::Width { width } => Request::Width {
                width: (self.fitting)(width),
            },
            other => other,
        }))
    }

    /// Passes on that another run is to be driven as well, by whoever can see to that.
    fn adopt(&self, directory: PathBuf) {
        let (plan, journal) = (Arc::clone(&self.plan), self.journal.clone());
        let adoption = Adoption::new(directory, plan, Lender::new(&self.pool), journal);
        match &self.adoptions {
            Some(adoptions) => {
                if let Err(unheard) = adoptions.send(adoption) {
                    unheard.0.refused("its runner is about to end".to_owned());
                }
            }
            None => adoption.refused("this runner drives one run only".to_owned()),
        }
    }

    /// The hosts of these jobs are to stay within reach.
    fn keep_warm(&self, jobs: &[JobId]) {
        let known = jobs.iter().filter(|job| job.index() < self.plan.hosts.len());
        self.pool
            .keep_warm(known.map(|job| self.plan.host(*job).clone()).collect());
    }

    /// What somebody asked for just before the end is seen through, but not for long.
    async fn finish_errands(&mut self) {
        let all = async { while self.errands.join_next().await.is_some() {} };
        if timeout(LAST_LOOK, all).await.is_err() {
            self.errands.shutdown().await;
        }
    }

    fn begin(&self) {
        let plan = &self.plan;
        self.journal.now(What::RunStarted(Started {
            run: plan.run.clone(),
            directory: plan.directory.clone(),
            jobs: plan.hosts.len(),
            time: plan.started.clone(),
            operator: plan.operator.clone(),
            note: plan.note.clone(),
            parent: plan.parent.clone(),
            digest: plan.digest(),
        }));
    }

    fn end(&self) {
        let tally = self.scheduler.tally();
        let counts = Standing::all().map(|standing| (standing.word().to_owned(), tally.count(standing)));
        self.journal.now(What::RunEnded {
            counts: counts.filter(|(_, count)| *count > 0).collect(),
            exit: ExitStatus::of_tally(&tally).code(),
        });
    }

    /// Carries out what the scheduler ordered; returns whether the run is over.
    fn carry_out(&mut self, orders: Vec<Order>) -> bool {
        let mut over = false;
        for order in orders {
            match order {
                Order::Begin(job, attempt) => self.spawn(job, attempt),
                Order::Connect(job) => self.send(job, JobOrder::Connect),
                Order::Run(job) => self.send(job, JobOrder::Run),
                Order::Stop(job, reason, by) => self.send(job, JobOrder::Stop(reason, by)),
                Order::CallOff(job) => self.send(job, JobOrder::CallOff),
                Order::LetGo(job) => self.send(job, JobOrder::LetGo),
                Order::Signal(job, signal) => self.send(job, JobOrder::Signal(signal)),
                Order::Limit(job, by) => self.send(job, JobOrder::Limit(by)),
                Order::Peers(job, limit) => self.send(job, JobOrder::Peers(limit)),
                Order::Look(job) => self.send(job, JobOrder::Look),
                Order::KillLeft(job, pids) => self.send(job, JobOrder::KillLeft(pids)),
                Order::Search(job, doubts, kill) => self.search(job, doubts, kill),
                Order::Probe(job, attempt, mark) => self.probe(job, attempt, mark),
                Order::Record(event) => self.journal.event(event),
                Order::Finish => over = true,
            }
        }
        if self.scheduler.is_idle() {
            self.keeper.forget();
        }
        over
    }

    fn spawn(&mut self, job: JobId, attempt: AttemptNo) {
        let (mailbox, orders) = mpsc::unbounded_channel();
        self.mailboxes.insert(job, mailbox);
        let task = Job {
            plan: Arc::clone(&self.plan),
            pool: Arc::clone(&self.pool),
            journal: self.journal.clone(),
            clock: self.clock.clone(),
            keeper: self.keeper.clone(),
            id: job,
            attempt,
            caution: self.scheduler.caution(job),
            mark: None,
            command: None,
            orders,
            news: self.news_out.clone(),
        };
        let id = self.tasks.spawn(task.run()).id();
        self.who.insert(id, job);
    }

    /// Looks at a host beside everything else.
    fn search(&mut self, job: JobId, doubts: Vec<Doubt>, kill: Vec<u32>) {
        let errand = Errand {
            plan: Arc::clone(&self.plan),
            pool: Arc::clone(&self.pool),
            journal: self.journal.clone(),
            clock: self.clock.clone(),
            job,
            doubts,
            kill,
            rights: self.keeper.rights(&self.plan),
            news: self.news_out.clone(),
            turn: Arc::clone(&self.turn),
        };
        self.errands.spawn(errand.run());
    }

    /// Looks at the host of a running job, for whoever shows it.
    fn probe(&mut self, job: JobId, attempt: AttemptNo, mark: Option<Doubt>) {
        self.probes.begin(Glance {
            plan: Arc::clone(&self.plan),
            pool: Arc::clone(&self.pool),
            journal: self.journal.clone(),
            clock: self.clock.clone(),
            rights: self.keeper.rights(&self.plan),
            job,
            attempt,
            mark,
        });
    }

    fn send(&self, job: JobId, order: JobOrder) {
        let sent = self.mailboxes.get(&job).map(|mailbox| mailbox.send(order));
        if !matches!(sent, Some(Ok(()))) {
            tracing::debug!(%job, "the job has ended before an order came");
        }
    }

    async fn ended(&mut self, ended: Result<(Id, Ending), JoinError>) -> Option<Input> {
        let (id, ending) = match ended {
            Ok(ended) => ended,
            Err(error) => (error.id(), failed(&error)),
        };
        let job = self.who.remove(&id)?;
        self.mailboxes.remove(&job);
        self.pool.release(self.plan.host(job), ending.outcome.is_ok());
        let refused = matches!(ending.outcome, Outcome::Unreachable { cause: Cause::Auth, .. });
        if refused && self.agent.is_gone().await {
            return Some(Input::Keyless(job, ending));
        }
        Some(Input::Ended(job, ending))
    }
}

/// A job's task failed: a defect of heeler, which must not be taken for the host's.
fn failed(error: &JoinError) -> Ending {
    tracing::error!(%error, "the task of a job failed");
    Ending {
        outcome: Outcome::Lost {
            detail: "heeler itself failed; see heeler.log in the run directory".to_owned(),
            fate: Fate::Unknown,
        },
        leaked: false,
        elapsed: Duration::ZERO,
    }
}
