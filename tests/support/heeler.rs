//! heeler's own program in a home of its own, away from the configuration, the keys and the runs of
//! whoever runs the tests. Whatever it leaves running is killed when the home is dropped.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::child::{Finished, Running};
use super::processes::{self, Process};
use super::wait::LIMIT;

/// A home directory with heeler in it: several commands share their runs and their configuration.
pub struct Heeler {
    home: TempDir,
}

impl Heeler {
    /// A new, empty home.
    pub fn new() -> Self {
        let home = super::private_directory();
        for name in ["state", "config", "runtime"] {
            let path = home.path().join(name);
            let made = DirBuilder::new().mode(0o700).create(path);
            made.expect("a directory in the new home");
        }
        Self { home }
    }

    /// `heeler ARGS…`, ready to be started here or in a [`Terminal`](super::tmux::Terminal).
    pub fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heeler"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("HOME", self.home.path())
            .env("XDG_STATE_HOME", self.state())
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .env("XDG_RUNTIME_DIR", self.runtime())
            .current_dir(self.home.path());
        command
    }

    /// Starts `heeler ARGS…` and leaves it running.
    #[track_caller]
    pub fn spawn(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Running {
        Running::start(self.command(arguments), b"")
    }

    /// Runs `heeler ARGS…` to its end, which must come within [`LIMIT`].
    #[track_caller]
    pub fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Finished {
        self.spawn(arguments).wait(LIMIT)
    }

    /// Runs `heeler ARGS…` with `input` on its standard input.
    #[track_caller]
    pub fn run_with_input(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>, input: &[u8]) -> Finished {
        Running::start(self.command(arguments), input).wait(LIMIT)
    }

    /// The home directory, where relative paths of the commands begin.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where it keeps its runs: `XDG_STATE_HOME`.
    pub fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }

    /// Where its sockets are: `XDG_RUNTIME_DIR`.
    pub fn runtime(&self) -> PathBuf {
        self.home.path().join("runtime")
    }

    /// Writes its configuration file, `heeler/config.toml`.
    pub fn configure(&self, text: &str) {
        let directory = self.home.path().join("config/heeler");
        fs::create_dir_all(&directory).expect("the directory of the configuration");
        fs::write(directory.join("config.toml"), text).expect("the configuration");
    }

    /// What runs on this side for it: heeler itself, its ssh masters, anything else it started.
    pub fn processes(&self) -> Vec<Process> {
        processes::marked(&self.home.path().to_string_lossy())
    }
}

impl Drop for Heeler {
    fn drop(&mut self) {
        processes::kill(&self.processes());
    }
}
