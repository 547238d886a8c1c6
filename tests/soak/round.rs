//! One round: a run over many hosts, with cancels while it goes on, and a retry of what failed when it is over.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::chance::Chance;
use crate::kinds::{KINDS, Kind, STAYS, script};
use crate::support::child::{Finished, Running};
use crate::support::faults::Faults;
use crate::support::heeler::Heeler;
use crate::support::processes::{self, Process};
use crate::support::wait::{LIMIT, poll, wait_until};

/// The most that one run of a round may take.
const RUN_LIMIT: Duration = Duration::from_secs(300);

/// How long what must end is given for it after a run.
const END_LIMIT: Duration = Duration::from_secs(30);

const OPTIONS: &str = "--json -t 6s --connect-timeout 25s --grace 1s -j max";

/// Hosts and the program that drives them.
pub struct Site {
    faults: Faults,
    heeler: Heeler,
}

/// What was seen so far.
#[derive(Default)]
pub struct Counts {
    jobs: u64,
    cancels: usize,
    retries: u64,
    wrong: Vec<String>,
    left: Vec<String>,
}

impl Counts {
    pub fn jobs(&self) -> u64 {
        self.jobs
    }

    pub fn is_clean(&self) -> bool {
        self.wrong.is_empty() && self.left.is_empty()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} jobs, {} cancelled on the way, {} run again: {} wrong outcomes, {} leftovers",
            self.jobs,
            self.cancels,
            self.retries,
            self.wrong.len(),
            self.left.len()
        )?;
        for line in self.wrong.iter().chain(&self.left) {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

impl Site {
    pub fn open() -> Self {
        Self {
            faults: Faults::start(),
            heeler: Heeler::new(),
        }
    }

    /// Runs so many jobs, and counts.
    pub fn play(&self, jobs: u64, chance: &mut Chance, counts: &mut Counts) {
        let pick = |chance: &mut Chance| &KINDS[chance.between(0, KINDS.len() as u64) as usize];
        let hosts: Vec<(String, &Kind)> = (0..jobs)
            .map(|number| (pick(chance), number))
            .map(|(kind, number)| (format!("{}-{number}", kind.host), kind))
            .collect();
        let names: Vec<&str> = hosts.iter().map(|(name, _)| name.as_str()).collect();
        let mut run = self.heeler.command(["run", "-w", &names.join(","), "-F"]);
        run.arg(self.faults.config());
        run.args(OPTIONS.split_whitespace())
            .args(["--expect", &jobs.to_string()]);
        run.arg("--").arg(script());
        let run = Running::start(run, b"");
        wait_until(LIMIT, "the run", || run.stdout().contains('\n'));
        let begun: Value = serde_json::from_str(run.stdout().lines().next().expect("a line")).expect("an event");
        let id = begun["run"].as_str().expect("a name").to_owned();

        let mut cancelled = HashSet::new();
        let mut cancels = Vec::new();
        for _ in 0..=jobs / 20 {
            // The pause is part of the game: it decides what a cancel meets.
            std::thread::sleep(Duration::from_millis(chance.between(10, 400)));
            let name = names[chance.between(0, jobs) as usize];
            let mut words = vec!["cancel", &id, "-w", name, "--yes"];
            words.extend((chance.between(0, 3) == 0).then_some("--now"));
            cancelled.insert(name);
            cancels.push(self.heeler.spawn(words));
        }
        let finished = run.wait(RUN_LIMIT);
        for cancel in cancels {
            // What it says is told by the run as well; here it only has to end.
            cancel.wait(RUN_LIMIT);
        }
        counts.jobs += jobs;
        counts.cancels += cancelled.len();
        judge(&finished, &hosts, &cancelled, counts);
        self.search(counts);

        if chance.between(0, 2) == 0 {
            let retry = self
                .heeler
                .spawn(["retry", &id, "--json", "--yes", "--only", "failed,unreachable"]);
            let finished = retry.wait(RUN_LIMIT);
            let again = dones(&finished);
            let those: HashSet<&str> = again.iter().filter_map(|end| end["host"].as_str()).collect();
            let mut hosts = hosts.clone();
            hosts.retain(|(name, _)| those.contains(name.as_str()));
            counts.retries += hosts.len() as u64;
            judge(&finished, &hosts, &HashSet::new(), counts);
            self.search(counts);
        }
    }

    /// Counts what is left and ends it, so that each is counted once.
    fn search(&self, counts: &mut Counts) {
        let remote = || {
            let mut found = self.faults.processes();
            found.retain(|process| !process.command.starts_with(STAYS));
            found
        };
        counts.left.extend(outlast("on a host", remote));
        counts.left.extend(outlast("here", || self.heeler.processes()));
        processes::kill(&self.faults.processes());
        let mut files = Vec::new();
        sockets(&self.heeler.state(), &mut files);
        everything(&self.heeler.runtime(), &mut files);
        counts.left.extend(files);
    }
}

/// What is still there when its time is over.
fn outlast(place: &str, list: impl Fn() -> Vec<Process>) -> Vec<String> {
    let begun = Instant::now();
    if poll(END_LIMIT, || list().is_empty().then_some(())).is_some() {
        return Vec::new();
    }
    let left = list();
    processes::kill(&left);
    let line = |process: &Process| format!("{place}, after {:?}: {process}", begun.elapsed());
    left.iter().map(line).collect()
}

fn judge(finished: &Finished, hosts: &[(String, &Kind)], cancelled: &HashSet<&str>, counts: &mut Counts) {
    let ends = dones(finished);
    for (name, kind) in hosts {
        let mut own = ends.iter().filter(|end| end["host"] == **name);
        let (Some(end), None) = (own.next(), own.next()) else {
            counts.wrong.push(format!("{name}: not one end; {}", finished.stderr));
            continue;
        };
        let told = words(end);
        let may = told == kind.ends || cancelled.contains(name.as_str()) && kind.cancelled.contains(&told.as_str());
        if !may {
            counts
                .wrong
                .push(format!("{name}: {told} instead of {}: {end}", kind.ends));
        }
    }
}

fn dones(finished: &Finished) -> Vec<Value> {
    let events = finished
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    events.filter(|event: &Value| event["event"] == "done").collect()
}

/// An end in short: `exit:3`, `cancelled:gone`.
fn words(end: &Value) -> String {
    let outcome = end["outcome"].as_str().expect("an outcome");
    let more = match outcome {
        "ok" if end["leaked"] == true => Value::from("leaked"),
        "exit" => end["code"].clone(),
        "signal" => end["signal"].clone(),
        "unreachable" => end["cause"].clone(),
        "skipped" => end["skipped"].clone(),
        _ => end["fate"].clone(),
    };
    match more {
        Value::Null => outcome.to_owned(),
        Value::String(more) => format!("{outcome}:{more}"),
        more => format!("{outcome}:{more}"),
    }
}

fn sockets(directory: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sockets(&path, found);
        } else if entry.file_name() == "socket" {
            found.push(format!("a socket: {}", path.display()));
        }
    }
}

fn everything(directory: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            everything(&path, found);
        } else {
            found.push(format!("a file: {}", path.display()));
        }
    }
}
