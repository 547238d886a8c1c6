//! The loop of the front-ends without a screen, in a process of its own: this program starts itself again as a child in
//! which a small actor plays the runner over the real link, and watches the child's outputs, signals and exit status.

use heeler::link::dial::dial;
use heeler::link::greet::{Hello, Rights};
use heeler::link::hub::{About, Hub};
use heeler::link::{Outlet, Parcel, Wishes};
use heeler::model::bond::Bond;
use heeler::model::bond::Tie;
use heeler::model::event::{Change, Ending, Event, Message, Output, Piece, Started, Stream, What};
use heeler::model::host::HostName;
use heeler::model::id::{AttemptNo, JobId, RunId};
use heeler::model::outcome::{CancelledBy, Fate, Outcome};
use heeler::model::plan::{OnDisconnect, Plan, Settings, Slow};
use heeler::model::request::{Force, Request};
use heeler::model::stamp::Stamp;
use heeler::report::{End, Options, Rendering, Style};
use heeler::rundir::{Chunk, RunDir, Writer};
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Tells the child what to play: the style, a space, and the part of the actor.
const SCENE: &str = "HEELER_TEST_SCENE";
const PLACE: &str = "HEELER_TEST_PLACE";

struct Actor {
    writer: Writer,
    outlet: Outlet,
    plan: Plan,
    length: u64,
}

impl Actor {
    fn say(&self, what: What) {
        let event = Event {
            at: Stamp::from_millis(500),
            what,
        };
        self.send(Message::Event(event));
    }

    fn send(&self, message: Message) {
        let parcel = Parcel { message, permit: None };
        // The front-end may have left.
        let _gone = self.outlet.send(parcel);
    }

    fn change(&self, change: Change) {
        self.say(What::Job {
            job: JobId(0),
            host: self.plan.host(JobId(0)).clone(),
            attempt: AttemptNo::FIRST,
            change,
        });
    }

    fn print(&mut self, bytes: &[u8]) {
        let (at, stream) = (Stamp::from_millis(400), Stream::Stdout);
        self.writer
            .output((JobId(0), AttemptNo::FIRST), "web1", Chunk { at, stream, bytes })
            .expect("written");
        let piece = Piece {
            stream,
            offset: self.length,
            bytes: bytes.to_vec(),
        };
        self.length += bytes.len() as u64;
        self.send(Message::Output(Output {
            at,
            job: JobId(0),
            attempt: AttemptNo::FIRST,
            pieces: vec![piece],
        }));
    }

    fn begin(&self) {
        self.say(What::RunStarted(Started {
            run: self.plan.run.clone(),
            directory: self.plan.directory.clone(),
            jobs: 1,
            time: self.plan.started.clone(),
            operator: self.plan.operator.clone(),
            note: None,
            parent: None,
            digest: self.plan.digest(),
        }));
        self.change(Change::Running { pid: 7 });
    }

    fn end(&self, outcome: Outcome) {
        let (word, exit) = (outcome.class().word().to_owned(), u8::from(!outcome.is_ok()));
        let elapsed = Duration::from_millis(300);
        self.change(Change::Done(Ending {
            outcome,
            leaked: false,
            elapsed,
        }));
        self.say(What::RunEnded {
            counts: BTreeMap::from([(word, 1)]),
            exit,
        });
    }

    fn cancelled() -> Outcome {
        Outcome::Cancelled {
            by: CancelledBy::Quit,
            fate: Fate::Gone,
            ended: None,
        }
    }

    /// Plays the part to its end.
    async fn play(mut self, part: String, mut wishes: Wishes) {
        self.begin();
        match part.as_str() {
            "quick" => {
                self.print(b"hello\nwor");
                self.print(b"ld\n");
                self.end(Outcome::Exit { code: 3 });
            }
            "verbose" => {
                self.print(&b"a line of many\n".repeat(100_000));
                self.end(Outcome::Ok);
            }
            "brimming" => {
                // More than a pipe takes, also behind the first object of JSON.
                for _ in 0..30 {
                    self.print(&b"a line of many\n".repeat(3000));
                }
                let _quit = wishes.recv().await;
                self.end(Self::cancelled());
            }
            "flood" => loop {
                self.print(&b"a line of a flood\n".repeat(100));
                if wishes
                    .try_recv()
                    .is_ok_and(|asked| asked.request == Request::Quit { force: Force::Graceful })
                {
                    return self.end(Self::cancelled());
                }
                tokio::task::yield_now().await;
            },
            "patient" => {
                self.print(b"ready\n");
                if request(&mut wishes).await == Some(Request::Quit { force: Force::Graceful }) {
                    self.print(b"cancelling\n");
                }
                self.end(Self::cancelled());
            }
            "stubborn" => {
                self.print(b"ready\n");
                while request(&mut wishes).await != Some(Request::Quit { force: Force::Now }) {
                    self.print(b"no\n");
                }
                self.end(Self::cancelled());
            }
            other => panic!("no part {other}"),
        }
    }
}

async fn request(wishes: &mut Wishes) -> Option<Request> {
    wishes.recv().await.map(|asked| asked.request)
}

/// Not a test of its own: the child's side of the tests below.
#[test]
#[ignore = "started by the other tests as a child"]
fn child() {
    let scene = std::env::var(SCENE).expect("a scene");
    let place = PathBuf::from(std::env::var(PLACE).expect("a place"));
    let (style, part) = scene.split_once(' ').expect("two words");
    let options = Options {
        style: match style {
            "grouped" => Style::Grouped,
            "json" => Style::Json,
            _ => Style::Plain { timestamps: false },
        },
        stdout: Rendering::Exact,
        stderr: Rendering::Exact,
        interactive: style == "interactive",
        bond: Bond::Tied,
        backlog: 0,
    };
    let run = RunId("run".to_owned());
    let dir = RunDir::create(&place, &run).expect("a directory");
    let plan = plan(run, &dir);
    let writer = Writer::create(dir.clone(), &plan).expect("a writer");
    let (outlet, wishes, ends) = heeler::link::ends();
    let actor = Actor {
        writer,
        outlet,
        plan: plan.clone(),
        length: 0,
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let part = part.to_owned();
    let status = runtime.block_on(async {
        let about = About {
            run: plan.run.clone(),
            tie: Tie::Starter,
            starter: None,
            logout: None,
            user: "me".to_owned(),
            now: Box::new(Stamp::default),
        };
        let hub = Hub::open(&dir.socket(), about, ends).expect("a hub");
        let serving = tokio::spawn(hub.serve());
        let hello = Hello::new("a test".to_owned(), Rights::Write);
        let (mut link, _) = dial(&dir.socket(), &hello).await.expect("the hub");
        let playing = tokio::spawn(actor.play(part, wishes));
        let status = heeler::report::run(&mut link, &plan, &options).await;
        drop(link);
        playing.await.expect("the actor is through");
        serving.await.expect("the hub is through");
        status
    });
    std::process::exit(i32::from(match status.expect("a status") {
        End::Over(status) | End::Left(status) => status.code(),
        End::Interrupted => 4,
        End::CutOff => 6,
    }));
}

fn plan(run: RunId, dir: &RunDir) -> Plan {
    Plan {
        format: heeler::model::plan::PLAN_FORMAT,
        ssh: heeler::model::plan::SshCall::default(),
        parent: None,
        doubts: Vec::new(),
        fields: Vec::new(),
        run,
        command: "true".to_owned(),
        env: Vec::new(),
        hosts: vec![HostName::parse("web1").expect("a name")],
        node_set: "web1".to_owned(),
        settings: Settings {
            width: 1,
            connect_width: 1,
            connect_timeout: None,
            run_timeout: None,
            idle_timeout: None,
            slow: Slow::Never,
            grace: Duration::from_secs(1),
            drain: Duration::from_secs(1),
            retries: 0,
            retry_on: Vec::new(),
            on_disconnect: OnDisconnect::End,
            lease: None,
            ..Settings::default()
        },
        operator: "ann@desk".to_owned(),
        note: None,
        started: "2026-01-02T03:04:05Z".to_owned(),
        directory: dir.path().to_owned(),
        version: "0".to_owned(),
    }
}

/// A child and its outputs. It is killed when the test fails.
struct Play {
    child: Child,
    out: Option<BufReader<ChildStdout>>,
    err: BufReader<ChildStderr>,
    _place: TempDir,
}

impl Play {
    fn new(scene: &str) -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(SCENE, scene)
            .env(PLACE, place.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let out = child.stdout.take().map(BufReader::new);
        let err = BufReader::new(child.stderr.take().expect("a pipe"));
        Self {
            child,
            out,
            err,
            _place: place,
        }
    }

    /// Reads standard output up to this line, past what the test harness itself says.
    fn wait_for(&mut self, line: &str) {
        let mut read = String::new();
        while !read.ends_with(&format!("{line}\n")) {
            let out = self.out.as_mut().expect("open");
            assert_ne!(out.read_line(&mut read).expect("readable"), 0, "{read}");
        }
    }

    fn wait_for_text(&mut self, words: &str) {
        let mut read = String::new();
        while !read.contains(words) {
            let out = self.out.as_mut().expect("open");
            assert_ne!(out.read_line(&mut read).expect("readable"), 0, "{read}");
        }
    }

    fn wait_for_error(&mut self, words: &str) {
        let mut read = String::new();
        while !read.contains(words) {
            assert_ne!(self.err.read_line(&mut read).expect("readable"), 0, "{read}");
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("it lives");
    }

    /// The rest of both outputs and the exit status.
    fn end(mut self) -> (String, String, Option<i32>) {
        let (mut out, mut err) = (String::new(), String::new());
        if let Some(mut rest) = self.out.take() {
            rest.read_to_string(&mut out).expect("text");
        }
        self.err.read_to_string(&mut err).expect("text");
        let status = self.child.wait().expect("it ends");
        (out, err, status.code())
    }
}

impl Drop for Play {
    fn drop(&mut self) {
        // Already over in a test that went well.
        let _over = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[test]
fn plain_lines_then_the_summary() {
    let (out, err, status) = Play::new("plain quick").end();
    assert!(out.ends_with("web1: hello\nweb1: world\n"), "{out}");
    let lines: Vec<&str> = err.lines().collect();
    assert_eq!(lines[..2], ["1 failed in 0.5s", "exit 3 (1): web1"], "{err}");
    assert!(lines[2].starts_with("record: /") && lines.len() == 3, "{err}");
    assert_eq!(status, Some(1));
}

#[test]
fn grouped_output_comes_at_the_end() {
    let (out, _, status) = Play::new("grouped quick").end();
    assert!(
        out.ends_with("---------------\nweb1\n---------------\nhello\nworld\n"),
        "{out}"
    );
    assert_eq!(status, Some(1));
}

#[test]
fn json_is_nothing_but_objects_from_the_first_event_to_the_last() {
    let (out, err, status) = Play::new("json quick").end();
    let objects = &out[out.find('{').expect("an object")..];
    let names: Vec<String> = objects
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON")["event"]
                .as_str()
                .expect("a name")
                .to_owned()
        })
        .collect();
    assert_eq!(
        names,
        ["run-started", "running", "output", "output", "done", "run-ended"]
    );
    assert_eq!((err.as_str(), status), ("", Some(1)));
}

#[test]
fn a_closed_standard_output_ends_the_run() {
    let mut play = Play::new("plain flood");
    play.wait_for("web1: a line of a flood");
    // Nothing reads the pipe any more.
    play.out = None;
    let mut told = String::new();
    play.err.read_to_string(&mut told).expect("text");
    assert!(told.starts_with("1 cancelled in 0.5s\n"), "{told}");
    assert_eq!(play.child.wait().expect("it ends").code(), Some(3));
}

#[test]
fn a_signal_cancels_and_the_exit_status_names_it() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut play = Play::new("plain patient");
        play.wait_for("web1: ready");
        play.signal(signal);
        let (out, err, code) = play.end();
        assert_eq!((out.as_str(), code), ("web1: cancelling\n", Some(status)));
        assert!(err.starts_with("1 cancelled"), "{err}");
    }
}

#[test]
fn a_second_signal_kills() {
    let mut play = Play::new("plain stubborn");
    play.wait_for("web1: ready");
    play.signal(Signal::TERM);
    play.wait_for("web1: no");
    play.signal(Signal::TERM);
    assert_eq!(play.end().2, Some(143));
}

#[test]
fn at_a_terminal_the_first_interrupt_tells_how_the_run_stands() {
    let mut play = Play::new("interactive patient");
    play.wait_for("web1: ready");
    play.signal(Signal::INT);
    play.wait_for_error("heeler: 1 running after");
    // A second one may come too late to count as one; then it only asks again.
    let begun = std::time::Instant::now();
    while play.child.try_wait().expect("a state").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it goes on");
        play.signal(Signal::INT);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(play.end().2, Some(130));
}

#[test]
fn a_slow_reader_does_not_keep_signals_from_being_heard() {
    let mut play = Play::new("plain flood");
    play.wait_for("web1: a line of a flood");
    play.signal(Signal::TERM);
    // Only now the pipe is emptied; the flood ends because the signal was heard while it was full.
    assert_eq!(play.end().2, Some(143));
}

#[test]
fn a_signal_during_the_last_printing_is_not_taken_for_a_good_end() {
    let mut play = Play::new("grouped verbose");
    // The printing has begun, and the pipe cannot take all of it.
    play.wait_for("a line of many");
    play.signal(Signal::TERM);
    assert_eq!(play.child.wait().expect("it ends").code(), Some(143));
}

#[test]
fn a_signal_ends_even_what_nobody_reads() {
    for style in ["plain", "json"] {
        let mut play = Play::new(&format!("{style} brimming"));
        play.wait_for_text("a line of many");
        play.signal(Signal::TERM);
        // Not one more byte is read from the pipe.
        let mut told = String::new();
        play.err.read_to_string(&mut told).expect("text");
        assert_eq!(play.child.wait().expect("it ends").code(), Some(143));
        let summary = if style == "plain" { "1 cancelled in 0.5s\n" } else { "" };
        assert!(
            told.starts_with(&format!(
                "heeler: what was shown is not complete, because nobody read it; the record of the run is\n{summary}"
            )),
            "{told}"
        );
    }
}
