//! What is left of a run, in numbers.

/// What is left when all has settled.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// Processes on the hosts.
    pub remote: usize,
    /// Connections, as the server sees them.
    pub connections: usize,
    /// Processes on this side: viewers, runners, masters.
    pub local: usize,
    /// Sockets, their directories, lists of processes and drafts.
    pub files: Vec<String>,
}
