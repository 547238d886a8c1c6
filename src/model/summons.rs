//! When and how an operator who looks elsewhere is called.

/// When the operator is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// When all jobs are over.
    #[default]
    End,
    /// When the first job ends badly.
    Failure,
    /// Never.
    Never,
}

/// How and when the operator is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summons {
    /// By the bell.
    pub bell: When,
    /// By a notice on the desktop.
    pub notify: When,
}
