//! A run that is to be driven beside another one: whether it may be.

use super::super::error::CliError;
use crate::model::plan::Plan;
use crate::rundir::{Holder, RunDir, RunLock};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Looks the directory over and takes its lock. Whoever may ask is this user; what he names may be anything all the same.
pub(in super::super) fn look_over(
    directory: &Path,
    parent: &Plan,
    holder: &Holder,
) -> Result<(RunDir, Plan, RunLock), CliError> {
    let no = |why: &str| Err(CliError::Runner(why.to_owned()));
    if directory.parent().is_none() || directory.parent() != parent.directory.parent() {
        return no("its directory is not beside that of its parent");
    }
    let found = fs::symlink_metadata(directory).map_err(CliError::System)?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() {
        return no("its directory is not a directory of ours");
    }
    let dir = RunDir::open(directory.to_owned());
    let lock = RunLock::take(&dir, holder).map_err(|error| CliError::Runner(error.to_string()))?;
    let plan = dir.read_plan().map_err(super::super::usage::UsageError::from)?;
    if plan.parent.as_ref() != Some(&parent.run) || plan.directory != directory {
        return no("its plan is not that of a follow-up of this run");
    }
    if plan.ssh != parent.ssh {
        return no("it calls ssh otherwise, so these connections are not its own");
    }
    if dir.events().exists() {
        return no("it has begun already");
    }
    Ok((dir, plan, lock))
}
