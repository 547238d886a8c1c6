//! Which processes run on this machine, read from `/proc`: found by a marker in their environment
//! or arguments, or by their parent. Any part of the test support may ask; it changes nothing
//! except through [`kill`] and [`kill_tree`]. Zombies do not count: they run nothing.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::wait::poll;

/// One process, as it was when we looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub id: u32,
    pub parent: u32,
    /// The arguments, joined by spaces; empty for a thread of the kernel.
    pub command: String,
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.command)
    }
}

/// Every process but this one.
pub fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").expect("/proc can be read");
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&id| id != std::process::id())
        .filter_map(read)
        .collect()
}

/// The processes whose environment holds `marker`, and which we may inspect.
pub fn with_environment(marker: &str) -> Vec<Process> {
    let holds = |process: &Process| {
        fs::read(format!("/proc/{}/environ", process.id))
            .is_ok_and(|environment| contains(&environment, marker.as_bytes()))
    };
    all().into_iter().filter(holds).collect()
}

/// The processes whose arguments hold `marker`.
pub fn with_command(marker: &str) -> Vec<Process> {
    let holds = |process: &Process| process.command.contains(marker);
    all().into_iter().filter(holds).collect()
}

/// The processes that hold `marker` in their environment or their arguments.
pub fn marked(marker: &str) -> Vec<Process> {
    let mut found = with_environment(marker);
    let seen: HashSet<u32> = found.iter().map(|process| process.id).collect();
    let others = with_command(marker).into_iter();
    found.extend(others.filter(|process| !seen.contains(&process.id)));
    found
}

/// The children of process `id`.
pub fn children(id: u32) -> Vec<Process> {
    let is_child = |process: &Process| process.parent == id;
    all().into_iter().filter(is_child).collect()
}

/// The children of process `id`, their children, and so on.
pub fn descendants(id: u32) -> Vec<Process> {
    let everything = all();
    let mut found: Vec<Process> = Vec::new();
    let mut parents = vec![id];
    while let Some(parent) = parents.pop() {
        for process in everything.iter().filter(|one| one.parent == parent) {
            parents.push(process.id);
            found.push(process.clone());
        }
    }
    found
}

/// Whether process `id` runs.
pub fn is_alive(id: u32) -> bool {
    read(id).is_some()
}

/// Waits until `list` is empty; fails the test with what is left when it does not become so.
#[track_caller]
pub fn wait_for_zero(limit: Duration, mut list: impl FnMut() -> Vec<Process>) {
    let mut left = Vec::new();
    let none = poll(limit, || {
        // Two looks, because one reading of /proc may miss a process that is just being forked.
        left = list();
        if left.is_empty() {
            left = list();
        }
        left.is_empty().then_some(())
    });
    assert!(
        none.is_some(),
        "after {limit:?} there were still {}:\n{}",
        left.len(),
        lines(&left)
    );
}

/// Sends `signal` to process `id`; one that is gone already is not an error.
pub fn send_signal(id: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // The only errors are "no such process" and "not yours", and neither is ours to mend.
        let _ = kill_process(pid, signal);
    }
}

/// Kills these processes at once.
pub fn kill(processes: &[Process]) {
    for process in processes {
        send_signal(process.id, Signal::KILL);
    }
}

/// Kills process `id` and everything below it.
pub fn kill_tree(id: u32) {
    // A stopped parent cannot start another child while we list them.
    send_signal(id, Signal::STOP);
    kill(&descendants(id));
    send_signal(id, Signal::KILL);
}

/// One line per process, for the message of a failed test.
pub fn lines(processes: &[Process]) -> String {
    let lines: Vec<String> = processes.iter().map(Process::to_string).collect();
    lines.join("\n")
}

fn read(id: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may itself hold spaces and parentheses: only what follows it is split.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    if state == "Z" || state == "X" {
        return None;
    }
    let parent = fields.next()?.parse().ok()?;
    let arguments = fs::read(format!("/proc/{id}/cmdline")).ok()?;
    let command = String::from_utf8_lossy(&arguments).replace('\0', " ");
    Some(Process {
        id,
        parent,
        command: command.trim_end().to_owned(),
    })
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
