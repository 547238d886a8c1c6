//! The remote shim: the POSIX sh program that runs beside every command on its host, and the
//! language spoken with it. Transports and the runner call it; it is pure (no clock, no I/O, no
//! tokio) and knows nothing of hosts, jobs' rows or connections.
//!
//! # Theory of operation
//!
//! The channel runs exactly `exec sh`, so no login shell ever sees the command. Then, in order:
//!
//! 1. On a new connection, [`Greeting::line`] goes to standard input, and nothing more until
//!    [`Greeting::answer`] came back on standard output. A device that executes whatever it reads
//!    never gets further; one that echoes does not pass either, as the answer differs from the
//!    line.
//! 2. [`Program::text`] goes to standard input, and nothing more until *both* streams have
//!    brought their mark, which a [`Preamble`] looks for. What a stream carried before the mark
//!    is the login's own noise. (Some shells read ahead: a line sent earlier would be lost.)
//! 3. From then on standard input is the control pipe and takes [`Control`] lines. Standard
//!    output is the job's, byte for byte. Standard error is the job's with records in it, which
//!    a [`RecordSplitter`] cuts out.
//!
//! The shim reports the job's process ([`Record::Job`]) and its status ([`Record::Exit`]) at
//! once. An `Exit` without a `Job` before it means that the command was not started (the number
//! is the launcher's); an end of both streams without an `Exit` means nothing but that the shim
//! is lost. Without a stop under way the shim ends after `Exit`: nobody is signalled, and
//! background children keep the streams open. The shell itself exits with 0 whatever the job
//! did. Requests that come before there is a job are carried out once there is.
//!
//! [`Control::Signal`], [`Control::Stop`] and [`Control::Look`] are answered with a
//! [`Record::Process`] for each process that is left, and then with either [`Record::Left`] or
//! [`Record::Gone`]. After a `Stop` the shim stays until nothing is left: it looks once more by
//! itself when the job has ended, and it ends after `Gone`. That one look may still find processes
//! that are about to die, so the runner asks on until `Gone`. `Gone` is never said before `Exit`
//! (until then an empty search is `Left(0)`) and never without evidence. The runner keeps the
//! time while the link is up: `Stop(Term)`, grace, `Stop(Kill)`, `Look` now and then, and
//! [`Control::Leave`] when it has waited enough. Only after the end of the control pipe, or when
//! the lease is over, does the shim itself send TERM, wait the grace, and send KILL
//! ([`OnDisconnect::End`](crate::model::plan::OnDisconnect::End)). A stop under way is seen through even with [`OnDisconnect::Keep`](crate::model::plan::OnDisconnect::Keep).
//!
//! [`Control::Beat`] is answered with [`Record::Beat`], by a process of its own: where the link takes nothing, that one
//! waits, and the shim still notices that no beats come.
//!
//! Two secrets are made for each attempt. The [`Nonce`] marks records and is never in any
//! environment or argument list. The [`Cookie`] is in the job's environment, so that processes
//! that left the session are still recognised as the job's; such *escaped* processes are
//! reported and only ever signalled by number.
//!
//! Before the command is started again on a host where an earlier attempt may live on, [`search`] looks for that
//! attempt's processes, in a session of its own.
//!
//! While a command runs, a [`Question`] may be sent in a further session: what its processes do at this moment, and how
//! hard the host is pressed. It changes nothing.
//!
//! Where the command is to run as root, the shell hands over to root's by [`Elevation`] before it is given any program: so
//! the shim and the search are root's, and reach whatever the command started.
//!
//! What the shim cannot do is part of its contract: if all of its processes are killed the job
//! lives on, and only an unanswered `Look` tells; a process with a session of its own *and* a
//! cleared environment cannot be recognised; where not all processes are visible in `/proc`,
//! only the group can be known to be gone ([`Reach::Group`]).

mod control;
mod elevation;
mod greeting;
mod marked;
mod preamble;
mod probe;
mod program;
mod records;
mod search;
mod secret;
mod status;

pub use crate::model::signal::{Sig, UnknownSignal};
pub use control::Control;
pub use elevation::Elevation;
pub use greeting::Greeting;
pub use preamble::Preamble;
pub use probe::{Probing, Question};
pub use program::{Program, ProgramError};
pub use records::{Item, Process, Reach, Record, RecordSplitter, Session};
pub use search::{Alive, Answer, Looked, Sight, Sign, Sought, search, search_and_kill};
pub use secret::{Cookie, Nonce};
pub use status::classify;
