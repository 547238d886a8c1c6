//! Hosts on which a user may do something by sudo, a heeler, and what a run there told.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::account::{Account, Rights};
use crate::support::child::{Finished, Running};
use crate::support::heeler::Heeler;
use crate::support::processes::wait_for_zero;
use crate::support::sshd::Sshd;
use crate::support::tmux::Terminal;
use crate::support::wait::LIMIT;

/// How long a whole run may take.
pub const RUN: Duration = Duration::from_secs(60);

/// Keys are of whom root says, as the user cannot look into the server's directory.
const KEYS: [&str; 2] = [
    "AuthorizedKeysCommand /bin/cat DIR/authorized_keys",
    "AuthorizedKeysCommandUser root",
];

/// Hosts, and the program that drives them.
pub struct Hosts {
    pub heeler: Heeler,
    pub sshd: Sshd,
    pub account: Account,
}

impl Hosts {
    /// Makes them; `None` without the right to.
    pub fn new(rights: Rights, defaults: &[&str]) -> Option<Self> {
        Some(Self {
            account: Account::new(rights, defaults)?,
            sshd: Sshd::start_with(&KEYS),
            heeler: Heeler::new(),
        })
    }

    /// `heeler run --sudo -w NODES OPTIONS… -- COMMAND` as the user.
    pub fn command(&self, nodes: &str, options: &str, command: &str) -> Command {
        let mut heeler = self
            .heeler
            .command(["run", "--sudo", "-w", nodes, "-l", self.account.name(), "-F"]);
        heeler.arg(self.sshd.config());
        heeler.args(options.split_whitespace()).args(["--", command]);
        heeler
    }

    /// Runs that to its end, without a terminal and with `--json`.
    #[track_caller]
    pub fn run(&self, nodes: &str, options: &str, command: &str) -> Told {
        let finished = self.spawn(nodes, &format!("--json {options}"), command).wait(RUN);
        Told::of(&finished)
    }

    /// Starts it without a terminal.
    #[track_caller]
    pub fn spawn(&self, nodes: &str, options: &str, command: &str) -> Running {
        Running::start(self.command(nodes, options, command), b"")
    }

    /// Starts it in a terminal.
    #[track_caller]
    pub fn open(&self, nodes: &str, options: &str, command: &str) -> Terminal {
        Terminal::start(100, 24, &self.command(nodes, options, command))
    }

    /// The directory of the only run.
    #[track_caller]
    pub fn record(&self) -> PathBuf {
        let runs = fs::read_dir(self.heeler.state().join("heeler/runs")).expect("runs");
        let mut runs: Vec<PathBuf> = runs.map(|entry| entry.expect("an entry").path()).collect();
        runs.retain(|path| path.is_dir());
        assert_eq!(runs.len(), 1, "one run");
        runs.remove(0)
    }

    /// What the record tells of the only run.
    #[track_caller]
    pub fn told(&self) -> Told {
        Told(events(
            &fs::read_to_string(self.record().join("events.jsonl")).expect("a record"),
        ))
    }

    /// Nothing that a session started is left.
    #[track_caller]
    pub fn wait_for_nothing(&self) {
        wait_for_zero(LIMIT, || self.sshd.processes());
    }
}

/// The events of a run.
pub struct Told(pub Vec<Value>);

impl Told {
    #[track_caller]
    fn of(finished: &Finished) -> Self {
        assert_eq!(finished.stderr, "");
        Self(events(&finished.stdout))
    }

    /// The events of this name.
    pub fn named(&self, name: &str) -> Vec<&Value> {
        self.0.iter().filter(|event| event["event"] == name).collect()
    }

    /// How every host ended: the outcome, and what was the cause.
    pub fn ends(&self) -> Vec<String> {
        let end = |event: &&Value| {
            let word = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", word("outcome"), word("cause")).trim_end().to_owned()
        };
        self.named("done").iter().map(end).collect()
    }

    /// What was said of the end of the first host that ended.
    pub fn detail(&self) -> String {
        self.named("done")[0]["detail"].as_str().unwrap_or_default().to_owned()
    }

    /// What the hosts printed.
    pub fn output(&self) -> String {
        let text = |event: &&Value| event["text"].as_str().unwrap_or_default().to_owned();
        self.named("output").iter().map(text).collect()
    }
}

#[track_caller]
fn events(lines: &str) -> Vec<Value> {
    let event = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    lines.lines().map(event).collect()
}
