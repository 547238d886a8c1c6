//! How a job ended: the outcome, the fate of what ran on the host, and why a host could not be reached. These words
//! are the ones on the screen, in the summary and in the JSON events; nothing else may say how a job ended.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How a command ended on the host, read from its shell status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ended {
    /// It exited with this code.
    Exit(u32),
    /// A signal ended it. A POSIX shell shows this as a status of 128+n (ksh93: 256+n) and cannot tell it from an exit
    /// with that number, so the status is kept.
    Signal {
        /// The signal's number.
        number: u32,
        /// The status from which the number was read.
        status: u32,
    },
}

/// How a job, or one attempt at it, ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The shim reported `exit 0`.
    Ok,
    /// The shim reported another exit code.
    Exit {
        /// The code, 1 to 255.
        code: u32,
    },
    /// The shim reported a status that names a signal.
    Signal {
        /// The signal's number.
        number: u32,
        /// The status from which it was read.
        status: u32,
    },
    /// A limit ended it.
    TimedOut {
        /// The limit that was reached.
        limit: Limit,
        /// What became of the processes on the host.
        fate: Fate,
        /// How the command ended once it was told to.
        ended: Option<Ended>,
    },
    /// Somebody ended it.
    Cancelled {
        /// Who.
        by: CancelledBy,
        /// What became of the processes on the host.
        fate: Fate,
        /// How the command ended once it was told to.
        ended: Option<Ended>,
    },
    /// Nothing was started: the host could not be reached or would not run a command.
    Unreachable {
        /// Why.
        cause: Cause,
        /// ssh's own words, or the host's; one line.
        detail: String,
    },
    /// The command was started and how it ended is not known: the link was cut, or the shim died.
    Lost {
        /// What was seen, in words; one line.
        detail: String,
        /// What became of the processes on the host; usually unknown.
        fate: Fate,
    },
    /// It was never started.
    Skipped {
        /// Why not.
        why: SkipReason,
        /// What was seen on the host, where that is why; one line.
        detail: Option<String>,
    },
}

/// The sort of an outcome: what is counted, coloured and turned into an exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeClass {
    /// Exit 0.
    Ok,
    /// Another exit code.
    Exit,
    /// Ended by a signal that was not ours.
    Signal,
    /// A limit ended it.
    TimedOut,
    /// Somebody ended it.
    Cancelled,
    /// Nothing was started.
    Unreachable,
    /// Started, and the end not known.
    Lost,
    /// Never started.
    Skipped,
}

impl OutcomeClass {
    /// Every class, the harmless one first, in the order of counts on the screen.
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::Exit,
        Self::Signal,
        Self::TimedOut,
        Self::Cancelled,
        Self::Unreachable,
        Self::Lost,
        Self::Skipped,
    ];

    /// How soon an operator should look: first where the state of a host is not known, last what was never started, and
    /// what is well.
    pub fn urgency(self) -> u8 {
        match self {
            Self::Lost => 0,
            Self::Unreachable => 1,
            Self::TimedOut => 2,
            Self::Signal => 3,
            Self::Exit => 4,
            Self::Cancelled => 5,
            Self::Skipped => 6,
            Self::Ok => 7,
        }
    }

    /// The word for it in JSON and in filters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Exit => "exit",
            Self::Signal => "signal",
            Self::TimedOut => "timed-out",
            Self::Cancelled => "cancelled",
            Self::Unreachable => "unreachable",
            Self::Lost => "lost",
            Self::Skipped => "skipped",
        }
    }
}

impl Outcome {
    /// The sort of this outcome.
    pub fn class(&self) -> OutcomeClass {
        match self {
            Self::Ok => OutcomeClass::Ok,
            Self::Exit { .. } => OutcomeClass::Exit,
            Self::Signal { .. } => OutcomeClass::Signal,
            Self::TimedOut { .. } => OutcomeClass::TimedOut,
            Self::Cancelled { .. } => OutcomeClass::Cancelled,
            Self::Unreachable { .. } => OutcomeClass::Unreachable,
            Self::Lost { .. } => OutcomeClass::Lost,
            Self::Skipped { .. } => OutcomeClass::Skipped,
        }
    }

    /// Whether this is the one good end.
    pub fn is_ok(&self) -> bool {
        matches!(self, Self::Ok)
    }

    /// The end of a job that was never started, whatever its host.
    pub fn skipped(why: SkipReason) -> Self {
        Self::Skipped { why, detail: None }
    }

    /// The end of a command that ended by itself.
    pub fn from_ended(ended: Ended) -> Self {
        match ended {
            Ended::Exit(0) => Self::Ok,
            Ended::Exit(code) => Self::Exit { code },
            Ended::Signal { number, status } => Self::Signal { number, status },
        }
    }

    /// Whether something of the job may still be running on the host, so that it must not be started again blindly.
    pub fn may_live_on(&self) -> bool {
        self.fate()
            .is_some_and(|fate| matches!(fate, Fate::Survived { .. } | Fate::Kept | Fate::Unknown))
    }

    /// Puts down what a later look at the host told, where the outcome leaves that open.
    pub(super) fn set_fate(&mut self, told: Fate) {
        if let Self::TimedOut { fate, .. } | Self::Cancelled { fate, .. } | Self::Lost { fate, .. } = self {
            *fate = told;
        }
    }

    /// What became of the processes on the host, where the outcome leaves that open.
    pub fn fate(&self) -> Option<&Fate> {
        match self {
            Self::TimedOut { fate, .. } | Self::Cancelled { fate, .. } | Self::Lost { fate, .. } => Some(fate),
            _ => None,
        }
    }
}

/// The outcome in the words of the summary, without the particulars of one host: equal outcomes give equal words.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Exit { code } => write!(f, "exit {code}"),
            Self::Signal { number, status } => write!(f, "signal {number} ({status})"),
            Self::TimedOut { limit, fate, .. } => write!(f, "timed out, {limit} limit, {fate}"),
            Self::Cancelled { by, fate, .. } => write!(f, "cancelled {by}, {fate}"),
            Self::Unreachable { cause, .. } => write!(f, "unreachable, {cause}"),
            Self::Lost { fate, .. } => write!(f, "lost, {fate}"),
            Self::Skipped { why, .. } => write!(f, "skipped, {why}"),
        }
    }
}

/// Which limit ended a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// The time for the whole job.
    Run,
    /// The time for one step.
    Step,
    /// The time without output.
    Idle,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run => "run",
            Self::Step => "step",
            Self::Idle => "idle",
        })
    }
}

/// Who cancelled a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CancelledBy {
    /// The operator, by name or mark.
    Operator,
    /// A gate that stopped the run.
    Gate,
    /// The end of the run: `q` and cancel, or a signal to heeler.
    Quit,
}

impl fmt::Display for CancelledBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operator => "by operator",
            Self::Gate => "by gate",
            Self::Quit => "by quit",
        })
    }
}

/// What became of a job's processes on the host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// A search of the group, the session and the cookie found nothing.
    Gone,
    /// The process group does not answer; nothing more could be looked for on that host.
    GoneGroup,
    /// Some live on.
    Survived {
        /// How many.
        count: u32,
        /// Their owners, each once, sorted.
        owners: Vec<String>,
    },
    /// Left running because the operator asked for it.
    Kept,
    /// Nobody can say.
    Unknown,
}

impl Fate {
    /// The word of every fate.
    pub const WORDS: [&'static str; 5] = ["gone", "gone-group", "survived", "kept", "unknown"];

    /// The word for it in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::GoneGroup => "gone-group",
            Self::Survived { .. } => "survived",
            Self::Kept => "kept",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("confirmed gone"),
            Self::GoneGroup => f.write_str("group gone, escapes not looked for"),
            Self::Survived { count, owners } if owners.is_empty() => write!(f, "{count} survived"),
            Self::Survived { count, owners } => write!(f, "{count} survived (owner {})", owners.join(", ")),
            Self::Kept => f.write_str("left running"),
            Self::Unknown => f.write_str("remote unknown"),
        }
    }
}

/// The owner of a process, as a [`Fate`] names it: only the number is known of most.
pub fn owner_name(uid: u32) -> String {
    match uid {
        0 => "root".to_owned(),
        uid => format!("uid {uid}"),
    }
}

/// Why nothing could be started on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The name has no address.
    Dns,
    /// The port answers that nobody listens.
    Refused,
    /// No route, network or host down.
    NoRoute,
    /// No session within the connect limit.
    ConnectTimeout,
    /// The host shows another key than the one on record.
    HostKeyChanged,
    /// The host's key is not on record.
    HostKeyUnknown,
    /// The host does not accept us.
    Auth,
    /// `sudo` was refused.
    Privilege,
    /// The jump host failed, not the host.
    JumpHost,
    /// The server closed before it knew us (`MaxStartups`, penalties).
    DroppedEarly,
    /// The connection stands but a further session is refused (`MaxSessions`).
    SessionRefused,
    /// No POSIX shell answered.
    NoShell,
    /// The host is starting or stopping (`pam_nologin`).
    Booting,
    /// ssh and the server do not agree on how to talk.
    Protocol,
    /// None of these; see ssh's own words.
    Other,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 15] = [
        Self::Dns,
        Self::Refused,
        Self::NoRoute,
        Self::ConnectTimeout,
        Self::HostKeyChanged,
        Self::HostKeyUnknown,
        Self::Auth,
        Self::Privilege,
        Self::JumpHost,
        Self::DroppedEarly,
        Self::SessionRefused,
        Self::NoShell,
        Self::Booting,
        Self::Protocol,
        Self::Other,
    ];

    /// The word for it in filters and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::NoRoute => "no-route",
            Self::ConnectTimeout => "connect-timeout",
            Self::HostKeyChanged => "host-key-changed",
            Self::HostKeyUnknown => "host-key-unknown",
            Self::Auth => "auth",
            Self::Privilege => "privilege",
            Self::JumpHost => "jump-host",
            Self::DroppedEarly => "dropped-early",
            Self::SessionRefused => "session-refused",
            Self::NoShell => "no-shell",
            Self::Booting => "booting",
            Self::Protocol => "protocol",
            Self::Other => "other",
        }
    }

    /// Whether trying again by itself does harm: servers penalise failed logins, and a key that does not match must be
    /// looked at by a human.
    pub fn retry_does_harm(self) -> bool {
        matches!(
            self,
            Self::HostKeyChanged | Self::HostKeyUnknown | Self::Auth | Self::Privilege
        )
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "name not found",
            Self::Refused => "connection refused",
            Self::NoRoute => "no route to host",
            Self::ConnectTimeout => "connect timeout",
            Self::HostKeyChanged => "host key changed",
            Self::HostKeyUnknown => "host key unknown",
            Self::Auth => "key rejected",
            Self::Privilege => "sudo refused",
            Self::JumpHost => "jump host failed",
            Self::DroppedEarly => "dropped early",
            Self::SessionRefused => "session refused",
            Self::NoShell => "no shell",
            Self::Booting => "booting",
            Self::Protocol => "protocol error",
            Self::Other => "ssh failed",
        })
    }
}

/// Why a job was never started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// A gate closed before its turn.
    Gate,
    /// The run was told to start nothing more.
    Drain,
    /// It was cancelled before anything was started.
    Cancelled,
    /// Something it depends on failed.
    Dependency,
    /// The runner ended before its turn.
    Interrupted,
    /// An earlier attempt still runs on the host.
    AlreadyRunning,
    /// An earlier attempt may still run on the host, and that could not be looked into.
    MayBeRunning,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gate => "gate closed",
            Self::Drain => "run drained",
            Self::Cancelled => "cancelled before start",
            Self::Dependency => "dependency failed",
            Self::Interrupted => "the runner ended before its turn",
            Self::AlreadyRunning => "still running from an earlier attempt",
            Self::MayBeRunning => "may still be running from an earlier attempt",
        })
    }
}
