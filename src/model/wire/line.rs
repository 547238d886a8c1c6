//! The fields of a line, as they are named in JSON.

use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId, RunId};
use crate::model::left::Left;
use crate::model::outcome::{CancelledBy, Cause, Limit, OutcomeClass, SkipReason};
use crate::model::phase::{PauseReason, StopReason, Why};
use crate::model::request::Request;
use crate::model::signal::Sig;
use crate::model::stamp::Stamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The name of an event in its JSON form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Name {
    #[default]
    RunStarted,
    RunResumed,
    Requested,
    Queued,
    Connecting,
    Starting,
    Running,
    Slow,
    Limit,
    Signalled,
    Overdue,
    LinkSilent,
    LinkHeard,
    Left,
    NotLooked,
    Stopping,
    Retrying,
    Done,
    Found,
    Paused,
    Continued,
    Adopted,
    NotAdopted,
    Draining,
    Width,
    PasswordWanted,
    PasswordGiven,
    Slept,
    Unrecorded,
    RunEnded,
}

/// One line of `events.jsonl`. Absent fields do not apply to the event.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Line {
    pub(super) event: Name,
    pub(super) at: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<RunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) directory: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jobs: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<JobId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<HostName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attempt: Option<AttemptNo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<Why>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<StopReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kill_at: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<OutcomeClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signal: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<CancelledBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) skipped: Option<SkipReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fate: Option<FateWord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) survivors: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owners: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) leaked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) elapsed: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) counts: Option<BTreeMap<String, usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exit: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<RunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) who: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) wish: Option<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) paused: Option<PauseReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) asleep: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) events: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cookie: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) width: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sent: Option<Sig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run_limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) processes: Option<Vec<Left>>,
}

/// The fate without its particulars.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FateWord {
    Gone,
    GoneGroup,
    Survived,
    Kept,
    Unknown,
}
