//! The private directory of a fleet: keys made for this one run, the ssh configuration that leads to it, the
//! story and the homes of its hosts. It owns every file of the demo, and removes them all. It must not know
//! sockets or processes.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{PrivateKey, PublicKey};
use tempfile::TempDir;

use super::DemoError;
use super::session::USER;

/// What the story is called in the home of a host.
pub(super) const STORY: &str = "upgrade.sh";

/// The directory and what is in it. Dropping it removes it.
pub(super) struct Directory {
    dir: TempDir,
    config: PathBuf,
}

impl Directory {
    /// An empty directory that only this user can enter.
    pub(super) fn create() -> Result<Self, DemoError> {
        let dir = tempfile::Builder::new()
            .prefix("heeler-demo-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()
            .map_err(DemoError::Directory)?;
        let config = dir.path().join("ssh_config");
        Ok(Self { dir, config })
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

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)
}
