//! From a node set to its hosts: works off the operators and looks up groups, files and wildcards.
//!
//! The command line and the configuration call [`resolve`]. It learns of the outside world only
//! through [`Sources`].

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use super::error::{Flaw, NodeSetError, Place, Reason};
use super::parse::{Operand, Operator, Spacing, Term, parse};
use super::pattern::{Pattern, matches};
use super::set::{MAX_HOSTS, NodeSet};
use super::sources::{ALL_GROUP, Sources};
use crate::model::host::{HostName, HostNameError, MAX_NAME_BYTES};

/// How deep groups and files may refer to each other.
const MAX_DEPTH: usize = 64;

/// How many wildcards one operand may make, since each is matched against all hosts.
const MAX_WILDCARDS: usize = 100;

/// Spells out a node set. The result may be empty, as `a!a` is.
pub fn resolve(text: &str, sources: &dyn Sources) -> Result<NodeSet, NodeSetError> {
    let mut resolver = Resolver {
        sources,
        open: Vec::new(),
        known: HashMap::new(),
    };
    let place = Place::Given;
    resolver.set(&Text { place, text }, Spacing::Refused)
}

/// A text with the place it comes from, to make errors of.
struct Text<'a> {
    place: Place,
    text: &'a str,
}

impl Text<'_> {
    fn error(&self, column: usize, reason: Reason) -> NodeSetError {
        self.flawed(Flaw { column, reason })
    }

    fn flawed(&self, flaw: Flaw) -> NodeSetError {
        NodeSetError::new(self.place.clone(), self.text, flaw)
    }
}

/// Something outside that a set refers to.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Reference {
    Group(String),
    File(String),
    Stdin,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(name) => write!(f, "@{}", name.escape_debug()),
            Self::File(path) => write!(f, "^{}", path.escape_debug()),
            Self::Stdin => f.write_str("-"),
        }
    }
}

struct Resolver<'a> {
    sources: &'a dyn Sources,
    /// What is being looked up, the outermost first.
    open: Vec<Reference>,
    known: HashMap<Reference, Rc<NodeSet>>,
}

impl Resolver<'_> {
    fn set(&mut self, text: &Text<'_>, spacing: Spacing) -> Result<NodeSet, NodeSetError> {
        let terms = parse(text.text, spacing).map_err(|flaw| text.flawed(flaw))?;
        let mut set = NodeSet::new();
        for term in &terms {
            let operand = self.operand(text, term)?;
            match term.operator {
                Operator::Union if set.is_empty() => set = Rc::unwrap_or_clone(operand),
                Operator::Union => set.extend(operand.iter().cloned()),
                Operator::Without => set = set.exclude(&operand),
                Operator::Both => set = set.intersection(&operand),
                Operator::Either => set = set.symmetric_difference(&operand),
            }
            check_count(set.len() as u64).map_err(|reason| text.error(term.column, reason))?;
        }
        Ok(set)
    }

    fn operand(&mut self, text: &Text<'_>, term: &Term) -> Result<Rc<NodeSet>, NodeSetError> {
        let reference = match &term.operand {
            Operand::Hosts(pattern) if pattern.has_wildcard() => {
                return self.wildcard(text, term, pattern).map(Rc::new);
            }
            Operand::Hosts(pattern) => {
                let flawed = |flaw| text.flawed(flaw);
                return hosts(term, pattern).map(Rc::new).map_err(flawed);
            }
            Operand::Groups(pattern) => return self.groups(text, term, pattern).map(Rc::new),
            Operand::AllGroup => Reference::Group(ALL_GROUP.to_owned()),
            Operand::File(path) => Reference::File(path.clone()),
            Operand::Stdin => Reference::Stdin,
        };
        self.reference(text, term.column, reference)
    }

    fn groups(&mut self, text: &Text<'_>, term: &Term, pattern: &Pattern) -> Result<NodeSet, NodeSetError> {
        let names = names(pattern).map_err(|reason| text.error(term.column, reason))?;
        let mut set = NodeSet::new();
        for name in names {
            let group = self.reference(text, term.column, Reference::Group(name))?;
            set.extend(group.iter().cloned());
            check_count(set.len() as u64).map_err(|reason| text.error(term.column, reason))?;
        }
        Ok(set)
    }

    fn wildcard(&mut self, text: &Text<'_>, term: &Term, pattern: &Pattern) -> Result<NodeSet, NodeSetError> {
        let error = |reason| text.error(term.column, reason);
        if pattern.count() > MAX_WILDCARDS as u64 {
            let limit = MAX_WILDCARDS;
            return Err(error(Reason::TooManyWildcards { limit }));
        }
        let wildcards = names(pattern).map_err(error)?;
        let all = Reference::Group(ALL_GROUP.to_owned());
        let all = self.reference(text, term.column, all)?;
        let fits = |host: &&HostName| wildcards.iter().any(|w| matches(w, host.as_str()));
        let found: NodeSet = all.iter().filter(fits).cloned().collect();
        if found.is_empty() {
            return Err(error(Reason::NoMatch(term.source.clone())));
        }
        Ok(found)
    }

    fn reference(&mut self, text: &Text<'_>, column: usize, reference: Reference) -> Result<Rc<NodeSet>, NodeSetError> {
        if let Some(known) = self.known.get(&reference) {
            return Ok(Rc::clone(known));
        }
        let error = |reason| text.error(column, reason);
        self.check_open(&reference).map_err(error)?;
        let content = self.read(&reference).map_err(error)?;
        self.open.push(reference.clone());
        let result = match &reference {
            Reference::Group(name) => {
                let (place, text) = (Place::Group(name.clone()), content.as_str());
                self.set(&Text { place, text }, Spacing::Refused)
            }
            Reference::File(path) => self.lines(&content, |line| {
                let path = path.clone();
                Place::File { path, line }
            }),
            Reference::Stdin => self.lines(&content, |line| Place::Stdin { line }),
        };
        self.open.pop();
        let set = Rc::new(result?);
        self.known.insert(reference, Rc::clone(&set));
        Ok(set)
    }

    fn check_open(&self, reference: &Reference) -> Result<(), Reason> {
        if *reference == Reference::Stdin && !self.open.is_empty() {
            return Err(Reason::StdinInside);
        }
        if let Some(first) = self.open.iter().position(|open| open == reference) {
            let round = self.open[first..].iter().chain([reference]);
            return Err(Reason::Circle(round.map(Reference::to_string).collect()));
        }
        if self.open.len() == MAX_DEPTH {
            return Err(Reason::TooDeep(MAX_DEPTH));
        }
        Ok(())
    }

    fn read(&self, reference: &Reference) -> Result<String, Reason> {
        let unreadable = |what: String| {
            move |error: std::io::Error| Reason::Unreadable {
                what,
                message: error.to_string(),
            }
        };
        match reference {
            Reference::Group(name) => {
                let found = self.sources.group(name);
                let found = found.map_err(unreadable(format!("the group {name:?}")))?;
                found.ok_or_else(|| self.unknown_group(name))
            }
            Reference::File(path) => {
                let what = format!("the file {path:?}");
                self.sources.file(path).map_err(unreadable(what))
            }
            Reference::Stdin => {
                let what = "standard input".to_owned();
                self.sources.stdin().map_err(unreadable(what))
            }
        }
    }

    fn unknown_group(&self, name: &str) -> Reason {
        if name == ALL_GROUP {
            return Reason::NoAllGroup;
        }
        Reason::UnknownGroup {
            name: name.to_owned(),
            known: self.sources.group_names(),
        }
    }

    /// A list of hosts: every line is a set of its own.
    fn lines(&mut self, content: &str, place: impl Fn(usize) -> Place) -> Result<NodeSet, NodeSetError> {
        let mut set = NodeSet::new();
        for (before, line) in content.trim_start_matches('\u{feff}').lines().enumerate() {
            let text = line.split('#').next().unwrap_or_default();
            if text.trim().is_empty() {
                continue;
            }
            let place = place(before + 1);
            let text = Text { place, text };
            set.extend(self.set(&text, Spacing::Unites)?);
            check_count(set.len() as u64).map_err(|reason| text.error(1, reason))?;
        }
        Ok(set)
    }
}

/// The hosts of a pattern without wildcards.
fn hosts(term: &Term, pattern: &Pattern) -> Result<NodeSet, Flaw> {
    let flaw = |reason| Flaw {
        column: term.column + offset_of_fault(term, &reason),
        reason,
    };
    let names = names(pattern).map_err(flaw)?;
    let hosts = names.iter().map(|name| HostName::parse(name));
    let hosts: Result<NodeSet, _> = hosts.collect();
    hosts.map_err(|error| flaw(Reason::Host(error)))
}

/// Spells out a pattern that does not make too much.
fn names(pattern: &Pattern) -> Result<Vec<String>, Reason> {
    let bytes = pattern.text_bytes();
    if bytes > MAX_NAME_BYTES {
        return Err(Reason::Host(HostNameError::TooLong { bytes }));
    }
    check_count(pattern.count())?;
    Ok(pattern.names())
}

fn check_count(count: u64) -> Result<(), Reason> {
    let limit = MAX_HOSTS;
    if count > limit as u64 {
        return Err(Reason::TooManyHosts { limit });
    }
    Ok(())
}

/// How far into the operand the character stands that may not.
fn offset_of_fault(term: &Term, reason: &Reason) -> usize {
    match reason {
        Reason::Host(HostNameError::BadCharacter { found, .. }) => {
            term.source.chars().position(|c| c == *found).unwrap_or(0)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
