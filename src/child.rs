//! Starting local processes away from our terminal: in a session of their own, so that no ^C or ^Z of ours reaches
//! them, and, where asked, ended by the kernel when we end. Whoever starts a process uses this; it is the one file of
//! the project with unsafe code.

use std::io;
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
