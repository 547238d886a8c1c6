//! A program run beside the test, with its output in files: it can be read while the program still
//! runs, no pipe can fill up, and a grandchild that holds the output open delays nobody.
//! A program that is still there when its handle is dropped is killed.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use super::processes::send_signal;
use super::wait::poll;

/// A program that runs, or has just ended.
pub struct Running {
    child: Child,
    files: TempDir,
    name: String,
}

/// What a program left when it ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Finished {
    pub stdout: String,
    pub stderr: String,
    /// Its exit status, unless a signal ended it.
    pub status: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

impl Running {
    /// Starts `command`, which reads `input`.
    #[track_caller]
    pub fn start(mut command: Command, input: &[u8]) -> Self {
        let files = super::private_directory();
        let create = |name| File::create(files.path().join(name)).expect("a file for output");
        fs::write(files.path().join("in"), input).expect("a file for input");
        let stdin = File::open(files.path().join("in")).expect("the input");
        let child = command
            .stdin(Stdio::from(stdin))
            .stdout(Stdio::from(create("out")))
            .stderr(Stdio::from(create("err")))
            .spawn();
        let name = format!("{command:?}");
        let child = child.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { child, files, name }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to its standard output so far.
    pub fn stdout(&self) -> String {
        self.written("out")
    }

    /// What it has written to its standard error so far.
    pub fn stderr(&self) -> String {
        self.written("err")
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        send_signal(self.id(), signal);
    }

    /// Waits for its end; fails the test when it does not come within `limit`.
    #[track_caller]
    pub fn wait(mut self, limit: Duration) -> Finished {
        let status = poll(limit, || self.child.try_wait().expect("our own child"));
        let (stdout, stderr) = (self.stdout(), self.stderr());
        let Some(status) = status else {
            panic!(
                "{} did not end within {limit:?}\nstdout:\n{stdout}\nstderr:\n{stderr}",
                self.name
            );
        };
        Finished {
            stdout,
            stderr,
            status: status.code(),
            signal: status.signal(),
        }
    }

    fn written(&self, name: &str) -> String {
        let bytes = fs::read(self.files.path().join(name)).expect("the file for output");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only for a program that has ended and was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
