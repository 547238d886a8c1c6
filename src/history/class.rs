//! The classes of hosts by which results are asked for: `heeler show --nodes failed`, `@last:not-ok`.

use super::record::Record;
use crate::model::board::Board;
use crate::model::host::HostName;
use crate::model::outcome::{Outcome, OutcomeClass};
use crate::model::phase::Phase;

/// Hosts of a run that belong together by how their jobs stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Every host.
    All,
    /// Over, and not well.
    NotOk,
    /// The command failed: exit code or signal.
    Failed,
    /// Not over.
    Unfinished,
    /// Ended in this way.
    Ended(OutcomeClass),
}

impl Class {
    /// The class with this name.
    ///
    /// # Errors
    /// Names the classes when there is none.
    pub fn parse(word: &str) -> Result<Self, NoClass> {
        let named = |class: &OutcomeClass| class.word() == word;
        match word {
            "all" => Ok(Self::All),
            "not-ok" => Ok(Self::NotOk),
            "failed" => Ok(Self::Failed),
            "unfinished" => Ok(Self::Unfinished),
            _ => OutcomeClass::ALL
                .into_iter()
                .find(named)
                .map(Self::Ended)
                .ok_or_else(|| NoClass(word.to_owned())),
        }
    }

    /// Whether a job in this phase belongs to it.
    pub fn contains(self, phase: &Phase) -> bool {
        let class = phase.outcome().map(Outcome::class);
        match self {
            Self::All => true,
            Self::NotOk => class.is_some_and(|class| class != OutcomeClass::Ok),
            Self::Failed => matches!(class, Some(OutcomeClass::Exit | OutcomeClass::Signal)),
            Self::Unfinished => class.is_none(),
            Self::Ended(own) => class == Some(own),
        }
    }

    /// The hosts of a run that belong to it, in the order of the plan.
    pub fn hosts(self, board: &Board) -> impl Iterator<Item = &HostName> {
        let rows = board.rows().iter();
        rows.filter(move |row| self.contains(&row.phase)).map(|row| &row.host)
    }

    /// The hosts as a node set. One without hosts is written as a host without itself, which is what a node set
    /// can say of nothing.
    pub fn node_set(self, record: &Record) -> String {
        let folded = crate::nodeset::fold(self.hosts(&record.board));
        match record.plan.hosts.first() {
            Some(host) if folded.is_empty() => {
                let host = crate::nodeset::fold([host]);
                format!("{host}!{host}")
            }
            _ => folded,
        }
    }
}

/// No class has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no class of results; there is all, ok, not-ok, failed (exit and signal), exit, signal, timed-out, cancelled, \
     unreachable, lost, skipped, unfinished"
)]
pub struct NoClass(String);

#[cfg(test)]
mod tests {
    use super::super::fixture::Stage;
    use super::*;
    use crate::nodeset::Sources;
    use std::io;

    struct Nothing;

    impl Sources for Nothing {
        fn group(&self, _: &str) -> io::Result<Option<String>> {
            Ok(None)
        }
        fn group_names(&self) -> Vec<String> {
            Vec::new()
        }
        fn file(&self, _: &str) -> io::Result<String> {
            Err(io::ErrorKind::NotFound.into())
        }
        fn stdin(&self) -> io::Result<String> {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    #[test]
    fn every_class_is_a_node_set_of_its_hosts_and_an_empty_one_too() {
        let mut stage = Stage::new(&["root@web1:22", "web2", "web3", "2001:db8::1"]);
        stage.done(1, 0, Outcome::Ok);
        stage.done(1, 1, Outcome::Exit { code: 3 });
        stage.done(1, 2, Outcome::Signal { number: 9, status: 137 });
        let _lock = stage.hold();
        let record = Record::open(stage.dir.clone()).expect("a record");
        for (word, hosts) in [
            ("all", "root@web1:22 web2 web3 2001:db8::1"),
            ("ok", "root@web1:22"),
            ("not-ok", "web2 web3"),
            ("failed", "web2 web3"),
            ("signal", "web3"),
            ("unfinished", "2001:db8::1"),
            ("lost", ""),
        ] {
            let set = Class::parse(word).expect(word).node_set(&record);
            let hosts: Vec<&str> = hosts.split_whitespace().collect();
            let resolved = crate::nodeset::resolve(&set, &Nothing).expect(&set);
            assert_eq!(
                resolved.iter().map(HostName::as_str).collect::<Vec<_>>(),
                hosts,
                "{word}: {set}"
            );
        }
        let refused = Class::parse("fail").expect_err("no class").to_string();
        assert!(refused.starts_with("\"fail\" is no class of results; there is all, ok, not-ok, failed"));
        for class in OutcomeClass::ALL {
            assert!(refused.contains(class.word()), "{}", class.word());
        }
    }
}
