//! Asking the runner of a run to drive a follow-up of it as well.

use super::front::Scene;
use crate::link::Link;
use crate::model::bond::{Bond, Tie};
use crate::model::event::{Message, What};
use crate::model::plan::Plan;
use crate::model::request::Request;
use std::time::Duration;
use tokio::time::timeout;

/// How long the runner may take to answer: it reads a plan and opens a socket.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came of it.
pub(super) enum Adopted {
    /// It drives it: viewers can come.
    Yes,
    /// It does not; why, where the operator would wonder.
    No(Option<String>),
    /// Nobody knows: it was asked, and has not answered; the same.
    Unknown(Option<String>),
}

/// Asks, and waits for the answer; whatever happens in the run meanwhile is taken in.
pub(super) async fn ask(scene: &mut Scene, child: &Plan) -> Adopted {
    // Where the runner ends with another program than this one, the follow-up would as well.
    let ends_elsewhere = scene.seat.bond == Bond::Free && scene.seat.tie == Tie::Starter;
    let Some(link) = scene
        .link
        .as_mut()
        .filter(|_| !ends_elsewhere && scene.board.course().is_live())
    else {
        return Adopted::No(None);
    };
    link.request(Request::Adopt {
        directory: child.directory.clone(),
    });
    let answer = answer(link, child, |message| scene.board.take(message));
    match timeout(PATIENCE, answer).await {
        Ok(Some(Ok(()))) => Adopted::Yes,
        Ok(Some(Err(why))) => Adopted::No(Some(format!("over connections of its own: {why}"))),
        Ok(None) => Adopted::Unknown(None),
        Err(_) => Adopted::Unknown(Some(
            "over connections of its own: the runner of the run before does not answer".to_owned(),
        )),
    }
}

/// The answer of the runner; `None` when it has gone.
async fn answer(link: &mut Link, child: &Plan, mut take: impl FnMut(&Message)) -> Option<Result<(), String>> {
    loop {
        let message = link.next().await?;
        take(&message);
        let Message::Event(event) = message else { continue };
        match event.what {
            What::Adopted { run } if run == child.run => return Some(Ok(())),
            What::NotAdopted { directory, detail } if directory == child.directory => return Some(Err(detail)),
            _ => {}
        }
    }
}
