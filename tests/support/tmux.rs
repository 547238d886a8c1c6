//! A real terminal: a private tmux server with one pane in which one program runs, with keys sent to
//! it and its screen read back. It knows nothing of the program. Dropped, it ends the server and
//! whatever the program started.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use super::processes;
use super::wait::{LIMIT, poll, wait_until};

/// A dead pane keeps its last screen and its status, nothing but the program writes on the screen,
/// and an Escape is an Escape at once.
const SETTINGS: &str = "\
set -g default-terminal tmux-256color
set -g remain-on-exit on
set -gq remain-on-exit-format ''
set -g status off
set -s escape-time 0
set -g history-limit 10000
";

/// One program in one terminal.
pub struct Terminal {
    directory: TempDir,
    server: u32,
    program: u32,
}

impl Terminal {
    /// Starts `command` in a terminal of `columns` times `rows`. Its environment is that of
    /// `command` plus what tmux sets (`TERM`, `TMUX`); nothing is inherited from the test.
    #[track_caller]
    pub fn start(columns: u16, rows: u16, command: &Command) -> Self {
        let directory = super::private_directory();
        std::fs::write(directory.path().join("tmux.conf"), SETTINGS).expect("a settings file");
        let mut terminal = Self {
            directory,
            server: 0,
            program: 0,
        };
        let mut tmux = terminal.client();
        let set = |(name, value): (&std::ffi::OsStr, Option<&std::ffi::OsStr>)| {
            value.map(|value| (name.to_owned(), value.to_owned()))
        };
        tmux.envs(command.get_envs().filter_map(set));
        tmux.args(["new-session", "-d", "-x", &columns.to_string()]);
        tmux.args(["-y", &rows.to_string()]);
        if let Some(path) = command.get_current_dir() {
            tmux.arg("-c").arg(path);
        }
        // `env` makes it more than one word, which tmux executes as it is, without a shell.
        tmux.args(["--", "env"]).arg(command.get_program());
        tmux.args(command.get_args());
        succeed(&tmux.output().expect("tmux, see tests/install.sh"));
        terminal.server = terminal.number("#{pid}");
        terminal.program = terminal.number("#{pane_pid}");
        terminal
    }

    /// Types `text`.
    #[track_caller]
    pub fn send(&self, text: &str) {
        self.tmux(&["send-keys", "-l", "--", text]);
    }

    /// Presses a key that tmux has a name for: `Enter`, `Escape`, `Up`, `C-c`, `PageDown`.
    #[track_caller]
    pub fn send_key(&self, key: &str) {
        self.tmux(&["send-keys", "--", key]);
    }

    /// Pastes `text`, in brackets when the program has asked for that.
    #[track_caller]
    pub fn paste(&self, text: &str) {
        self.tmux(&["set-buffer", "--", text]);
        self.tmux(&["paste-buffer", "-p"]);
    }

    /// The screen as text, one line per row.
    #[track_caller]
    pub fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// The screen with its colours, as escape sequences.
    #[track_caller]
    pub fn styled(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-e"])
    }

    /// The screen and everything that scrolled off its top.
    #[track_caller]
    pub fn scrollback(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-S", "-"])
    }

    /// What tmux knows of the terminal, such as `alternate_on`, `cursor_flag` or `pane_title`.
    #[track_caller]
    pub fn ask(&self, variable: &str) -> String {
        let answer = self.tmux(&["display-message", "-p", &format!("#{{{variable}}}")]);
        answer.trim_end().to_owned()
    }

    /// Writes every byte that programs send to the terminal from now on to a file as well, and returns its path.
    #[track_caller]
    pub fn record(&self) -> PathBuf {
        let path = self.directory.path().join("record");
        self.tmux(&["pipe-pane", &format!("exec cat >{}", path.display())]);
        path
    }

    /// Changes the size of the terminal; the program is told by SIGWINCH.
    #[track_caller]
    pub fn resize(&self, columns: u16, rows: u16) {
        let (columns, rows) = (columns.to_string(), rows.to_string());
        self.tmux(&["resize-window", "-x", &columns, "-y", &rows]);
    }

    /// Waits until `text` is on the screen, and returns that screen.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    /// Waits until the screen fits, and returns it; otherwise the failure says `what` was awaited
    /// and shows the last screen.
    #[track_caller]
    pub fn wait_until(&self, what: &str, mut fits: impl FnMut(&str) -> bool) -> String {
        let found = poll(LIMIT, || Some(self.screen()).filter(|screen| fits(screen)));
        found.unwrap_or_else(|| {
            panic!(
                "waited {LIMIT:?} in vain for: {what}\nthe last screen:\n{}",
                self.screen()
            )
        })
    }

    /// The process id of the program.
    pub fn program(&self) -> u32 {
        self.program
    }

    /// Waits for the program's end and returns its exit status, 128 + n for signal n. The screen
    /// it left can still be read.
    #[track_caller]
    pub fn exit_status(&self, limit: Duration) -> i32 {
        let format = "#{pane_dead_status}:#{pane_dead_signal}";
        let status = poll(limit, || {
            // tmux does not hear of its child's end while it writes the login records of the pane.
            // Reminded, it asks the kernel, and fills in one of the two.
            processes::send_signal(self.server, Signal::CHILD);
            let state = self.tmux(&["display-message", "-p", format]);
            let (status, signal) = state.trim_end().split_once(':')?;
            let signal = || signal.parse().ok().map(|signal: i32| 128 + signal);
            status.parse().ok().or_else(signal)
        });
        status.unwrap_or_else(|| {
            panic!(
                "the program did not end within {limit:?}; its screen:\n{}",
                self.screen()
            )
        })
    }

    /// Closes the terminal under the program, as a closed window does. Only [`Self::program`] may
    /// be asked afterwards.
    #[track_caller]
    pub fn close(&self) {
        self.tmux(&["kill-pane"]);
        wait_until(LIMIT, "the end of the tmux server", || {
            !processes::is_alive(self.server)
        });
    }

    #[track_caller]
    fn tmux(&self, arguments: &[&str]) -> String {
        let output = self.client().args(arguments).output();
        succeed(&output.expect("tmux, see tests/install.sh"))
    }

    #[track_caller]
    fn number(&self, format: &str) -> u32 {
        let text = self.tmux(&["display-message", "-p", format]);
        text.trim_end().parse().expect("a process id")
    }

    fn client(&self) -> Command {
        let path = |name: &str| -> PathBuf { self.directory.path().join(name) };
        let mut tmux = Command::new("tmux");
        tmux.env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("SHELL", "/bin/sh")
            .arg("-u")
            .arg("-S")
            .arg(path("socket"))
            .arg("-f")
            .arg(path("tmux.conf"));
        tmux
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.server != 0 {
            // The server is the parent of the program and of nothing else.
            processes::kill_tree(self.server);
            poll(LIMIT, || (!processes::is_alive(self.server)).then_some(()));
        }
    }
}

#[track_caller]
fn succeed(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "tmux: {}", text(&output.stderr));
    text(&output.stdout)
}
