//! `heeler wait`: waits for the end of a run, or of jobs in it, and takes its exit status.

use super::args::WaitArgs;
use super::jobs::meant;
use super::watch::{Seen, Watch};
use crate::cli::error::CliError;
use crate::cli::front::tell_interrupted;
use crate::cli::place;
use crate::cli::reach::{Found, find};
use crate::cli::runtime::{finish, runtime};
use crate::cli::usage::UsageError;
use crate::config;
use crate::history::State;
use crate::link::greet::Rights;
use crate::model::board::Board;
use crate::model::exit::ExitStatus;
use crate::model::id::JobId;
use crate::model::tally::{Standing, Tally};
use crate::report;
use std::io;

/// Waits for the end of a run, which may have come already.
pub(in crate::cli) fn wait(args: &WaitArgs) -> Result<ExitStatus, CliError> {
    let config = config::load(&place::home(), args.jobs.config.as_deref()).map_err(UsageError::from)?;
    finish(runtime()?, async {
        let (board, jobs, interrupted) = match find(args.jobs.run.as_deref(), Rights::Read).await? {
            Found::Past(record) => {
                let jobs = meant(&args.jobs, &config, &record.plan)?;
                let interrupted = record.state == State::Interrupted;
                if interrupted {
                    tell_interrupted(&record.plan.run);
                }
                (record.board, jobs, interrupted)
            }
            Found::Alive(alive) => {
                let mut watch = Watch::begin(alive).await?;
                let jobs = meant(&args.jobs, &config, &watch.plan)?;
                // Not until the run itself is over: somebody may keep it open to try jobs again.
                let seen = watch.until_over(&jobs).await;
                let board = watch.leave(seen).await;
                if let Seen::Left(status) = seen {
                    return Ok(status);
                }
                if seen == Seen::CutOff {
                    return Ok(ExitStatus::LeftRunning);
                }
                (board, jobs, seen == Seen::RunnerGone)
            }
        };
        report::outcomes(&board, &jobs, &mut io::stderr().lock())?;
        Ok(if interrupted {
            ExitStatus::Unreachable
        } else {
            status(&board, &jobs)
        })
    })
}

/// What these jobs ask for.
fn status(board: &Board, jobs: &[JobId]) -> ExitStatus {
    let mut tally = Tally::default();
    for row in jobs.iter().filter_map(|job| board.row(*job)) {
        tally.enter(Standing::of(&row.phase));
    }
    ExitStatus::of_tally(&tally)
}
