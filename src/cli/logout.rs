//! What the session manager does to a run at logout. systemd-logind may end every process of a session
//! (`KillUserProcesses`, logind.conf(5)), and the user's own manager ends with the last session unless the user lingers
//! (loginctl(1), `enable-linger`). Where a scope of the user's own manager helps, the runner is put into one; where
//! nothing helps, the operator is told before he relies on it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What becomes of a process that is started here when the user logs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Logout {
    /// It goes on.
    Survives,
    /// It goes on in a scope of the user's own manager, and only there.
    NeedsScope,
    /// It is ended, for this reason.
    Ends(Why),
}

/// Why a process does not outlive the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// logind ends what is left of a session.
    SessionKilled,
    /// The user's own manager ends with the last session.
    ManagerEnds,
}

impl Why {
    /// For the operator: what will happen, and what helps.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::SessionKilled => {
                "at logout the session manager ends this run (KillUserProcesses=yes); \
                 `loginctl enable-linger` before the start helps"
            }
            Self::ManagerEnds => {
                "with your last logout the session manager ends this run, as it was started from your desktop session; \
                 `loginctl enable-linger` helps"
            }
        }
    }
}

/// What is known of the session manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Facts {
    place: Place,
    /// Whether logind ends what is left of the sessions of this user.
    kills: bool,
    /// Whether the user's manager lives without a session.
    lingers: bool,
}

/// Which part of the system a process belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A login session.
    Session,
    /// The user's own manager.
    Manager,
    /// Neither: logout means nothing to it.
    Elsewhere,
}

/// Looks at this process and this machine.
pub(super) fn look(user: &str) -> Logout {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let place = place(&text("/proc/self/cgroup"));
    if place == Place::Elsewhere {
        return Logout::Survives;
    }
    judge(Facts {
        place,
        kills: place == Place::Session && kills(user, &property),
        lingers: Path::new("/var/lib/systemd/linger").join(user).exists(),
    })
}

fn judge(facts: Facts) -> Logout {
    match facts {
        Facts {
            place: Place::Elsewhere,
            ..
        }
        | Facts {
            place: Place::Session,
            kills: false,
            ..
        }
        | Facts {
            place: Place::Manager,
            lingers: true,
            ..
        } => Logout::Survives,
        Facts {
            place: Place::Session,
            lingers: true,
            ..
        } => Logout::NeedsScope,
        Facts {
            place: Place::Session, ..
        } => Logout::Ends(Why::SessionKilled),
        Facts {
            place: Place::Manager, ..
        } => Logout::Ends(Why::ManagerEnds),
    }
}

/// Where a process is by its control groups: lines of `number:controllers:path`.
fn place(groups: &str) -> Place {
    let has = |start: &str, end: &str| {
        groups
            .lines()
            .filter_map(|line| line.splitn(3, ':').nth(2))
            .flat_map(|path| path.split('/'))
            .any(|name| name.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)))
    };
    if has("user@", ".service") {
        Place::Manager
    } else if has("session-", ".scope") {
        Place::Session
    } else {
        Place::Elsewhere
    }
}

/// Whether logind ends what is left of this user's sessions, by its own properties. What cannot be found out counts as
/// yes: a warning too many does less harm than a run that is gone.
fn kills(user: &str, property: &dyn Fn(&str) -> Option<String>) -> bool {
    let lists = |name: &str| property(name).map(|value| value.contains(&format!("\"{user}\"")));
    match property("KillUserProcesses").as_deref().map(str::trim) {
        Some("b false") => false,
        // Excluded users are spared; where only some are meant, the others are.
        Some("b true") => {
            let only_some = property("KillOnlyUsers").is_some_and(|value| !value.trim_start().starts_with("as 0"));
            lists("KillExcludeUsers") != Some(true) && (!only_some || lists("KillOnlyUsers") == Some(true))
        }
        _ => true,
    }
}

/// A property of logind, as `busctl` prints it.
fn property(name: &str) -> Option<String> {
    let interface = [
        "org.freedesktop.login1",
        "/org/freedesktop/login1",
        "org.freedesktop.login1.Manager",
    ];
    let output = Command::new("busctl")
        .args(["--timeout=1", "get-property"])
        .args(interface)
        .arg(name)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_where_its_control_group_says() {
        for (groups, expected) in [
            ("0::/user.slice/user-1000.slice/session-3.scope\n", Place::Session),
            (
                "0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n",
                Place::Manager,
            ),
            ("0::/system.slice/cron.service\n", Place::Elsewhere),
            (
                "12:cpu,cpuacct:/\n1:name=systemd:/user.slice/user-0.slice/session-c1.scope\n",
                Place::Session,
            ),
            ("", Place::Elsewhere),
        ] {
            assert_eq!(place(groups), expected, "{groups}");
        }
    }

    #[test]
    fn what_logout_does_follows_from_place_setting_and_lingering() {
        use Place::{Elsewhere, Manager, Session};
        for (place, kills, lingers, expected) in [
            (Session, false, false, Logout::Survives),
            (Session, false, true, Logout::Survives),
            (Session, true, true, Logout::NeedsScope),
            (Session, true, false, Logout::Ends(Why::SessionKilled)),
            (Manager, false, true, Logout::Survives),
            (Manager, false, false, Logout::Ends(Why::ManagerEnds)),
            (Manager, true, false, Logout::Ends(Why::ManagerEnds)),
            (Elsewhere, true, false, Logout::Survives),
        ] {
            let facts = Facts { place, kills, lingers };
            assert_eq!(judge(facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn logind_is_believed_and_its_silence_is_a_warning() {
        for (kill, excluded, only, expected) in [
            (Some("b false\n"), Some("as 0\n"), Some("as 0\n"), false),
            (Some("b true\n"), Some("as 1 \"root\"\n"), Some("as 0\n"), true),
            (Some("b true\n"), Some("as 2 \"root\" \"ann\"\n"), Some("as 0\n"), false),
            (Some("b true\n"), Some("as 1 \"root\"\n"), Some("as 1 \"bob\"\n"), false),
            (Some("b true\n"), Some("as 1 \"root\"\n"), Some("as 1 \"ann\"\n"), true),
            (Some("b true\n"), None, None, true),
            (None, None, None, true),
        ] {
            let property = |name: &str| {
                let value = match name {
                    "KillUserProcesses" => kill,
                    "KillExcludeUsers" => excluded,
                    _ => only,
                };
                value.map(str::to_owned)
            };
            assert_eq!(kills("ann", &property), expected, "{kill:?} {excluded:?} {only:?}");
        }
    }
}
