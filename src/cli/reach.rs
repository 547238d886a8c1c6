//! The way to the runner of a run that is alive, and what to do where there is none.

use super::error::CliError;
use super::no_way::ReachError;
use super::place;
use super::usage::UsageError;
use crate::history::{Record, State, Store, Which};
use crate::link::Link;
use crate::link::dial::{DialError, dial};
use crate::link::greet::{Hello, Rights, Welcome};
use crate::model::board::Board;
use crate::model::id::RunId;
use crate::model::plan::Plan;
use crate::rundir::{Holder, RunDir};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// A runner that has just begun does not listen yet, and one that is about to end does not listen any more.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// A run, and how it can be had.
pub(super) enum Found {
    /// From its runner.
    Alive(Alive),
    /// From its record: the runner is gone.
    Past(Box<Record>),
}

/// A run that is alive.
pub(super) struct Alive {
    pub(super) link: Link,
    pub(super) welcome: Welcome,
    pub(super) plan: Arc<Plan>,
    pub(super) dir: RunDir,
}

impl Alive {
    /// The run as it stands: everything that has happened so far.
    pub(super) async fn board(&mut self) -> Board {
        take_backlog(&mut self.link, &self.welcome, &self.plan).await
    }
}

/// Takes in everything that has happened so far.
pub(super) async fn take_backlog(link: &mut Link, welcome: &Welcome, plan: &Plan) -> Board {
    let mut board = Board::new(plan);
    for _ in 0..welcome.backlog {
        match link.next().await {
            Some(message) => board.take(&message),
            None => break,
        }
    }
    board
}

/// Finds the run that is meant, the latest one that is alive where none is named, and connects to its runner if it has
/// one.
pub(super) async fn find(asked: Option<&str>, rights: Rights) -> Result<Found, CliError> {
    let store = Store::new(&place::state_home()?);
    let dir = store.find(asked, Which::LatestAlive).map_err(UsageError::from)?;
    let hello = Hello::new(place::terminal(), rights);
    let begun = Instant::now();
    loop {
        let error = match dial(&dir.socket(), &hello).await {
            Ok((link, welcome)) => {
                let plan = Arc::new(dir.read_plan().map_err(UsageError::from)?);
                return Ok(Found::Alive(Alive {
                    link,
                    welcome,
                    plan,
                    dir,
                }));
            }
            Err(error) => error,
        };
        let record = open(dir.clone()).await?;
        let State::Live { holder } = &record.state else {
            return Ok(Found::Past(Box::new(record)));
        };
        if !matches!(error, DialError::Dead(_)) || begun.elapsed() > PATIENCE {
            return Err(UsageError::from(no_way(&record.plan.run, holder.as_ref(), error)).into());
        }
        sleep(PAUSE).await;
    }
}

/// The same where only a run that is alive will do.
pub(super) async fn reach(asked: Option<&str>, rights: Rights) -> Result<Alive, CliError> {
    match find(asked, rights).await? {
        Found::Alive(alive) => Ok(alive),
        Found::Past(record) => {
            let run = record.plan.run.clone();
            let error = match record.state {
                State::Interrupted => ReachError::Interrupted(run),
                State::Ended { .. } | State::Live { .. } => ReachError::Over(run),
            };
            Err(UsageError::from(error).into())
        }
    }
}

fn no_way(run: &RunId, holder: Option<&Holder>, error: DialError) -> ReachError {
    let here = place::machine();
    match holder {
        Some(holder) if holder.machine != here => ReachError::Elsewhere {
            run: run.clone(),
            machine: holder.machine.clone(),
            here,
        },
        _ => ReachError::Deaf {
            run: run.clone(),
            pid: holder.map(|holder| holder.pid),
            error,
        },
    }
}

async fn open(dir: RunDir) -> Result<Record, CliError> {
    let opened = spawn_blocking(move || Record::open(dir)).await;
    let record = opened.map_err(|error| CliError::System(error.into()))?;
    Ok(record.map_err(UsageError::from)?)
}
