//! One run of this process: its record, its viewers, its connections.

use super::super::error::CliError;
use super::super::place;
use super::super::usage::UsageError;
use super::enders::Enders;
use super::files::Files;
use crate::link;
use crate::link::hub::{About, Hub};
use crate::model::bond::Tie;
use crate::model::plan::Plan;
use crate::rundir::{Holdings, RunDir, Writer};
use crate::runner::{Family, Past, Runner};
use crate::transport::Agent;
use crate::transport::openssh::{OpenSsh, SocketDir};
use std::fs;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// What holds for every run of this process.
#[derive(Clone)]
pub(in super::super) struct Circumstances {
    /// What ends them besides themselves.
    pub(in super::super) tie: Tie,
    /// What becomes of them at logout, where they would not go on.
    pub(in super::super) at_logout: Option<String>,
    /// The ssh agent.
    pub(in super::super) agent: Agent,
    /// What ends all of them.
    pub(in super::super) enders: Enders,
    /// How many files they need.
    pub(in super::super) files: Files,
}

/// A run that viewers can come to, and that has not begun yet.
pub(in super::super) struct Driving {
    dir: RunDir,
    runner: Runner,
    wishes: link::Wishes,
    serving: JoinHandle<()>,
    transport: OpenSsh,
}

impl Driving {
    /// Gets everything ready. Where that fails, nothing was started, and another runner may begin the run. The lock of
    /// the run is held by the caller.
    pub(in super::super) fn prepare(
        dir: &RunDir,
        (plan, past): (Arc<Plan>, Option<Past>),
        circumstances: &Circumstances,
    ) -> Result<Self, CliError> {
        let begins = past.is_none();
        let prepared = Self::make_ready(dir, (plan, past), circumstances);
        if begins && prepared.is_err() {
            forget_beginning(dir);
        }
        prepared
    }

    fn make_ready(
        dir: &RunDir,
        (plan, past): (Arc<Plan>, Option<Past>),
        circumstances: &Circumstances,
    ) -> Result<Self, CliError> {
        let tie = circumstances.tie;
        let files = circumstances.files.share(&plan.settings, plan.hosts.len())?;
        let sockets = SocketDir::create(place::sockets(tie).as_deref()).map_err(UsageError::from)?;
        let (outlet, wishes, ends) = link::ends();
        if !circumstances.enders.admit(ends.asked.clone()) {
            return Err(CliError::Runner("its runner is about to end".to_owned()));
        }
        let writer = Writer::open(dir.clone()).map_err(CliError::System)?;
        let runner = match past {
            None => Runner::prepare(Arc::clone(&plan), writer, outlet),
            Some(past) => Runner::resume(Arc::clone(&plan), past, writer, outlet),
        };
        let runner = runner.map_err(CliError::System)?;
        runner.heed_sleep();
        let widths = Arc::clone(&plan);
        let fitting = move |width| files.fitting(&widths.settings, widths.hosts.len(), width);
        let runner = runner.fitting(Box::new(fitting));
        let about = About {
            run: plan.run.clone(),
            tie,
            starter: (tie == Tie::Starter).then(parent).flatten(),
            logout: circumstances.at_logout.clone(),
            user: place::user(),
            now: Box::new(runner.time()),
        };
        let hub = Hub::open(&dir.socket(), about, ends).map_err(CliError::System)?;
        let holdings = Holdings::begin(dir).map_err(CliError::System)?;
        let transport = OpenSsh::new(
            plan.ssh.clone(),
            sockets,
            (Arc::new(move |holding| holdings.note(holding)), runner.words()),
            circumstances.agent.clone(),
        );
        Ok(Self {
            dir: dir.clone(),
            runner,
            wishes,
            serving: tokio::spawn(hub.serve()),
            transport,
        })
    }

    /// Runs it to its end, and on until nobody uses its connections.
    pub(in super::super) async fn run(self, family: Family<OpenSsh>) {
        self.runner.run_among(self.transport, self.wishes, family).await;
        // All of them are reaped.
        if let Err(error) = self.dir.forget_holdings() {
            tracing::warn!(%error, "the list of ssh processes stays");
        }
        let _ = self.serving.await;
    }
}

/// Removes a record in which nothing stands: where there is one, a run counts as begun.
fn forget_beginning(dir: &RunDir) {
    let events = dir.events();
    if !fs::metadata(&events).is_ok_and(|events| events.len() == 0) {
        return;
    }
    if let Err(error) = fs::remove_file(&events) {
        tracing::warn!(%error, "the empty record stays");
    }
}

/// The process that started this one.
fn parent() -> Option<i32> {
    rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get())
}

#[cfg(test)]
mod tests {
    use super::super::super::{prepare, request};
    use super::*;
    use crate::model::id::RunId;
    use std::time::SystemTime;

    #[tokio::test]
    async fn what_could_not_be_got_ready_has_not_begun() {
        let home = tempfile::tempdir().expect("a directory");
        let id = RunId("run".to_owned());
        let dir = RunDir::create(home.path(), &id).expect("a directory");
        let asked = request::sample("web[1-3]", "true");
        let plan = Arc::new(prepare::plan(
            &asked,
            (id, String::new()),
            dir.path(),
            SystemTime::UNIX_EPOCH,
        ));
        let circumstances = Circumstances {
            tie: Tie::Free,
            at_logout: None,
            agent: Agent::at(None).await,
            enders: Enders::default(),
            files: Files::default(),
        };
        // Nobody can listen there.
        fs::create_dir(dir.socket()).expect("a directory");
        let prepared = Driving::prepare(&dir, (Arc::clone(&plan), None), &circumstances);
        assert!(prepared.is_err(), "nobody could come to it");
        assert!(!dir.events().exists(), "it counts as begun");
        fs::remove_dir(dir.socket()).expect("free");
        let prepared = Driving::prepare(&dir, (plan, None), &circumstances);
        assert!(prepared.is_ok(), "another runner takes it");
        assert!(dir.events().exists());
    }
}
