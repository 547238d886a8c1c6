//! Starts a shell, feeds it a program as the runner would, and records what comes back. Every
//! attempt ends by `close`, which fails if anything of it is left on the machine.

use std::collections::VecDeque;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use heeler::shim::{Control, Cookie, Greeting, Item, Nonce, OnDisconnect, Preamble, Program, Record, RecordSplitter};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;

/// No wait is longer; a machine under load needs far less.
const PATIENCE: Duration = Duration::from_secs(20);

/// A shell to be `sh`, first in a `PATH` of its own.
pub struct Shell {
    dir: TempDir,
    rest: String,
}

impl Shell {
    /// This shell as `sh`, and all tools of the system.
    pub fn new(name: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        symlink(find(name), dir.path().join("sh")).unwrap();
        let rest = format!(":{}", std::env::var("PATH").unwrap());
        Self { dir, rest }
    }

    /// The same shell where only these tools are to be found.
    pub fn with_only(&self, tools: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shell = fs::read_link(self.dir.path().join("sh")).unwrap();
        symlink(shell, dir.path().join("sh")).unwrap();
        for tool in tools {
            symlink(find(tool), dir.path().join(tool)).unwrap();
        }
        let rest = String::new();
        Self { dir, rest }
    }

    /// Where `sh` is; a test may put more tools there.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A process that will be this `sh`, started as a transport starts it.
    pub fn sh(&self) -> Command {
        self.environment(Command::new(self.dir.path().join("sh")))
    }

    /// A login shell that becomes this `sh`, started as sshd starts it.
    pub fn login(&self, shell: &str) -> Command {
        let mut command = Command::new(find(shell));
        command.args(["-c", "exec sh"]);
        self.environment(command)
    }

    fn environment(&self, mut command: Command) -> Command {
        let path = format!("{}{}", self.dir.path().display(), self.rest);
        command.env("PATH", path).current_dir("/");
        command
    }
}

/// The tool's path; a missing one must not pass in silence. Skips wrapper scripts in other places.
fn find(tool: &str) -> PathBuf {
    ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"]
        .iter()
        .map(|dir| Path::new(dir).join(tool))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{tool} is not on this machine: install {tool}"))
}

/// 16 bytes that no other attempt of any test run has.
fn unique() -> [u8; 16] {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")
        .unwrap()
        .read_exact(&mut bytes[..8])
        .unwrap();
    bytes[8..].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    bytes
}

/// What came back on one stream.
#[derive(Debug, Default)]
pub struct Side {
    /// What the login said before the shim was up.
    pub noise: Vec<u8>,
    /// The job's bytes.
    pub text: Vec<u8>,
    /// The stream ended.
    pub closed: bool,
    /// Marks that are yet to come.
    awaited: usize,
}

/// What came back so far.
#[derive(Debug, Default)]
pub struct Seen {
    pub out: Side,
    pub err: Side,
    pub records: Vec<Record>,
}

impl Seen {
    pub fn count(&self, wanted: impl Fn(&Record) -> bool) -> usize {
        self.records.iter().filter(|record| wanted(record)).count()
    }

    pub fn status(&self) -> Option<u32> {
        self.records.iter().find_map(|record| match record {
            Record::Exit { status } => Some(*status),
            _ => None,
        })
    }

    pub fn job(&self) -> Option<u32> {
        self.records.iter().find_map(|record| match record {
            Record::Job { pid, .. } => Some(*pid),
            _ => None,
        })
    }

    pub fn gone(&self) -> bool {
        matches!(self.records.last(), Some(Record::Gone(_)))
    }
}

#[derive(Default)]
struct Board {
    seen: Mutex<Seen>,
    changed: Condvar,
    /// While set, standard error is not read after the shim is up.
    stalled: Mutex<bool>,
    released: Condvar,
}

impl Board {
    fn update(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap());
        self.changed.notify_all();
    }
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

/// Reads a stream to its end: noise up to each of the marks, then what `take` makes of it.
fn read(
    mut stream: impl Read + Send + 'static,
    mut marks: VecDeque<Preamble>,
    board: Arc<Board>,
    side: fn(&mut Seen) -> &mut Side,
    mut take: impl FnMut(&Board, &[u8]) + Send + 'static,
) -> JoinHandle<()> {
    board.update(|seen| side(seen).awaited = marks.len());
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            let mut bytes = Some(buffer[..count].to_vec());
            while let (Some(mark), Some(some)) = (marks.front_mut(), &bytes) {
                bytes = mark.push(some);
                if bytes.is_some() {
                    let noise = mark.noise().to_vec();
                    marks.pop_front();
                    board.update(|seen| {
                        side(seen).noise.extend(noise);
                        side(seen).awaited -= 1;
                    });
                }
            }
            take(&board, &bytes.unwrap_or_default());
        }
        take(&board, b"");
        board.update(|seen| side(seen).closed = true);
    })
}

/// Cuts the records out, and waits while reading is not wanted.
fn read_err(stream: ChildStderr, nonce: &Nonce, board: Arc<Board>) -> JoinHandle<()> {
    let mut splitter = RecordSplitter::new(nonce);
    let marks = VecDeque::from([Preamble::up(nonce)]);
    read(
        stream,
        marks,
        board,
        |seen| &mut seen.err,
        move |board, bytes| {
            let mut items = Vec::new();
            splitter.push(bytes, &mut items);
            if bytes.is_empty() {
                splitter.finish(&mut items);
            }
            board.update(|seen| {
                for item in items {
                    match item {
                        Item::Text(text) => seen.err.text.extend(text),
                        Item::Record(record) => seen.records.push(record),
                    }
                }
            });
            let up = board.seen.lock().unwrap().err.awaited == 0;
            let mut stalled = board.stalled.lock().unwrap();
            while up && *stalled {
                stalled = board.released.wait(stalled).unwrap();
            }
        },
    )
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

    /// The shim's own main shell.
    pub fn shell(&self) -> u32 {
        self.child.id()
    }

    /// Kills the shim's main shell.
    pub fn kill_shell(&mut self) {
        self.child.kill().unwrap();
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
        assert_eq!(self.alive(), [], "processes of the job are left");
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

/// Waits for a condition of the machine.
pub fn eventually(what: &str, condition: impl FnMut() -> bool) {
    assert!(within(PATIENCE, condition), "waited in vain for {what}");
}

fn within(patience: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// Kills one process by number.
pub fn kill(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let _ = kill_process(pid, Signal::KILL);
}

/// Fields of `/proc/PID/stat` after the name: state, parent, group, session.
pub fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let text = String::from_utf8_lossy(&text);
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split(' ').map(str::to_owned).collect())
}

fn processes() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// The process group, `None` for one that is dead.
fn group_of(pid: u32) -> Option<u32> {
    let fields = stat(pid)?;
    if matches!(fields[0].as_str(), "Z" | "X") {
        return None;
    }
    fields[2].parse().ok()
}
