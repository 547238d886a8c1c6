//! Every process that the fleet started, so that none outlives it. It owns the list of sessions begun and
//! the search for what is left of them; `session` starts through it, `Fleet` ends through it. It must not
//! know ssh.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::child::in_own_session;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};

/// The environment variable that marks every process of a fleet, also one that left its session.
const MARK: &str = "DEMO_FLEET";

/// The processes of one fleet.
pub(super) struct Processes {
    id: String,
    sessions: Mutex<Sessions>,
}

/// The sessions begun, by the process id of their leader.
#[derive(Default)]
struct Sessions {
    leaders: HashMap<i32, Leader>,
    closed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Leader {
    /// Not waited for yet: its process id cannot belong to anybody else.
    Unreaped,
    /// Waited for. Others may live on in its session, but its process id may be given out again.
    Reaped,
}

/// What a search found still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Processes that run; zombies do not count.
    pub(super) alive: usize,
    /// Session leaders that were not waited for yet.
    pub(super) unreaped: usize,
}

impl Left {
    pub(super) fn is_none(self) -> bool {
        self.alive == 0 && self.unreaped == 0
    }
}

impl Processes {
    /// No processes yet. `id` must be unique among all fleets on this machine.
    pub(super) fn new(id: String) -> Self {
        Self {
            id,
            sessions: Mutex::default(),
        }
    }

    /// Starts `command` as the leader of a session of its own, as sshd does, and with the mark. Once the fleet is ending it
    /// refuses: nothing can slip in behind the search.
    pub(super) fn start(&self, command: &mut Command) -> io::Result<Child> {
        let mut sessions = self.lock();
        if sessions.closed {
            return Err(io::Error::other("the fleet is ending"));
        }
        in_own_session(command.as_std_mut());
        let child = command.env(MARK, &self.id).spawn()?;
        if let Some(pid) = child.id() {
            sessions.leaders.insert(pid.cast_signed(), Leader::Unreaped);
        }
        Ok(child)
    }

    /// The leader with this process id has been waited for.
    pub(super) fn reaped(&self, pid: u32) {
        self.lock().leaders.insert(pid.cast_signed(), Leader::Reaped);
    }

    /// Refuses new processes from now on, and kills every process found. Says what it found *before* that,
    /// so only an answer of none, on a later call, means that all are gone.
    pub(super) fn kill(&self) -> Left {
        let mut sessions = self.lock();
        sessions.closed = true;
        let mut unreaped = 0;
        for (&pid, _) in sessions.leaders.iter().filter(|(_, state)| **state == Leader::Unreaped) {
            unreaped += 1;
            if let Some(group) = Pid::from_raw(pid) {
                // An error means that it has just gone, which is what was wanted.
                let _ = kill_process_group(group, Signal::KILL);
            }
        }
        let alive = self.search(&sessions);
        for &pid in &alive {
            let _ = kill_process(pid, Signal::KILL);
        }
        Left {
            alive: alive.len(),
            unreaped,
        }
    }

    /// Our processes in /proc. Where there is no /proc, the process groups have to do.
    fn search(&self, sessions: &Sessions) -> Vec<Pid> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|&pid| self.is_ours(pid, sessions))
            .filter_map(Pid::from_raw)
            .collect()
    }

    fn is_ours(&self, pid: i32, sessions: &Sessions) -> bool {
        let Some(session) = session_if_alive(pid) else {
            return false;
        };
        let by_session = match sessions.leaders.get(&session) {
            Some(Leader::Unreaped) => true,
            // A process with the number of a leader that is gone is a stranger with a session of its own.
            Some(Leader::Reaped) => !Path::new(&format!("/proc/{session}")).exists(),
            None => false,
        };
        by_session || self.is_marked(pid)
    }

    fn is_marked(&self, pid: i32) -> bool {
        let mark = format!("{MARK}={}", self.id);
        fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|environ| environ.split(|&byte| byte == 0).any(|entry| entry == mark.as_bytes()))
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        // The list is valid after every single step, so a panic elsewhere does not spoil it.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The session id of a process; nothing for a zombie or a process that is gone.
fn session_if_alive(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses, which may itself hold spaces and parentheses.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    match fields.next()? {
        "Z" | "X" => None,
        _ => fields.nth(2)?.parse().ok(),
    }
}
