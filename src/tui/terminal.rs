//! The terminal while the dashboard has it: raw, on its other screen, and given back exactly once, whether by leaving,
//! by suspending, by an error on the way or by a panic in any thread.

use base64ct::{Base64, Encoding as _};
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};
use std::env;
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
    /// What the terminal's title says; nothing after it was given back.
    title: String,
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
        let screen = Self {
            terminal,
            title: String::new(),
        };
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

    /// Gives the terminal a title, if it has another.
    pub(super) fn title(&mut self, title: &str) -> io::Result<()> {
        if self.title == title {
            return Ok(());
        }
        title.clone_into(&mut self.title);
        tell(&format!("\x1b]2;{}\x07", harmless(title)))
    }

    /// Hands a text to the terminal's clipboard (OSC 52).
    #[expect(clippy::unused_self, reason = "only who has the terminal may write to it")]
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        tell(&through_tmux(&format!(
            "\x1b]52;c;{}\x07",
            Base64::encode_string(text.as_bytes())
        )))
    }

    /// Rings the bell.
    #[expect(clippy::unused_self, reason = "only who has the terminal may write to it")]
    pub(super) fn ring(&mut self) -> io::Result<()> {
        tell("\x07")
    }

    /// Puts a notice on the desktop: by OSC 777 where that is understood, otherwise by OSC 9, and never by both, because
    /// some terminals would show it twice.
    #[expect(clippy::unused_self, reason = "only who has the terminal may write to it")]
    pub(super) fn notify(&mut self, text: &str) -> io::Result<()> {
        let term = env::var("TERM").unwrap_or_default();
        let knows_777 =
            ["rxvt", "foot"].iter().any(|known| term.starts_with(known)) || env::var_os("VTE_VERSION").is_some();
        let text = harmless(text);
        tell(&through_tmux(&if knows_777 {
            format!("\x1b]777;notify;heeler;{text}\x07")
        } else {
            format!("\x1b]9;{text}\x07")
        }))
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
        self.title.clear();
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
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableFocusChange,
        Hide
    )?;
    tell(KEEP_TITLE)
}

/// Puts the title on the terminal's stack.
const KEEP_TITLE: &str = "\x1b[22;0t";
/// Takes it from there again.
const OLD_TITLE: &str = "\x1b[23;0t";

/// Writes an escape sequence other than a frame, if the terminal is ours and understands such things: the console of
/// Linux would show some of them.
fn tell(sequence: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if !TAKEN.load(Ordering::SeqCst) || (sequence.len() > 1 && is_console()) {
        return Ok(());
    }
    out.write_all(sequence.as_bytes())?;
    out.flush()
}

fn is_console() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "linux" || term == "dumb")
}

/// What tmux understands it acts upon, if it is told to (`set-clipboard on`); what is wrapped it hands to the terminal
/// round it, if it is told to (`allow-passthrough on`).
fn through_tmux(sequence: &str) -> String {
    if env::var_os("TMUX").is_none() {
        return sequence.to_owned();
    }
    let doubled = sequence.replace('\x1b', "\x1b\x1b");
    format!("{sequence}\x1bPtmux;{doubled}\x1b\\")
}

/// A text that ends no escape sequence and begins none.
fn harmless(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
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
        DisableFocusChange,
        DisableBracketedPaste,
        Show,
        LeaveAlternateScreen
    );
    let title = if is_console() {
        Ok(())
    } else {
        out.write_all(OLD_TITLE.as_bytes())
    };
    let outcomes = [written, title, out.flush(), disable_raw_mode()];
    for error in outcomes.into_iter().filter_map(Result::err) {
        tracing::warn!(%error, "the terminal was not given back whole");
    }
}
