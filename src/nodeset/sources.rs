//! The outside world as node sets see it: groups, files and standard input.
//!
//! The configuration or the command line implements [`Sources`]; only the resolver calls it. It says
//! nothing of where groups are kept or what a path is relative to.

use std::io;

/// The group that `@*` and wildcards refer to.
pub const ALL_GROUP: &str = "all";

/// What a node set may refer to beyond itself. One resolution asks for each thing once.
pub trait Sources {
    /// The node set that the group stands for; `None` when there is no such group.
    fn group(&self, name: &str) -> io::Result<Option<String>>;

    /// The groups there are, for the message about an unknown one.
    fn group_names(&self) -> Vec<String>;

    /// The text of the file that `^path` names. No shell has seen the path: a `~` is still in it.
    fn file(&self, path: &str) -> io::Result<String>;

    /// All of standard input, for the operand `-`.
    fn stdin(&self) -> io::Result<String>;
}

/// A world in which there is nothing to refer to but hosts.
#[derive(Debug)]
pub struct NoSources;

impl Sources for NoSources {
    fn group(&self, _name: &str) -> io::Result<Option<String>> {
        Ok(None)
    }

    fn group_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn file(&self, _path: &str) -> io::Result<String> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn stdin(&self) -> io::Result<String> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
pub(super) mod memory {
    //! Sources held in memory.

    use super::{Sources, io};

    /// Groups and files as (name, text), and the text of standard input.
    pub struct Memory {
        pub groups: &'static [(&'static str, &'static str)],
        pub files: &'static [(&'static str, &'static str)],
        pub stdin: &'static str,
    }

    /// A world in which there is nothing to refer to.
    pub const NOTHING: Memory = Memory {
        groups: &[],
        files: &[],
        stdin: "",
    };

    fn find(texts: &[(&str, &str)], name: &str) -> Option<String> {
        let found = texts.iter().find(|(key, _)| *key == name);
        found.map(|(_, text)| (*text).to_owned())
    }

    impl Sources for Memory {
        fn group(&self, name: &str) -> io::Result<Option<String>> {
            Ok(find(self.groups, name))
        }

        fn group_names(&self) -> Vec<String> {
            self.groups.iter().map(|(name, _)| (*name).to_owned()).collect()
        }

        fn file(&self, path: &str) -> io::Result<String> {
            find(self.files, path).ok_or_else(|| io::Error::other("no such file"))
        }

        fn stdin(&self) -> io::Result<String> {
            Ok(self.stdin.to_owned())
        }
    }
}
