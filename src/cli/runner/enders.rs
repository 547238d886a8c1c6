//! What ends a whole process, told to every run that it drives.

use crate::link::Asked;
use crate::model::request::{Force, Request};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::UnboundedSender;

/// The runs of this process, as far as they are asked to end.
#[derive(Clone, Default)]
pub(in super::super) struct Enders(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    runs: Vec<UnboundedSender<Asked>>,
    /// Somebody has asked.
    ending: bool,
}

impl Enders {
    /// One more run; whether it may still begin.
    pub(super) fn admit(&self, run: UnboundedSender<Asked>) -> bool {
        let mut state = self.lock();
        state.runs.retain(|run| !run.is_closed());
        if state.ending {
            return false;
        }
        state.runs.push(run);
        true
    }

    /// Ends every run.
    pub(in super::super) fn end(&self, who: &str, force: Force) {
        let mut state = self.lock();
        state.ending = true;
        for run in &state.runs {
            let _over = run.send(Asked {
                who: who.to_owned(),
                request: Request::Quit { force },
                secret: None,
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
