//! A user of this machine for the time of a test, and what sudo lets it do.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The word of every account.
pub const PASSWORD: &str = "Zwetschge-7391";

/// What sudo says of the user.
#[derive(Clone, Copy)]
pub enum Rights {
    /// Everything, with no password.
    NoPassword,
    /// Everything, with one.
    Password,
    /// Nothing.
    None,
}

/// The user. Removed when dropped, also by a panic.
pub struct Account {
    name: String,
}

impl Account {
    /// Makes a user; `None` without the right to, which is told.
    pub fn new(rights: Rights, defaults: &[&str]) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            let _closed = writeln!(std::io::stderr(), "not run: only root can make a user for it");
            return None;
        }
        let mut random = [0; 4];
        getrandom::fill(&mut random).expect("random numbers");
        let account = Self {
            name: format!("hl{:08x}", u32::from_be_bytes(random)),
        };
        run(
            Command::new("/usr/sbin/useradd").args(["-M", "-N", "-s", "/bin/sh", "-d", "/", &account.name]),
            "",
        );
        run(
            &mut Command::new("/usr/sbin/chpasswd"),
            &format!("{}:{PASSWORD}\n", account.name),
        );
        account.allow(rights, defaults);
        Some(account)
    }

    /// As whom to log in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tells sudo what the user may do from now on.
    pub fn allow(&self, rights: Rights, defaults: &[&str]) {
        let name = &self.name;
        let mut text = format!("Defaults:{name} env_keep += \"HEELER_TEST_SSHD\"\n");
        for words in defaults {
            text += &["Defaults:", name, " ", words, "\n"].concat();
        }
        let rule = match rights {
            Rights::NoPassword => Some("ALL=(ALL) NOPASSWD: ALL"),
            Rights::Password => Some("ALL=(ALL) ALL"),
            Rights::None => None,
        };
        text.extend(rule.map(|rule| format!("{name} {rule}\n")));
        // sudo leaves out files with a dot in their names, so that it never reads half of one.
        let half = PathBuf::from(format!("/etc/sudoers.d/{name}.new"));
        fs::write(&half, text).expect("a file for sudo");
        fs::set_permissions(&half, fs::Permissions::from_mode(0o440)).expect("its mode");
        run(Command::new("visudo").arg("-cqf").arg(&half), "");
        fs::rename(&half, self.file()).expect("sudo's file");
    }

    fn file(&self) -> PathBuf {
        PathBuf::from("/etc/sudoers.d").join(&self.name)
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.file());
        let _ = fs::remove_file(self.file().with_extension("new"));
        let _ = fs::remove_dir_all(PathBuf::from("/run/sudo/ts").join(&self.name));
        let _ = fs::remove_file(PathBuf::from("/var/lib/sudo/lectured").join(&self.name));
        let gone = Command::new("/usr/sbin/userdel")
            .args(["-f", &self.name])
            .stderr(Stdio::null())
            .status();
        let gone = gone.is_ok_and(|status| status.success());
        assert!(gone || std::thread::panicking(), "the user {} is left", self.name);
    }
}

#[track_caller]
fn run(command: &mut Command, input: &str) {
    let mut child = command
        .stdin(Stdio::piped())
        .spawn()
        .expect("a program, see tests/install.sh");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    assert!(child.wait().expect("its end").success(), "{command:?}");
}
