//! A desk at which a test sits: an sshd with its hosts, a home for heeler, and a terminal in which it runs, either by
//! itself or under a shell with job control.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use heeler::app::{Action, Key};

use crate::hand::{self, Sight};
use crate::screen::is_on;
use crate::support::heeler::Heeler;
use crate::support::processes::{Process, wait_for_zero};
use crate::support::sshd::Sshd;
use crate::support::tmux::Terminal;
use crate::support::wait::{LIMIT, wait_until};

/// Numbers the checks of a terminal: what an earlier one left on the screen or on disk must not count.
static SANITY_CHECKS: AtomicU32 = AtomicU32::new(0);

/// What the shell of a desk says when it waits for a command.
pub const PROMPT: &str = "ready>";

/// A question is deaf for 0.3 s to keys that were on their way when it appeared.
const DEAF: Duration = Duration::from_millis(350);

/// A run that is about to be started.
pub struct Scene {
    hosts: &'static str,
    command: String,
    options: Vec<&'static str>,
    environment: Vec<(&'static str, &'static str)>,
    wrapped: bool,
    configuration: Option<String>,
    newcomer: bool,
}

impl Scene {
    /// `heeler run -w HOSTS -- COMMAND`. In the command, `DIR` stands for a directory that the test shares with it.
    pub fn new(hosts: &'static str, command: &str) -> Self {
        Self {
            hosts,
            command: command.to_owned(),
            options: Vec::new(),
            environment: Vec::new(),
            wrapped: false,
            configuration: None,
            newcomer: false,
        }
    }

    /// Further options.
    pub fn options(mut self, options: &[&'static str]) -> Self {
        self.options.extend(options);
        self
    }

    /// A variable of heeler's environment.
    pub fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    /// Lets a script start it that waits for its end, as wrappers do.
    pub fn wrapped(mut self) -> Self {
        self.wrapped = true;
        self
    }

    /// The operator's configuration.
    pub fn configured(mut self, text: &str) -> Self {
        self.configuration = Some(text.to_owned());
        self
    }

    /// Lets somebody sit there who has never seen a dashboard.
    pub fn for_a_newcomer(mut self) -> Self {
        self.newcomer = true;
        self
    }

    /// Starts it in a terminal of its own.
    #[track_caller]
    pub fn open(self) -> Desk {
        let (sshd, heeler) = (Sshd::start(), Heeler::new());
        let run = self.command(&sshd, &heeler);
        let run = if self.wrapped {
            let mut script = Command::new("/bin/sh");
            script
                .args(["-c", r#""$0" "$@"; :"#])
                .arg(run.get_program())
                .args(run.get_args());
            inherit(&mut script, &run);
            script
        } else {
            run
        };
        Desk {
            terminal: Terminal::start(80, 24, &run),
            heeler,
            sshd,
        }
    }

    /// Starts a shell in a terminal, and it from that shell. All that is sent to the terminal is recorded.
    #[track_caller]
    pub fn open_in_shell(self) -> (Desk, Record) {
        let (sshd, heeler) = (Sshd::start(), Heeler::new());
        let run = self.command(&sshd, &heeler);
        // From a file, because so long a line of input would fill the screen.
        let quoted = |word: &OsStr| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''"));
        let words = std::iter::once(run.get_program()).chain(run.get_args()).map(quoted);
        let line = words.collect::<Vec<_>>().join(" ");
        let script = if self.wrapped {
            format!("{line}\nexit $?\n")
        } else {
            format!("exec {line}\n")
        };
        fs::write(heeler.home().join("go"), script).unwrap();
        let mut shell = Command::new("/bin/sh");
        shell.arg("-i");
        inherit(&mut shell, &run);
        shell.env("PS1", format!("{PROMPT} "));
        let terminal = Terminal::start(80, 24, &shell);
        terminal.wait_for(PROMPT);
        let record = Record {
            path: terminal.record(),
            from: 0,
        };
        let desk = Desk { terminal, heeler, sshd };
        desk.start();
        (desk, record)
    }

    fn command(&self, sshd: &Sshd, heeler: &Heeler) -> Command {
        if let Some(text) = &self.configuration {
            heeler.configure(text);
        }
        if !self.newcomer {
            let place = heeler.state().join("heeler");
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join("dashboard-seen"), "").unwrap();
        }
        let directory = heeler.home().to_string_lossy();
        let config = sshd.config();
        let mut command = heeler.command(["run", "-w", self.hosts, "-F"]);
        command.arg(config).args(&self.options);
        command.arg("--").arg(self.command.replace("DIR", &directory));
        command.envs(self.environment.iter().copied());
        command
    }
}

/// Gives a command the surroundings of another.
fn inherit(command: &mut Command, other: &Command) {
    let set = other.get_envs().filter_map(|(name, value)| Some((name, value?)));
    command.env_clear().envs(set);
    command.current_dir(other.get_current_dir().unwrap());
}

/// Everything that a terminal was sent.
pub struct Record {
    path: PathBuf,
    from: usize,
}

impl Record {
    /// What was sent since it was begun.
    pub fn text(&self) -> String {
        let sent = fs::read(&self.path).unwrap_or_default();
        String::from_utf8_lossy(&sent[self.from..]).into_owned()
    }

    /// Forgets everything up to `end`, which must have been sent.
    #[track_caller]
    pub fn begin_after(&mut self, end: &str) {
        self.wait_for(end);
        self.from += self.text().len();
    }

    /// Whether the other screen was asked for before `end` was sent.
    #[track_caller]
    pub fn has_other_screen_before(&self, end: &str) -> bool {
        self.wait_for(end);
        self.text().contains("\u{1b}[?1049h")
    }

    #[track_caller]
    fn wait_for(&self, end: &str) {
        wait_until(LIMIT, end, || self.text().contains(end));
    }
}

/// heeler at work. What is dropped first is ended first.
pub struct Desk {
    pub terminal: Terminal,
    pub heeler: Heeler,
    pub sshd: Sshd,
}

impl Desk {
    /// Types the command of the scene into the shell.
    #[track_caller]
    pub fn start(&self) {
        self.shell("sh ./go");
    }

    /// Waits until heeler has gone with this status, and returns the screen that it left.
    #[track_caller]
    pub fn wait_for_status(&self, status: u8) -> String {
        self.terminal.wait_until("the summary and the shell", |screen| {
            screen.contains("record: ") && screen.trim_end().ends_with(PROMPT)
        });
        self.shell("echo \"status $?.\"");
        self.terminal.wait_for(&format!("\nstatus {status}."))
    }

    /// Types a command into the shell.
    #[track_caller]
    pub fn shell(&self, command: &str) {
        self.terminal.send(command);
        self.terminal.send_key("Enter");
    }

    /// Moves the cursor to the row of `127.1.0.N`, where the hosts are in order from 1 on.
    #[track_caller]
    pub fn go_to(&self, number: usize) {
        self.terminal.send(&format!("g{}", "j".repeat(number - 1)));
        let host = format!("127.1.0.{number}");
        let what = format!("the cursor on {host}");
        self.terminal.wait_until(&what, |screen| is_on(screen, &host));
    }

    /// Presses the key of an action and returns the screen that shows what it does.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "texts and closures are written where they are awaited"
    )]
    pub fn does(&self, action: Action, sight: impl Sight) -> String {
        hand::does(&self.terminal, action, &sight)
    }

    /// The same by another one of its keys.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "texts and closures are written where they are awaited"
    )]
    pub fn does_by(&self, action: Action, key: Key, sight: impl Sight) -> String {
        hand::does_by(&self.terminal, action, key, &sight)
    }

    /// Presses a key that is a letter.
    #[track_caller]
    pub fn press(&self, key: char) {
        self.terminal.send(&key.to_string());
    }

    /// Waits for a question and answers it, not before it listens.
    #[track_caller]
    pub fn answer(&self, question: &str, key: char) {
        self.terminal.wait_for(question);
        self.let_it_listen();
        self.press(key);
    }

    /// Lets so much time pass that the question on the screen listens: it began to count before it was drawn.
    #[expect(clippy::unused_self, reason = "only who sits at a desk is asked")]
    pub fn let_it_listen(&self) {
        sleep(DEAF);
    }

    /// The directory that the remote commands know as `DIR`.
    pub fn shared(&self) -> &Path {
        self.heeler.home()
    }

    /// Waits until exactly so many `sleep 7777` run on the hosts.
    #[track_caller]
    pub fn wait_for_sleeps(&self, count: usize) {
        let mut found = 0;
        wait_until(LIMIT, &format!("{count} remote sleeps"), || {
            found = self.sleeps();
            found == count
        });
    }

    /// How many `sleep 7777` run on the hosts.
    pub fn sleeps(&self) -> usize {
        self.sshd.running("sleep 7777").len()
    }

    /// Waits until nothing runs for heeler any more, neither on the hosts nor here.
    #[track_caller]
    pub fn wait_for_nothing(&self, limit: Duration) {
        wait_for_zero(limit, || self.sshd.processes());
        wait_for_zero(limit, || self.local());
    }

    /// The process id of the heeler that shows the run.
    #[track_caller]
    pub fn program(&self) -> u32 {
        let shows = concat!(env!("CARGO_BIN_EXE_heeler"), " run ");
        let is_program = |process: &Process| process.command.starts_with(shows);
        self.local().into_iter().find(is_program).expect("heeler runs").id
    }

    /// What heeler runs on this side, itself included: all in its home but the terminal and the shell in it.
    pub fn local(&self) -> Vec<Process> {
        let is_ours = |process: &Process| {
            !["tmux", "/bin/sh -i", "cat"]
                .iter()
                .any(|one| process.command.starts_with(one))
        };
        self.heeler.processes().into_iter().filter(is_ours).collect()
    }

    /// Proves that the terminal is as a shell wants it: its own screen, a cursor, lines and echo.
    #[track_caller]
    pub fn expect_sane_terminal(&self) {
        assert_eq!(self.terminal.ask("alternate_on"), "0", "the other screen is left");
        assert_eq!(self.terminal.ask("cursor_flag"), "1", "the cursor is shown");
        assert_eq!(self.terminal.ask("mouse_any_flag"), "0", "the mouse is the terminal's");
        let call = SANITY_CHECKS.fetch_add(1, Ordering::Relaxed);
        let command = format!("stty -a >stty{call}; echo 'stty done {call}'");
        self.shell(&command);
        self.terminal.wait_until("the answer and the echo of stty", |screen| {
            let answer = format!("stty done {call}");
            screen.contains(&format!("ready> {command}")) && screen.lines().any(|line| line == answer)
        });
        let modes = fs::read_to_string(self.shared().join(format!("stty{call}"))).unwrap();
        let modes: Vec<&str> = modes.split_whitespace().collect();
        for mode in ["icanon", "echo", "isig", "icrnl", "opost"] {
            assert!(modes.contains(&mode), "{mode} in {modes:?}");
        }
    }
}
