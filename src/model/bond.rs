//! What the end of a viewer means to the run that it shows.

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
}
