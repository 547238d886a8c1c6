//! How an ssh process of ours is known again after the runner that started it has gone: by its number, by when it was
//! started, and by the boot of the machine to which both belong. A number alone is given to somebody else sooner or later.

use super::host::HostName;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What is recorded of the ssh process that holds the connection to a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Its process, which leads a process group of its own.
    pub pid: u32,
    /// When it was started, in the system's ticks; nothing where the system does not tell.
    pub start: Option<u64>,
    /// The boot of the machine; nothing where the system does not tell.
    pub boot: Option<String>,
    /// The directory of its control socket.
    pub sockets: PathBuf,
    /// To which host it leads.
    #[serde(default)]
    pub host: Option<HostName>,
    /// Its control socket.
    #[serde(default)]
    pub socket: Option<PathBuf>,
}

/// What the system says now of the process with that number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When it was started, in the system's ticks.
    pub start: u64,
    /// Whose it is.
    pub user: u32,
    /// The process group that it is in.
    pub group: u32,
}

/// What became of a recorded process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remains {
    /// It is alive, and it is the one that was recorded.
    Alive,
    /// It has ended, whoever has its number now.
    Ended,
    /// It cannot be told: it is of another boot or another machine, or the system does not say enough.
    Unknown,
}

impl Holding {
    /// What became of it, by what the system says now: of the boot, of us, and of the process with its number.
    pub fn remains(&self, boot: Option<&str>, us: u32, seen: Option<Seen>) -> Remains {
        let Some(start) = self.start else {
            return Remains::Unknown;
        };
        if boot.is_none() || self.boot.as_deref() != boot {
            return Remains::Unknown;
        }
        match seen {
            // A number like these would mean more than one process to the kernel.
            _ if self.pid <= 1 => Remains::Unknown,
            None => Remains::Ended,
            Some(seen) if seen.start != start => Remains::Ended,
            Some(seen) if seen.user == us && seen.group == self.pid => Remains::Alive,
            Some(_) => Remains::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: u32 = 1000;

    fn recorded() -> Holding {
        Holding {
            pid: 4711,
            start: Some(77),
            boot: Some("this".to_owned()),
            sockets: PathBuf::from("/tmp/heeler-1"),
            host: None,
            socket: None,
        }
    }

    fn seen() -> Seen {
        Seen {
            start: 77,
            user: US,
            group: 4711,
        }
    }

    #[test]
    fn only_what_agrees_in_everything_is_taken_for_ours() {
        let told = |holding: &Holding, boot, seen| holding.remains(boot, US, seen);
        let this = Some("this");
        assert_eq!(told(&recorded(), this, Some(seen())), Remains::Alive);
        assert_eq!(told(&recorded(), this, None), Remains::Ended);
        let later = Seen { start: 78, ..seen() };
        assert_eq!(told(&recorded(), this, Some(later)), Remains::Ended);
        let somebody = Seen { user: 1001, ..seen() };
        assert_eq!(told(&recorded(), this, Some(somebody)), Remains::Unknown);
        let follower = Seen { group: 4700, ..seen() };
        assert_eq!(told(&recorded(), this, Some(follower)), Remains::Unknown);
    }

    #[test]
    fn what_belongs_to_another_boot_or_says_too_little_is_left_alone() {
        let unknown = |holding: Holding, boot| {
            assert_eq!(holding.remains(boot, US, Some(seen())), Remains::Unknown, "{holding:?}");
        };
        unknown(recorded(), Some("that"));
        unknown(recorded(), None);
        let start = None;
        unknown(Holding { start, ..recorded() }, Some("this"));
        let boot = None;
        unknown(Holding { boot, ..recorded() }, None);
        for pid in [0, 1] {
            let all = Seen { group: pid, ..seen() };
            let holding = Holding { pid, ..recorded() };
            assert_eq!(holding.remains(Some("this"), US, Some(all)), Remains::Unknown);
        }
    }
}
