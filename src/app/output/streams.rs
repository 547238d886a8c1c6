//! Which of the two streams of an output are shown.

use crate::model::event::Stream;

/// Which streams are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Streams {
    /// Both, in the order in which they came.
    #[default]
    Both,
    /// Standard output only.
    Stdout,
    /// Standard error only.
    Stderr,
}

impl Streams {
    pub(super) fn next(self) -> Self {
        match self {
            Self::Both => Self::Stdout,
            Self::Stdout => Self::Stderr,
            Self::Stderr => Self::Both,
        }
    }

    pub(super) fn shows(self, stream: Stream) -> bool {
        match self {
            Self::Both => true,
            Self::Stdout => stream == Stream::Stdout,
            Self::Stderr => stream == Stream::Stderr,
        }
    }

    /// Its words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Both => "stdout and stderr",
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}
