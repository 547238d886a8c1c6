//! What the end of a viewer means to the run that it shows, and what ends a run besides itself.

use serde::{Deserialize, Serialize};

/// What the end of a viewer means to the run that it shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bond {
    /// The run ends with this program, whatever ends it.
    #[default]
    Tied,
    /// The run goes on without this program.
    Free,
    /// Nothing: the run was over before this program came, and its record is shown.
    Record,
    /// Nothing: there is no run yet, only hosts for one.
    Planned,
}

/// What ends a run besides itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tie {
    /// Nothing: it goes on when whoever started it has gone.
    #[default]
    Free,
    /// The end of the process that started it.
    Starter,
}
