//! From a settled request to what a run is on disk before its runner starts: the plan, in a directory of its own.

use super::error::CliError;
use super::place;
use super::request::RunRequest;
use super::tell::tell;
use super::usage::UsageError;
use crate::model::id::RunId;
use crate::model::plan::{PLAN_FORMAT, Plan, SshCall};
use crate::rundir::{RunDir, RunDirError, Writer, network_name};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// Makes the plan and its directory.
pub(super) fn prepare(request: &RunRequest) -> Result<(Arc<Plan>, RunDir), CliError> {
    let now = SystemTime::now();
    let (run, started) = name_run(now).map_err(CliError::System)?;
    let dir = RunDir::create(&place::state_home()?, &run).map_err(UsageError::from)?;
    let plan = plan(request, (run, started), dir.path(), now);
    Writer::write_plan(&dir, &plan).map_err(|source| {
        // A refused request is not a run. Only what is empty is removed.
        dir.remove_empty();
        let path = dir.path().to_owned();
        UsageError::from(RunDirError::Create { path, source })
    })?;
    if let Ok(Some(name)) = network_name(dir.path()) {
        tell(&format!(
            "the record of this run is on {name}: while that does not answer, jobs go on and their output waits; \
             attach to the run on this machine only"
        ));
    }
    Ok((Arc::new(plan), dir))
}

/// The plan of a run with this name and start time.
pub(super) fn plan(request: &RunRequest, (run, started): (RunId, String), directory: &Path, now: SystemTime) -> Plan {
    Plan {
        format: PLAN_FORMAT,
        run,
        command: request.command.clone(),
        env: request.env.clone(),
        hosts: request.hosts.clone(),
        node_set: request.node_set.clone(),
        settings: request.settings.clone(),
        ssh: SshCall {
            config_file: request.ssh.config_file.clone(),
            options: request.ssh.options.clone(),
        },
        parent: request.repeats.as_ref().map(|repeats| repeats.parent.clone()),
        doubts: request
            .repeats
            .as_ref()
            .map_or_else(Vec::new, |repeats| repeats.doubts(now)),
        fields: request.fields.clone(),
        operator: place::operator(),
        note: request.note.clone(),
        started,
        directory: directory.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// A name for the run that sorts by time, and the time, RFC 3339.
fn name_run(now: SystemTime) -> io::Result<(RunId, String)> {
    let started = humantime::format_rfc3339_seconds(now).to_string();
    let mut random = [0; 3];
    getrandom::fill(&mut random)?;
    let [a, b, c] = random;
    let compact: String = started.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    Ok((RunId(format!("{compact}-{a:02x}{b:02x}{c:02x}")), started))
}
