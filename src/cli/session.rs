//! What this program shows, one after the other: a dashboard, the follow-up that was begun there, the follow-up of that,
//! and back again. Each goes on while another is shown; when the first one is left the program ends.

use super::adoption::{self, Adopted};
use super::error::CliError;
use super::follow_up;
use super::front::{self, Arrival, Scene, Shown, Stage};
use super::launch::{self, Driven};
use super::parked::Parked;
use super::prepare::prepare;
use super::tell::tell;
use super::usage::UsageError;
use super::words::visible;
use super::{place, preflight, spawn};
use crate::config;
use crate::history::Record;
use crate::link::greet::Rights;
use crate::model::bond::{Bond, Tie};
use crate::model::exit::ExitStatus;
use crate::transport::openssh::SocketDir;
use crate::tui::{Access, Bookmark, Errand, Session};
use std::sync::Arc;

/// Shows a run and what follows from it, until it is over or left; returns the exit status that the first one asks for.
/// Above `confirm_above` hosts, what the configuration says where nothing is, the number is typed before a command.
pub(super) async fn show(stage: Stage, confirm_above: Option<usize>) -> Result<ExitStatus, CliError> {
    let session = Session {
        confirm_above: confirm_above.or_else(configured),
        ..Session::default()
    };
    let first = front::show(stage, session.clone()).await;
    go_on(first, session).await
}

/// The same with the record of a run that is over.
pub(super) async fn show_record(record: Record) -> Result<ExitStatus, CliError> {
    let session = Session {
        confirm_above: configured(),
        ..Session::default()
    };
    let scene = Scene::of_record(record).await?;
    let first = front::open(scene, session.clone()).await;
    go_on(first, session).await
}

/// What the operator's configuration says. What is wrong with it was said before, or is none of a viewer's business.
fn configured() -> Option<usize> {
    config::load(&place::home(), None)
        .ok()
        .map(|config| config.confirm_above)
}

async fn go_on(first: Result<Shown, CliError>, first_session: Session) -> Result<ExitStatus, CliError> {
    let mut parked: Vec<Parked> = Vec::new();
    let (mut shown, mut session) = (first, first_session);
    loop {
        match shown {
            Ok(Shown::FollowUp(mut scene, bookmark, errand)) => match begin(&mut scene, &errand).await {
                Ok(Begun { stage, driven, word }) => {
                    let child = Session {
                        back_to: Some(scene.plan.run.clone()),
                        is_watched: true,
                        confirm_above: session.confirm_above,
                        word,
                        bookmark: Some(bookmark.for_another()),
                    };
                    parked.push(Parked::new(scene, bookmark, session, driven));
                    shown = front::show(stage, child.clone()).await;
                    session = child;
                }
                Err(error) => {
                    let here = Parked::new(scene, bookmark, session, None);
                    let word = format!("nothing was run: {error}");
                    let (scene, again) = here.come_back(None, Some(word)).await;
                    shown = front::open(scene, again.clone()).await;
                    session = again;
                }
            },
            Ok(Shown::Left(status, bookmark)) => {
                let Some(mut here) = parked.pop() else {
                    return Ok(status);
                };
                let status = Ok(status);
                if let Some(driven) = here.driven.take() {
                    settle(driven, &status).await;
                }
                if matches!(status, Ok(ExitStatus::HungUp | ExitStatus::Terminated)) {
                    parked.push(here);
                    give_up(parked).await;
                    return status;
                }
                (shown, session) = back(here, bookmark.as_ref(), &status).await;
            }
            Err(error) => {
                give_up(parked).await;
                return Err(error);
            }
        }
    }
}

/// The end of a runner that may outlive us keeps nobody from going back.
async fn settle(driven: Driven, left: &Result<ExitStatus, CliError>) {
    match (driven.bond(), left) {
        (Bond::Free, Ok(status)) => {
            let status = *status;
            tokio::spawn(async move { driven.settle(&Ok(status)).await });
        }
        _ => driven.settle(left).await,
    }
}

/// Opens the dashboard again that was left for a follow-up.
async fn back(
    here: Parked,
    typed: Option<&Bookmark>,
    left: &Result<ExitStatus, CliError>,
) -> (Result<Shown, CliError>, Session) {
    let word = match left {
        Ok(ExitStatus::LeftRunning) => "back from the follow-up, which goes on",
        _ => "back from the follow-up",
    };
    let (scene, session) = here.come_back(typed, Some(word.to_owned())).await;
    (front::open(scene, session.clone()).await, session)
}

/// The program ends: what is tied to it does as well.
async fn give_up(parked: Vec<Parked>) {
    for mut here in parked.into_iter().rev() {
        let driven = here.driven.take();
        here.give_up().await;
        if let Some(driven) = driven {
            driven.settle(&Ok(ExitStatus::Terminated)).await;
        }
    }
}

/// A follow-up that has begun.
struct Begun {
    stage: Stage,
    /// Its runner, where it has one of its own.
    driven: Option<Driven>,
    /// Why it has.
    word: Option<String>,
}

/// Begins a follow-up: its plan, its directory, its runner, and the way there. The runner of its parent drives it as
/// well, over the connections that stand, unless that cannot be.
async fn begin(scene: &mut Scene, errand: &Errand) -> Result<Begun, CliError> {
    let parent = Arc::clone(&scene.plan);
    let request = follow_up::request(&parent, errand, &scene.display)?;
    preflight::check_files(&request.settings, request.hosts.len())?;
    let on_hangup = config::load(&place::home(), None).map_or_else(|_| request.on_hangup, |config| config.on_hangup);
    let tie = if follow_up::is_tied(scene.seat.bond, on_hangup) {
        Tie::Starter
    } else {
        Tie::Free
    };
    // A refused request is not a run.
    drop(SocketDir::create(place::sockets(tie).as_deref()).map_err(UsageError::from)?);
    let (plan, dir) = prepare(&request)?;
    tell(&format!(
        "run {}, follow-up of {}: {}",
        plan.run,
        parent.run,
        visible(&plan.command)
    ));
    let (driven, word) = match adoption::ask(scene, &plan).await {
        Adopted::Yes => (None, None),
        Adopted::No(why) => match Driven::start(&dir, tie, super::errand::Errand::Begin).await {
            Ok(driven) => (Some(driven), why),
            // The runner of the run before may have taken it up after all.
            Err(_) if dir.socket().exists() => (None, None),
            Err(error) => return Err(error),
        },
    };
    let way = spawn::connect(&dir, Rights::Write).await?;
    let role = (launch::bond(tie), Arrival::Later(Access::Full));
    let stage = Stage::new(way, plan, &scene.display, role);
    Ok(Begun { stage, driven, word })
}
