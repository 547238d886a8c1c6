//! What a runner is started for: to begin a run, or to take one up again.

use crate::runner::{IfRunning, Lost};
use clap::Args;

/// What a runner is started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// The run begins.
    Begin,
    /// It was interrupted.
    Resume(Lost),
}

/// The options of the runner that say so.
#[derive(Debug, Default, Args)]
pub(super) struct ErrandArgs {
    /// Take up a run whose runner went without ending it.
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    lost: LostArgs,
}

/// What becomes of jobs whose end nobody knows.
#[derive(Debug, Default, Args)]
pub(super) struct LostArgs {
    /// Also try again what was running then, after a look whether it still runs.
    #[arg(long)]
    include_unknown: bool,
    /// Start it also where it is found alive.
    #[arg(long, requires = "include_unknown")]
    even_if_running: bool,
}

impl LostArgs {
    /// What was asked for.
    pub(super) fn lost(&self) -> Lost {
        if self.include_unknown {
            Lost::TryAgain(IfRunning::even(self.even_if_running))
        } else {
            Lost::Leave
        }
    }
}

impl ErrandArgs {
    /// What was asked for.
    pub(super) fn errand(&self) -> Errand {
        if self.resume {
            Errand::Resume(self.lost.lost())
        } else {
            Errand::Begin
        }
    }
}

impl Errand {
    /// The options that ask for it.
    pub(super) fn options(self) -> &'static [&'static str] {
        match self {
            Self::Begin => &[],
            Self::Resume(Lost::Leave) => &["--resume"],
            Self::Resume(Lost::TryAgain(IfRunning::Refuse)) => &["--resume", "--include-unknown"],
            Self::Resume(Lost::TryAgain(IfRunning::GoOn)) => &["--resume", "--include-unknown", "--even-if-running"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        errand: ErrandArgs,
    }

    #[test]
    fn what_is_asked_for_is_what_is_read() {
        for errand in [
            Errand::Begin,
            Errand::Resume(Lost::Leave),
            Errand::Resume(Lost::TryAgain(IfRunning::Refuse)),
            Errand::Resume(Lost::TryAgain(IfRunning::GoOn)),
        ] {
            let words = ["runner"].iter().chain(errand.options());
            assert_eq!(Command::parse_from(words).errand.errand(), errand);
        }
    }
}
