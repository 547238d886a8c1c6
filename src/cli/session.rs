//! What this program shows, one after the other: a dashboard, the follow-up that was begun there, the follow-up of that,
//! and back again. Each goes on while another is shown; when the first one is left the program ends.

use super::alarm::{Alarm, Source};
use super::beginning::{self, Begun, NotShown, begin};
use super::error::CliError;
use super::follow_up;
use super::front::{self, Scene, Shown, Stage};
use super::launch::Driven;
use super::parked::Parked;
use super::place;
use super::prepare;
use super::request::RunRequest;
use super::tell::tell;
use crate::config::{self, Taste};
use crate::history::Record;
use crate::model::bond::Bond;
use crate::model::exit::ExitStatus;
use crate::model::id::RunId;
use crate::model::request::Force;
use crate::tui::{Bookmark, Session};
use std::time::SystemTime;

/// Shows a run and what follows from it, until it is over or left; returns the exit status that the first one asks for.
/// Above `confirm_above` hosts, what the configuration says where nothing is, the number is typed before a command.
pub(super) async fn show(stage: Stage, confirm_above: Option<usize>) -> Result<ExitStatus, CliError> {
    let session = Session {
        confirm_above: confirm_above.or_else(configured),
        ..Session::default()
    };
    let first = front::show(stage, session.clone()).await;
    Box::pin(go_on(first, session)).await
}

/// Shows hosts on which nothing runs yet; the command that is typed becomes a run like any other, with what follows.
pub(super) async fn show_hosts(request: &RunRequest) -> Result<ExitStatus, CliError> {
    let mut session = Session {
        confirm_above: Some(request.safety.confirm_above),
        is_watched: true,
        ..Session::default()
    };
    let nowhere = (RunId("none".to_owned()), String::new());
    // No run is ever there: its name has no time.
    let directory = place::state_home()?.join("heeler/runs/none");
    let plan = prepare::plan(request, nowhere, &directory, SystemTime::now());
    let mut scene = Scene::of_plan(plan, request.display.clone(), request.taste.clone());
    loop {
        let shown = front::open(scene, session.clone()).await?;
        let (again, bookmark, errand) = match shown {
            Shown::Left(status, _) => return Ok(status),
            Shown::FollowUp(again, bookmark, errand) => (again, bookmark, errand),
        };
        let wanted = follow_up::begin(request, &errand)?;
        let mut alarm = Alarm::new();
        alarm.listen();
        let began = alarm.during(Box::pin(beginning::first(&wanted)), |_| ()).await;
        match (began, alarm.ended()) {
            (Ok((stage, driven)), Some(status)) => {
                let left = Ok(status);
                let scene = Box::new(Scene::unseen(stage));
                let unseen = Parked::new(scene, bookmark, session, Some(driven));
                give_up(vec![unseen], &left, &mut alarm).await;
                return left;
            }
            (Err(not_shown), Some(status)) => {
                tell_not_shown(status, &not_shown);
                return Ok(status);
            }
            (Ok((stage, driven)), None) => {
                session.bookmark = Some(bookmark.for_another());
                let shown = front::show(stage, session.clone()).await;
                let left = Box::pin(go_on(shown, session)).await;
                driven.settle(&left).await;
                return left;
            }
            (Err(not_shown), None) => {
                session.word = Some(not_shown.to_string());
                session.bookmark = Some(bookmark);
                scene = *again;
            }
        }
    }
}

/// The same with the record of a run that is over.
pub(super) async fn show_record(record: Record, taste: Taste) -> Result<ExitStatus, CliError> {
    let session = Session {
        confirm_above: configured(),
        ..Session::default()
    };
    let scene = Scene::of_record(record, taste).await?;
    let first = front::open(scene, session.clone()).await;
    Box::pin(go_on(first, session)).await
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
    let mut alarm = Alarm::new();
    loop {
        match shown {
            Ok(Shown::FollowUp(mut scene, bookmark, errand)) => {
                alarm.listen();
                let beginning = Box::pin(begin(&mut scene, &errand));
                let began = alarm.during(beginning, |force| end(&parked, force)).await;
                match (began, alarm.ended()) {
                    (Ok(Begun { stage, driven, .. }), Some(status)) => {
                        let left = Ok(status);
                        let unseen = Box::new(Scene::unseen(stage));
                        parked.push(Parked::new(scene, bookmark.clone(), session.clone(), driven));
                        parked.push(Parked::new(unseen, bookmark, session, None));
                        give_up(parked, &left, &mut alarm).await;
                        return left;
                    }
                    (Err(not_shown), Some(status)) => {
                        let left = Ok(status);
                        tell_not_shown(status, &not_shown);
                        parked.push(Parked::new(scene, bookmark, session, None));
                        give_up(parked, &left, &mut alarm).await;
                        return left;
                    }
                    (Ok(Begun { stage, driven, word }), None) => {
                        let child = Session {
                            back_to: Some(scene.plan.run.clone()),
                            is_watched: true,
                            confirm_above: session.confirm_above,
                            word,
                            bookmark: Some(bookmark.for_another()),
                        };
                        parked.push(Parked::new(scene, bookmark, session, driven));
                        let front = Box::pin(front::show(stage, child.clone()));
                        shown = alarm.during(front, |force| end(&parked, force)).await;
                        session = child;
                    }
                    (Err(not_shown), None) => {
                        let here = Parked::new(scene, bookmark, session, None);
                        let (scene, again) = here.come_back(None, Some(not_shown.to_string())).await;
                        let front = Box::pin(front::open(scene, again.clone()));
                        shown = alarm.during(front, |force| end(&parked, force)).await;
                        session = again;
                    }
                }
            }
            Ok(Shown::Left(status, bookmark)) => {
                let Some(mut here) = parked.pop() else {
                    return Ok(status);
                };
                let ended = match status {
                    ExitStatus::HungUp | ExitStatus::Terminated => Some(status),
                    _ => alarm.ended(),
                };
                if let Some(status) = ended {
                    let left = Ok(status);
                    alarm.end(status);
                    parked.push(here);
                    give_up(parked, &left, &mut alarm).await;
                    return left;
                }
                let status = Ok(status);
                if let Some(driven) = here.driven.take() {
                    let settled = settle(driven, &status);
                    alarm
                        .during(settled, |force| {
                            end(&parked, force);
                            here.end(force);
                        })
                        .await;
                }
                if let Some(status) = alarm.ended() {
                    let left = Ok(status);
                    parked.push(here);
                    give_up(parked, &left, &mut alarm).await;
                    return left;
                }
                let back = Box::pin(back(here, bookmark.as_ref(), &status));
                (shown, session) = alarm.during(back, |force| end(&parked, force)).await;
            }
            Err(error) => {
                let left = Err(error);
                give_up(parked, &left, &mut alarm).await;
                return left;
            }
        }
    }
}

/// Says what there is no dashboard any more to say it.
fn tell_not_shown(status: ExitStatus, not_shown: &NotShown) {
    // Otherwise nobody is there to read it.
    if status != ExitStatus::HungUp {
        tell(&not_shown.to_string());
    }
}

/// Ends what is tied to this program.
fn end(parked: &[Parked], force: Force) {
    for here in parked {
        here.end(force);
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

/// The program ends: what is tied to it does as well. All of it hears so before the end of any is waited for.
async fn give_up<S: Source>(mut parked: Vec<Parked>, left: &Result<ExitStatus, CliError>, alarm: &mut Alarm<S>) {
    let mut farewells = Vec::new();
    end(&parked, Force::Graceful);
    for here in parked.iter_mut().rev() {
        let mut driven = here.driven.take();
        if let (Some(driven), Err(_)) = (&mut driven, left) {
            driven.let_go();
        }
        farewells.push((here.farewell(), driven));
    }
    let all = async {
        for (farewell, driven) in farewells {
            farewell.await;
            if let Some(driven) = driven {
                driven.settle(left).await;
            }
        }
    };
    alarm.during(all, |force| end(&parked, force)).await;
}

#[cfg(test)]
mod tests {
    use super::super::request;
    use super::*;
    use crate::link::{Far, Link, Wish};
    use crate::model::request::Request;
    use crate::report::signals::Signal;
    use std::path::Path;
    use std::sync::Arc;
    use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

    impl Source for UnboundedReceiver<Signal> {
        async fn next(&mut self) -> Signal {
            match self.recv().await {
                Some(signal) => signal,
                None => std::future::pending().await,
            }
        }
    }

    /// A parked dashboard of a tied run, and its runner.
    fn parked() -> (Parked, Far) {
        let asked = request::sample("web[1-3]", "true");
        let name = (RunId("parked".to_owned()), String::new());
        let plan = prepare::plan(&asked, name, Path::new("/nowhere"), SystemTime::UNIX_EPOCH);
        let mut scene = Scene::of_plan(plan, asked.display, asked.taste);
        let (link, far) = Link::new();
        scene.seat.bond = Bond::Tied;
        scene.link = Some(link);
        let parked = Parked::new(Box::new(scene), Bookmark::default(), Session::default(), None);
        (parked, far)
    }

    fn alarm() -> (Alarm<UnboundedReceiver<Signal>>, UnboundedSender<Signal>) {
        let (send, signals) = unbounded_channel();
        (Alarm::of(signals), send)
    }

    /// The next time that a runner is asked to end its run.
    async fn quit(far: &mut Far) -> Force {
        loop {
            let wish = far.requests.recv().await.expect("the dashboard is there");
            if let Wish::Request(Request::Quit { force }) = wish {
                return force;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn all_that_is_parked_is_ended_at_once_and_can_be_hurried() {
        let (parked, mut fars): (Vec<_>, Vec<_>) = (0..3).map(|_| parked()).unzip();
        let (mut alarm, send) = alarm();
        alarm.end(ExitStatus::HungUp);
        let left = Ok(ExitStatus::HungUp);
        let runners = async {
            for far in &mut fars {
                assert_eq!(quit(far).await, Force::Graceful);
            }
            // The terminal says so twice; that is no hurry.
            send.send(Signal::HangUp).expect("heard");
            send.send(Signal::Terminate).expect("heard");
            for far in &mut fars {
                assert_eq!(quit(far).await, Force::Now);
            }
            fars.clear();
        };
        let both = async { tokio::join!(give_up(parked, &left, &mut alarm), runners) };
        tokio::time::timeout(std::time::Duration::from_secs(60), both)
            .await
            .expect("it comes to an end");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_parked_hears_of_the_end_while_another_one_is_shown() {
        let (parked, mut far) = parked();
        let parked = [parked];
        let (mut alarm, send) = alarm();
        let ended = Arc::new(tokio::sync::Notify::new());
        let shown = {
            let ended = Arc::clone(&ended);
            async move { ended.notified().await }
        };
        let runner = async {
            // Meant for whatever has the terminal.
            send.send(Signal::Interrupt).expect("heard");
            send.send(Signal::Terminate).expect("heard");
            assert_eq!(quit(&mut far).await, Force::Graceful);
            send.send(Signal::Interrupt).expect("heard");
            assert_eq!(quit(&mut far).await, Force::Now);
            ended.notify_one();
        };
        let both = async { tokio::join!(alarm.during(shown, |force| end(&parked, force)), runner) };
        tokio::time::timeout(std::time::Duration::from_secs(60), both)
            .await
            .expect("it comes to an end");
        assert_eq!(alarm.ended(), Some(ExitStatus::Terminated));
    }
}
