//! `heeler resume`: finishes a run whose runner went without ending it, under the same name.

use super::args::ResumeArgs;
use super::error::AgainError;
use super::past::check;
use crate::cli::errand::Errand;
use crate::cli::error::CliError;
use crate::cli::usage::UsageError;
use crate::cli::{front, place, preflight, reap, run};
use crate::config::{Config, Ssh};
use crate::history::{Record, State, Store, Which};
use crate::model::exit::ExitStatus;
use crate::model::plan::Plan;
use crate::rundir::RunDir;
use std::sync::Arc;

/// Finishes the run.
pub(in crate::cli) fn resume(args: &ResumeArgs, config: &Config) -> Result<ExitStatus, CliError> {
    args.display.fields.fields()?;
    reap::reap();
    let (dir, plan) = interrupted(args).map_err(|error| CliError::Usage(*error))?;
    let ssh = Ssh::from(&plan.ssh);
    preflight::check_ssh(&ssh)?;
    preflight::check_files(&plan.settings, plan.hosts.len())?;
    let begin = args.tie.begin(config.on_hangup, front::is_dashboard(&args.display));
    let run = plan.run.clone();
    let errand = Errand::Resume(args.lost.lost());
    let taste = config.taste().map_err(UsageError::from)?;
    match run::take_up(&dir, plan, (&args.display, &taste), (begin, errand)) {
        // Somebody else was faster.
        Err(CliError::NotBegun(why)) => match Record::open(dir).map(|record| record.state) {
            Ok(State::Live { holder }) => Err(UsageError::from(AgainError::Alive { run, holder }).into()),
            Ok(State::Ended { .. }) => Err(UsageError::from(AgainError::Over(run)).into()),
            _ => Err(CliError::NotBegun(why)),
        },
        other => other,
    }
}

/// The run that is meant, if it can be taken up.
fn interrupted(args: &ResumeArgs) -> Result<(RunDir, Arc<Plan>), Box<UsageError>> {
    let boxed = |error: AgainError| Box::new(UsageError::from(error));
    let store = Store::new(&place::state_home()?);
    let dir = store
        .find(args.run.as_deref(), Which::Latest)
        .map_err(|error| Box::new(error.into()))?;
    let record = Record::open(dir.clone()).map_err(|error| Box::new(error.into()))?;
    let run = record.plan.run.clone();
    match &record.state {
        State::Interrupted => {}
        State::Ended { .. } => return Err(boxed(AgainError::Over(run))),
        State::Live { holder } => {
            let holder = holder.clone();
            return Err(boxed(AgainError::Alive { run, holder }));
        }
    }
    check(&record).map_err(boxed)?;
    Ok((dir, record.plan))
}
