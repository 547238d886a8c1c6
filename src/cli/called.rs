//! By what an operator may call a host of a run.

use crate::model::host::HostName;
use crate::nodeset::NodeSet;

/// The names by which a host of a run may be called: its own, and that without the user whom `-l` put before it.
pub(super) fn calls(host: &HostName) -> impl Iterator<Item = HostName> {
    let bare = host.user().and_then(|user| host.as_str().get(user.len() + 1..));
    let bare = bare.and_then(|bare| HostName::parse(bare).ok());
    [host.clone()].into_iter().chain(bare)
}

/// Whether a host of a run is called by one of these names.
pub(super) fn is_meant(names: &NodeSet, host: &HostName) -> bool {
    calls(host).any(|call| names.contains(&call))
}

/// The host of a run that is called so: the one that is named in full, otherwise the only one that is meant.
///
/// # Errors
/// With all those that are meant, when that is none or several.
pub(super) fn called(name: &HostName, hosts: &[HostName]) -> Result<usize, Vec<HostName>> {
    let exact = hosts.iter().position(|host| host == name);
    let meant = || (0..hosts.len()).filter(|at| calls(&hosts[*at]).any(|call| call == *name));
    let mut found = meant();
    match (exact, found.next(), found.next()) {
        (Some(only), ..) | (None, Some(only), None) => Ok(only),
        _ => Err(meant().map(|at| hosts[at].clone()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_may_be_called_without_its_user_where_that_is_one_host() {
        let host = |name: &&str| HostName::parse(name).expect(name);
        let hosts = [
            "root@web1",
            "web2",
            "me@web3",
            "you@web3",
            "web4",
            "me@web4",
            "root@web5:22",
        ]
        .map(|name| host(&name));
        for (name, expected) in [
            ("web1", Ok(0)),
            ("root@web1", Ok(0)),
            ("me@web1", Err(0)),
            ("web2", Ok(1)),
            ("web3", Err(2)),
            ("you@web3", Ok(3)),
            ("web4", Ok(4)),
            ("web5", Err(0)),
            ("web5:22", Ok(6)),
        ] {
            let found = called(&host(&name), &hosts).map_err(|meant| meant.len());
            assert_eq!(found, expected, "{name}");
        }
    }
}
