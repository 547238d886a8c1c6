//! A server and a heeler that leaves runs behind. The tests of this program share it; it knows nothing of any single
//! one.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::child::{Finished, Running};
use crate::support::heeler::Heeler;
use crate::support::processes::send_signal;
use crate::support::sshd::Sshd;
use crate::support::wait::wait_until;

/// How long a whole run may take, on a machine that runs the other tests beside it.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Hosts, and the program that drives them and looks back.
pub struct Past {
    pub sshd: Sshd,
    pub heeler: Heeler,
}

impl Past {
    pub fn new() -> Self {
        Self {
            sshd: Sshd::start(),
            heeler: Heeler::new(),
        }
    }

    /// Starts `heeler run -w NODES OPTIONS… -- COMMAND`; the options are words with spaces between them.
    #[track_caller]
    pub fn spawn(&self, nodes: &str, options: &str, command: &str) -> Running {
        let mut heeler = self.heeler.command(["run", "-w", nodes, "-F"]);
        heeler.arg(self.sshd.config());
        heeler.args(options.split_whitespace()).args(["--", command]);
        Running::start(heeler, b"")
    }

    /// Runs that to its end.
    #[track_caller]
    pub fn run(&self, nodes: &str, options: &str, command: &str) -> Finished {
        self.spawn(nodes, options, command).wait(LIMIT)
    }

    /// `heeler WORDS…`, which must succeed and say nothing beside what it prints; what it prints.
    #[track_caller]
    pub fn tell(&self, words: &[&str]) -> String {
        let finished = self.heeler.run(words);
        assert_eq!((finished.status, finished.stderr.as_str()), (Some(0), ""), "{words:?}");
        finished.stdout
    }

    /// `heeler WORDS…`, which must be refused; why.
    #[track_caller]
    pub fn refusal(&self, words: &[&str]) -> String {
        let finished = self.heeler.run(words);
        assert_eq!(
            (finished.status, finished.stdout.as_str()),
            (Some(2), ""),
            "{words:?}: {}",
            finished.stderr
        );
        finished.stderr
    }

    /// The directory of the runs.
    pub fn runs(&self) -> PathBuf {
        self.heeler.state().join("heeler/runs")
    }

    /// The names of all runs, the oldest first.
    pub fn names(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.runs()) else {
            return Vec::new();
        };
        let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        names
    }

    /// The name of the only run.
    #[track_caller]
    pub fn name(&self) -> String {
        let mut names = self.names();
        assert_eq!(names.len(), 1, "one run: {names:?}");
        names.remove(0)
    }

    /// The directory of the only run.
    #[track_caller]
    pub fn dir(&self) -> PathBuf {
        self.runs().join(self.name())
    }

    /// The events of the only run so far.
    pub fn events(&self) -> String {
        let path = self
            .names()
            .first()
            .map(|name| self.runs().join(name).join("events.jsonl"));
        path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default()
    }

    /// A run that is left by its runner while `cut` is at work, after `whole` has ended.
    #[track_caller]
    pub fn interrupted(&self) {
        let _viewer = self.spawn("whole,cut", "--json", "test $HEELER_HOST = whole || sleep 300");
        let is_there = |text: &str| self.events().contains(text);
        wait_until(LIMIT, "one to end and one to run", || {
            is_there("\"outcome\":\"ok\"") && self.events().matches("\"event\":\"running\"").count() == 2
        });
        self.kill_runner();
    }

    /// Kills the runner of the only run.
    #[track_caller]
    pub fn kill_runner(&self) {
        let lock = fs::read_to_string(self.dir().join("lock")).expect("the lock");
        let holder: serde_json::Value = serde_json::from_str(&lock).expect("the runner's name");
        let pid = holder["pid"].as_u64().expect("a process") as u32;
        send_signal(pid, Signal::KILL);
        wait_until(LIMIT, "the runner to end", || {
            let shown = self.heeler.run(["runs", "--json"]).stdout;
            shown.contains("\"state\":\"interrupted\"")
        });
    }
}
