//! The private directory of a fleet: keys made for this one run, the ssh configuration that leads to it, the
//! story and the homes of its hosts. It owns every file of the demo, and removes them all. It must not know
//! sockets or processes.

use std::fmt::Write as _;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{PrivateKey, PublicKey};
use rustix::fs::{FlockOperation, flock};
use rustix::process::geteuid;
use tempfile::TempDir;

use super::error::DemoError;
use super::session::USER;

/// What the story is called in the home of a host.
pub(super) const STORY: &str = "upgrade.sh";

/// What the names of these directories begin with.
const PREFIX: &str = "heeler-demo-";

/// The file that is locked for as long as the demo lives.
const LOCK: &str = "lock";

/// The directory and what is in it. Dropping it removes it.
pub(super) struct Directory {
    dir: TempDir,
    config: PathBuf,
    _lock: File,
}

impl Directory {
    /// An empty directory in `parent` that only this user can enter. Those of demos that were killed by
    /// force, and could not clear up, are removed on the way.
    pub(super) fn create_in(parent: &Path) -> Result<Self, DemoError> {
        sweep(parent);
        let dir = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)
            .map_err(DemoError::Directory)?;
        let lock = lock(dir.path()).map_err(DemoError::Directory)?;
        let config = dir.path().join("ssh_config");
        Ok(Self {
            dir,
            config,
            _lock: lock,
        })
    }

    /// The configuration for `ssh -F`.
    pub(super) fn config(&self) -> &Path {
        &self.config
    }

    /// Where the hosts have their homes.
    pub(super) fn homes(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Gives every host its home, with the story in it.
    pub(super) fn furnish<'a>(&self, hosts: impl Iterator<Item = &'a str>) -> Result<(), DemoError> {
        for host in hosts {
            let home = self.homes().join(host);
            fs::create_dir_all(&home)
                .and_then(|()| fs::write(home.join(STORY), include_bytes!("story.sh")))
                .map_err(DemoError::Directory)?;
        }
        Ok(())
    }

    /// Writes what the ssh client needs: its key, the servers' key for every port, and the configuration.
    pub(super) fn write_access(
        &self,
        client: &PrivateKey,
        server: &PublicKey,
        doors: &[(&str, u16)],
    ) -> Result<(), DemoError> {
        let identity = self.dir.path().join("id_ed25519");
        let known_hosts = self.dir.path().join("known_hosts");
        let server = server.to_openssh().map_err(DemoError::Key)?;
        let known = doors.iter().fold(String::new(), |mut known, (_, port)| {
            let _ = writeln!(known, "[127.0.0.1]:{port} {server}");
            known
        });
        let secret = client.to_openssh(LineEnding::LF).map_err(DemoError::Key)?;
        let config = configuration(doors, &quoted(&identity)?, &quoted(&known_hosts)?);
        write_private(&identity, secret.as_bytes())
            .and_then(|()| write_private(&known_hosts, known.as_bytes()))
            .and_then(|()| write_private(&self.config, config.as_bytes()))
            .map_err(DemoError::Directory)
    }

    /// Removes everything, and says so if that fails.
    pub(super) fn remove(self) -> Result<(), DemoError> {
        self.dir.close().map_err(DemoError::Directory)
    }
}

/// Marks a directory as in use. It gets the name by which a sweep looks for it only when it is locked.
fn lock(dir: &Path) -> io::Result<File> {
    let unlocked = dir.join("unlocked");
    let file = File::create_new(&unlocked)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    fs::rename(unlocked, dir.join(LOCK))?;
    Ok(file)
}

/// Removes our directories whose lock nobody holds. What cannot be removed is left to the next sweep.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry
                .metadata()
                .is_ok_and(|is| is.is_dir() && is.uid() == geteuid().as_raw());
        let abandoned = |file: File| flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
        if is_ours && File::open(entry.path().join(LOCK)).is_ok_and(abandoned) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A key that exists for this run only.
pub(super) fn new_key() -> Result<PrivateKey, DemoError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(DemoError::Entropy)?;
    Ok(PrivateKey::from(Ed25519Keypair::from_seed(&seed)))
}

/// The text for `ssh -F`, which reads neither the user's nor the system's configuration then. Only the
/// hosts of the fleet lead anywhere: any other name is left to ssh, and ends at a host key that is not known.
fn configuration(doors: &[(&str, u16)], identity: &str, known_hosts: &str) -> String {
    let mut text = String::from("# Written by heeler demo, and removed when the demo ends.\n");
    for (host, port) in doors {
        let _ = write!(text, "\nHost {host}\n    HostName 127.0.0.1\n    Port {port}\n");
    }
    let _ = write!(
        text,
        "\nHost *
    User {USER}
    IdentityFile {identity}
    IdentitiesOnly yes
    IdentityAgent none
    CertificateFile none
    PreferredAuthentications publickey
    UserKnownHostsFile {known_hosts}
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    UpdateHostKeys no
    HostKeyAlgorithms ssh-ed25519
    KexAlgorithms curve25519-sha256
"
    );
    text
}

/// A path as ssh reads it back: in quotes, with `%` as a plain character.
fn quoted(path: &Path) -> Result<String, DemoError> {
    let text = path.to_str().filter(|text| !text.contains(['"', '\\', '\n', '$']));
    let text = text.ok_or_else(|| DemoError::Path(path.to_owned()))?;
    Ok(format!("\"{}\"", text.replace('%', "%%")))
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_demo_left_is_removed_and_what_is_in_use_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let in_use = Directory::create_in(parent.path()).unwrap();
        let strange = parent.path().join("heeler-demo-without-lock");
        fs::create_dir(&strange).unwrap();
        // The lock goes with the process that is killed; the files stay.
        let killed = Directory::create_in(parent.path()).unwrap();
        let Directory { dir, _lock: lock, .. } = killed;
        let abandoned = dir.keep();
        fs::create_dir_all(abandoned.join("home/web01")).unwrap();
        drop(lock);

        sweep(parent.path());
        assert!(in_use.homes().parent().unwrap().exists() && strange.exists());
        assert!(!abandoned.exists());
    }

    #[test]
    fn paths_are_quoted_for_ssh_or_refused() {
        assert_eq!(quoted(Path::new("/tmp/a b/100%")).unwrap(), "\"/tmp/a b/100%%\"");
        for path in ["/tmp/\"", "/tmp/a\nb", "/tmp/$HOME", "/tmp/\\"] {
            assert!(matches!(quoted(Path::new(path)), Err(DemoError::Path(_))), "{path}");
        }
    }
}
