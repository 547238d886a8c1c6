//! The runner: drives every job of a plan over a transport, records what happens, and does what front-ends ask.
//!
//! Four parts, each with one concern. The [`scheduler`](self) decides who may start; a task per attempt connects and
//! follows its command, led by a pure state machine; the recorder, a thread, writes the run directory and tells the
//! front-end; the dispatcher here carries events and orders between them. It knows no terminal and prints nothing.

mod attempt;
mod caution;
mod clock;
mod follow;
mod job;
mod pool;
mod recorder;
mod retry;
mod scheduler;
mod search;
mod setup;
mod start;

use crate::link::{Asked, Outlet, Wishes};
use crate::model::event::{Ending, Event, Requested, Started, What};
use crate::model::exit::ExitStatus;
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::{Fate, Outcome};
use crate::model::plan::Plan;
use crate::model::request::Request;
use crate::model::tally::Standing;
use crate::rundir::Writer;
use crate::transport::{Transport, Words};
use clock::Clock;
use job::{Job, JobOrder};
use pool::Pool;
use recorder::Journal;
use scheduler::{Input, Order, Scheduler};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};

/// A run that is about to begin: its recorder works already, so that the transport's words have a place to go.
pub struct Runner {
    plan: Arc<Plan>,
    clock: Clock,
    journal: Journal,
    recorder: JoinHandle<io::Result<()>>,
}

impl Runner {
    /// Prepares a run: what happens is written by `writer` and told to `outlet`.
    ///
    /// # Errors
    /// When the recorder's thread cannot be started.
    pub fn prepare(plan: Arc<Plan>, writer: Writer, outlet: Outlet) -> io::Result<Self> {
        let clock = Clock::start();
        let (journal, recorder) = recorder::start(writer, Arc::clone(&plan), outlet, clock)?;
        Ok(Self {
            plan,
            clock,
            journal,
            recorder,
        })
    }

    /// When the run began: the moment from which every event counts its time.
    pub fn began(&self) -> std::time::Instant {
        self.clock.began()
    }

    /// Where a transport may put what ssh says about a host.
    pub fn words(&self) -> Words {
        let journal = self.journal.clone();
        Arc::new(move |host, bytes| journal.words(host, bytes))
    }

    /// Runs everything to its end, with `wishes` from the front-end. When this returns, every connection is closed,
    /// every process that was started here is reaped, and everything is on disk.
    ///
    /// # Errors
    /// When something could not be recorded; the run itself went on.
    pub async fn run<T: Transport>(self, transport: T, wishes: Wishes) -> io::Result<()> {
        let (news_out, news) = mpsc::unbounded_channel();
        let seed = u64::from(std::process::id()) ^ 0x9E37_79B9_7F4A_7C15;
        let mut dispatcher = Dispatcher {
            scheduler: Scheduler::new(Arc::clone(&self.plan), seed),
            pool: Arc::new(Pool::new(transport)),
            plan: self.plan,
            clock: self.clock,
            journal: self.journal,
            tasks: JoinSet::new(),
            who: HashMap::new(),
            mailboxes: HashMap::new(),
            news_out,
        };
        dispatcher.run(news, wishes).await;
        dispatcher.pool.close().await;
        dispatcher.end();
        drop(dispatcher);
        let recorder = self.recorder;
        match tokio::task::spawn_blocking(move || recorder.join()).await {
            Ok(Ok(written)) => written,
            _ => Err(io::Error::other("the recorder failed")),
        }
    }
}

/// Carries news to the scheduler and orders to the jobs.
struct Dispatcher<T: Transport> {
    plan: Arc<Plan>,
    clock: Clock,
    journal: Journal,
    scheduler: Scheduler,
    pool: Arc<Pool<T>>,
    tasks: JoinSet<Ending>,
    /// Whose task is whose.
    who: HashMap<Id, JobId>,
    mailboxes: HashMap<JobId, mpsc::UnboundedSender<JobOrder>>,
    news_out: mpsc::UnboundedSender<Input>,
}

impl<T: Transport> Dispatcher<T> {
    async fn run(&mut self, mut news: mpsc::UnboundedReceiver<Input>, mut wishes: Wishes) {
        self.begin();
        let orders = self.scheduler.start(self.clock.now());
        self.carry_out(orders);
        let mut listening = true;
        loop {
            let input = tokio::select! {
                biased;
                request = wishes.recv(), if listening => {
                    listening = request.is_some();
                    request.map_or(Input::Deserted, |asked| self.heard(asked))
                }
                Some(input) = news.recv() => input,
                Some(ended) = self.tasks.join_next_with_id() => {
                    // Whatever the task told before its end is heard before its end.
                    while let Ok(input) = news.try_recv() {
                        let orders = self.scheduler.handle(input, self.clock.now());
                        self.carry_out(orders);
                    }
                    match self.ended(ended) {
                        Some(input) => input,
                        None => continue,
                    }
                }
                () = self.clock.until(self.scheduler.wake()) => Input::Tick,
            };
            let orders = self.scheduler.handle(input, self.clock.now());
            if self.carry_out(orders) {
                return;
            }
        }
    }

    /// Puts a request on record, with the name of who asked.
    fn heard(&self, asked: Asked) -> Input {
        let Asked { who, request } = asked;
        if !matches!(request, Request::Hold | Request::Release | Request::Agent { .. }) {
            let request = request.clone();
            self.record(What::Requested(Requested { who, request }));
        }
        Input::Request(request)
    }

    fn begin(&self) {
        let plan = &self.plan;
        self.record(What::RunStarted(Started {
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
        self.record(What::RunEnded {
            counts: counts.filter(|(_, count)| *count > 0).collect(),
            exit: ExitStatus::of_tally(&tally).code(),
        });
    }

    fn record(&self, what: What) {
        let at = self.clock.now();
        self.journal.event(Event { at, what });
    }

    /// Carries out what the scheduler ordered; returns whether the run is over.
    fn carry_out(&mut self, orders: Vec<Order>) -> bool {
        let mut over = false;
        for order in orders {
            match order {
                Order::Begin(job, attempt) => self.spawn(job, attempt),
                Order::Run(job) => self.send(job, JobOrder::Run),
                Order::Stop(job, reason, by) => self.send(job, JobOrder::Stop(reason, by)),
                Order::Record(event) => self.journal.event(event),
                Order::Finish => over = true,
            }
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
            clock: self.clock,
            id: job,
            attempt,
            caution: self.scheduler.caution(job),
            orders,
            news: self.news_out.clone(),
        };
        let id = self.tasks.spawn(task.run()).id();
        self.who.insert(id, job);
    }

    fn send(&self, job: JobId, order: JobOrder) {
        let sent = self.mailboxes.get(&job).map(|mailbox| mailbox.send(order));
        if !matches!(sent, Some(Ok(()))) {
            tracing::debug!(%job, ?order, "the job has ended before the order came");
        }
    }

    fn ended(&mut self, ended: Result<(Id, Ending), JoinError>) -> Option<Input> {
        let (id, ending) = match ended {
            Ok(ended) => ended,
            Err(error) => (error.id(), failed(&error)),
        };
        let job = self.who.remove(&id)?;
        self.mailboxes.remove(&job);
        self.pool.release(self.plan.host(job), ending.outcome.is_ok());
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
        elapsed: std::time::Duration::ZERO,
    }
}
