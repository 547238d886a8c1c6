//! `heeler nodes`: what a node set means.

use super::args::NodesArgs;
use super::sources::hosts;
use super::usage::UsageError;
use crate::nodeset::{NodeSet, Sources};
use std::io::{self, Write};

/// The hosts of all the sets together.
pub(super) fn resolve(args: &NodesArgs, sources: &dyn Sources) -> Result<NodeSet, UsageError> {
    let mut all = NodeSet::new();
    for text in &args.sets {
        all.extend(hosts(text, sources)?);
    }
    Ok(all)
}

/// Writes the hosts in the form that was asked for: folded with their number, when none was.
pub(super) fn show(args: &NodesArgs, hosts: &NodeSet, out: &mut dyn Write) -> io::Result<()> {
    if args.count {
        writeln!(out, "{}", hosts.len())
    } else if args.expand {
        hosts.iter().try_for_each(|host| writeln!(out, "{host}"))
    } else if args.fold {
        writeln!(out, "{hosts}")
    } else {
        writeln!(out, "{}: {hosts}", count(hosts.len()))
    }
}

fn count(hosts: usize) -> String {
    match hosts {
        1 => "1 host".to_owned(),
        _ => format!("{hosts} hosts"),
    }
}
