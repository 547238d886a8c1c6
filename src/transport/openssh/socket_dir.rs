//! The private directory of the control sockets: short enough for the kernel, readable by nobody else, gone at the end.
//! Whoever was killed could not remove its own; it is known by its lock, which nobody holds any more, and removed by the
//! next who makes one.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What `sun_path` holds, less its terminator: 107 on Linux, 103 on BSD and macOS.
const SUN_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// While it makes a socket, ssh appends a dot and 16 letters to its name.
const SSH_SUFFIX: usize = 17;
/// A slash and the longest number of a socket.
const SOCKET_NAME: usize = 11;
/// How the name of a directory begins.
const PREFIX: &str = "heeler-";
/// How it begins before it is locked.
const UNLOCKED: &str = ".heeler-";

/// A directory for control sockets; removed when dropped.
#[derive(Debug)]
pub struct SocketDir {
    path: PathBuf,
    /// Locked for as long as we live.
    _lock: File,
}

/// Why there is no directory for sockets.
#[derive(Debug, thiserror::Error)]
pub enum SocketDirError {
    /// The kernel takes no path that long.
    #[error(
        "the directory for ssh's sockets is too long: {} has {length} bytes, and at most {most} work; \
         set XDG_RUNTIME_DIR to a shorter path",
        path.display()
    )]
    TooLong {
        /// Which.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
        /// What would work.
        most: usize,
    },
    /// It cannot be made.
    #[error("cannot create a directory for ssh's sockets in {}: {source}; set XDG_RUNTIME_DIR to a writable directory", path.display())]
    Create {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl SocketDir {
    /// Makes one inside `runtime_dir` (`$XDG_RUNTIME_DIR`), or in `/tmp` where there is none.
    pub fn create(runtime_dir: Option<&Path>) -> Result<Self, SocketDirError> {
        let parent = runtime_dir.unwrap_or(Path::new("/tmp"));
        sweep(parent);
        let dir = make(parent).map_err(|source| SocketDirError::Create {
            path: parent.to_owned(),
            source,
        })?;
        let length = dir.path.as_os_str().as_bytes().len();
        let most = SUN_PATH - SSH_SUFFIX - SOCKET_NAME;
        if length > most {
            return Err(SocketDirError::TooLong {
                path: dir.path.clone(),
                length,
                most,
            });
        }
        Ok(dir)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a socket by its number.
    pub(super) fn socket(&self, number: u32) -> PathBuf {
        self.path.join(number.to_string())
    }
}

impl Drop for SocketDir {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "the directory of ssh's sockets is left");
        }
    }
}

/// It gets its name when it is locked, so that nobody takes it for one that was left.
fn make(parent: &Path) -> io::Result<SocketDir> {
    let private = Permissions::from_mode(0o700);
    let new = tempfile::Builder::new()
        .prefix(UNLOCKED)
        .permissions(private)
        .tempdir_in(parent)?;
    let lock = File::open(new.path())?;
    lock.try_lock()?;
    let name = new.path().file_name().unwrap_or_default().to_string_lossy();
    let path = parent.join(name.trim_start_matches('.'));
    fs::rename(new.path(), &path)?;
    // It has moved away from where it would be removed.
    let _moved = new.keep();
    Ok(SocketDir { path, _lock: lock })
}

/// Removes what those left who were killed. Whatever is not ours, or holds anything but sockets, stays.
fn sweep(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries {
        let path = entry.path();
        remove_left(&path);
    }
}

/// Removes one such directory. What has another name, is not ours, is in use or holds anything but sockets, stays.
pub(super) fn remove_left(path: &Path) {
    let has_name = path
        .file_name()
        .is_some_and(|name| name.as_bytes().starts_with(PREFIX.as_bytes()));
    if !has_name || !is_left(path) {
        return;
    }
    for inner in fs::read_dir(path).into_iter().flatten().flatten() {
        if inner.file_type().is_ok_and(|kind| kind.is_socket()) {
            let _gone = fs::remove_file(inner.path());
        }
    }
    // Only an empty directory goes.
    let _gone = fs::remove_dir(path);
}

fn is_left(path: &Path) -> bool {
    let user = rustix::process::geteuid().as_raw();
    let ours = fs::symlink_metadata(path)
        .is_ok_and(|found| found.is_dir() && found.uid() == user && found.mode() & 0o777 == 0o700);
    ours && File::open(path).is_ok_and(|dir| dir.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::DirBuilderExt;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_long_directory_is_refused_with_both_lengths_and_leaves_nothing() {
        let outer = tempfile::tempdir().expect("a directory");
        let long = outer.path().join("x".repeat(90));
        std::fs::create_dir(&long).expect("a long one");
        let refused = SocketDir::create(Some(&long)).expect_err("too long");
        assert!(
            refused.to_string().contains("at most 79 work; set XDG_RUNTIME_DIR"),
            "{refused}"
        );
        assert_eq!(std::fs::read_dir(&long).expect("readable").count(), 0);
    }

    #[test]
    fn it_is_private_and_goes_away() {
        let outer = tempfile::tempdir().expect("a directory");
        let dir = SocketDir::create(Some(outer.path())).expect("short enough");
        let mode = dir.path.metadata().expect("exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(dir);
        assert_eq!(std::fs::read_dir(outer.path()).expect("readable").count(), 0);
    }

    #[test]
    fn what_a_killed_owner_left_is_removed_and_what_is_in_use_is_not() {
        let outer = tempfile::tempdir().expect("a directory");
        let make = |name: &str| {
            let path = outer.path().join(name);
            let mut private = std::fs::DirBuilder::new();
            private.mode(0o700).create(&path).expect("writable");
            path
        };
        let (left, kept, other) = (make("heeler-left"), make("heeler-kept"), make("other"));
        let _socket = UnixListener::bind(left.join("1")).expect("a socket");
        std::fs::write(kept.join("notes"), "").expect("writable");
        std::os::unix::fs::symlink(&other, outer.path().join("heeler-link")).expect("a link");
        let first = SocketDir::create(Some(outer.path())).expect("short enough");
        let second = SocketDir::create(Some(outer.path())).expect("short enough");
        assert!(!left.exists());
        assert!(first.path.is_dir() && second.path.is_dir() && other.is_dir());
        assert!(kept.join("notes").exists(), "no directory of sockets");
        drop((first, second));
        let rest = std::fs::read_dir(outer.path()).expect("readable").count();
        assert_eq!(rest, 3, "what was kept, the other and the link");
    }
}
