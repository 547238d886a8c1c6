//! One attempt at one job, as a task: connect, wait for the run slot, bring the shim up, and hand over to
//! [`Following`], which sees the command through to its end.

use super::attempt::Attempt;
use super::follow::Following;
use super::job::{Job, JobOrder};
use super::pool::Shared;
use super::scheduler::Input;
use super::setup::{Setup, Up};
use crate::model::event::Ending;
use crate::model::id::JobId;
use crate::model::outcome::{Cause, Outcome, SkipReason};
use crate::model::plan::Plan;
use crate::shim::{Cookie, Greeting, Nonce, Program};
use crate::transport::{Connection, Transport};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

impl<T: Transport> Job<T> {
    /// Runs the attempt to its end.
    pub(super) async fn run(mut self) -> Ending {
        let begun = self.clock.now();
        match self.set_up().await {
            Ok((shared, up)) => {
                let attempt = Attempt::new(self.plan.settings.clone(), begun, self.clock.now());
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

    /// Everything before the command may run; a stop on the way means that nothing was started.
    async fn set_up(&mut self) -> Result<(Arc<Shared<T::Connection>>, Up), Outcome> {
        let (plan, pool) = (Arc::clone(&self.plan), Arc::clone(&self.pool));
        let host = plan.host(self.id);
        let limit = plan.settings.connect_timeout.unwrap_or(Duration::MAX);
        let shared = self.unless_stopped(limit, pool.connect(host)).await?;
        self.tell(Input::Connected(self.id));
        self.wait_for_run_slot().await?;
        let opened = self.open(&shared, limit).await;
        match &opened {
            Ok(_) => shared.greeted(),
            // The next attempt gets a connection that it knows nothing bad of.
            Err(Outcome::Unreachable { .. }) => pool.forget(host),
            Err(_) => {}
        }
        opened.map(|up| (shared, up))
    }

    /// Opens a session and brings the shim up in it.
    async fn open(&mut self, shared: &Shared<T::Connection>, limit: Duration) -> Result<Up, Outcome> {
        let nonce = Nonce::new(random()?);
        let program = program(&self.plan, self.id, &nonce)?;
        let greeting = Greeting::new(&Nonce::new(random()?));
        let process = self.unless_stopped(limit, shared.connection.start()).await?;
        let mut setup = Setup::new(process, program, nonce, (!shared.was_greeted()).then_some(&greeting));
        let mut up = self.unless_stopped(limit, setup.wait()).await;
        if let Err(Outcome::Unreachable {
            cause: Cause::ConnectTimeout,
            ..
        }) = up
        {
            // The connection stands: it is the shell that did not answer.
            up = Err(setup.no_shell(&format!("{} passed", humantime::format_duration(limit))));
        }
        if !setup.noise().is_empty() {
            self.journal.words(self.plan.host(self.id), setup.noise());
        }
        up.map(|()| setup.into_up())
    }

    /// Works towards the start, but not for longer than the limit, nor after a stop.
    async fn unless_stopped<R, E: Into<Outcome>>(
        &mut self,
        limit: Duration,
        work: impl Future<Output = Result<R, E>>,
    ) -> Result<R, Outcome> {
        tokio::select! {
            biased;
            skipped = stopped(&mut self.orders) => Err(skipped),
            done = timeout(limit, work) => match done {
                Ok(done) => done.map_err(Into::into),
                Err(_) => Err(Outcome::Unreachable {
                    cause: Cause::ConnectTimeout,
                    detail: format!("no session within {}", humantime::format_duration(limit)),
                }),
            },
        }
    }

    async fn wait_for_run_slot(&mut self) -> Result<(), Outcome> {
        match self.orders.recv().await {
            Some(JobOrder::Run) => Ok(()),
            Some(JobOrder::Stop(..)) | None => Err(not_started()),
        }
    }
}

/// Waits until the job is told to end; then nothing was started.
async fn stopped(orders: &mut mpsc::UnboundedReceiver<JobOrder>) -> Outcome {
    loop {
        match orders.recv().await {
            Some(JobOrder::Run) => {}
            Some(JobOrder::Stop(..)) | None => return not_started(),
        }
    }
}

fn not_started() -> Outcome {
    Outcome::Skipped {
        why: SkipReason::Cancelled,
    }
}

/// The program of the shim for one attempt.
fn program(plan: &Plan, job: JobId, nonce: &Nonce) -> Result<Vec<u8>, Outcome> {
    let own = [
        ("HEELER_HOST", plan.host(job).to_string()),
        ("HEELER_INDEX", job.to_string()),
        ("HEELER_RUN", plan.run.to_string()),
    ];
    let mut env: Vec<(String, String)> = own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    env.extend(plan.env.iter().cloned());
    let settings = &plan.settings;
    let program = Program {
        nonce,
        cookie: &Cookie::new(random()?),
        command: plan.command.as_bytes(),
        env: &env,
        on_disconnect: settings.on_disconnect,
        lease: settings.lease,
        grace: settings.grace,
    };
    program.text().map_err(|error| ours(error.to_string()))
}

/// Random bytes for a secret.
fn random() -> Result<[u8; 16], Outcome> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| ours(format!("no random numbers: {error}")))?;
    Ok(bytes)
}

/// Nothing was started, and it was not the host's fault.
fn ours(detail: String) -> Outcome {
    Outcome::Unreachable {
        cause: Cause::Other,
        detail,
    }
}
