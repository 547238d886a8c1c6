//! One attempt at one job, as a task: connect, wait for the run slot, bring the shim up, and hand over to
//! [`Following`], which sees the command through to its end.

use super::attempt::Attempt;
use super::elevate::Shell;
use super::follow::Following;
use super::job::{Job, JobOrder};
use super::pool::{Origin, Shared};
use super::scheduler::Input;
use super::search::{self, Moment};
use super::secrets::random;
use super::setup::{Setup, Up};
use crate::model::event::{Change, Ending};
use crate::model::outcome::{CancelledBy, Cause, Fate, Outcome, SkipReason};
use crate::model::phase::StopReason;
use crate::shim::{Cookie, Greeting, Looked, Nonce, Program, Sought};
use crate::transport::{Connection, Transport};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// What was wanted when the command could no longer be kept from running.
#[derive(Clone, Copy)]
enum Late {
    Stop(StopReason, CancelledBy),
    LetGo,
}

/// A session on which a shell has answered, and what it is given next.
struct Opened {
    setup: Setup,
    program: Vec<u8>,
    cookie: Cookie,
}

/// That, if anything was.
type LateStop = Option<Late>;

/// How long a job that is to be killed at once is waited for when its shim has not answered yet: there is nobody whom
/// the kill could be told.
const KILL_PATIENCE: Duration = Duration::from_secs(5);

/// How long a session on another run's connection is waited for before one of our own is made.
const BORROWED_PATIENCE: Duration = Duration::from_secs(10);

impl<T: Transport> Job<T> {
    /// Runs the attempt to its end.
    pub(super) async fn run(mut self) -> Ending {
        let begun = self.clock.now();
        match self.set_up().await {
            Ok((shared, up, late_stop)) => {
                let now = self.clock.now();
                let mut attempt = Attempt::new(self.plan.settings.clone(), begun, now);
                // Nothing can follow from it before the command runs.
                let _ = match late_stop {
                    Some(Late::Stop(reason, by)) => attempt.stop(reason, by, now),
                    Some(Late::LetGo) => attempt.leave(now),
                    None => Vec::new(),
                };
                Following::new(self, shared, attempt, &up.nonce)
                    .run(up.process, up.early)
                    .await
            }
            Err(outcome) => Ending {
                outcome,
                leaked: false,
                elapsed: self.clock.now().since(begun),
            },
        }
    }

    /// Everything before the command runs.
    async fn set_up(&mut self) -> Result<(Arc<Shared<T::Connection>>, Up, LateStop), Outcome> {
        let (plan, pool) = (Arc::clone(&self.plan), Arc::clone(&self.pool));
        let host = plan.host(self.id);
        let limit = plan.settings.connect_timeout.unwrap_or(Duration::MAX);
        let begun = self.clock.awake();
        loop {
            let left = self.left(limit, begun);
            let (shared, origin) = self.unless_stopped(left, pool.connect(host)).await?;
            // Somebody else's connection may be dead without anybody knowing it yet.
            let limit = match origin {
                Origin::Borrowed => limit.min(self.clock.awake().saturating_sub(begun) + BORROWED_PATIENCE),
                Origin::Own => limit,
            };
            let opened = match self.look_first(&shared, self.left(limit, begun)).await {
                Ok(()) => self.open_session(&shared, self.left(limit, begun)).await,
                Err(outcome) => Err(outcome),
            };
            let set_up = match opened {
                Ok(opened) => self.start_shell(&shared, opened).await,
                Err(outcome) if origin == Origin::Borrowed && may_do_with_another(&outcome) => {
                    // It is no fault of the host's that somebody else's connection will not do.
                    pool.forget(host);
                    continue;
                }
                Err(outcome) => Err(outcome),
            };
            if let Err(Outcome::Unreachable { .. } | Outcome::Lost { .. }) = &set_up {
                // The next attempt gets a connection that it knows nothing bad of.
                pool.forget(host);
            }
            return set_up.map(|(up, late_stop)| (shared, up, late_stop));
        }
    }

    /// A session for the job, and what it will be given.
    async fn open_session(&mut self, shared: &Shared<T::Connection>, limit: Duration) -> Result<Opened, Outcome> {
        let nonce = Nonce::new(random()?);
        let cookie = Cookie::new(random()?);
        let program = self.program(&nonce, &cookie)?;
        let setup = self.open(shared, &nonce, limit).await?;
        Ok(Opened { setup, program, cookie })
    }

    /// Where an earlier attempt may live on: looks for it, tells what became of it, and refuses to start anything beside
    /// it. The search has a session of its own, which has ended before the job's begins: some servers allow only one.
    async fn look_first(&mut self, shared: &Shared<T::Connection>, limit: Duration) -> Result<(), Outcome> {
        if self.caution.doubts.is_empty() {
            return Ok(());
        }
        let looked = match search::sought(&self.caution.doubts) {
            Some(sought) => self.look(shared, &sought, limit).await?,
            // Somebody has written into the record.
            None => vec![Looked::default(); self.caution.doubts.len()],
        };
        let now = Moment::now(&self.clock);
        let doubts = self.caution.doubts.iter();
        let verdicts: Vec<_> = doubts
            .zip(&looked)
            .map(|(doubt, looked)| (doubt.attempt, search::judge(looked, doubt, now)))
            .collect();
        let (fates, may_start) = search::conclude(&verdicts, self.caution.if_running);
        for (attempt, fate) in fates {
            self.found(attempt, fate);
        }
        may_start
    }

    async fn look(
        &mut self,
        shared: &Shared<T::Connection>,
        sought: &[Sought],
        limit: Duration,
    ) -> Result<Vec<Looked>, Outcome> {
        let nonce = Nonce::new(random()?);
        let setup = self.open(shared, &nonce, limit).await?;
        let look = async { Ok::<_, Outcome>(search::look(setup, &nonce, sought, &[]).await) };
        self.unless_stopped(Duration::MAX, look).await
    }

    /// Waits until a shell has answered.
    async fn greet(
        &mut self,
        shared: &Shared<T::Connection>,
        setup: &mut Setup,
        limit: Duration,
    ) -> Result<(), Outcome> {
        match self.unless_stopped(limit, setup.greeted()).await {
            Ok(()) => {
                shared.greeted();
                Ok(())
            }
            // The connection stands: it is the shell that did not answer.
            Err(Outcome::Unreachable {
                cause: Cause::ConnectTimeout,
                ..
            }) => Err(setup.no_shell(&format!("{} passed", self.limit()))),
            Err(other) => Err(other),
        }
    }

    /// From a session to a shim that is up. The shell must have answered before the run slot is asked for, so that a
    /// host on which it hangs holds none.
    async fn start_shell(&mut self, shared: &Shared<T::Connection>, opened: Opened) -> Result<(Up, LateStop), Outcome> {
        let Opened {
            mut setup,
            program,
            cookie,
        } = opened;
        self.tell(Input::Connected(self.id));
        let result = match self.wait_for_run_slot().await {
            Ok(()) => self.load(&mut setup, program, &cookie).await,
            Err(skipped) => Err(skipped),
        };
        self.keep_words(&setup);
        let late_stop = result.map_err(|outcome| blame(shared, outcome))?;
        Ok((setup.into_up(), late_stop))
    }

    /// A session on which a shell has answered: root's, where the command is to run as root.
    async fn open(&mut self, shared: &Shared<T::Connection>, nonce: &Nonce, limit: Duration) -> Result<Setup, Outcome> {
        let sudo = self.plan.settings.sudo;
        loop {
            let begun = self.clock.awake();
            let greeting = Greeting::new(&Nonce::new(random()?));
            let process = self.unless_stopped(limit, shared.start()).await?;
            // sudo is started by a shell that is known to be one, and reads what comes next.
            let greets = sudo || !shared.was_greeted();
            let mut setup = Setup::new(process, nonce.clone(), greets.then_some(&greeting));
            let answered = match self.greet(shared, &mut setup, self.left(limit, begun)).await {
                Ok(()) if sudo => self.become_root(&mut setup, self.left(limit, begun)).await,
                Ok(()) => Ok(Shell::Ready),
                Err(outcome) => Err(outcome),
            };
            match answered {
                Ok(Shell::Ready) => return Ok(setup),
                Ok(Shell::Anew) => self.keep_words(&setup),
                Err(outcome) => {
                    self.keep_words(&setup);
                    return Err(blame(shared, outcome));
                }
            }
        }
    }

    /// Keeps what a host has said besides what was asked of it.
    fn keep_words(&self, setup: &Setup) {
        if !setup.noise().is_empty() {
            self.journal.words(self.plan.host(self.id), setup.noise());
        }
    }

    /// Gives the host the program, and waits for the shim. Until the host has all of it a stop means that nothing was
    /// started; after that the command may run, and only the shim can say what became of it. A stop waits for it, but
    /// not for ever: then the channel is closed, which tells the host to end it.
    async fn load(&mut self, setup: &mut Setup, program: Vec<u8>, cookie: &Cookie) -> Result<LateStop, Outcome> {
        // First the record, so that whoever opens it later knows that the command may have run, and by which mark:
        // while the disk does not take that, nothing is started.
        let cookie = cookie.as_str().to_owned();
        self.mark = Some(cookie.clone());
        self.tell(Input::Starting(self.id, cookie.clone()));
        self.change(Change::Starting { cookie });
        let journal = self.journal.clone();
        self.unless_stopped(Duration::MAX, async {
            journal.recorded().await;
            Ok::<_, Outcome>(())
        })
        .await?;
        setup.load(program);
        let limit = self.plan.settings.connect_timeout.unwrap_or(Duration::MAX);
        let clock = self.clock.clone();
        let deadline = clock.within(limit, std::future::pending::<()>());
        tokio::pin!(deadline);
        let mut late_stop: LateStop = None;
        let mut patience: Option<Duration> = None;
        loop {
            let left = patience.map_or(Duration::MAX, |until| until.saturating_sub(clock.awake()));
            let problem = tokio::select! {
                biased;
                order = self.orders.recv() => match order {
                    Some(JobOrder::Stop(reason, by)) if setup.is_committed() => {
                        if !matches!(late_stop, Some(Late::Stop(before, _)) if before >= reason) {
                            late_stop = Some(Late::Stop(reason, by));
                            let until = clock.awake() + self.stop_early(reason);
                            patience = Some(patience.map_or(until, |before| before.min(until)));
                        }
                        continue;
                    }
                    Some(JobOrder::CallOff) if setup.is_committed() => continue,
                    Some(JobOrder::LetGo) if setup.is_committed() => {
                        late_stop = late_stop.or(Some(Late::LetGo));
                        patience = patience.or(Some(clock.awake() + KILL_PATIENCE));
                        continue;
                    }
                    Some(JobOrder::Stop(..) | JobOrder::CallOff | JobOrder::LetGo) => return Err(not_started()),
                    Some(_) => continue,
                    None => return Err(if setup.is_committed() { unheard("heeler ended") } else { not_started() }),
                },
                up = setup.up() => match up {
                    Ok(()) => return Ok(late_stop),
                    Err(problem) => problem,
                },
                _ = clock.within(left, std::future::pending::<()>()) => {
                    return Err(unheard("it was to be stopped, and no shim answered"));
                }
                _ = &mut deadline => setup.no_shell(&format!("{} passed", self.limit())),
            };
            return Err(match problem {
                Outcome::Unreachable { detail, .. } if setup.is_committed() => unheard(&detail),
                problem => problem,
            });
        }
    }

    /// Tells of a stop that comes before the shim has answered; returns how long it is waited for.
    fn stop_early(&self, reason: StopReason) -> Duration {
        let (patience, kill_at) = if reason == StopReason::Kill {
            (KILL_PATIENCE, None)
        } else {
            let grace = self.plan.settings.grace;
            (grace, Some(self.clock.now() + grace))
        };
        self.tell(Input::Stopping(self.id));
        self.change(Change::Stopping {
            reason,
            limit: None,
            kill_at,
        });
        patience
    }

    /// Works towards the start, but not for longer than the limit, nor after a stop.
    pub(super) async fn unless_stopped<R, E: Into<Outcome>>(
        &mut self,
        limit: Duration,
        work: impl Future<Output = Result<R, E>>,
    ) -> Result<R, Outcome> {
        tokio::select! {
            biased;
            skipped = stopped(&mut self.orders) => Err(skipped),
            done = self.clock.within(limit, work) => match done {
                Ok(done) => done.map_err(Into::into),
                Err(_) => Err(Outcome::Unreachable {
                    cause: Cause::ConnectTimeout,
                    detail: format!("no session within {}", self.limit()),
                }),
            },
        }
    }

    /// What is left of a limit that counts since then.
    fn left(&self, limit: Duration, begun: Duration) -> Duration {
        limit.saturating_sub(self.clock.awake().saturating_sub(begun))
    }

    /// The limit for connecting, in words.
    pub(super) fn limit(&self) -> String {
        let limit = self.plan.settings.connect_timeout;
        limit.map_or_else(String::new, |limit| humantime::format_duration(limit).to_string())
    }

    /// Waits for a connect slot again, where that was told to be needed.
    pub(super) async fn wait_for_connect_slot(&mut self) -> Result<(), Outcome> {
        loop {
            match self.orders.recv().await {
                Some(JobOrder::Connect) => return Ok(()),
                Some(JobOrder::Stop(..) | JobOrder::CallOff | JobOrder::LetGo) | None => return Err(not_started()),
                Some(_) => {}
            }
        }
    }

    async fn wait_for_run_slot(&mut self) -> Result<(), Outcome> {
        loop {
            match self.orders.recv().await {
                Some(JobOrder::Run) => return Ok(()),
                Some(JobOrder::Stop(..) | JobOrder::CallOff | JobOrder::LetGo) | None => return Err(not_started()),
                // It means something only to a command that runs.
                Some(_) => {}
            }
        }
    }

    /// The program of the shim for this attempt.
    fn program(&self, nonce: &Nonce, cookie: &Cookie) -> Result<Vec<u8>, Outcome> {
        let plan = &self.plan;
        let own = [
            ("HEELER_HOST", plan.host(self.id).to_string()),
            ("HEELER_INDEX", self.id.to_string()),
            ("HEELER_RUN", plan.run.to_string()),
        ];
        let mut env: Vec<(String, String)> = own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        env.extend(plan.env.iter().cloned());
        let settings = &plan.settings;
        let program = Program {
            nonce,
            cookie,
            command: plan.command.as_bytes(),
            env: &env,
            on_disconnect: settings.on_disconnect,
            lease: settings.lease,
            grace: settings.grace,
        };
        program.text().map_err(|error| ours(error.to_string()))
    }
}

/// The host has the program, and nothing more was heard.
fn unheard(what: &str) -> Outcome {
    Outcome::Lost {
        detail: format!("the command may have been started, and then: {what}"),
        fate: Fate::Unknown,
    }
}

/// Waits until the job is told to end; then nothing was started.
async fn stopped(orders: &mut mpsc::UnboundedReceiver<JobOrder>) -> Outcome {
    loop {
        match orders.recv().await {
            Some(JobOrder::Stop(..) | JobOrder::CallOff | JobOrder::LetGo) | None => return not_started(),
            Some(_) => {}
        }
    }
}

fn not_started() -> Outcome {
    Outcome::skipped(SkipReason::Cancelled)
}

/// Whether a connection of our own may do where a borrowed one did not. What a host says of rights and passwords it says
/// on every connection.
fn may_do_with_another(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unreachable { cause, .. } if *cause != Cause::Privilege)
}

/// Where the link is gone, that is why nothing was started, and not the shell: ssh says so itself.
fn blame<C: Connection>(shared: &Shared<C>, outcome: Outcome) -> Outcome {
    match (outcome, shared.last_words()) {
        (Outcome::Unreachable { .. }, Some(words)) => ours(format!("the link was cut: {words}")),
        (outcome, _) => outcome,
    }
}

/// Nothing was started, and it was not the host's fault.
fn ours(detail: String) -> Outcome {
    Outcome::Unreachable {
        cause: Cause::Other,
        detail,
    }
}
