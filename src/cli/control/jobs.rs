//! Which jobs of a run are meant.

use super::args::JobArgs;
use super::error::ControlError;
use crate::cli::error::CliError;
use crate::cli::sources::{Surroundings, hosts};
use crate::cli::usage::UsageError;
use crate::config::Config;
use crate::model::host::HostName;
use crate::model::id::JobId;
use crate::model::plan::Plan;
use crate::nodeset::{NodeSet, fold};

/// The jobs on the hosts that `-w` names, in the order of the run; every job where it names none.
pub(super) fn meant(args: &JobArgs, config: &Config, plan: &Plan) -> Result<Vec<JobId>, CliError> {
    if args.nodes.is_empty() {
        return Ok(plan.jobs().collect());
    }
    let surroundings = Surroundings { groups: &config.groups };
    let mut named = NodeSet::new();
    for text in &args.nodes {
        let set = hosts(text, &surroundings).map_err(UsageError::from)?;
        if set.is_empty() {
            return Err(UsageError::EmptySet(text.clone()).into());
        }
        named.extend(set);
    }
    Ok(among(&named, plan).map_err(UsageError::from)?)
}

fn among(named: &NodeSet, plan: &Plan) -> Result<Vec<JobId>, ControlError> {
    let missing: Vec<&HostName> = named
        .iter()
        .filter(|name| !plan.hosts.iter().any(|host| is(name, host)))
        .collect();
    if !missing.is_empty() {
        return Err(ControlError::NoSuchHost {
            missing: fold(missing),
            hosts: plan.node_set.clone(),
        });
    }
    let is_named = |job: &JobId| named.iter().any(|name| is(name, plan.host(*job)));
    Ok(plan.jobs().filter(is_named).collect())
}

/// Whether a name means a host of the run: also without the user whom `-l` put before it.
fn is(name: &HostName, host: &HostName) -> bool {
    name == host || (name.user().is_none() && name.address() == host.address() && name.port() == host.port())
}
