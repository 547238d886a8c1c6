//! What the end-to-end tests stand on: a real sshd, a real terminal, an isolated heeler, and counts
//! of the processes that are left. Any test binary may include it with `mod support;`; it knows
//! nothing of heeler's own modules, so that it can only see what a user could see.
#![allow(
    dead_code,
    reason = "each test binary uses its own part, so that nothing could be expected"
)]

pub mod child;
pub mod embedded;
pub mod faults;
pub mod heeler;
pub mod processes;
pub mod proxy;
pub mod ssh_files;
pub mod sshd;
pub mod tmux;
pub mod wait;

use tempfile::TempDir;

/// A new directory that only we can enter, removed when dropped. Its path is short, because sockets
/// are made in it and a socket's path may have about a hundred bytes at most.
pub fn private_directory() -> TempDir {
    tempfile::Builder::new()
        .prefix("hl")
        .tempdir_in("/tmp")
        .expect("a directory in /tmp")
}
