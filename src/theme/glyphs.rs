//! Which characters signs and frames are made of.

/// Which characters signs and frames are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// Unicode where the locale is UTF-8.
    #[default]
    Auto,
    /// Unicode, whatever the locale says.
    Unicode,
    /// ASCII.
    Ascii,
}
