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
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
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
    words: UnboundedSender<Word>,
    /// Taken by whoever waits for its end.
    task: Option<JoinHandle<(Link, Board)>>,
}

/// What he is told.
enum Word {
    /// The link is wanted back.
    Stop,
    /// The run is to end.
    End(Force),
}

impl Parked {
    /// Leaves a dashboard where it is.
    pub(super) fn new(mut scene: Box<Scene>, bookmark: Bookmark, session: Session, driven: Option<Driven>) -> Self {
        let watching = scene.link.take().map(|link| {
            let board = mem::replace(&mut scene.board, Board::new(&scene.plan));
            let (words, heard) = unbounded_channel();
            let task = Some(tokio::spawn(watch(link, board, heard)));
            Watching { words, task }
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
        if let Some(Watching {
            words,
            task: Some(task),
        }) = self.watching.take()
        {
            // It may have ended by itself.
            let _ended = words.send(Word::Stop);
            if let Ok((link, board)) = task.await {
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

    /// Ends the run if it is tied to this program; does not wait for it.
    pub(super) fn end(&self, force: Force) {
        if let (Bond::Tied, Some(watching)) = (self.scene.seat.bond, &self.watching) {
            // It may have ended by itself.
            let _ended = watching.words.send(Word::End(force));
        }
    }

    /// Nobody comes back: the end of a run that is tied to this program, once it was asked for, and the link of another
    /// one closed. What is asked for meanwhile is still heard.
    pub(super) fn farewell(&mut self) -> impl Future<Output = ()> + use<> {
        let tied = self.scene.seat.bond == Bond::Tied;
        let task = self.watching.as_mut().and_then(|watching| {
            if !tied {
                let _ended = watching.words.send(Word::Stop);
            }
            watching.task.take()
        });
        async move {
            let Some(task) = task else { return };
            let Ok((link, _)) = task.await else { return };
            let _nobody_is_there_to_be_told = link.close().await;
        }
    }
}

async fn watch(mut link: Link, mut board: Board, mut words: UnboundedReceiver<Word>) -> (Link, Board) {
    let mut asked = None;
    loop {
        tokio::select! {
            biased;
            word = words.recv() => match word {
                Some(Word::End(force)) if asked.is_none() || force != Force::Graceful => {
                    asked = Some(force);
                    link.request(Request::Quit { force });
                    link.request(Request::Release);
                }
                // That was asked for already.
                Some(Word::End(_)) => {}
                Some(Word::Stop) | None => break,
            },
            message = link.next() => match message {
                Some(message) => board.take(&message),
                None => break,
            },
        }
    }
    (link, board)
}
