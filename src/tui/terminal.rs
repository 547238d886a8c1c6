//! The terminal while the dashboard has it: raw, on its other screen, and given back exactly once, whether by leaving,
//! by suspending, by an error on the way or by a panic in any thread.

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};
use std::io::{self, Write};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the terminal is ours right now. There is only one terminal, and a panic hook can reach nothing else.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether a thread panicked.
static PANICKED: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal, given back when this is dropped.
#[derive(Debug)]
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Frames>>,
}

impl Screen {
    /// Takes the terminal.
    pub(super) fn take() -> io::Result<Self> {
        HOOK.call_once(|| {
            let before = panic::take_hook();
            panic::set_hook(Box::new(move |panic| {
                PANICKED.store(true, Ordering::SeqCst);
                give_back();
                before(panic);
            }));
        });
        let terminal = Terminal::new(CrosstermBackend::new(Frames::default()))?;
        let screen = Self { terminal };
        enter()?;
        Ok(screen)
    }

    /// Draws a frame, in one piece for terminals that can.
    pub(super) fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(render)?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Makes the next frame draw everything.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    /// Gives the terminal back for now.
    #[expect(clippy::unused_self, reason = "only who has the terminal can give it back")]
    pub(super) fn leave(&mut self) {
        give_back();
    }

    /// Takes it again, and draws everything anew.
    pub(super) fn enter_again(&mut self) -> io::Result<()> {
        give_back();
        enter()?;
        self.forget()
    }

    /// The terminal is gone: it is never touched again.
    pub(super) fn abandon(self) {
        TAKEN.store(false, Ordering::SeqCst);
        drop(self);
    }
}

/// A frame being written. It goes out whole or not at all, and never while the terminal is not ours: a panic in another
/// thread may give it back between two bytes.
#[derive(Debug, Default)]
struct Frames {
    bytes: Vec<u8>,
}

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let bytes = std::mem::take(&mut self.bytes);
        if TAKEN.load(Ordering::SeqCst) {
            out.write_all(&bytes)?;
            out.flush()?;
        }
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Whether a thread panicked since the terminal was first taken; the terminal is given back then.
pub(super) fn has_panicked() -> bool {
    PANICKED.load(Ordering::SeqCst)
}

fn enter() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)
}

/// Gives the terminal back, if it is ours. Whatever fails, the rest is still tried.
fn give_back() {
    // Whoever is writing a frame finishes it first; a thread may take this lock twice.
    let mut out = io::stdout().lock();
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let written = queue!(
        out,
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        Show,
        LeaveAlternateScreen
    );
    let outcomes = [written, out.flush(), disable_raw_mode()];
    for error in outcomes.into_iter().filter_map(Result::err) {
        tracing::warn!(%error, "the terminal was not given back whole");
    }
}
