//! Starting ssh so that it can never outlive us or touch our terminal: in a session of its own, without a terminal,
//! and, on Linux, ended by the kernel when the thread that started it ends. That thread is a worker of the runtime,
//! which lives as long as the runtime. This is the one file of the project with unsafe code.

use rustix::process::{getppid, setsid};
use std::io;
use tokio::process::Command;

/// Makes the command start in its own session and die with us.
#[expect(unsafe_code, reason = "what runs between fork and exec cannot be said safely")]
pub(super) fn tie_to_us(command: &mut Command) {
    let us = std::process::id();
    // SAFETY: the closure runs in the child between fork and exec. It makes three system calls, allocates nothing on
    // the way that succeeds, takes no lock and touches no memory of the parent.
    unsafe {
        command.pre_exec(move || {
            setsid()?;
            #[cfg(target_os = "linux")]
            {
                use rustix::process::{Signal, set_parent_process_death_signal};
                set_parent_process_death_signal(Some(Signal::TERM))?;
                // We may have died before the kernel was told; then nobody will send the signal.
                if getppid().is_none_or(|parent| parent.as_raw_nonzero().get().unsigned_abs() != us) {
                    return Err(io::ErrorKind::Interrupted.into());
                }
            }
            Ok(())
        });
    }
}
