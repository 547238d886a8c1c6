//! What a piece of the screen is.

/// What a piece of the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Text.
    Text,
    /// Text that is not so important.
    Dim,
    /// The program's name, headings.
    Title,
    /// Ended well, or a part of the bar that did.
    Ok,
    /// Ended badly.
    Failed,
    /// Cancelled, or never started.
    Cancelled,
    /// Nobody knows.
    Unknown,
    /// Runs.
    Running,
    /// Is being connected.
    Connecting,
    /// Past the soft limit, being stopped, or otherwise to be looked at.
    Warning,
    /// Waits.
    Waiting,
    /// A key that can be pressed.
    Key,
    /// A mark.
    Mark,
    /// What is chosen in a question.
    Chosen,
    /// What was searched for.
    Hit,
    /// The mark of standard error.
    Stderr,
    /// What must not be overlooked.
    Alert,
}

impl Role {
    /// Every role, in the order of the documentation.
    pub const ALL: [Self; 17] = [
        Self::Text,
        Self::Dim,
        Self::Title,
        Self::Ok,
        Self::Failed,
        Self::Cancelled,
        Self::Unknown,
        Self::Running,
        Self::Connecting,
        Self::Warning,
        Self::Waiting,
        Self::Key,
        Self::Mark,
        Self::Chosen,
        Self::Hit,
        Self::Stderr,
        Self::Alert,
    ];

    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        self.about().0
    }

    /// What has it, for the documentation.
    pub fn description(self) -> &'static str {
        self.about().1
    }

    fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("text", "text"),
            Self::Dim => ("dim", "text that is not so important; what was skipped"),
            Self::Title => ("title", "headings, the host under the cursor, notices"),
            Self::Ok => ("ok", "ended well"),
            Self::Failed => ("failed", "ended badly, or was not reached"),
            Self::Cancelled => ("cancelled", "cancelled"),
            Self::Unknown => ("unknown", "lost: nobody knows"),
            Self::Running => ("running", "runs"),
            Self::Connecting => ("connecting", "is being connected"),
            Self::Warning => ("warning", "slow, stopping, leaked: to be looked at"),
            Self::Waiting => ("waiting", "queued"),
            Self::Key => ("key", "a key that can be pressed"),
            Self::Mark => ("mark", "the mark of a row, and the cursor"),
            Self::Chosen => ("chosen", "the row under the cursor, the choice in a question"),
            Self::Hit => ("hit", "what was searched for, what differs"),
            Self::Stderr => ("stderr", "the sign before standard error"),
            Self::Alert => ("alert", "what must not be overlooked"),
        }
    }
}
