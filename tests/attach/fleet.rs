//! An sshd with its hosts, and heeler with its runs, which are started and looked at from any number of terminals.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::heeler::Heeler;
use crate::support::processes::{Process, wait_for_zero};
use crate::support::sshd::Sshd;
use crate::support::tmux::Terminal;
use crate::support::wait::{LIMIT, wait_until};

/// A question is deaf for 0.3 s to keys that were on their way when it appeared.
const DEAF: std::time::Duration = std::time::Duration::from_millis(350);

/// Hosts and the program that drives them. What is dropped first is ended first.
pub struct Fleet {
    pub heeler: Heeler,
    pub sshd: Sshd,
}

impl Fleet {
    pub fn new() -> Self {
        Self {
            heeler: Heeler::new(),
            sshd: Sshd::start(),
        }
    }

    /// `heeler run -w NODES OPTIONS… -- COMMAND`. In the command, `DIR` stands for a directory that the test shares
    /// with it.
    pub fn run(&self, nodes: &str, options: &[&str], command: &str) -> Command {
        let mut run = self.heeler.command(["run", "-w", nodes, "-F"]);
        run.arg(self.sshd.config()).args(options);
        run.arg("--")
            .arg(command.replace("DIR", &self.shared().to_string_lossy()));
        run
    }

    /// Starts a run that nobody watches, waits until so many sleep on the hosts, and returns its id.
    #[track_caller]
    pub fn detached(&self, nodes: &str, command: &str) -> String {
        let mut run = self.run(nodes, &["--detach"], command);
        let output = run.output().expect("heeler starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("an id").trim_end().to_owned()
    }

    /// A terminal with `heeler ARGS…` in it.
    #[track_caller]
    pub fn open(&self, arguments: &[&str]) -> Terminal {
        Terminal::start(100, 24, &self.heeler.command(arguments))
    }

    /// The directory that the remote commands know as `DIR`.
    pub fn shared(&self) -> &Path {
        self.heeler.home()
    }

    /// Lets the jobs go on that wait for the file `on`.
    pub fn let_go_on(&self) {
        fs::write(self.shared().join("on"), "").unwrap();
    }

    /// The directory of a run.
    pub fn record(&self, run: &str) -> PathBuf {
        self.heeler.state().join("heeler/runs").join(run)
    }

    /// The events of a run so far.
    pub fn events(&self, run: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.record(run).join("events.jsonl")).unwrap_or_default();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// How many events of this name a run has so far.
    pub fn count(&self, run: &str, name: &str) -> usize {
        self.events(run).iter().filter(|event| event["event"] == name).count()
    }

    /// The only run there is.
    #[track_caller]
    pub fn only_run(&self) -> String {
        let entries = fs::read_dir(self.heeler.state().join("heeler/runs")).expect("a run");
        let names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names.len(), 1, "one run");
        names[0].clone()
    }

    /// The process of a run's runner.
    #[track_caller]
    pub fn runner(&self, run: &str) -> u32 {
        let lock = fs::read_to_string(self.record(run).join("lock")).expect("a lock");
        let holder: Value = serde_json::from_str(&lock).expect("a holder");
        u32::try_from(holder["pid"].as_u64().expect("a process")).unwrap()
    }

    /// Waits until exactly so many `sleep 7777` run on the hosts.
    #[track_caller]
    pub fn wait_for_sleeps(&self, count: usize) {
        wait_until(LIMIT, &format!("{count} remote sleeps"), || self.sleeps() == count);
    }

    /// How many `sleep 7777` run on the hosts.
    pub fn sleeps(&self) -> usize {
        self.sshd.running("sleep 7777").len()
    }

    /// The processes of heeler itself on this side.
    pub fn programs(&self) -> Vec<Process> {
        let is_program = |process: &Process| process.command.starts_with(env!("CARGO_BIN_EXE_heeler"));
        self.heeler.processes().into_iter().filter(is_program).collect()
    }

    /// Waits until nothing runs for heeler any more, neither on the hosts nor here.
    #[track_caller]
    pub fn wait_for_nothing(&self) {
        wait_for_zero(LIMIT, || self.sshd.processes());
        wait_for_zero(LIMIT, || self.programs());
    }
}

/// Presses a key that answers the question on the screen, not before it listens.
#[track_caller]
pub fn answer(terminal: &Terminal, question: &str, key: &str) {
    terminal.wait_for(question);
    std::thread::sleep(DEAF);
    terminal.send(key);
}

/// The row of a host on the screen.
pub fn row<'a>(screen: &'a str, host: &str) -> Option<&'a str> {
    let mut lines = screen.lines().skip(2);
    lines.find(|line| line.split_whitespace().any(|word| word == host))
}

/// Whether the row of a host is on the screen and says this.
pub fn row_says(screen: &str, host: &str, words: &str) -> bool {
    row(screen, host).is_some_and(|row| row.contains(words))
}

/// Moves the cursor to the row of `127.1.0.N`, where the hosts are in order from 1 on.
#[track_caller]
pub fn go_to(terminal: &Terminal, number: usize) {
    terminal.send(&format!("g{}", "j".repeat(number - 1)));
    let host = format!("127.1.0.{number}");
    terminal.wait_until(&format!("the cursor on {host}"), |screen| {
        let cursor = screen.lines().find(|line| line.get(1..2) == Some(">"));
        cursor.is_some_and(|line| line.split_whitespace().any(|word| word == host))
    });
}
