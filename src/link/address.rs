//! The address of a socket, however deep its directory lies: the kernel takes 108 bytes, but on Linux a directory that
//! is open has a short name as well.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What `sun_path` holds, less its terminator.
const SUN_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// A path that the kernel takes for a socket.
#[derive(Debug)]
pub(super) struct Address {
    path: PathBuf,
    /// Keeps the short name valid.
    _directory: Option<File>,
}

impl Address {
    /// The address of the socket at `path`, whose directory exists.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let fits = path.as_os_str().as_bytes().len() <= SUN_PATH;
        match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) if !fits && cfg!(target_os = "linux") => {
                let directory = File::open(parent)?;
                let path = Path::new("/proc/self/fd")
                    .join(directory.as_raw_fd().to_string())
                    .join(name);
                Ok(Self {
                    path,
                    _directory: Some(directory),
                })
            }
            _ => Ok(Self {
                path: path.to_owned(),
                _directory: None,
            }),
        }
    }

    /// The path to give to the kernel while this lives.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}
