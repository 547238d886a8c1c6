//! Whether a run lives as long as the program that starts it, or goes on without it: what was asked for, what the
//! configuration says, and what suits the front-end.

use crate::config::OnHangup;
use crate::model::bond::Tie;
use clap::Args;

/// `--detach` and `--no-detach`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Leaving")]
pub struct TieArgs {
    /// Start the run, print its id and leave it to itself; heeler attach shows it.
    #[arg(long, conflicts_with_all = ["no_detach", "group", "timestamps", "front", "plain", "json"])]
    detach: bool,
    /// End the run when heeler ends, also with the dashboard.
    #[arg(long)]
    no_detach: bool,
}

/// How a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// By itself: nobody watches.
    Detached,
    /// With a front-end, and tied to it or not.
    Shown(Tie),
}

impl TieArgs {
    /// Whether nobody is to watch.
    pub(super) fn is_detached(self) -> bool {
        self.detach
    }

    /// How the run begins when it is (or is not) to be shown in the dashboard. Without a screen nobody could be asked
    /// what is to become of it, so it ends with the program that started it.
    pub(super) fn begin(self, on_hangup: OnHangup, dashboard: bool) -> Begin {
        match (self.detach, self.no_detach, on_hangup, dashboard) {
            (true, ..) => Begin::Detached,
            (_, false, OnHangup::Detach, true) => Begin::Shown(Tie::Free),
            _ => Begin::Shown(Tie::Starter),
        }
    }
}

impl Begin {
    /// What ends the run besides itself.
    pub(super) fn tie(self) -> Tie {
        match self {
            Self::Detached => Tie::Free,
            Self::Shown(tie) => tie,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_dashboard_or_a_clear_word_sets_a_run_free() {
        use OnHangup::{Cancel, Detach};
        const NOTHING: TieArgs = TieArgs {
            detach: false,
            no_detach: false,
        };
        const DETACH: TieArgs = TieArgs {
            detach: true,
            ..NOTHING
        };
        const NO_DETACH: TieArgs = TieArgs {
            no_detach: true,
            ..NOTHING
        };
        for (args, on_hangup, dashboard, begin) in [
            (NOTHING, Detach, true, Begin::Shown(Tie::Free)),
            (NOTHING, Detach, false, Begin::Shown(Tie::Starter)),
            (NOTHING, Cancel, true, Begin::Shown(Tie::Starter)),
            (NO_DETACH, Detach, true, Begin::Shown(Tie::Starter)),
            (NO_DETACH, Detach, false, Begin::Shown(Tie::Starter)),
            (DETACH, Detach, true, Begin::Detached),
            (DETACH, Cancel, false, Begin::Detached),
        ] {
            assert_eq!(
                args.begin(on_hangup, dashboard),
                begin,
                "{args:?} {on_hangup:?} {dashboard}"
            );
        }
    }
}
