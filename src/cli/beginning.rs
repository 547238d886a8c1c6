//! Beginning a run out of a dashboard: its plan, its directory, its runner, and the way there.

use super::adoption::{self, Adopted};
use super::error::CliError;
use super::follow_up;
use super::front::{Arrival, Scene, Stage};
use super::launch::{self, Driven};
use super::prepare;
use super::request::RunRequest;
use super::tell::tell;
use super::usage::UsageError;
use super::words::visible;
use super::{place, preflight, spawn};
use crate::config;
use crate::link::Link;
use crate::link::greet::{Rights, Welcome};
use crate::model::bond::Tie;
use crate::model::id::RunId;
use crate::model::plan::Plan;
use crate::rundir::{RunDir, RunLock};
use crate::transport::openssh::SocketDir;
use crate::tui::{Access, Errand};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long another runner that has the run's lock may take until viewers can come.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked for.
const PAUSE: Duration = Duration::from_millis(50);

/// Why a run that was asked for is not shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotShown {
    /// It is known that nothing runs.
    #[error("nothing was run: {0}")]
    NotRun(#[from] CliError),
    /// Somebody may drive it all the same.
    #[error("run {0} may have begun, heeler show {0} tells: {1}")]
    MayRun(RunId, CliError),
}

impl NotShown {
    /// Our own runner did not begin, and nobody else was asked to drive the run.
    fn by_runner(run: &RunId, error: CliError) -> Self {
        match error {
            error @ CliError::NotBegun(_) => Self::NotRun(error),
            error => Self::MayRun(run.clone(), error),
        }
    }
}

/// A follow-up that has begun.
pub(super) struct Begun {
    /// The way to it.
    pub(super) stage: Stage,
    /// Its runner, where it has one of its own.
    pub(super) driven: Option<Driven>,
    /// Why it has.
    pub(super) word: Option<String>,
}

/// Begins the run that is typed where there are only hosts.
pub(super) async fn first(request: &RunRequest) -> Result<(Stage, Driven), NotShown> {
    check(request)?;
    let begin = request.tie.begin(request.on_hangup, true);
    reserve(begin.tie())?;
    let (plan, dir) = prepare::prepare(request)?;
    let started = Driven::start(&dir, begin.tie(), super::errand::Errand::Begin).await;
    let driven = started.map_err(|error| NotShown::by_runner(&plan.run, error))?;
    let role = (driven.bond(), Arrival::Later(Access::Full));
    let way = way(&dir, &plan.run).await?;
    Ok((Stage::new(way, plan, (&request.display, &request.taste), role), driven))
}

/// Begins a follow-up. The runner of its parent drives it as well, over the connections that stand, unless that cannot
/// be.
pub(super) async fn begin(scene: &mut Scene, errand: &Errand) -> Result<Begun, NotShown> {
    let parent = Arc::clone(&scene.plan);
    let request = follow_up::request(&parent, errand, (&scene.display, &scene.taste))?;
    check(&request)?;
    let on_hangup = config::load(&place::home(), None).map_or_else(|_| request.on_hangup, |config| config.on_hangup);
    let tie = if follow_up::is_tied(scene.seat.bond, on_hangup) {
        Tie::Starter
    } else {
        Tie::Free
    };
    reserve(tie)?;
    let (plan, dir) = prepare::prepare(&request)?;
    tell(&format!(
        "run {}, follow-up of {}: {}",
        plan.run,
        parent.run,
        visible(&plan.command)
    ));
    let adopted = adoption::ask(scene, &plan).await;
    let (driven, word) = drive(&dir, &plan, tie, adopted).await?;
    let role = (launch::bond(tie), Arrival::Later(Access::Full));
    let way = way(&dir, &plan.run).await?;
    let stage = Stage::new(way, plan, (&scene.display, &scene.taste), role);
    Ok(Begun { stage, driven, word })
}

/// What must be true of this machine; it may have changed since the dashboard was opened.
fn check(request: &RunRequest) -> Result<(), CliError> {
    preflight::check_ssh(&request.ssh)?;
    preflight::check_files(&request.settings, request.hosts.len())?;
    Ok(())
}

/// A refused request is not a run: first what leaves no trace when it cannot be had.
fn reserve(tie: Tie) -> Result<(), CliError> {
    drop(SocketDir::create(place::sockets(tie).as_deref()).map_err(UsageError::from)?);
    Ok(())
}

/// The runner of a run that was to be adopted, where it has one of its own, and why.
async fn drive(
    dir: &RunDir,
    plan: &Plan,
    tie: Tie,
    adopted: Adopted,
) -> Result<(Option<Driven>, Option<String>), NotShown> {
    let (why, refused) = match adopted {
        Adopted::Yes => return Ok((None, None)),
        Adopted::No(why) => (why, true),
        Adopted::Unknown(why) => (why, false),
    };
    match Driven::start(dir, tie, super::errand::Errand::Begin).await {
        Ok(driven) => Ok((Some(driven), why)),
        Err(error) if refused => Err(NotShown::by_runner(&plan.run, error)),
        // The runner of the run before may have taken it up after all.
        Err(_) if is_taken_up(dir).await => Ok((None, None)),
        Err(error) => Err(NotShown::MayRun(plan.run.clone(), error)),
    }
}

/// Whether viewers can come to a runner that is not ours; one that is getting ready has the lock, and is waited for.
async fn is_taken_up(dir: &RunDir) -> bool {
    let until = Instant::now() + PATIENCE;
    loop {
        if dir.socket().exists() {
            return true;
        }
        let is_held = matches!(RunLock::holder(dir), Ok(Some(_)));
        if !is_held || Instant::now() >= until {
            return false;
        }
        sleep(PAUSE).await;
    }
}

/// The way to a runner that has the run.
async fn way(dir: &RunDir, run: &RunId) -> Result<(Link, Welcome), NotShown> {
    let connected = spawn::connect(dir, Rights::Write).await;
    connected.map_err(|error| NotShown::MayRun(run.clone(), error))
}

#[cfg(test)]
mod tests {
    use super::super::request;
    use super::*;
    use crate::rundir::Holder;
    use std::fs;
    use std::time::SystemTime;

    fn run(home: &std::path::Path) -> (RunDir, Arc<Plan>) {
        let id = RunId("child".to_owned());
        let dir = RunDir::create(home, &id).expect("a directory");
        let asked = request::sample("web[1-3]", "true");
        let plan = prepare::plan(&asked, (id, String::new()), dir.path(), SystemTime::UNIX_EPOCH);
        (dir, Arc::new(plan))
    }

    #[tokio::test]
    async fn once_a_runner_has_the_run_nobody_says_that_nothing_was_run() {
        let home = tempfile::tempdir().expect("a directory");
        let (dir, plan) = run(home.path());
        let unreachable = way(&dir, &plan.run).await;
        let said = unreachable.expect_err("nobody listens").to_string();
        assert!(
            said.starts_with("run child may have begun, heeler show child tells: "),
            "{said}"
        );
        let error = || CliError::NotBegun("it could not begin".to_owned());
        let said = NotShown::by_runner(&plan.run, error()).to_string();
        assert_eq!(said, "nothing was run: it could not begin");
    }

    #[tokio::test]
    async fn without_the_configuration_of_ssh_nothing_is_run() {
        let mut asked = request::sample("web[1-3]", "true");
        asked.ssh.config_file = Some("/nowhere/ssh_config".into());
        let said = first(&asked).await.err().expect("refused").to_string();
        assert!(said.starts_with("nothing was run: "), "{said}");
        assert!(said.contains("/nowhere/ssh_config"), "{said}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_runner_that_has_the_lock_is_waited_for() {
        let home = tempfile::tempdir().expect("a directory");
        let (dir, _) = run(home.path());
        assert!(!is_taken_up(&dir).await, "nobody has it");
        let holder = Holder {
            pid: 1,
            machine: "here".to_owned(),
            version: "1".to_owned(),
        };
        let lock = RunLock::take(&dir, &holder).expect("the lock");
        let began = Instant::now();
        assert!(!is_taken_up(&dir).await, "it never gets ready");
        assert!(began.elapsed() >= PATIENCE);
        let late = async {
            sleep(PATIENCE / 2).await;
            fs::write(dir.socket(), "").expect("writable");
        };
        let (taken_up, ()) = tokio::join!(is_taken_up(&dir), late);
        assert!(taken_up);
        drop(lock);
    }
}
