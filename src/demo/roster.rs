//! Who is in the fleet: names, and what each host has in store. It owns the spread of the roles, which is
//! the same for the same number of hosts. The rest of `demo` reads it; it knows no network and no process.

use std::sync::Arc;

/// The most hosts that a fleet may have: each costs a listening socket and, while in use, a few descriptors.
pub const MOST_HOSTS: usize = 1000;

/// What a host of the demo does with a connection, or with the story run on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Done within three seconds, status 0.
    Quick,
    /// Many lines over 5 to 25 seconds, status 0.
    Chatty,
    /// One line redrawn with carriage returns and colour, status 0.
    Progress,
    /// Slower than its peers by far, but it ends, status 0.
    Slow,
    /// A lock is held: status 100 and three lines on stderr; a retry succeeds.
    Locked,
    /// A service does not come up: status 1.
    Broken,
    /// Falls silent and never ends.
    Hangs,
    /// Goes on when told to terminate.
    IgnoresTerm,
    /// Ends with status 0, but a background process keeps its output open.
    Leaks,
    /// The connection is refused: nobody listens on its port.
    Unreachable,
    /// The server is there, but takes no key.
    RejectsKey,
}

/// The roles that a fleet should show once each (hanging: twice), most instructive first: a small fleet
/// has only the first of them.
const SPECIAL: [Role; 9] = [
    Role::Locked,
    Role::Hangs,
    Role::Unreachable,
    Role::IgnoresTerm,
    Role::RejectsKey,
    Role::Leaks,
    Role::Hangs,
    Role::Broken,
    Role::Slow,
];

impl Role {
    /// The word by which the story knows the role (`DEMO_ROLE`).
    pub fn word(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Chatty => "chatty",
            Self::Progress => "progress",
            Self::Slow => "slow",
            Self::Locked => "locked",
            Self::Broken => "broken",
            Self::Hangs => "hangs",
            Self::IgnoresTerm => "ignores-term",
            Self::Leaks => "leaks",
            Self::Unreachable => "unreachable",
            Self::RejectsKey => "rejects-key",
        }
    }

    /// The role of the `nth` host that has no special one: mostly fine, in a large fleet 5 % failures.
    fn everyday(nth: usize) -> Self {
        match nth % 40 {
            19 => Self::Locked,
            33 => Self::Broken,
            n => [Self::Quick, Self::Chatty, Self::Progress, Self::Quick, Self::Chatty][n % 5],
        }
    }
}

/// One host of the demo.
#[derive(Debug, PartialEq, Eq)]
pub struct Host {
    /// The name by which the generated ssh configuration knows it, such as `web07`.
    pub name: String,
    /// What it does.
    pub role: Role,
    /// Varies the story from host to host, the same on every run.
    pub seed: u32,
}

/// All hosts of a fleet, in the order of its node set.
pub(super) struct Roster {
    pub(super) hosts: Vec<Arc<Host>>,
    pub(super) node_set: String,
}

impl Roster {
    /// A fleet of `count` hosts: two thirds web servers, a quarter databases, the rest caches.
    pub(super) fn new(count: usize) -> Self {
        let databases = count / 4;
        let caches = count / 12;
        let web = count - databases - caches;
        let digits = web.to_string().len().max(2);
        let groups = [("web", web, digits), ("db", databases, 1), ("cache", caches, 1)];

        let names = groups
            .iter()
            .flat_map(|&(stem, size, digits)| (1..=size).map(move |n| format!("{stem}{n:0digits$}")));
        let hosts = names.zip(roles(count)).zip(1u32..).map(|((name, role), number)| {
            let seed = number.wrapping_mul(2_654_435_761) >> 17;
            Arc::new(Host { name, role, seed })
        });
        let set: Vec<_> = groups.into_iter().filter_map(folded).collect();
        Self {
            hosts: hosts.collect(),
            node_set: set.join(","),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.hosts.iter().map(|host| host.name.as_str())
    }
}

/// `web[01-16]`; a group of one is written as its name, an empty one not at all.
fn folded((stem, size, digits): (&str, usize, usize)) -> Option<String> {
    match size {
        0 => None,
        1 => Some(format!("{stem}{:0digits$}", 1)),
        last => Some(format!("{stem}[{:0digits$}-{last:0digits$}]", 1)),
    }
}

/// The special roles evenly spread over at most half of the hosts, everyday ones between them.
fn roles(count: usize) -> Vec<Role> {
    let special = SPECIAL.len().min(count / 2);
    let mut roles = vec![None; count];
    for (k, role) in SPECIAL.into_iter().take(special).enumerate() {
        roles[(2 * k + 1) * count / (2 * special)] = Some(role);
    }
    let mut everyday = (0..).map(Role::everyday);
    roles
        .into_iter()
        .filter_map(|role| role.or_else(|| everyday.next()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(roster: &Roster, role: Role) -> usize {
        roster.hosts.iter().filter(|host| host.role == role).count()
    }

    #[test]
    fn the_usual_fleet_shows_every_role() {
        let roster = Roster::new(24);
        assert_eq!(roster.node_set, "web[01-16],db[1-6],cache[1-2]");
        for role in SPECIAL {
            let expected = if role == Role::Hangs { 2 } else { 1 };
            assert_eq!(count(&roster, role), expected, "{role:?}");
        }
        for role in [Role::Quick, Role::Chatty, Role::Progress] {
            assert!(count(&roster, role) >= 3, "{role:?}");
        }
    }

    #[test]
    fn any_size_has_that_many_hosts_with_names_of_their_own() {
        for size in 1..=MOST_HOSTS {
            let roster = Roster::new(size);
            let names: std::collections::HashSet<_> = roster.hosts.iter().map(|host| &host.name).collect();
            assert_eq!(names.len(), size);
            if size >= 2 * SPECIAL.len() {
                assert!(
                    count(&roster, Role::Unreachable) == 1 && count(&roster, Role::Hangs) == 2,
                    "{size}"
                );
            }
        }
    }

    #[test]
    fn a_group_of_one_is_a_plain_name_and_numbers_are_padded_to_the_largest() {
        assert_eq!(Roster::new(1).node_set, "web01");
        assert_eq!(Roster::new(4).node_set, "web[01-03],db1");
        assert_eq!(Roster::new(1000).node_set, "web[001-667],db[1-250],cache[1-83]");
        assert_eq!(Roster::new(1000).hosts[0].name, "web001");
    }
}
