//! What a killed runner may have left: masters that did not end with it. They are known again by what was recorded of
//! them, and ended as their own runner would have done it.

use super::socket_dir;
use crate::model::connection::{Holding, Remains, Seen};
use crate::model::host::HostName;
use rustix::process::{Pid, Signal, geteuid, kill_process_group};
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long masters that were told to end are waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// What became of masters on record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleared {
    /// How many were alive, and are ended.
    pub ended: usize,
    /// How many may be alive still.
    pub doubtful: usize,
}

/// What is to be recorded of a master that was just started.
pub(super) fn holding(pid: u32, sockets: &Path, (host, socket): (Option<&HostName>, Option<&Path>)) -> Holding {
    Holding {
        pid,
        start: seen(pid).map(|seen| seen.start),
        boot: boot(),
        sockets: sockets.to_owned(),
        host: host.cloned(),
        socket: socket.map(Path::to_owned),
    }
}

/// Ends those of the recorded masters that are alive, and no other process; removes their control sockets, where those
/// lie in a directory of our kind in one of `places`.
pub fn clear(recorded: &[Holding], places: &[&Path]) -> Cleared {
    let boot = boot();
    let remains = |holding: &Holding| holding.remains(boot.as_deref(), geteuid().as_raw(), seen(holding.pid));
    let is_alive = |holding: &&Holding| remains(holding) == Remains::Alive;
    let alive: Vec<&Holding> = recorded.iter().filter(is_alive).collect();
    for signal in [Signal::TERM, Signal::KILL] {
        let mut left: Vec<&Holding> = alive.iter().copied().filter(|holding| is_alive(holding)).collect();
        for holding in &left {
            if let Some(group) = Pid::from_raw(holding.pid.cast_signed()) {
                // It may have ended just now; the look below tells.
                let _ended = kill_process_group(group, signal);
            }
        }
        let begun = Instant::now();
        while !left.is_empty() && begun.elapsed() < PATIENCE {
            sleep(PAUSE);
            left.retain(|holding| is_alive(holding));
        }
    }
    let mut cleared = Cleared::default();
    for holding in recorded {
        let is_gone = remains(holding) == Remains::Ended;
        cleared.ended += usize::from(is_gone && alive.contains(&holding));
        cleared.doubtful += usize::from(!is_gone);
    }
    for holding in recorded {
        let is_dir = |place: &&Path| holding.sockets.parent() == Some(place);
        let is_used = recorded
            .iter()
            .any(|other| other.sockets == holding.sockets && remains(other) != Remains::Ended);
        if places.iter().any(is_dir) && !is_used {
            socket_dir::remove_left(&holding.sockets);
        }
    }
    cleared
}

/// The boot of this machine.
fn boot() -> Option<String> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim_end().to_owned())
}

/// What the system says of a process; nothing of one that has ended, reaped or not.
fn seen(pid: u32) -> Option<Seen> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may itself hold spaces and parentheses.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    if matches!(*fields.first()?, "Z" | "X") {
        return None;
    }
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let users = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    Some(Seen {
        start: fields.get(19)?.parse().ok()?,
        user: users.split_whitespace().next()?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::child::in_own_session;
    use std::os::unix::process::ExitStatusExt;
    use std::path::PathBuf;
    use std::process::{Child, Command};

    /// A process like a master: it leads a group of its own.
    fn process() -> Child {
        let mut command = Command::new("sleep");
        in_own_session(command.arg("7320"));
        command.spawn().expect("sleep")
    }

    #[test]
    fn what_is_on_record_is_ended_and_its_namesake_is_not() {
        let nowhere = PathBuf::from("/nonexistent/heeler-1");
        let (mut ours, mut other) = (process(), process());
        let mut decoy = holding(other.id(), &nowhere, (None, None));
        decoy.start = decoy.start.map(|start| start - 1);
        let recorded = [holding(ours.id(), &nowhere, (None, None)), decoy];
        assert!(recorded[0].start.is_some() && recorded[0].boot.is_some());
        let ending = std::thread::spawn(move || clear(&recorded, &[]));
        assert_eq!(ours.wait().expect("it ends").signal(), Some(15));
        let cleared = ending.join().expect("it comes back");
        assert_eq!(cleared, Cleared { ended: 1, doubtful: 0 });
        assert_eq!(other.try_wait().expect("our child"), None);
        other.kill().expect("it lives");
        other.wait().expect("it ends");
    }

    #[test]
    fn of_another_boot_nothing_is_touched() {
        let mut other = process();
        let mut recorded = holding(other.id(), Path::new("/nonexistent/heeler-1"), (None, None));
        recorded.boot = Some("another".to_owned());
        assert_eq!(clear(&[recorded], &[]), Cleared { ended: 0, doubtful: 1 });
        assert_eq!(other.try_wait().expect("our child"), None);
        other.kill().expect("it lives");
        other.wait().expect("it ends");
    }
}
