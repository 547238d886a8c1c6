//! What node sets refer to, as the command line sees it: groups of the configuration, results of
//! runs, files, standard input. This is the
//! only place that asks `nodeset` what a text means.

use super::results;
use crate::nodeset::{self, NodeSet, NodeSetError, Sources};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};

/// The real groups, files and standard input.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub(super) groups: &'a BTreeMap<String, String>,
}

impl Sources for Surroundings<'_> {
    fn group(&self, name: &str) -> io::Result<Option<String>> {
        match self.groups.get(name) {
            Some(text) => Ok(Some(text.clone())),
            None => results::group(name),
        }
    }

    fn group_names(&self) -> Vec<String> {
        self.groups.keys().cloned().collect()
    }

    fn file(&self, path: &str) -> io::Result<String> {
        fs::read_to_string(path)
    }

    fn stdin(&self) -> io::Result<String> {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text)?;
        Ok(text)
    }
}

/// The hosts that a text names.
pub(super) fn hosts(text: &str, sources: &dyn Sources) -> Result<NodeSet, NodeSetError> {
    nodeset::resolve(text, sources)
}
