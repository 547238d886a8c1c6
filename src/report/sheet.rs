//! What is to be written, in order, and the writing of it without ever blocking the run: front-ends put text on the
//! sheet, the loop carries it to the two outputs whenever they take some.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic::resume_unwind;
use tokio::task::{JoinHandle, spawn_blocking};

/// One of the program's own outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Stdout,
    Stderr,
}

/// Text for both outputs, in the order in which it must appear.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pieces: VecDeque<(Target, Vec<u8>)>,
}

impl Sheet {
    /// The place to append text for an output.
    pub(super) fn on(&mut self, target: Target) -> &mut Vec<u8> {
        if self.pieces.back().is_none_or(|(last, _)| *last != target) {
            self.pieces.push_back((target, Vec::new()));
        }
        match self.pieces.back_mut() {
            Some((_, text)) => text,
            None => unreachable!("a piece was just put there"),
        }
    }

    /// How many bytes wait.
    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(|(_, text)| text.len()).sum()
    }

    /// Everything for an output, for tests.
    #[cfg(test)]
    pub(super) fn text(&self, target: Target) -> String {
        let own = self.pieces.iter().filter(|(own, _)| *own == target);
        let bytes: Vec<u8> = own.flat_map(|(_, text)| text.iter().copied()).collect();
        String::from_utf8(bytes).expect("text")
    }
}

/// The two outputs of the program and what is under way to them.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    current: Option<(Target, JoinHandle<io::Result<()>>)>,
    /// The outputs that nobody reads any more.
    closed: Vec<Target>,
}

impl Outputs {
    /// Whether there is something to write.
    pub(super) fn is_busy(&self, sheet: &Sheet) -> bool {
        self.current.is_some() || !sheet.pieces.is_empty()
    }

    /// Writes the next piece. Cancel safe: what is under way stays so. Fails once, when standard output has been closed
    /// or cannot be written; from then on what belongs there is dropped. A closed standard error is nobody's loss.
    pub(super) async fn carry(&mut self, sheet: &mut Sheet) -> io::Result<()> {
        if self.current.is_none() {
            self.current = sheet
                .pieces
                .pop_front()
                .filter(|(target, _)| !self.closed.contains(target))
                .map(|(target, text)| (target, spawn_blocking(move || write(target, &text))));
        }
        let Some((target, writing)) = &mut self.current else {
            return Ok(());
        };
        let (target, result) = (*target, writing.await);
        self.current = None;
        let result = result.unwrap_or_else(|panic| resume_unwind(panic.into_panic()));
        if result.is_err() {
            self.closed.push(target);
        }
        if target == Target::Stdout { result } else { Ok(()) }
    }
}

fn write(target: Target, text: &[u8]) -> io::Result<()> {
    match target {
        Target::Stdout => {
            let mut out = io::stdout().lock();
            out.write_all(text).and_then(|()| out.flush())
        }
        Target::Stderr => io::stderr().lock().write_all(text),
    }
}
