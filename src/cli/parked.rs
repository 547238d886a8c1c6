//! A dashboard that was left for another one: what happens in its run meanwhile is taken in, and its runner lives on, as
//! the link to it stays open.

use super::front::Scene;
use super::launch::Driven;
use crate::link::Link;
use crate::model::board::Board;
use crate::model::bond::Bond;
use crate::model::request::{Force, Request};
use crate::tui::{Bookmark, Session};
use std::mem;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The dashboard, and all that is needed to open it again.
pub(super) struct Parked {
    scene: Box<Scene>,
    session: Session,
    watching: Option<Watching>,
    /// The runner of the run that is shown instead, where that is ours.
    pub(super) driven: Option<Driven>,
}

/// Somebody who takes in what happens.
struct Watching {
    stop: oneshot::Sender<()>,
    task: JoinHandle<(Link, Board)>,
}

impl Parked {
    /// Leaves a dashboard where it is.
    pub(super) fn new(mut scene: Box<Scene>, bookmark: Bookmark, session: Session, driven: Option<Driven>) -> Self {
        let watching = scene.link.take().map(|link| {
            let board = mem::replace(&mut scene.board, Board::new(&scene.plan));
            let (stop, stopped) = oneshot::channel();
            let task = tokio::spawn(watch(link, board, stopped));
            Watching { stop, task }
        });
        let session = Session {
            bookmark: Some(bookmark),
            is_watched: true,
            word: None,
            ..session
        };
        Self {
            scene,
            session,
            watching,
            driven,
        }
    }

    /// Comes back to it, with all that has happened, and what was typed elsewhere.
    pub(super) async fn come_back(mut self, typed: Option<&Bookmark>, word: Option<String>) -> (Scene, Session) {
        if let Some(watching) = self.watching.take() {
            // It may have ended by itself.
            let _ended = watching.stop.send(());
            if let Ok((link, board)) = watching.task.await {
                self.scene.board = board;
                self.scene.link = Some(link);
            }
        }
        let mut session = self.session;
        session.word = word;
        if let (Some(bookmark), Some(typed)) = (session.bookmark.take(), typed) {
            session.bookmark = Some(bookmark.with_typed(typed));
        }
        (*self.scene, session)
    }

    /// Nobody comes back: a run that is tied to this program is ended, and its end waited for.
    pub(super) async fn give_up(self) {
        let tied = self.scene.seat.bond == Bond::Tied;
        let (scene, _) = self.come_back(None, None).await;
        let Some(mut link) = scene.link else { return };
        if tied {
            link.request(Request::Quit { force: Force::Graceful });
            link.request(Request::Release);
            while link.next().await.is_some() {}
        } else {
            let _nobody_is_there_to_be_told = link.close().await;
        }
    }
}

async fn watch(mut link: Link, mut board: Board, mut stopped: oneshot::Receiver<()>) -> (Link, Board) {
    loop {
        tokio::select! {
            biased;
            _ = &mut stopped => break,
            message = link.next() => match message {
                Some(message) => board.take(&message),
                None => break,
            },
        }
    }
    (link, board)
}
