//! The result: hosts in the order in which they were first named, each once, and the algebra on them.
//!
//! Everything that needs a list of hosts may hold one. It knows nothing of how a set is written.

use std::collections::HashSet;
use std::fmt;

use super::fold::fold;
use crate::model::host::HostName;

/// The most hosts that one set may hold.
pub const MAX_HOSTS: usize = 100_000;

/// Hosts in the order in which they were first named, without repetition.
///
/// Two sets are equal when they hold the same hosts in the same order. Displayed, it is folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeSet {
    hosts: Vec<HostName>,
    known: HashSet<HostName>,
}

impl NodeSet {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many hosts there are.
    pub fn len(&self) -> usize {
        self.hosts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    /// The hosts in order.
    pub fn hosts(&self) -> &[HostName] {
        &self.hosts
    }

    /// The hosts in order.
    pub fn iter(&self) -> std::slice::Iter<'_, HostName> {
        self.hosts.iter()
    }

    /// Whether the host is one of them.
    pub fn contains(&self, host: &HostName) -> bool {
        self.known.contains(host)
    }

    /// Adds a host at the end; `false` when it was there already.
    pub fn insert(&mut self, host: HostName) -> bool {
        let new = self.known.insert(host.clone());
        if new {
            self.hosts.push(host);
        }
        new
    }

    /// These hosts without the others. A result as long as this set means that nothing was excluded.
    #[must_use]
    pub fn exclude(&self, others: &Self) -> Self {
        self.filter(|host| !others.contains(host))
    }

    /// The hosts that are in both sets, in the order of this one.
    #[must_use]
    pub fn intersection(&self, others: &Self) -> Self {
        self.filter(|host| others.contains(host))
    }

    /// The hosts that are in one of the sets only, those of this one first.
    #[must_use]
    pub fn symmetric_difference(&self, others: &Self) -> Self {
        let mut either = self.exclude(others);
        either.extend(others.exclude(self));
        either
    }

    fn filter(&self, keep: impl Fn(&HostName) -> bool) -> Self {
        self.iter().filter(|host| keep(host)).cloned().collect()
    }
}

impl fmt::Display for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&fold(self))
    }
}

impl Extend<HostName> for NodeSet {
    fn extend<I: IntoIterator<Item = HostName>>(&mut self, hosts: I) {
        for host in hosts {
            self.insert(host);
        }
    }
}

impl FromIterator<HostName> for NodeSet {
    fn from_iter<I: IntoIterator<Item = HostName>>(hosts: I) -> Self {
        let mut set = Self::new();
        set.extend(hosts);
        set
    }
}

impl IntoIterator for NodeSet {
    type Item = HostName;
    type IntoIter = std::vec::IntoIter<HostName>;

    fn into_iter(self) -> Self::IntoIter {
        self.hosts.into_iter()
    }
}

impl<'a> IntoIterator for &'a NodeSet {
    type Item = &'a HostName;
    type IntoIter = std::slice::Iter<'a, HostName>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &str) -> NodeSet {
        let parsed = names.split_whitespace().map(HostName::parse);
        parsed.collect::<Result<_, _>>().expect("valid")
    }

    #[test]
    fn keeps_the_order_of_mention() {
        let names = set("c a b a c");
        assert_eq!(names, set("c a b"));
        assert_ne!(names, set("a b c"));
        assert_eq!(names.len(), 3);
        assert!(names.contains(&HostName::parse("b").expect("valid")));
        assert!(!names.is_empty() && NodeSet::new().is_empty());
        assert_eq!(set("n2 n1 db").to_string(), "n[1-2],db");
    }

    #[test]
    fn the_algebra() {
        let (left, right) = (set("d b a c"), set("x c b"));
        assert_eq!(left.exclude(&right), set("d a"));
        assert_eq!(left.intersection(&right), set("b c"));
        assert_eq!(left.symmetric_difference(&right), set("d a x"));
        assert_eq!(left.exclude(&set("y")).len(), left.len());
        let mut union = left.clone();
        union.extend(right);
        assert_eq!(union, set("d b a c x"));
    }
}
