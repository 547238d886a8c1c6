//! What a run that is taken up again, or run again, is known by: its record, looked over before anything follows from it.

use super::error::AgainError;
use crate::cli::error::CliError;
use crate::cli::place;
use crate::cli::usage::UsageError;
use crate::history::{Record, State};
use crate::model::event::{Resumed, What};
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;
use crate::rundir::RunDir;
use crate::runner::{Lost, Past};
use std::sync::Arc;
use std::time::SystemTime;

/// Whether the plan is still that with which the run began.
pub(super) fn check(record: &Record) -> Result<(), AgainError> {
    let started = record.events.iter().find_map(|event| match &event.what {
        What::RunStarted(started) => Some(started),
        _ => None,
    });
    let Some(started) = started else {
        return Ok(());
    };
    let plan = &record.plan;
    let changed = |problem| AgainError::Changed {
        path: record.dir.plan(),
        problem,
    };
    if started.digest != plan.digest() {
        return Err(changed(format!(
            "its command and variables have the digest {}, and {} was run",
            plan.digest(),
            started.digest
        )));
    }
    if started.jobs != plan.hosts.len() {
        return Err(changed(format!(
            "it has {} hosts, and the run {}",
            plan.hosts.len(),
            started.jobs
        )));
    }
    Ok(())
}

/// When a run began, by the calendar.
pub(in crate::cli) fn began(plan: &Plan) -> Result<SystemTime, AgainError> {
    humantime::parse_rfc3339(&plan.started).map_err(|_| AgainError::NoTime {
        path: RunDir::open(plan.directory.clone()).plan(),
        time: plan.started.clone(),
    })
}

/// What the runner that holds the lock of an interrupted run takes over; nothing where the run never began.
pub(in crate::cli) fn take_over(dir: &RunDir, lost: Lost) -> Result<(Arc<Plan>, Option<Past>), CliError> {
    let record = Record::open(dir.clone()).map_err(UsageError::from)?;
    // The lock is held, by ourselves: what counts is whether somebody has ended the run meanwhile.
    if let State::Ended { .. } = record.state {
        return Err(UsageError::from(AgainError::Over(record.plan.run.clone())).into());
    }
    check(&record).map_err(UsageError::from)?;
    if record.events.is_empty() {
        return Ok((record.plan, None));
    }
    let now = SystemTime::now();
    let began = began(&record.plan).map_err(UsageError::from)?;
    let past = Past {
        events: record.events,
        elapsed: Stamp(now.duration_since(began).unwrap_or_default()),
        resumed: Resumed {
            time: humantime::format_rfc3339_seconds(now).to_string(),
            operator: place::operator(),
        },
        lost,
    };
    Ok((record.plan, Some(past)))
}
