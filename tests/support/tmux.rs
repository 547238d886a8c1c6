//! A real terminal: a private tmux server with one pane in which one program runs, with keys sent to
//! it and its screen read back. It knows nothing of the program. Dropped, it ends the server and
//! whatever the program started.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use tempfile::TempDir;

use super::processes;
use super::wait::{LIMIT, poll, wait_until};

/// Nothing but the program writes on the screen, and an Escape is an Escape at once.
const SETTINGS: &str = "\
set -g default-terminal tmux-256color
set -g status off
set -s escape-time 0
set -g history-limit 10000
";

/// Stays in the terminal when the program has ended: tmux drops what a pane has printed and tmux has not read when the
/// last process of the pane ends. The end is told in the title, behind all that the program printed. Who waits is in the
/// program's group and hears of a closed terminal, but not of the keys that signal the program.
const STAGE: &str = r#"
trap : INT QUIT
exec 3>&2 2>/dev/null
sh -c 'echo $$ >"$0.new" && mv "$0.new" "$0"; exec "$@"' "${0%/*}/program" "$@" 2>&3 3>&-
printf '\033]2;ended %s\033\\' "$?"
while read -r line; do :; done
"#;

/// What the title says before the exit status.
const ENDED: &str = "ended ";

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
        let write = |name: &str, text: &str| {
            fs::write(directory.path().join(name), text).expect("a file of our own");
        };
        write("tmux.conf", SETTINGS);
        write("stage", &stage(command));
        let mut terminal = Self {
            directory,
            server: 0,
            program: 0,
        };
        let mut tmux = terminal.client();
        tmux.args(["new-session", "-d", "-x", &columns.to_string()]);
        tmux.args(["-y", &rows.to_string()]);
        // More than one word is executed as it is, without a further shell.
        tmux.args(["--", "/bin/sh"]).arg(terminal.path("stage"));
        succeed(&tmux.output().expect("tmux, see tests/install.sh"));
        terminal.server = terminal.number("#{pid}");
        let told = poll(LIMIT, || fs::read_to_string(terminal.path("program")).ok());
        let told = told.unwrap_or_else(|| panic!("the program does not start:\n{}", terminal.screen()));
        terminal.program = told.trim_end().parse().expect("a process id");
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

    /// Lets programs set the clipboard, as a terminal does.
    #[track_caller]
    pub fn take_clipboard(&self) {
        self.tmux(&["set-option", "-s", "set-clipboard", "on"]);
    }

    /// Waits until a program has put `text` on the clipboard.
    #[track_caller]
    pub fn wait_for_clipboard(&self, text: &str) {
        wait_until(LIMIT, "the text on the clipboard", || {
            let shown = self.client().args(["show-buffer"]).output();
            shown.is_ok_and(|shown| shown.stdout == text.as_bytes())
        });
    }

    /// Writes every byte that programs send to the terminal from now on to a file as well, and returns its path.
    #[track_caller]
    pub fn record(&self) -> PathBuf {
        let path = self.path("record");
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
    /// has all that it printed, and can still be read.
    #[track_caller]
    pub fn exit_status(&self, limit: Duration) -> i32 {
        let status = poll(limit, || self.ask("pane_title").strip_prefix(ENDED)?.parse().ok());
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

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn client(&self) -> Command {
        let mut tmux = Command::new("tmux");
        tmux.env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("SHELL", "/bin/sh")
            .arg("-u")
            .arg("-S")
            .arg(self.path("socket"))
            .arg("-f")
            .arg(self.path("tmux.conf"));
        tmux
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.server != 0 {
            // The server is the parent of the stage, which is the parent of the program.
            processes::kill_tree(self.server);
            poll(LIMIT, || (!processes::is_alive(self.server)).then_some(()));
        }
    }
}

/// The script that runs `command`. Variables, arguments and directory are in its text, so that whoever looks for processes with
/// one of them finds the program alone.
fn stage(command: &Command) -> String {
    let directory = command.get_current_dir().unwrap_or(Path::new("/"));
    let variables = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let exports = variables.map(|(name, value)| format!("export {}={}\n", name.to_string_lossy(), quoted(value)));
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(quoted).collect();
    format!(
        "cd {}\n{}set -- {}{STAGE}",
        quoted(directory.as_os_str()),
        exports.collect::<String>(),
        words.join(" ")
    )
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_str().expect("UTF-8");
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[track_caller]
fn succeed(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "tmux: {}", text(&output.stderr));
    text(&output.stdout)
}
