//! Which jobs of a run are meant.

use super::args::JobArgs;
use super::error::ControlError;
use crate::cli::called::{calls, is_meant};
use crate::cli::error::CliError;
use crate::cli::sources::{Surroundings, hosts};
use crate::cli::tell::tell;
use crate::cli::usage::UsageError;
use crate::config::Config;
use crate::model::host::HostName;
use crate::model::id::JobId;
use crate::model::plan::Plan;
use crate::nodeset::{NodeSet, fold};
use std::collections::HashSet;

/// The jobs on the hosts that `-w` names, in the order of the run; every job where it names none.
pub(super) fn meant(args: &JobArgs, config: &Config, plan: &Plan) -> Result<Vec<JobId>, CliError> {
    on_hosts(&args.nodes, config, plan)
}

/// The same for what was given with `-w`.
pub(in crate::cli) fn on_hosts(nodes: &[String], config: &Config, plan: &Plan) -> Result<Vec<JobId>, CliError> {
    if nodes.is_empty() {
        return Ok(plan.jobs().collect());
    }
    let surroundings = Surroundings { groups: &config.groups };
    let mut named = NodeSet::new();
    for text in nodes {
        let set = hosts(text, &surroundings).map_err(UsageError::from)?;
        if set.is_empty() {
            return Err(UsageError::EmptySet(text.clone()).into());
        }
        named.extend(set);
    }
    let (jobs, left_out) = among(&named, plan).map_err(UsageError::from)?;
    if !left_out.is_empty() {
        tell(&format!("the run has no job on {left_out}"));
    }
    Ok(jobs)
}

/// The jobs on these hosts, and the hosts on which the run has none, folded: a group may well name more than a run had.
fn among(named: &NodeSet, plan: &Plan) -> Result<(Vec<JobId>, String), ControlError> {
    let jobs: Vec<JobId> = plan.jobs().filter(|job| is_meant(named, plan.host(*job))).collect();
    let calls: HashSet<HostName> = plan.hosts.iter().flat_map(calls).collect();
    let missing = fold(named.iter().filter(|name| !calls.contains(*name)));
    if jobs.is_empty() {
        let hosts = plan.node_set.clone();
        return Err(ControlError::NoSuchHost { missing, hosts });
    }
    Ok((jobs, missing))
}
