//! The files of a private ssh world: keys, the server's configuration, and the client's, in which
//! every name is a host of the one sshd, except those that are made to fail in a certain way.
//! It only writes files; [`Sshd`](super::sshd::Sshd) runs what they describe.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names whose sessions do not go to the account's own login shell, and what takes them instead, in
/// the way in which sshd itself calls a login shell. `DIR` stands for the directory of this sshd.
///
/// `fish` and `tcsh` are login shells of another tongue. With `dash`, `bash` and `busybox`, the `sh`
/// of the host is that shell. `noisy` greets on both streams first; `nologin` refuses everybody; `forced` does something
/// else; `parrot` says what it hears; on `bare` nothing can begin a session of its own.
pub const SHELLS: [(&str, &str); 10] = [
    ("fish", r#"exec fish -c "$SSH_ORIGINAL_COMMAND""#),
    ("tcsh", r#"exec tcsh -c "$SSH_ORIGINAL_COMMAND""#),
    ("dash", SH_IS_DASH),
    ("bash", SH_IS_BASH),
    ("busybox", SH_IS_BUSYBOX),
    (
        "noisy",
        r#"echo welcome; echo mind the gap >&2; exec sh -c "$SSH_ORIGINAL_COMMAND""#,
    ),
    ("nologin", "exec /usr/sbin/nologin"),
    ("forced", "echo this account makes backups only"),
    ("parrot", "exec cat"),
    ("bare", SH_IS_ALONE),
];
const SH_IS_DASH: &str =
    r#"exec env PATH=DIR/dash:/usr/local/bin:/usr/bin:/bin DIR/dash/sh -c "$SSH_ORIGINAL_COMMAND""#;
const SH_IS_BASH: &str =
    r#"exec env PATH=DIR/bash:/usr/local/bin:/usr/bin:/bin DIR/bash/sh -c "$SSH_ORIGINAL_COMMAND""#;
const SH_IS_BUSYBOX: &str =
    r#"exec env PATH=DIR/busybox:/usr/local/bin:/usr/bin:/bin DIR/busybox/sh -c "$SSH_ORIGINAL_COMMAND""#;
const SH_IS_ALONE: &str = r#"exec env PATH=DIR/bare DIR/bare/sh -c "$SSH_ORIGINAL_COMMAND""#;

/// What the shim needs, and nothing that could begin a session: neither setsid nor perl nor python.
const BARE: [&str; 6] = ["sh", "sleep", "grep", "cat", "env", "head"];

/// The ports of this world, all on 127.0.0.1.
pub struct Ports {
    /// Where sshd listens for the ordinary hosts.
    pub main: u16,
    /// Where it listens for each of [`SHELLS`].
    pub shells: Vec<u16>,
    /// Where somebody accepts and says nothing.
    pub silent: u16,
    /// Where nobody listens.
    pub refused: u16,
}

/// The marker in the environment of everything that runs in a session of the sshd in `directory`.
pub fn marker(directory: &Path) -> String {
    format!("HEELER_TEST_SSHD={}", directory.display())
}

/// Makes the keys, the known hosts and the directories in which `sh` is a certain shell.
pub fn write_keys(directory: &Path) {
    for key in ["host", "client", "other"] {
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", key, "-f"])
            .arg(directory.join(key))
            .status();
        let made = made.expect("ssh-keygen, see tests/install.sh");
        assert!(made.success(), "ssh-keygen could not make the key {key}");
    }
    copy_key(directory, "client", "authorized_keys", "");
    copy_key(directory, "host", "known_hosts", "[127.0.0.1]:* ");
    copy_key(directory, "other", "known_hosts_changed", "[127.0.0.1]:* ");
    fs::create_dir(directory.join("home")).expect("a home for the sessions");
    fs::write(directory.join("known_hosts_empty"), "").expect("a file for no known hosts");
    for shell in ["dash", "bash", "busybox"] {
        let bin = directory.join(shell);
        fs::create_dir(&bin).expect("a directory for a shell");
        symlink(find_program(shell), bin.join("sh")).expect("a link to a shell");
    }
    let bare = directory.join("bare");
    fs::create_dir(&bare).expect("a directory for a few programs");
    for name in BARE {
        symlink(find_program(name), bare.join(name)).expect("a link to a program");
    }
}

/// The configuration of the server. `lines` come first and so win over what we would say; only
/// `SetEnv` must stay ours, for the marker. `DIR` in them stands for the directory.
///
/// Sessions have an empty `HOME`: some shells read the start files of whoever runs the tests even
/// for a single command, which may cost more than the whole connection.
pub fn server(directory: &Path, ports: &Ports, lines: &[&str]) -> String {
    let dir = directory.display();
    let mut text = lines.join("\n").replace("DIR", &dir.to_string());
    for port in std::iter::once(&ports.main).chain(&ports.shells) {
        let _ = write!(text, "\nListenAddress 127.0.0.1:{port}");
    }
    let _ = write!(
        text,
        "
HostKey {dir}/host
AuthorizedKeysFile {dir}/authorized_keys
AuthenticationMethods publickey
KexAlgorithms curve25519-sha256
StrictModes no
UsePAM no
UseDNS no
PermitUserRC no
PrintMotd no
PidFile none
LogLevel VERBOSE
MaxSessions 10
SetEnv {} HOME={dir}/home
",
        marker(directory)
    );
    // The only setting of which the last one wins.
    if !lines.iter().any(|line| line.starts_with("MaxStartups")) {
        text.push_str("MaxStartups 1000\n");
    }
    if knows_penalties() {
        text.push_str("PerSourcePenalties no\n");
    }
    for ((_, command), port) in SHELLS.iter().zip(&ports.shells) {
        let command = command.replace("DIR", &dir.to_string());
        let _ = write!(text, "Match LocalPort {port}\n  ForceCommand {command}\n");
    }
    text
}

/// The configuration of the client, for `ssh -F` and `heeler -F`. A name with digits or anything
/// else behind it is of the same kind: `fish[1-3]` are three hosts with fish as login shell.
///
/// ssh takes the first value it finds, so that what fails comes before the rule for all.
pub fn client(directory: &Path, ports: &Ports) -> String {
    let dir = directory.display();
    let mut text = format!(
        "\
Host refused*
  Port {}
Host silent*
  Port {}
Host nodns*
  HostName nodns.invalid
Host badkey*
  IdentityFile {dir}/other
Host strange*
  UserKnownHostsFile {dir}/known_hosts_empty
Host changed*
  UserKnownHostsFile {dir}/known_hosts_changed
",
        ports.refused, ports.silent
    );
    for ((name, _), port) in SHELLS.iter().zip(&ports.shells) {
        let _ = write!(text, "Host {name}*\n  Port {port}\n");
    }
    // Keys add up instead of replacing each other: the bad one must stay alone.
    let _ = write!(
        text,
        "\
Host * !badkey*
  IdentityFile {dir}/client
Host *
  HostName 127.0.0.1
  Port {}
  IdentitiesOnly yes
  IdentityAgent none
  PreferredAuthentications publickey
  UserKnownHostsFile {dir}/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  UpdateHostKeys no
",
        ports.main
    );
    text
}

fn copy_key(directory: &Path, key: &str, name: &str, prefix: &str) {
    let path = directory.join(format!("{key}.pub"));
    let text = fs::read_to_string(path).expect("the public key just made");
    fs::write(directory.join(name), format!("{prefix}{text}")).expect("a file with a public key");
}

fn find_program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("{name} is not installed, see tests/install.sh"))
}

/// Whether this OpenSSH punishes addresses that fail often, as it does since 9.8: our tests fail
/// on purpose, and all from one address. An older sshd refuses the setting.
fn knows_penalties() -> bool {
    let output = Command::new("ssh").arg("-V").output();
    let words = output.expect("ssh, see tests/install.sh").stderr;
    let words = String::from_utf8_lossy(&words).into_owned();
    let version = words.strip_prefix("OpenSSH_").unwrap_or_default();
    let mut numbers = version
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|number| number.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(9), Some(8))
}
