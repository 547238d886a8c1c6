//! The password is nowhere but on its way: not in the record, nor in what any process shows of itself.

use std::fs;
use std::path::Path;

use crate::account::{PASSWORD, Rights};
use crate::hosts::Hosts;
use crate::support::processes::all;
use crate::support::wait::{LIMIT, wait_until};

#[test]
fn the_password_is_in_no_file_no_environment_and_no_argument() {
    let Some(hosts) = Hosts::new(Rights::Password, &[]) else {
        return;
    };
    let terminal = hosts.open("web[1-2]", "--plain", "env; sleep 3921");
    terminal.wait_for("sudo password for 2 hosts");
    terminal.send(PASSWORD);
    terminal.send_key("Enter");
    wait_until(LIMIT, "both run", || hosts.sshd.running("sleep 3921").len() == 2);
    // The needle is found where it is: here, and by the same search.
    let probe = hosts.heeler.home().join("probe");
    fs::write(&probe, PASSWORD).expect("a file");
    assert_eq!(holding(hosts.heeler.home()), [probe.display().to_string()]);
    for process in all() {
        for name in ["environ", "cmdline"] {
            let bytes = fs::read(format!("/proc/{}/{name}", process.id)).unwrap_or_default();
            // tmux was told what to type, and ends at once.
            assert!(
                process.command.starts_with("tmux") || !contains(&bytes),
                "{}",
                process.command
            );
        }
    }
    assert!(!terminal.scrollback().contains(PASSWORD));
}

/// The files below a directory that hold the password.
fn holding(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(holding(&path));
        } else if path.is_file() && contains(&fs::read(&path).expect("a file")) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn contains(bytes: &[u8]) -> bool {
    bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes())
}
