//! Starting local processes away from our terminal: in a session of their own, so that no ^C or ^Z of ours reaches
//! them, without the files that whoever started us had open, and, where asked, ended by the kernel when we end. Whoever
//! starts a process uses this; it is the one file of the project with unsafe code.

use rustix::io::{Errno, FdFlags, fcntl_getfd, fcntl_setfd};
use std::fs;
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Makes the command start in a session and process group of its own.
#[expect(unsafe_code, reason = "a session is made by the child itself, between fork and exec")]
pub fn in_own_session(command: &mut Command) {
    // SAFETY: the closure makes one system call; it allocates nothing, takes no lock and touches no memory of ours.
    unsafe {
        command.pre_exec(|| rustix::process::setsid().map(|_| ()).map_err(io::Error::from));
    }
}

/// Makes the command end, by TERM, when the thread that starts it ends, however that comes about. Start it from a
/// worker of the runtime, which lives as long as the runtime. Only Linux can do this; elsewhere nothing changes.
#[expect(
    unsafe_code,
    reason = "the kernel is asked by the child itself, between fork and exec"
)]
pub fn tied_to_us(command: &mut Command) {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, getppid, set_parent_process_death_signal};
        let us = std::process::id().cast_signed();
        // SAFETY: the closure makes two system calls; it allocates nothing, takes no lock and touches no memory of ours.
        unsafe {
            command.pre_exec(move || {
                set_parent_process_death_signal(Some(Signal::TERM))?;
                // We may have ended before the kernel knew; then nobody will send the signal.
                match getppid() {
                    Some(parent) if parent.as_raw_nonzero().get() == us => Ok(()),
                    _ => Err(io::Error::from(io::ErrorKind::Interrupted)),
                }
            });
        }
    }
}

/// The directory with our open files by their numbers.
const OPEN_FILES: &str = if cfg!(target_os = "linux") {
    "/proc/self/fd"
} else {
    "/dev/fd"
};

/// Keeps every open file but the standard streams from the programs that are started from now on: what we inherited (a
/// lock, the end of a pipe) must not be held by one that outlives us. What we open ourselves never reaches them anyway.
///
/// # Errors
/// When the open files cannot be listed.
#[expect(unsafe_code, reason = "what was inherited is known by its number alone")]
pub fn keep_open_files() -> io::Result<()> {
    for entry in fs::read_dir(OPEN_FILES)? {
        let Some(number @ 3..) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // SAFETY: the number is given to the kernel alone, which refuses one that is not open; nothing is read, written
        // or closed, and to mark a file of our own once more changes nothing.
        let file = unsafe { BorrowedFd::borrow_raw(number) };
        match fcntl_getfd(file).and_then(|flags| fcntl_setfd(file, flags | FdFlags::CLOEXEC)) {
            // It was closed in the meantime.
            Ok(()) | Err(Errno::BADF) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
