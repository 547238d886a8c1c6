//! The desk where output is read for the dashboard: one piece at a time, off the loop's thread, the newest wish first.

use super::loader::{From, Loader};
use super::work::finished;
use crate::app::{Load, Loaded};
use crate::model::plan::Plan;
use crate::rundir::RunDir;
use std::sync::Arc;
use tokio::task::{JoinHandle, spawn_blocking};

/// Reads what was wished for.
#[derive(Debug)]
pub(super) struct Reading {
    dir: RunDir,
    plan: Arc<Plan>,
    at_work: Option<JoinHandle<(Loader, Loaded)>>,
    idle: Option<Loader>,
    /// Wished for while another piece is being read.
    next: Option<Load>,
}

impl Reading {
    /// A desk for the outputs of a run.
    pub(super) fn new(dir: RunDir, plan: Arc<Plan>) -> Self {
        Self {
            dir,
            plan,
            at_work: None,
            idle: None,
            next: None,
        }
    }

    /// Takes in a wish.
    pub(super) fn ask(&mut self, load: Load) {
        if self.at_work.is_some() {
            self.next = Some(load);
            return;
        }
        self.at_work = match Loader::open(load, &self.dir, &self.plan) {
            Some((loader, from)) => Some(begin(loader, from)),
            None => self.idle.take().map(|loader| begin(loader, From::Start)),
        };
    }

    /// The next piece. Cancel safe; waits for ever while nothing was asked for.
    pub(super) async fn next(&mut self) -> Loaded {
        loop {
            let done = finished(&mut self.at_work).await;
            let Some((loader, piece)) = done else { continue };
            self.idle = Some(loader);
            if let Some(next) = self.next.take() {
                self.ask(next);
            }
            return piece;
        }
    }
}

fn begin(mut loader: Loader, from: From) -> JoinHandle<(Loader, Loaded)> {
    spawn_blocking(move || {
        let skipped = loader.begin(from);
        let mut piece = loader.step();
        if let Err(error) = skipped {
            piece.error = Some(format!("cannot read the output: {error}"));
        }
        (loader, piece)
    })
}
