//! Whether the mouse is ours or the terminal's own.

/// Whom the mouse belongs to. While it is ours the terminal's own selecting and copying needs shift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mouse {
    /// The terminal: text is selected as everywhere.
    #[default]
    Off,
    /// The dashboard: wheel, rows, heads of columns, footer.
    On,
}

impl Mouse {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Off => Self::On,
            Self::On => Self::Off,
        }
    }
}
