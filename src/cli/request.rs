//! What a run is asked to do, settled before anything starts: hosts, command, settings, and how it is shown. Pure: the
//! surroundings are handed in, so that every mistake can be tested.

use super::args::RunArgs;
use super::display::DisplayArgs;
use super::sources::hosts;
use super::tie::TieArgs;
use super::usage::UsageError;
use super::words::command_text;
use crate::config::{Config, Defaults, Layer, OnHangup, Ssh};
use crate::model::doubt::Inherited;
use crate::model::field::Field;
use crate::model::host::HostName;
use crate::model::id::RunId;
use crate::model::plan::Settings;
use crate::nodeset::{NodeSet, Sources};
use std::time::SystemTime;

/// Everything that `heeler run` was asked to do.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRequest {
    /// The hosts in order, each once.
    pub hosts: Vec<HostName>,
    /// The hosts, folded.
    pub node_set: String,
    /// Shell text, byte for byte.
    pub command: String,
    /// A line to tell the operator about the command.
    pub hint: Option<String>,
    /// Variables for the command.
    pub env: Vec<(String, String)>,
    /// Limits and widths.
    pub settings: Settings,
    /// How ssh is called.
    pub ssh: Ssh,
    /// How the run is shown.
    pub display: DisplayArgs,
    /// Whether it is left to itself, as asked.
    pub tie: TieArgs,
    /// Whether it is left to itself where nothing was asked.
    pub on_hangup: OnHangup,
    /// What must be confirmed.
    pub safety: Safety,
    /// What is read out of the output.
    pub fields: Vec<Field>,
    /// The operator's own words.
    pub note: Option<String>,
    /// Of which run it repeats a part.
    pub repeats: Option<Repeat>,
}

/// The run of which another repeats a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Its name.
    pub parent: RunId,
    /// When it began.
    pub began: SystemTime,
    /// What may still run of it on the hosts, as it knows that.
    pub doubts: Vec<Inherited>,
}

impl Repeat {
    /// What a run that begins now takes over of that.
    pub(super) fn doubts(&self, now: SystemTime) -> Vec<Inherited> {
        let later = now.duration_since(self.began).unwrap_or_default();
        let doubts = self.doubts.iter();
        doubts
            .map(|inherited| Inherited {
                doubt: inherited.doubt.inherited(later),
                ..inherited.clone()
            })
            .collect()
    }
}

/// What is asked before a run starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    /// The number of hosts that must have been found.
    pub expect: Option<usize>,
    /// Whether the answer was given beforehand.
    pub yes: bool,
    /// With more hosts than this, the number has to be confirmed.
    pub confirm_above: usize,
    /// Whether nothing is to be started.
    pub dry_run: bool,
}

/// What a request takes from outside.
pub(super) struct World<'a> {
    pub(super) sources: &'a dyn Sources,
    /// The value of a variable of heeler's own environment.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
}

/// Settles a request; the options are laid over the configuration.
pub(super) fn build(args: &RunArgs, mut config: Config, world: &World<'_>) -> Result<RunRequest, UsageError> {
    config.apply(Layer {
        defaults: Defaults {
            // The option can only ask for it; the configuration may have done so already.
            sudo: args.sudo.then_some(true),
            ..args.limits.layer()
        },
        ssh: args.ssh.layer(),
        ..Layer::default()
    });
    if config.settings(1).let_finish && args.limits.ends_on_disconnect() {
        return Err(UsageError::EndsAndFinishes);
    }
    let command = command_text(&args.command)?;
    let env = environment(args, world)?;
    let hosts = with_user(targets(args, world)?, args.hosts.user.as_deref())?;
    Ok(RunRequest {
        node_set: hosts.to_string(),
        settings: config.settings(hosts.len()),
        hosts: hosts.into_iter().collect(),
        command: command.text,
        hint: command.hint,
        env,
        ssh: config.ssh,
        display: args.display.clone(),
        tie: args.tie,
        on_hangup: config.on_hangup,
        safety: Safety {
            expect: args.safety.expect,
            yes: args.safety.yes,
            confirm_above: config.confirm_above,
            dry_run: args.safety.dry_run,
        },
        fields: args.display.fields.fields()?,
        note: args.note.clone(),
        repeats: None,
    })
}

/// The hosts of `-w` without those of `-x`.
fn targets(args: &RunArgs, world: &World<'_>) -> Result<NodeSet, UsageError> {
    let (nodes, exclude) = (&args.hosts.nodes, &args.hosts.exclude);
    if nodes.is_empty() {
        return Err(UsageError::NoHosts);
    }
    let mut named = NodeSet::new();
    for text in nodes {
        let set = hosts(text, world.sources)?;
        if set.is_empty() {
            return Err(UsageError::EmptySet(text.clone()));
        }
        named.extend(set);
    }
    let mut left = named.clone();
    for text in exclude {
        let excluded = hosts(text, world.sources)?;
        // Against what -w names, not against what is left: two exclusions may overlap.
        if named.exclude(&excluded).len() == named.len() {
            return Err(UsageError::ExcludesNothing(text.clone()));
        }
        left = left.exclude(&excluded);
    }
    if left.is_empty() {
        return Err(UsageError::ExcludesAll(named.len()));
    }
    Ok(left)
}

/// Puts the user before every name that has none. Two names may become one by it.
fn with_user(hosts: NodeSet, user: Option<&str>) -> Result<NodeSet, UsageError> {
    let Some(user) = user else {
        return Ok(hosts);
    };
    hosts
        .into_iter()
        .map(|host| match host.user() {
            Some(_) => Ok(host),
            None => HostName::parse(&format!("{user}@{host}")).map_err(|error| UsageError::User {
                user: user.to_owned(),
                error,
            }),
        })
        .collect()
}

fn environment(args: &RunArgs, world: &World<'_>) -> Result<Vec<(String, String)>, UsageError> {
    args.env
        .iter()
        .map(|variable| {
            let name = variable.name.clone();
            let value = variable.value.clone().or_else(|| (world.variable)(&name));
            match value {
                Some(value) => Ok((name, value)),
                None => Err(UsageError::UnsetVariable(name)),
            }
        })
        .collect()
}

/// A request over these hosts with built-in settings.
#[cfg(test)]
pub(super) fn sample(nodes: &str, command: &str) -> RunRequest {
    use clap::Parser;
    let args = super::args::Cli::try_parse_from(["heeler", "run", "-w", nodes, "--", command]).expect("arguments");
    let super::args::Command::Run(args) = args.command else {
        panic!("not a run");
    };
    let groups = std::collections::BTreeMap::new();
    let world = World {
        sources: &super::sources::Surroundings { groups: &groups },
        variable: &|_| None,
    };
    build(&args, Config::built_in(), &world).expect("a request")
}

#[cfg(test)]
mod tests;
