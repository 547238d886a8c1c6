//! Starts a shell, feeds it a program as the runner would, and records what comes back. Every
//! attempt ends by `close`, which fails if anything of it is left on the machine.

use std::collections::VecDeque;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use heeler::model::plan::OnDisconnect;
use heeler::shim::{Control, Cookie, Greeting, Nonce, Preamble, Process, Program, Record};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::machine::{PATIENCE, eventually, group_of, kill, processes};
use crate::seen::{Board, Seen, processes_in, read, read_err};
use crate::shell::Shell;

/// 16 bytes that no other attempt of any test run has.
pub fn unique() -> [u8; 16] {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")
        .unwrap()
        .read_exact(&mut bytes[..8])
        .unwrap();
    bytes[8..].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    bytes
}

/// What to run and how; begins with harmless values.
pub struct Plan<'a> {
    pub command: &'a [u8],
    pub env: &'a [(String, String)],
    pub on_disconnect: OnDisconnect,
    pub lease: Option<Duration>,
    pub grace: Duration,
    /// Do not read standard error until `release`.
    pub stalled: bool,
}

impl<'a> Plan<'a> {
    pub fn new(command: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self {
            command: command.as_ref(),
            env: &[],
            on_disconnect: OnDisconnect::End,
            lease: None,
            grace: Duration::from_millis(500),
            stalled: false,
        }
    }

    /// Runs it in this shell.
    pub fn start(&self, shell: &Shell) -> Attempt {
        self.start_as(shell.sh())
    }

    /// Runs it in whatever this command becomes.
    pub fn start_as(&self, mut command: Command) -> Attempt {
        let nonce = Nonce::new(unique());
        let cookie = Cookie::new(unique());
        let greeting = Greeting::new(&Nonce::new(unique()));
        let program = Program {
            nonce: &nonce,
            cookie: &cookie,
            command: self.command,
            env: self.env,
            on_disconnect: self.on_disconnect,
            lease: self.lease,
            grace: self.grace,
        };
        let text = program.text().unwrap();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let board = Arc::new(Board::default());
        *board.stalled.lock().unwrap() = self.stalled;
        let out = child.stdout.take().unwrap();
        let err = child.stderr.take().unwrap();
        let marks = VecDeque::from([Preamble::new(greeting.answer()), Preamble::up(&nonce)]);
        let readers = vec![
            read(
                out,
                marks,
                Arc::clone(&board),
                |seen| &mut seen.out,
                |board, bytes| {
                    board.update(|seen| seen.out.text.extend(bytes));
                },
            ),
            read_err(err, &nonce, Arc::clone(&board)),
        ];
        let mut attempt = Attempt {
            stdin: child.stdin.take(),
            child,
            cookie,
            board,
            readers,
        };
        attempt.write(greeting.line());
        attempt.wait("the greeting's answer", |seen| seen.out.awaited < 2);
        attempt.write(&text);
        attempt.wait("both streams up", |seen| seen.out.awaited + seen.err.awaited == 0);
        attempt
    }
}

/// A running shim.
pub struct Attempt {
    child: Child,
    stdin: Option<ChildStdin>,
    cookie: Cookie,
    board: Arc<Board>,
    readers: Vec<JoinHandle<()>>,
}

impl Attempt {
    pub fn send(&mut self, control: &Control) {
        self.write(&control.encode());
    }

    /// For a shim that may already have ended by itself.
    pub fn send_if_open(&mut self, control: &Control) {
        if let Some(stdin) = self.stdin.as_mut() {
            let _ = stdin.write_all(&control.encode());
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("standard input is still open");
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    /// Ends the control pipe, as a cut link does.
    pub fn cut(&mut self) {
        self.stdin = None;
    }

    /// Reads standard error from now on.
    pub fn release(&self) {
        *self.board.stalled.lock().unwrap() = false;
        self.board.released.notify_all();
    }

    /// What came so far.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.board.seen.lock().unwrap()
    }

    /// Waits until what came satisfies this.
    pub fn wait(&self, what: &str, until: impl Fn(&Seen) -> bool) {
        let (seen, _) = self
            .board
            .changed
            .wait_timeout_while(self.seen(), PATIENCE, |seen| !until(seen))
            .unwrap();
        assert!(until(&seen), "no sign of {what}: {seen:#?}");
    }

    /// Waits for this output line of the job.
    pub fn wait_out(&self, text: &str) {
        self.wait(text, |seen| String::from_utf8_lossy(&seen.out.text).contains(text));
    }

    /// Asks, and gives the records of the answer. Nothing else may be under way.
    pub fn ask(&mut self, control: &Control) -> Vec<Record> {
        let ends = |record: &Record| matches!(record, Record::Left(_) | Record::Gone(_));
        let (before, start) = {
            let seen = self.seen();
            (seen.count(ends), seen.records.len())
        };
        self.send(control);
        self.wait("an answer", |seen| seen.count(ends) > before);
        let seen = self.seen();
        let end = start + seen.records[start..].iter().position(ends).unwrap();
        seen.records[start..=end].to_vec()
    }

    /// Asks what is left until there is such a process; gives its number.
    pub fn look_for(&mut self, wanted: impl Fn(&Process) -> bool) -> u32 {
        let mut found = None;
        eventually("a process of the job", || {
            found = processes_in(&self.ask(&Control::Look))
                .into_iter()
                .find(|process| wanted(process))
                .map(|process| process.pid);
            found.is_some()
        });
        found.unwrap()
    }

    /// Asks until nothing is left, as the runner does.
    pub fn look_until_gone(&mut self) {
        eventually("the job to be gone", || {
            // It may be gone, and the shim with it, before it is asked.
            self.send_if_open(&Control::Look);
            self.seen().gone()
        });
    }

    /// What marks the job's processes.
    pub fn cookie(&self) -> &Cookie {
        &self.cookie
    }

    /// The shim's own main shell.
    pub fn shell(&self) -> u32 {
        self.child.id()
    }

    /// Whether the shim's main shell has not ended.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Kills the shim's main shell.
    pub fn kill_shell(&mut self) {
        self.child.kill().unwrap();
    }

    /// Kills the `cat` through which its standard error goes.
    pub fn kill_relay(&self) {
        let group = Some(self.child.id());
        let is_relay = |pid: &u32| {
            group_of(*pid) == group && fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line == b"cat\0")
        };
        let relay = processes().find(is_relay).expect("a relay");
        kill(relay);
        eventually("the end of the relay", || group_of(relay).is_none());
    }

    /// Kills the processes of the shim's group that are called `link`: whatever goes through them has then nowhere to go.
    pub fn kill_links(&self) {
        let group = Some(self.child.id());
        let is_link = |pid: &u32| {
            group_of(*pid) == group && fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line == b"link\0")
        };
        let links: Vec<u32> = processes().filter(is_link).collect();
        assert_eq!(links.len(), 2);
        links.iter().copied().for_each(kill);
        eventually("the end of the links", || {
            links.iter().all(|pid| group_of(*pid).is_none())
        });
    }

    /// Signals all of the shim's own processes (the job is in another group).
    pub fn signal_shim(&self, signal: Signal) {
        kill_process_group(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Numbers of the processes with this attempt's cookie.
    pub fn alive(&self) -> Vec<u32> {
        let wanted = format!("HEELER_JOB={}", self.cookie.as_str());
        processes()
            .filter(|pid| {
                fs::read(format!("/proc/{pid}/environ"))
                    .is_ok_and(|environ| environ.split(|b| *b == 0).any(|var| var == wanted.as_bytes()))
            })
            .collect()
    }

    /// How many processes of the shim itself run.
    pub fn stages(&self) -> usize {
        let group = Some(self.child.id());
        processes().filter(|pid| group_of(*pid) == group).count()
    }

    /// Waits until no process has the cookie.
    pub fn wait_dead(&self) {
        eventually("the job's processes to be gone", || self.alive().is_empty());
    }

    /// Kills what was left alone on purpose.
    pub fn reap_leaked(&self) {
        for pid in self.alive() {
            kill(pid);
        }
        self.wait_dead();
    }

    /// Waits for the shim's end and the end of both streams, and checks that the shell exited with
    /// 0 and that nothing of shim and job remains. Gives all that was seen.
    pub fn close(mut self) -> Seen {
        self.end();
        assert!(self.child.wait().unwrap().success());
        self.check()
    }

    /// The same for a shim whose shell was killed.
    pub fn close_killed(mut self) -> Seen {
        self.end();
        assert!(!self.child.wait().unwrap().success());
        self.check()
    }

    fn end(&mut self) {
        eventually("the end of the shim", || self.child.try_wait().unwrap().is_some());
    }

    fn check(&mut self) -> Seen {
        let group = self.child.id();
        eventually("the end of the shim's processes", || {
            processes().all(|pid| group_of(pid) != Some(group))
        });
        assert_eq!(self.alive(), Vec::<u32>::new(), "processes of the job are left");
        self.wait("the end of both streams", |seen| seen.out.closed && seen.err.closed);
        self.stdin = None;
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        std::mem::take(&mut *self.seen())
    }
}

/// A failed test must leave nothing behind either.
impl Drop for Attempt {
    fn drop(&mut self) {
        if thread::panicking() {
            for pid in self.alive() {
                kill(pid);
            }
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}
