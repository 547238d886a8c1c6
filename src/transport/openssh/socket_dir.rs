//! The private directory of the control sockets: short enough for the kernel, readable by nobody else, gone at the end.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What `sun_path` holds, less its terminator: 107 on Linux, 103 on BSD and macOS.
const SUN_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// While it makes a socket, ssh appends a dot and 16 letters to its name.
const SSH_SUFFIX: usize = 17;
/// A slash and the longest number of a socket.
const SOCKET_NAME: usize = 11;

/// A directory for control sockets; removed when dropped.
#[derive(Debug)]
pub struct SocketDir {
    dir: TempDir,
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
        let dir = tempfile::Builder::new()
            .prefix("heeler-")
            .permissions(std::fs::Permissions::from_mode(0o700))
            .tempdir_in(parent)
            .map_err(|source| SocketDirError::Create {
                path: parent.to_owned(),
                source,
            })?;
        let length = dir.path().as_os_str().as_bytes().len();
        let most = SUN_PATH - SSH_SUFFIX - SOCKET_NAME;
        if length > most {
            return Err(SocketDirError::TooLong {
                path: dir.path().to_owned(),
                length,
                most,
            });
        }
        Ok(Self { dir })
    }

    /// The path of a socket by its number.
    pub(super) fn socket(&self, number: u32) -> PathBuf {
        self.dir.path().join(number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mode = dir.dir.path().metadata().expect("exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(dir);
        assert_eq!(std::fs::read_dir(outer.path()).expect("readable").count(), 0);
    }
}
