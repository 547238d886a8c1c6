//! What a front-end may ask of the runner. A request is a wish: the row changes when the runner's event comes back.

use super::id::JobId;
use super::signal::Sig;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// How hard a job is stopped at the operator's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Force {
    /// TERM, grace, KILL.
    Graceful,
    /// KILL at once.
    Now,
    /// KILL at once, and each host was named for it: this also ends what is to finish whatever happens.
    Named,
}

/// How the limit on the time of a job is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjust {
    /// So much more time.
    Longer(Duration),
    /// So much less.
    Shorter(Duration),
    /// No limit any more.
    Off,
}

/// A wish of a front-end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "request",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Request {
    /// End these jobs, wherever they are; those that are over are left alone.
    Cancel {
        /// Which.
        jobs: Vec<JobId>,
        /// How hard.
        force: Force,
    },
    /// Try these jobs again; those that are not over are left alone.
    Retry {
        /// Which.
        jobs: Vec<JobId>,
        /// Also where an earlier attempt is found alive on the host.
        even_if_running: bool,
    },
    /// Look which processes of these jobs are alive on their hosts, whether the job is over or not.
    Look {
        /// Which.
        jobs: Vec<JobId>,
    },
    /// Send KILL to these processes, as far as they are still the job's, and look again.
    KillLeft {
        /// Whose.
        job: JobId,
        /// Their numbers, as a look told them.
        pids: Vec<u32>,
    },
    /// Here is the password for `sudo`. The password itself travels beside the request and is never recorded; without
    /// one, nobody is going to give it.
    SudoPassword,
    /// Skip these jobs, those of them of which nothing was started.
    Skip {
        /// Which.
        jobs: Vec<JobId>,
    },
    /// Send a signal to these jobs, those of them that run, and nothing else: what follows from it is theirs.
    Signal {
        /// Which.
        jobs: Vec<JobId>,
        /// Which signal.
        signal: Sig,
    },
    /// Change the limit on the run time of these jobs, in the attempt under way.
    Limit {
        /// Which.
        jobs: Vec<JobId>,
        /// How.
        by: Adjust,
    },
    /// From now on so many jobs may run at once.
    Width {
        /// How many; at least 1.
        width: usize,
    },
    /// Look at the host of a running job. It is not recorded: whoever shows it asks again and again.
    Probe {
        /// Which.
        job: JobId,
    },
    /// Keep the connections to the hosts of these jobs, and no other jobs', for a while when they fall idle, as those of
    /// jobs that did not end well are kept. It is not recorded.
    KeepWarm {
        /// Which; those that were named before are not any more.
        jobs: Vec<JobId>,
    },
    /// Drive the run in this directory as well, over the connections that stand: it must name this run as its parent,
    /// and must not have begun.
    Adopt {
        /// Its directory.
        directory: PathBuf,
    },
    /// Start nothing new until told to continue.
    Pause,
    /// Go on after a pause.
    Continue,
    /// Start nothing more in this run; what waits is skipped, what runs goes on.
    Drain,
    /// End the run: everything that waits is skipped, everything that runs is stopped.
    Quit {
        /// How hard.
        force: Force,
    },
    /// Where the ssh agent is gone, use this one.
    Agent {
        /// Its socket.
        socket: PathBuf,
    },
    /// Somebody looks at the run and may want to retry: do not end it by itself.
    Hold,
    /// Nobody needs the run kept open any more: it ends when all jobs are over.
    Release,
}
