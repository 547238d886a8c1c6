//! What must be true of this machine before a run starts: ssh is there, and files enough may be open. Found out here,
//! so that it is said once and clearly instead of once per host.

use super::usage::{Advice, UsageError};
use crate::config::{Config, Ssh};
use crate::model::plan::Settings;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::env;
use std::fs::File;
use std::io;
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
    check_files_beside(settings, hosts, 0).map(drop)
}

/// The same where other runs of this process need so many. Returns how many this one needs.
pub(super) fn check_files_beside(settings: &Settings, hosts: usize, others: u64) -> Result<u64, UsageError> {
    let need = Need::of(settings, hosts);
    open_files(others + need.total(), |most| UsageError::TooFewFiles {
        width: need.running,
        needed: others + need.total(),
        most,
        advice: need.advice(most.saturating_sub(others)),
    })?;
    Ok(need.total())
}

/// As much of a width that is wanted while a run goes on as there are files for beside those that the other runs of this
/// process need, and how many it needs then; raises the soft limit for it.
pub(super) fn fitting_width(settings: &Settings, hosts: usize, width: usize, others: u64) -> (usize, u64) {
    let wider = Settings {
        width,
        ..settings.clone()
    };
    let need = Need::of(&wider, hosts);
    let Err(most) = open_files(others + need.total(), |most| most) else {
        return (width, need.total());
    };
    let most = most.saturating_sub(others);
    let fits = match need.advice(most) {
        Advice::Width(fits) => usize::try_from(fits).unwrap_or(settings.width),
        // The width that the run began with does fit.
        Advice::Widths { .. } | Advice::NoWidth => settings.width,
    };
    let fitting = Need {
        running: fits as u64,
        ..need
    };
    let raised = open_files(others + fitting.total(), |_| ());
    raised.map_or_else(
        |()| (settings.width, Need::of(settings, hosts).total()),
        |()| (fits, fitting.total()),
    )
}

/// The same for a demonstration with so many hosts: the fleet's own servers live in this process too, a listener per
/// host, and as much again per session.
pub(super) fn check_fleet(hosts: usize) -> Result<(), UsageError> {
    let total = |hosts| {
        let mut ample = Config::built_in().settings(hosts);
        ample.width = 2 * ample.width.min(hosts) + hosts;
        Need::of(&ample, ample.width).total()
    };
    open_files(total(hosts), |most| UsageError::FleetTooLarge {
        hosts,
        needed: total(hosts),
        most,
        fits: (1..hosts).rev().find(|fewer| total(*fewer) <= most),
    })
}

/// Raises the soft limit of open files if there is need; fails when the hard limit is lower than that.
fn open_files<E>(needed: u64, refusal: impl Fn(u64) -> E) -> Result<(), E> {
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
        return Err(refusal(most));
    }
    Ok(())
}

/// What a run needs open files for.
#[derive(Clone, Copy, Debug)]
struct Need {
    warm: u64,
    connecting: u64,
    /// Connected and waiting for the password of sudo.
    waiting: u64,
    running: u64,
}

impl Need {
    fn of(settings: &Settings, hosts: usize) -> Self {
        Self {
            warm: WARM.min(2 * hosts as u64),
            connecting: settings.connect_width.min(hosts) as u64,
            waiting: if settings.sudo {
                settings.width.min(hosts) as u64
            } else {
                0
            },
            running: settings.width.min(hosts) as u64,
        }
    }

    fn total(self) -> u64 {
        FIXED + self.warm + PER_CONNECT * self.connecting + PER_RUN * (self.waiting + self.running)
    }

    /// The widths that fit, the width of the run before that of the connecting.
    fn advice(self, most: u64) -> Advice {
        let without = |part: u64| most.saturating_sub(self.total() - part);
        let per_width = PER_RUN * (1 + u64::from(self.waiting > 0));
        let width = without(PER_RUN * (self.waiting + self.running)) / per_width;
        if (1..self.running).contains(&width) {
            return Advice::Width(width);
        }
        let both = PER_RUN * (self.waiting + self.running) + PER_CONNECT * self.connecting;
        let connect_width = without(both).saturating_sub(per_width) / PER_CONNECT;
        if (1..self.connecting).contains(&connect_width) {
            return Advice::Widths { connect_width };
        }
        Advice::NoWidth
    }
}

fn is_on_path(program: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|dir| is_executable(&dir.join(program))))
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_width_that_fits_is_advised() {
        let need = Need {
            warm: 200,
            connecting: 32,
            waiting: 0,
            running: 64,
        };
        let least = FIXED + 200;
        for (most, advice) in [
            (need.total() - 1, Advice::Width(63)),
            (least + 3 * 32 + 7, Advice::Width(1)),
            (least + 3 * 32 + 6, Advice::Widths { connect_width: 31 }),
            (least + 3 + 7, Advice::Widths { connect_width: 1 }),
            (least + 9, Advice::NoWidth),
            (300, Advice::NoWidth),
        ] {
            assert_eq!(need.advice(most), advice, "{most}");
        }
    }
}
