//! `heeler pause` and `heeler continue`.

use super::args::CourseArgs;
use super::error::ControlError;
use super::watch::{Seen, Watch};
use crate::cli::error::CliError;
use crate::cli::reach::reach;
use crate::cli::runtime::{finish, runtime};
use crate::cli::tell::tell;
use crate::cli::usage::UsageError;
use crate::link::greet::Rights;
use crate::model::board::Course;
use crate::model::event::What;
use crate::model::exit::ExitStatus;
use crate::model::request::Request;

/// Starts nothing new in a run until it continues.
pub(in crate::cli) fn pause(args: &CourseArgs) -> Result<ExitStatus, CliError> {
    steer(args, Request::Pause)
}

/// Lets a paused run go on.
pub(in crate::cli) fn go_on(args: &CourseArgs) -> Result<ExitStatus, CliError> {
    steer(args, Request::Continue)
}

/// Asks, and waits until the run says that it is so.
fn steer(args: &CourseArgs, request: Request) -> Result<ExitStatus, CliError> {
    let pauses = request == Request::Pause;
    let is_so = move |course| match course {
        Course::Paused(_) => pauses,
        Course::Going => !pauses,
        _ => false,
    };
    finish(runtime()?, async {
        let mut watch = Watch::begin(reach(args.run.as_deref(), Rights::Write).await?).await?;
        let seen = match watch.board.course() {
            course if is_so(course) => Seen::It,
            Course::Draining => return Err(UsageError::from(ControlError::Draining).into()),
            _ => {
                watch.ask(request);
                let is_it = |what: &What| match what {
                    What::Paused(_) => pauses,
                    What::Continued => !pauses,
                    What::Draining => true,
                    _ => false,
                };
                watch.until(|event| is_it(&event.what)).await
            }
        };
        let board = watch.leave(seen).await;
        match seen {
            Seen::Left(status) => return Ok(status),
            Seen::CutOff => return Ok(ExitStatus::LeftRunning),
            Seen::RunnerGone => return Ok(ExitStatus::Unreachable),
            Seen::End => return Err(UsageError::from(ControlError::Ended).into()),
            Seen::It => {}
        }
        let tally = board.tally();
        let (live, waiting) = (tally.live(), tally.not_started());
        match board.course() {
            // Kept open for retries.
            Course::Paused(_) if board.all_done() => tell("paused; all jobs are over"),
            Course::Going if board.all_done() => tell("nothing is paused; all jobs are over"),
            Course::Paused(_) => tell(&format!("paused: {live} running go on, {waiting} not started wait")),
            Course::Draining => return Err(UsageError::from(ControlError::Draining).into()),
            _ => tell(&format!("the run goes on: {live} running, {waiting} not started")),
        }
        Ok(ExitStatus::AllOk)
    })
}
