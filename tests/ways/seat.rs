//! A terminal with a shell in it, and heeler started from that shell: what the terminal was before is what it must be
//! afterwards.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use crate::scene::Scene;
use crate::support::tmux::Terminal;
use crate::support::wait::{LIMIT, poll, wait_until};

const PROMPT: &str = "ready>";
/// A question is deaf for 0.3 s to keys that were on their way when it appeared.
const DEAF: Duration = Duration::from_millis(350);
/// What a program may switch at a terminal, by the number of the mode, and how a shell wants it: the cursor shown; no
/// other screen, no mouse, no reports of focus, no brackets around what is pasted.
const MODES: [(&str, char); 9] = [
    ("25", 'h'),
    ("1000", 'l'),
    ("1002", 'l'),
    ("1003", 'l'),
    ("1004", 'l'),
    ("1006", 'l'),
    ("1015", 'l'),
    ("1049", 'l'),
    ("2004", 'l'),
];

/// heeler in a terminal.
pub struct Seat<'a> {
    pub terminal: Terminal,
    scene: &'a Scene,
    record: PathBuf,
}

impl<'a> Seat<'a> {
    /// Starts a shell, and a run from it.
    #[track_caller]
    pub fn take(scene: &'a Scene, options: &[&str], command: &str) -> Self {
        let run = scene.command(options, command);
        let words = std::iter::once(run.get_program()).chain(run.get_args());
        let words: Vec<String> = words
            .map(|word| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''")))
            .collect();
        fs::write(scene.heeler.home().join("go"), format!("exec {}\n", words.join(" "))).unwrap();
        let mut shell = Command::new("/bin/sh");
        shell.arg("-i").env_clear();
        shell.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.env("PS1", format!("{PROMPT} ")).current_dir(scene.heeler.home());
        let terminal = Terminal::start(100, 24, &shell);
        terminal.wait_for(PROMPT);
        let record = terminal.record();
        let seat = Self {
            terminal,
            scene,
            record,
        };
        seat.shell("stty -a >before; sh ./go; echo $? >status.new; stty -a >after; mv status.new status");
        seat
    }

    /// Waits for the shell to come back with everything as it was, and returns the exit status of the program.
    #[track_caller]
    pub fn left(&self) -> i32 {
        let status = self.status();
        let home = self.scene.heeler.home();
        let read = |name: &str| fs::read_to_string(home.join(name)).unwrap();
        assert_eq!(read("after"), read("before"), "the terminal's settings");
        self.shell("echo all is \"sent\"");
        let sent = || String::from_utf8_lossy(&fs::read(&self.record).unwrap_or_default()).into_owned();
        wait_until(LIMIT, "all that was sent", || sent().contains("all is sent"));
        let sent = sent();
        for (mode, expected) in MODES {
            let last = sent.match_indices(&format!("\u{1b}[?{mode}")).last();
            let switched = last.and_then(|(at, found)| sent[at + found.len()..].chars().next());
            assert!(switched.is_none_or(|to| to == expected), "mode {mode} is {switched:?}");
        }
        assert_eq!(self.terminal.ask("alternate_on"), "0", "the other screen is left");
        assert_eq!(self.terminal.ask("cursor_flag"), "1", "the cursor is shown");
        status
    }

    /// Waits for the end of the program, and returns its exit status.
    #[track_caller]
    pub fn status(&self) -> i32 {
        let path = self.scene.heeler.home().join("status");
        let status = poll(LIMIT, || fs::read_to_string(&path).ok());
        let status = status.unwrap_or_else(|| panic!("it did not end:\n{}", self.terminal.screen()));
        status.trim().parse().unwrap()
    }

    /// Presses keys.
    #[track_caller]
    pub fn press(&self, keys: &str) {
        self.terminal.send(keys);
    }

    /// Waits for a question and answers it, not before it listens.
    #[track_caller]
    pub fn answer(&self, question: &str, key: &str) {
        self.terminal.wait_for(question);
        sleep(DEAF);
        self.press(key);
    }

    /// The process of the program.
    #[track_caller]
    pub fn program(&self) -> u32 {
        let shows = concat!(env!("CARGO_BIN_EXE_heeler"), " run ");
        let mut local = self.scene.local();
        local.retain(|process| process.command.starts_with(shows));
        local.first().expect("heeler runs").id
    }

    #[track_caller]
    fn shell(&self, command: &str) {
        self.terminal.send(command);
        self.terminal.send_key("Enter");
    }
}
