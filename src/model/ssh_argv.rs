//! How ssh is called for the connection to a host. Whoever starts it and whoever shows it take the same words.

use super::host::HostName;
use super::plan::SshCall;
use std::ffi::OsString;
use std::path::Path;

/// What must hold whatever the user's configuration says; the first value of an option wins in ssh.
const OURS: &[&str] = &[
    "BatchMode=yes",
    "ControlMaster=yes",
    "ControlPersist=no",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "ForwardX11=no",
    "PermitLocalCommand=no",
    "RemoteCommand=none",
    "RequestTTY=no",
    // At a lower level ssh would not say why it gave up.
    "LogLevel=INFO",
    // The third question without an answer is given up with the next: a dead link is found within a minute.
    "ServerAliveInterval=15",
    "ServerAliveCountMax=3",
];

/// The arguments of the ssh that holds the connection to a host, with its control socket there.
pub fn ssh_argv(host: &HostName, socket: &Path, call: &SshCall) -> Vec<OsString> {
    let mut argv: Vec<OsString> = ["-M", "-N", "-T", "-S"].map(Into::into).to_vec();
    argv.push(socket.into());
    let mut add = |flag: &str, value: OsString| argv.extend([flag.into(), value]);
    for option in OURS {
        add("-o", option.into());
    }
    if let Some(config) = &call.config_file {
        add("-F", config.into());
    }
    for option in &call.options {
        add("-o", option.into());
    }
    if let Some(user) = host.user() {
        add("-l", user.into());
    }
    if let Some(port) = host.port() {
        add("-p", port.to_string().into());
    }
    add("--", host.address().into());
    argv
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_words_come_after_ours_and_the_host_last() {
        let host = HostName::parse("me@web1:2222").expect("a name");
        let call = SshCall {
            config_file: Some("/etc/my ssh".into()),
            options: vec!["Compression=yes".into()],
        };
        let argv: Vec<String> = ssh_argv(&host, Path::new("/tmp/s"), &call)
            .into_iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        assert_eq!(argv[..7], ["-M", "-N", "-T", "-S", "/tmp/s", "-o", "BatchMode=yes"]);
        let rest = "-F|/etc/my ssh|-o|Compression=yes|-l|me|-p|2222|--|web1";
        assert!(argv.join("|").ends_with(rest), "{argv:?}");
    }
}
