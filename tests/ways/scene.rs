//! A server with its hosts, a home for heeler, one run of three jobs, and the census of what is left of it.

use std::cell::{OnceCell, RefCell};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;

use crate::remains::Remains;
use crate::support::child::{Finished, Running};
use crate::support::heeler::Heeler;
use crate::support::processes::{self, Process, send_signal};
use crate::support::sshd::Sshd;
use crate::support::wait::{LIMIT, poll, wait_until};

/// Three hosts. What is said of them in one line, ends with this.
pub const HOSTS: &str = "127.1.0.[1-3]";
/// One job ends when it is told, one is deaf to TERM, one has children in its group.
pub const SLEEPERS: &str = "case $HEELER_HOST in \
    *.1) echo up; exec sleep 7313;; \
    *.2) trap '' TERM; echo up; sleep 7313; sleep 7313;; \
    *) sleep 7313 & sleep 7313 & echo up; wait;; esac";
/// How many sleeps that makes.
const SLEEPS: usize = 4;
/// Sleeps as well, until it may go on; then all is well.
pub const PATIENT: &str = "sleep 7313 & until [ -e DIR/on ]; do sleep 0.1; done; kill $!; sleep 0; exit 0";
/// The same for the options of every run here: KILL follows TERM soon.
pub const GRACE: &str = "--grace=1s";

/// Where a way out is gone. What is dropped first is ended first.
pub struct Scene {
    pub heeler: Heeler,
    pub sshd: Sshd,
    /// The directory of the run.
    record: OnceCell<PathBuf>,
    /// Where control sockets were while it ran.
    sockets: RefCell<Vec<PathBuf>>,
}

impl Scene {
    pub fn new() -> Self {
        Self {
            heeler: Heeler::new(),
            sshd: Sshd::start(),
            record: OnceCell::new(),
            sockets: RefCell::default(),
        }
    }

    /// `heeler run -w HOSTS OPTIONS… -- COMMAND`; in the command, `DIR` is a directory shared with it.
    pub fn command(&self, options: &[&str], command: &str) -> Command {
        let mut run = self.heeler.command(["run", "-w"]);
        let nodes = options.iter().find_map(|option| option.strip_prefix("-w"));
        run.arg(nodes.unwrap_or(HOSTS)).arg("-F").arg(self.sshd.config());
        if !options.iter().any(|option| option.starts_with("--grace")) {
            run.arg(GRACE);
        }
        run.args(options.iter().filter(|option| !option.starts_with("-w")));
        run.arg("--")
            .arg(command.replace("DIR", &self.heeler.home().to_string_lossy()));
        run
    }

    /// Starts a run without a screen, and waits until all of it runs.
    #[track_caller]
    pub fn unattended(&self, options: &[&str]) -> Running {
        let options: Vec<&str> = ["--json"].iter().chain(options).copied().collect();
        let running = Running::start(self.command(&options, SLEEPERS), b"");
        self.wait_for_work(SLEEPS);
        running
    }

    /// Waits until all that is to run runs, and heeler knows it.
    #[track_caller]
    pub fn wait_for_work(&self, sleeps: usize) {
        wait_until(LIMIT, "the sleeps on the hosts", || self.sleeps() == sleeps);
        wait_until(LIMIT, "three rows that run", || self.count("running") == 3);
        wait_until(LIMIT, "three masters on record", || self.masters().len() == 3);
        let dirs = self.masters().into_iter().map(|(_, dir)| dir);
        self.sockets.borrow_mut().extend(dirs);
    }

    /// Waits until the sleepers sleep.
    #[track_caller]
    pub fn wait_for_sleepers(&self) {
        self.wait_for_work(SLEEPS);
    }

    /// How many sleep on the hosts.
    pub fn sleeps(&self) -> usize {
        self.sshd.running("sleep 7313").len()
    }

    /// That all of it still runs.
    #[track_caller]
    pub fn expect_all_asleep(&self) {
        assert_eq!(self.sleeps(), SLEEPS, "the jobs go on");
    }

    /// Lets the jobs go on that are patient, and waits until the run is over.
    #[track_caller]
    pub fn let_it_end_well(&self) {
        fs::write(self.heeler.home().join("on"), "").unwrap();
        let waited = self.heeler.run(["wait"]);
        assert_eq!(waited.status, Some(0), "{waited:?}");
    }

    /// The directory of the run; of the first one, where others follow.
    pub fn record(&self) -> PathBuf {
        if let Some(dir) = self.record.get() {
            return dir.clone();
        }
        let found = entries(&self.heeler.state().join("heeler/runs"));
        match found.into_iter().find(|path| path.is_dir()) {
            Some(dir) => self.record.get_or_init(|| dir).clone(),
            None => PathBuf::default(),
        }
    }

    /// How often something of this name has happened.
    pub fn count(&self, name: &str) -> usize {
        let name = format!("\"event\":\"{name}\"");
        let text = fs::read_to_string(self.record().join("events.jsonl")).unwrap_or_default();
        text.matches(&name).count()
    }

    /// The masters on record, and where their sockets are.
    pub fn masters(&self) -> Vec<(u32, PathBuf)> {
        let text = fs::read_to_string(self.record().join("masters")).unwrap_or_default();
        let objects = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        objects
            .map(|object| {
                let pid = u32::try_from(object["pid"].as_u64().unwrap()).unwrap();
                (pid, PathBuf::from(object["sockets"].as_str().unwrap()))
            })
            .collect()
    }

    /// The process of the runner.
    #[track_caller]
    pub fn runner(&self) -> u32 {
        let lock = fs::read_to_string(self.record().join("lock")).expect("a lock");
        let holder: Value = serde_json::from_str(&lock).expect("a holder");
        u32::try_from(holder["pid"].as_u64().expect("a process")).unwrap()
    }

    /// What the server runs itself for its connections, without what runs in their sessions.
    pub fn servers(&self) -> Vec<Process> {
        let sessions = self.sshd.processes();
        let connections = self.sshd.connections();
        let below = connections.iter().flat_map(|one| processes::descendants(one.id));
        let mut servers: Vec<Process> = below.chain(connections.iter().cloned()).collect();
        servers.retain(|process| !sessions.contains(process));
        servers
    }

    /// What heeler says of the run now, in the one line that all jobs share.
    #[track_caller]
    pub fn says(&self) -> String {
        let name = self.record().file_name().unwrap().to_string_lossy().into_owned();
        let shown = self.heeler.run(["show", &name, "--plain"]);
        let lines = || shown.stdout.lines();
        let of_all: Vec<&str> = lines()
            .filter_map(|line| line.split_once(" (3): ").map(|(said, _)| said))
            .collect();
        match of_all[..] {
            // Whose the survivors are depends on who runs the tests.
            [one] => one.split(" (owner").next().unwrap_or(one).to_owned(),
            [] if lines().any(|line| line.starts_with("3 ok in ")) => "ok".to_owned(),
            _ => panic!("not one line for all three:\n{shown:?}"),
        }
    }

    /// Waits until this is left and nothing else.
    #[track_caller]
    pub fn expect_remains(&self, expected: &Remains) {
        let settled = poll(LIMIT, || (self.remains() == *expected).then_some(()));
        if settled.is_none() {
            let (remote, local) = (self.sshd.processes(), self.local());
            assert_eq!(
                &self.remains(),
                expected,
                "on the hosts:\n{}\nhere:\n{}",
                processes::lines(&remote),
                processes::lines(&local)
            );
        }
    }

    /// The census.
    fn remains(&self) -> Remains {
        Remains {
            remote: self.sshd.processes().len(),
            connections: self.sshd.connections().len(),
            local: self.local().len(),
            files: self.files(),
        }
    }

    /// What runs here for heeler: all in its home but a terminal and the shell in it.
    pub fn local(&self) -> Vec<Process> {
        let is_of_terminal = |process: &Process| {
            ["tmux", "/bin/sh -i", "cat"]
                .iter()
                .any(|one| process.command.starts_with(one))
        };
        let mut local = self.heeler.processes();
        local.retain(|process| !is_of_terminal(process));
        local
    }

    /// Sockets and files that should have gone.
    fn files(&self) -> Vec<String> {
        let mut left: Vec<PathBuf> = Vec::new();
        left.extend(entries(&self.heeler.runtime()));
        left.extend(self.sockets.borrow().iter().filter(|dir| dir.exists()).cloned());
        let is_passing = |path: &PathBuf| {
            let is_draft = path.extension().is_some_and(|extension| extension == "draft");
            is_draft || path.ends_with("socket") || path.ends_with("masters")
        };
        left.extend(entries(&self.record()).into_iter().filter(is_passing));
        left.sort();
        left.dedup();
        left.iter().map(|path| path.display().to_string()).collect()
    }
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// The exit status as a shell tells it.
pub fn status(finished: &Finished) -> i32 {
    finished.status.or(finished.signal.map(|signal| 128 + signal)).unwrap()
}

/// Sends a signal to each of them.
pub fn signal_all(processes: &[Process], signal: Signal) {
    for process in processes {
        send_signal(process.id, signal);
    }
}
