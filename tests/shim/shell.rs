//! Shells to try: each is made `sh`, in a `PATH` of its own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A shell to be `sh`, first in a `PATH` of its own.
pub struct Shell {
    dir: TempDir,
    rest: String,
}

impl Shell {
    /// This shell as `sh`, and all tools of the system.
    pub fn new(name: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        symlink(find(name), dir.path().join("sh")).unwrap();
        let rest = format!(":{}", std::env::var("PATH").unwrap());
        Self { dir, rest }
    }

    /// The same shell where only these tools are to be found.
    pub fn with_only(&self, tools: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shell = fs::read_link(self.dir.path().join("sh")).unwrap();
        symlink(shell, dir.path().join("sh")).unwrap();
        for tool in tools {
            symlink(find(tool), dir.path().join(tool)).unwrap();
        }
        let rest = String::new();
        Self { dir, rest }
    }

    /// Where `sh` is; a test may put more tools there.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A process that will be this `sh`, started as a transport starts it.
    pub fn sh(&self) -> Command {
        self.environment(Command::new(self.dir.path().join("sh")))
    }

    /// A login shell that becomes this `sh`, started as sshd starts it.
    pub fn login(&self, shell: &str) -> Command {
        let mut command = Command::new(find(shell));
        command.args(["-c", "exec sh"]);
        self.environment(command)
    }

    fn environment(&self, mut command: Command) -> Command {
        let path = format!("{}{}", self.dir.path().display(), self.rest);
        command.env("PATH", path).current_dir("/");
        command
    }
}

/// The tool's path; a missing one must not pass in silence. Skips wrapper scripts in other places.
fn find(tool: &str) -> PathBuf {
    ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"]
        .iter()
        .map(|dir| Path::new(dir).join(tool))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{tool} is not on this machine: install {tool}"))
}
