//! What one layer says: a file or the options. Everything may be left unsaid.

use super::size::SizeLimit;
use super::taste::{Binding, ThemeWish};
use super::value::{OnHangup, RunLimit, TimeLimit, Width};
use crate::keys::Mouse;
use crate::model::plan::{OnDisconnect, RetryOn, Slow, SshCall};
use crate::model::summons::When;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// One layer of the configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// Limits and widths.
    pub defaults: Defaults,
    /// How ssh is called.
    pub ssh: Ssh,
    /// Node sets by name.
    pub groups: BTreeMap<String, String>,
    /// What is kept of past runs.
    pub history: History,
    /// How the dashboard is wanted.
    pub dashboard: Dashboard,
}

/// How the dashboard is wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dashboard {
    /// Whose the mouse is in the beginning.
    pub mouse: Option<Mouse>,
    /// The keys of actions, in the order of the file.
    pub keys: Vec<Binding>,
    /// How things appear.
    pub theme: ThemeWish,
}

/// What is kept of past runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// How long.
    pub keep: Option<TimeLimit>,
    /// How much.
    pub max_size: Option<SizeLimit>,
}

/// Limits and widths; their meaning is that of [`Settings`](crate::model::plan::Settings).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// How many jobs may run at once.
    pub width: Option<Width>,
    /// How many hosts may be connecting at once.
    pub connect_width: Option<usize>,
    /// The limit on the whole connect.
    pub connect_timeout: Option<TimeLimit>,
    /// The limit on the command.
    pub run_timeout: Option<RunLimit>,
    /// The limit on silence.
    pub idle_timeout: Option<TimeLimit>,
    /// When a job is slow.
    pub slow: Option<Slow>,
    /// Between TERM and KILL.
    pub grace: Option<Duration>,
    /// How long output is read after the end.
    pub drain: Option<Duration>,
    /// How many further attempts.
    pub retries: Option<u32>,
    /// After what.
    pub retry_on: Option<Vec<RetryOn>>,
    /// What a cut link does.
    pub on_disconnect: Option<OnDisconnect>,
    /// How long a shim bears silence.
    pub lease: Option<TimeLimit>,
    /// Whether commands run as root, by `sudo`.
    pub sudo: Option<bool>,
    /// Whether what was started is to finish.
    pub let_finish: Option<bool>,
    /// What a closed terminal does to a run with a dashboard.
    pub on_hangup: Option<OnHangup>,
    /// When the bell rings for an operator who is away.
    pub bell: Option<When>,
    /// When a notice on the desktop is asked for.
    pub notify: Option<When>,
    /// How many hosts need no confirmation.
    pub confirm_above: Option<usize>,
}

/// How ssh is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ssh {
    /// Its configuration file (`-F`); its own choice when `None`.
    pub config_file: Option<PathBuf>,
    /// Further options (`-o`). Of two with one key, ssh uses the first.
    pub options: Vec<String>,
}

impl From<&SshCall> for Ssh {
    /// As a run was made with it.
    fn from(call: &SshCall) -> Self {
        Self {
            config_file: call.config_file.clone(),
            options: call.options.clone(),
        }
    }
}
