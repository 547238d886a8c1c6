//! `heeler cancel`: ends jobs, waits for the end, and says what became of them.

use super::args::CancelArgs;
use super::error::ControlError;
use super::jobs::meant;
use super::watch::{Seen, Watch};
use crate::cli::confirm::{Console, ask_number};
use crate::cli::error::CliError;
use crate::cli::reach::reach;
use crate::cli::runtime::{finish, runtime};
use crate::cli::usage::UsageError;
use crate::cli::{place, words};
use crate::config::{self, Config};
use crate::link::greet::Rights;
use crate::model::board::Board;
use crate::model::exit::ExitStatus;
use crate::model::host::HostName;
use crate::model::id::JobId;
use crate::model::plan::Plan;
use crate::model::request::{Force, Request};
use crate::nodeset::fold;
use crate::report;
use std::io::{self, IsTerminal};

/// Cancels jobs of a run.
pub(in crate::cli) fn cancel(args: &CancelArgs) -> Result<ExitStatus, CliError> {
    let config = config::load(&place::home(), args.jobs.config.as_deref()).map_err(UsageError::from)?;
    finish(runtime()?, async {
        let mut watch = Watch::begin(reach(args.jobs.run.as_deref(), Rights::Write).await?).await?;
        let jobs = meant(&args.jobs, &config, &watch.plan)?;
        confirm(args, &config, &watch.plan, &open(&jobs, &watch.board)).map_err(UsageError::from)?;
        let force = force(args, &watch.plan, &open(&jobs, &watch.board), &watch.board).map_err(UsageError::from)?;
        if !open(&jobs, &watch.board).is_empty() {
            watch.ask(if args.jobs.nodes.is_empty() {
                Request::Quit { force }
            } else {
                let jobs = jobs.clone();
                Request::Cancel { jobs, force }
            });
        }
        let seen = watch.until_over(&jobs).await;
        let board = watch.leave(seen).await;
        if let Seen::Left(status) = seen {
            return Ok(status);
        }
        if seen == Seen::CutOff {
            return Ok(ExitStatus::LeftRunning);
        }
        report::outcomes(&board, &jobs, &mut io::stdout().lock())?;
        Ok(status(&board, &jobs))
    })
}

/// How hard. What is to finish is only ended at once, and each host by its own name.
fn force(args: &CancelArgs, plan: &Plan, open: &[JobId], board: &Board) -> Result<Force, ControlError> {
    let is_live = |job: &JobId| board.row(*job).is_some_and(|row| row.phase.is_live());
    if plan.settings.let_finish && open.iter().any(is_live) {
        return if args.now && are_names(&args.jobs.nodes) {
            Ok(Force::Named)
        } else {
            Err(ControlError::LeftToFinish)
        };
    }
    Ok(if args.now { Force::Now } else { Force::Graceful })
}

/// Whether each host is spelled out: no group, no file, no pattern, no range.
fn are_names(nodes: &[String]) -> bool {
    let is_name = |name: &str| !name.starts_with(['@', '^', '-']) && HostName::parse(name).is_ok();
    !nodes.is_empty() && nodes.iter().flat_map(|text| text.split(',')).all(is_name)
}

/// Those that are not over.
fn open(jobs: &[JobId], board: &Board) -> Vec<JobId> {
    let is_open = |job: &JobId| board.row(*job).is_some_and(|row| !row.phase.is_done());
    jobs.iter().copied().filter(is_open).collect()
}

/// Whether nothing of the jobs is left, as far as anybody can say.
fn status(board: &Board, jobs: &[JobId]) -> ExitStatus {
    let is_gone = |job: &JobId| {
        let outcome = board.row(*job).and_then(|row| row.phase.outcome());
        outcome.is_some_and(|outcome| !outcome.may_live_on())
    };
    if jobs.iter().all(is_gone) {
        ExitStatus::AllOk
    } else {
        ExitStatus::Unreachable
    }
}

/// Asks as `heeler run` does, where there are as many jobs.
fn confirm(args: &CancelArgs, config: &Config, plan: &Plan, open: &[JobId]) -> Result<(), ControlError> {
    let (count, above) = (open.len(), config.confirm_above);
    let hosts = fold(open.iter().map(|job| plan.host(*job)));
    if let Some(expected) = args.expect {
        return if expected == count {
            Ok(())
        } else {
            let found = count;
            Err(ControlError::Unexpected { expected, found, hosts })
        };
    }
    if count <= above || args.yes {
        return Ok(());
    }
    let (mut input, mut output) = (io::stdin().lock(), io::stderr().lock());
    if !input.is_terminal() || !output.is_terminal() {
        return Err(ControlError::Unconfirmed { count, above });
    }
    let mut console = Console {
        input: &mut input,
        output: &mut output,
    };
    let lines = [
        format!("{count} jobs that are not over: {hosts}"),
        format!("command: {}", words::visible(&plan.command)),
    ];
    match ask_number(&mut console, &lines, "jobs to cancel them") {
        Ok(answer) if answer.trim() == count.to_string() => Ok(()),
        Ok(_) => Err(ControlError::Declined(count)),
        Err(_) => Err(ControlError::Unconfirmed { count, above }),
    }
}
