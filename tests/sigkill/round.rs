//! One round: a run begins over a real sshd, a viewer prints what the runner tells, the runner is killed, and then
//! everything is counted.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::chance::Chance;
use crate::record::{Moment, Record, expect_numbered};
use crate::support::child::{Finished, Running};
use crate::support::heeler::Heeler;
use crate::support::processes::{is_alive, send_signal, wait_for_zero};
use crate::support::sshd::Sshd;
use crate::support::wait::{LIMIT, poll};

const HOSTS: &str = "127.1.0.[1-10]";
/// Half of the hosts at a time, so that some jobs wait; a limit, so that there are stops and kills by the run itself.
const OPTIONS: &str = "--json -j 6 -t 1s --grace 1s";
/// By the last figure of the host: prints and ends, sleeps, ignores TERM, or prints on until it is ended.
const COMMAND: &str = r#"
say() { echo "out $1 $HEELER_HOST"; echo "err $1 $HEELER_HOST" >&2; }
case $HEELER_HOST in
  *[12]) say 1; say 2; exit 3 ;;
  *[34]) say 1; exec sleep 7401 ;;
  *[56]) trap '' TERM; say 1; sleep 7402; sleep 7403 ;;
  *7) i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "out $i $HEELER_HOST"; done; exec sleep 7404 ;;
  *) i=0; while :; do i=$((i+1)); say $i; sleep 0.01; done ;;
esac"#;
/// What the host has to end a job by itself: the grace, and the time of a loaded machine.
const LIFELINE: Duration = Duration::from_secs(1 + 15);

/// Where the rounds are played: one server, one home.
pub struct Site {
    sshd: Sshd,
    heeler: Heeler,
}

/// What was counted in all rounds. What is missing or left ends the test, so there are no counts of that but zero.
#[derive(Default)]
pub struct Counts {
    before: u64,
    during: u64,
    after: u64,
    events: usize,
    bytes: usize,
    recorded: usize,
}

impl Counts {
    pub fn rounds(&self) -> u64 {
        self.before + self.during + self.after
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} rounds: killed {} before, {} while and {} after commands ran; \
             {} events and {} bytes that were told checked, 0 missing; {} bytes on disk checked, 0 wrong; \
             0 processes and 0 sockets left",
            self.rounds(),
            self.before,
            self.during,
            self.after,
            self.events,
            self.bytes,
            self.recorded
        )
    }
}

impl Site {
    pub fn open() -> Self {
        Self {
            sshd: Sshd::start(),
            heeler: Heeler::new(),
        }
    }

    /// One run and its murder; says in a line how it went.
    #[track_caller]
    pub fn play(&self, chance: &mut Chance, counts: &mut Counts) -> String {
        let (viewer, dir, runner) = self.start();
        // Mostly while commands run, but also while hosts are connected and about the end.
        let (from, to) = [(0, 250), (200, 1500), (200, 1500), (1300, 4000)][chance.between(0, 4) as usize];
        let delay = Duration::from_millis(chance.between(from, to));
        thread::sleep(delay);
        if is_alive(runner) {
            send_signal(runner, Signal::KILL);
        }
        let finished = viewer.wait(LIMIT);
        wait_for_zero(LIFELINE, || self.sshd.processes());
        wait_for_zero(LIMIT, || self.heeler.processes());
        wait_for_zero(LIMIT, || self.sshd.connections());
        assert_eq!(sockets(self.heeler.home()), Vec::<String>::new());

        let record = Record::open(&dir);
        record.expect_sound(&dir);
        self.expect_opens(&dir, &record);
        let told = Told::of(&finished);
        assert_eq!(
            told.events,
            record.objects[..told.events.len().min(record.objects.len())],
            "what was told is recorded, in its order"
        );
        let bytes = told.expect_recorded(&dir);
        let moment = record.moment();
        expect_said(&finished, &record, &told, &dir);

        *match moment {
            Moment::Before => &mut counts.before,
            Moment::While => &mut counts.during,
            Moment::After => &mut counts.after,
        } += 1;
        counts.events += told.events.len();
        counts.bytes += bytes;
        counts.recorded += recorded(&dir);
        format!(
            "killed after {} ms, {moment:?}; {} events and {bytes} bytes told, {} events recorded; exit {:?}",
            delay.as_millis(),
            told.events.len(),
            record.objects.len(),
            finished.status
        )
    }

    /// Nothing but records is left of all rounds once another run has come and gone.
    #[track_caller]
    pub fn expect_clean(&self) {
        let mut quick = self.heeler.command(["run", "-w", "127.1.0.1", "--json", "-F"]);
        quick.arg(self.sshd.config()).args(["--", "true"]);
        let finished = Running::start(quick, b"").wait(LIMIT);
        assert_eq!(finished.status, Some(0), "{}", finished.stderr);
        let left = fs::read_dir(self.heeler.runtime()).expect("the directory for sockets");
        assert_eq!(left.count(), 0, "directories of sockets are left");
    }

    /// heeler itself opens the record, and shows what stands in it.
    #[track_caller]
    fn expect_opens(&self, dir: &Path, record: &Record) {
        let run = dir.file_name().expect("a name").to_str().expect("UTF-8");
        let shown = self.heeler.run(["show", run, "--json"]);
        assert_eq!(Told::of(&shown).events, record.objects, "{}", shown.stderr);
    }

    /// Starts a run; gives its viewer, its directory and the process of its runner.
    #[track_caller]
    fn start(&self) -> (Running, PathBuf, u32) {
        let before = self.records();
        let mut run = self.heeler.command(["run", "-w", HOSTS, "-F"]);
        run.arg(self.sshd.config()).args(OPTIONS.split_whitespace());
        run.args(["--", COMMAND]);
        let viewer = Running::start(run, b"");
        let found = poll(LIMIT, || {
            let dir = self.records().into_iter().find(|dir| !before.contains(dir))?;
            let lock = fs::read_to_string(dir.join("lock")).ok()?;
            let holder: Value = serde_json::from_str(&lock).ok()?;
            Some((dir, u32::try_from(holder["pid"].as_u64()?).ok()?))
        });
        let (dir, runner) = found.unwrap_or_else(|| panic!("no runner: {}", viewer.stderr()));
        (viewer, dir, runner)
    }

    fn records(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.heeler.state().join("heeler/runs")) else {
            return Vec::new();
        };
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }
}

/// What the viewer printed.
struct Told {
    events: Vec<Value>,
    /// By host and stream.
    output: BTreeMap<(String, String), String>,
}

impl Told {
    #[track_caller]
    fn of(finished: &Finished) -> Self {
        let mut told = Self {
            events: Vec::new(),
            output: BTreeMap::new(),
        };
        for line in finished.stdout.lines() {
            let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if object["event"] == "output" {
                assert_eq!(object["attempt"], 1);
                let field = |name: &str| object[name].as_str().expect("text").to_owned();
                let text = told.output.entry((field("host"), field("stream"))).or_default();
                text.push_str(&field("text"));
            } else {
                told.events.push(object);
            }
        }
        told
    }

    /// Every byte is at its place in its file. Gives their number.
    #[track_caller]
    fn expect_recorded(&self, dir: &Path) -> usize {
        let mut bytes = 0;
        for ((host, stream), text) in &self.output {
            let file = fs::read(output(dir, host, stream)).unwrap_or_default();
            assert!(
                file.starts_with(text.as_bytes()),
                "{host} {stream}: {} bytes told, {} recorded",
                text.len(),
                file.len()
            );
            bytes += text.len();
        }
        bytes
    }
}

fn output(dir: &Path, host: &str, stream: &str) -> PathBuf {
    let ending = if stream == "stdout" { "out" } else { "err" };
    dir.join("out").join(host).join(format!("1.{ending}"))
}

/// Checks all that was recorded of the output; gives the number of bytes.
#[track_caller]
fn recorded(dir: &Path) -> usize {
    let mut bytes = 0;
    for number in 1..=10 {
        let host = format!("127.1.0.{number}");
        for (stream, word) in [("stdout", "out"), ("stderr", "err")] {
            bytes += expect_numbered(&output(dir, &host, stream), &host, word).len();
        }
    }
    bytes
}

/// The viewer's exit status and its words fit what happened.
#[track_caller]
fn expect_said(finished: &Finished, record: &Record, told: &Told, dir: &Path) {
    let run = dir.file_name().expect("a name").to_string_lossy();
    let said = &finished.stderr;
    if let Some(exit) = record.exit() {
        assert_eq!(finished.status, Some(i32::from(exit)), "{said}");
    } else if told.events.is_empty() {
        // The runner may have been killed before it could let a viewer in; the viewer says why it gives up.
        assert_ne!(finished.status, Some(0), "{said}");
        assert!(said.starts_with("heeler: "), "{said}");
    } else {
        assert_eq!(finished.status, Some(4), "{said}");
        assert!(said.contains(&*run), "the run is not named: {said}");
    }
}

/// Sockets below this directory to which somebody is bound.
fn sockets(home: &Path) -> Vec<String> {
    let table = fs::read_to_string("/proc/net/unix").expect("the table of sockets");
    let home = home.to_string_lossy();
    let ours = table.lines().filter(|line| line.contains(&*home));
    ours.map(str::to_owned).collect()
}
