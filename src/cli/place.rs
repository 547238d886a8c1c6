//! Where things are on this machine: the state directory, the directory for ssh's sockets, and who sits here.

use super::usage::UsageError;
use crate::config::Home;
use crate::model::bond::Tie;
use crate::rundir::RunDirError;
use crate::tui::Hint;
use std::env;
use std::fs;
use std::path::PathBuf;

/// Where programs keep what must last: `$XDG_STATE_HOME`, or its default.
pub(super) fn state_home() -> Result<PathBuf, UsageError> {
    path("XDG_STATE_HOME")
        .or_else(|| path("HOME").map(|home| home.join(".local/state")))
        .ok_or_else(|| RunDirError::NoHome.into())
}

/// Whether a dashboard opens here for the first time. From then on it does not: an empty file in the state directory says
/// so. Where that cannot be written nobody could be told only once, so nobody is told.
pub(super) fn first_time() -> Hint {
    let Ok(home) = state_home() else { return Hint::None };
    let made = fs::File::create_new(home.join("heeler").join("dashboard-seen"));
    if made.is_ok() { Hint::FirstKeys } else { Hint::None }
}

/// Where ssh's sockets go; `None` for the system's own choice. A run that outlives the login must not use a directory
/// that the session manager removes at logout.
pub(super) fn sockets(tie: Tie) -> Option<PathBuf> {
    match tie {
        Tie::Starter => path("XDG_RUNTIME_DIR"),
        Tie::Free => None,
    }
}

/// The socket of the ssh agent of this session.
pub(super) fn agent() -> Option<PathBuf> {
    path("SSH_AUTH_SOCK")
}

/// Whether the user's own service manager can be asked for something.
pub(super) fn has_own_manager() -> bool {
    path("XDG_RUNTIME_DIR").is_some_and(|runtime| runtime.join("systemd/private").exists())
}

fn path(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The directories that the configuration may refer to.
pub(super) fn home() -> Home {
    Home {
        home: path("HOME"),
        config: path("XDG_CONFIG_HOME"),
    }
}

/// The name of whoever runs this.
pub(super) fn user() -> String {
    let name = ["USER", "LOGNAME"].into_iter().find_map(|name| env::var(name).ok());
    name.unwrap_or_else(|| rustix::process::getuid().as_raw().to_string())
}

/// The name of this machine.
pub(super) fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Who asks, and where, for the record.
pub(super) fn operator() -> String {
    format!("{}@{}", user(), machine())
}

/// The terminal at which this runs, in words.
pub(super) fn terminal() -> String {
    rustix::termios::ttyname(std::io::stdin(), Vec::new()).map_or_else(
        |_| "no terminal".to_owned(),
        |name| {
            let name = name.to_string_lossy();
            name.strip_prefix("/dev/").unwrap_or(&name).to_owned()
        },
    )
}
