//! What must be true of this machine before a run starts: ssh is there, and files enough may be open. Found out here,
//! so that it is said once and clearly instead of once per host.

use super::usage::UsageError;
use crate::config::Ssh;
use crate::model::plan::Settings;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::env;
use std::fs::File;
use std::io;
use std::num::NonZeroU64;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Open files that do not depend on the widths: the record, the terminal, the runtime.
const FIXED: u64 = 512;
/// Connections that are kept for a retry although nothing runs on them, at two files each.
const WARM: u64 = 400;
/// What a host takes while it connects: the master process and its words.
const PER_CONNECT: u64 = 3;
/// What a running job takes: its connection, its session and three streams.
const PER_RUN: u64 = 7;

/// Whether ssh is there and can read its configuration.
pub(super) fn check_ssh(ssh: &Ssh) -> Result<(), UsageError> {
    if !is_on_path("ssh") {
        return Err(UsageError::NoSsh);
    }
    // To ssh, `none` is no file but the wish to read none.
    let file = ssh
        .config_file
        .iter()
        .find(|file| !file.as_os_str().eq_ignore_ascii_case("none"));
    file.map_or(Ok(()), |path| {
        readable(path).map_err(|source| UsageError::SshConfig {
            path: path.clone(),
            source,
        })
    })
}

/// Whether a file can be opened. What is no plain file (a pipe, a device) is not touched: it may give its text only once.
fn readable(path: &Path) -> io::Result<()> {
    let kind = path.metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if kind.is_file() {
        File::open(path)?;
    }
    Ok(())
}

/// Whether files enough may be open; raises the soft limit as far as the widths need.
pub(super) fn check_files(settings: &Settings, hosts: usize) -> Result<(), UsageError> {
    let running = settings.width.min(hosts) as u64;
    let connecting = settings.connect_width.min(hosts) as u64;
    let needed = FIXED + WARM.min(2 * hosts as u64) + PER_CONNECT * connecting + PER_RUN * running;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|soft| soft >= needed) {
        return Ok(());
    }
    let most = limit.maximum.unwrap_or(u64::MAX);
    let raised = Rlimit {
        current: Some(needed),
        maximum: limit.maximum,
    };
    if needed > most || setrlimit(Resource::Nofile, raised).is_err() {
        let spare = most.saturating_sub(needed - PER_RUN * running);
        return Err(UsageError::TooFewFiles {
            width: running,
            needed,
            most,
            fits: NonZeroU64::new(spare / PER_RUN),
        });
    }
    Ok(())
}

fn is_on_path(program: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|dir| is_executable(&dir.join(program))))
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
