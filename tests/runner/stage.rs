//! A run under test: its hosts, its front-end, its clock, and what must be true of every run when it is over.

use crate::hosts::{Call, Calls, Line, Scripted};
use crate::shim::Shim;
use heeler::link::{self, Asked, Ends};
use heeler::model::event::{Change, Ending, Event, Message, Output, Stream, What};
use heeler::model::host::HostName;
use heeler::model::id::{AttemptNo, JobId, RunId};
use heeler::model::outcome::Outcome;
use heeler::model::plan::{Plan, Settings, Slow};
use heeler::model::probe::Probe;
use heeler::model::request::Request;
use heeler::model::secret::Secret;
use heeler::model::stamp::Stamp;
use heeler::rundir::{OutputReader, RunDir, Writer};
use heeler::runner::Runner;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// How long, in real time, a whole test may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Turns of the runtime after time has passed; the longest chain that a timer sets off has about half as many links.
const TURNS: u32 = 10;

/// A run under test.
pub(crate) struct Stage {
    /// The front-end's half; without it the run is deserted.
    pub(crate) link: Option<Ends>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) dir: RunDir,
    /// Every event so far.
    pub(crate) events: Vec<Event>,
    /// Every message with output so far.
    pub(crate) outputs: Vec<Output>,
    /// Every look at a host so far.
    pub(crate) probes: Vec<Probe>,
    hosts: HashMap<String, Calls>,
    runner: JoinHandle<()>,
    finished: Arc<AtomicBool>,
    watch: JoinHandle<()>,
    /// Dropped at the end, which ends the watch.
    _end: mpsc::Sender<()>,
    /// Removed at the end, where nobody else does.
    home: Option<TempDir>,
}

/// Settings in which nothing happens by itself.
pub(crate) fn settings() -> Settings {
    Settings {
        slow: Slow::Never,
        lease: None,
        ..Settings::default()
    }
}

impl Stage {
    /// Begins a run on these hosts.
    pub(crate) fn open(hosts: &[&str], settings: Settings) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut stage = Self::open_in(home.path(), hosts, settings, |_| {});
        stage.home = Some(home);
        stage
    }

    /// The same with the record below `home`, where something is prepared before the record is begun.
    pub(crate) fn open_in(home: &Path, hosts: &[&str], settings: Settings, prepare: impl FnOnce(&RunDir)) -> Self {
        let (end, ended) = mpsc::channel::<()>();
        // It ends when the test does, or when patience is over.
        let watch = tokio::task::spawn_blocking(move || _ = ended.recv_timeout(PATIENCE));
        let run = RunId("20260102T030405-abcd".to_owned());
        let dir = RunDir::create(home, &run).unwrap();
        prepare(&dir);
        let plan = Arc::new(Plan {
            format: heeler::model::plan::PLAN_FORMAT,
            ssh: heeler::model::plan::SshCall::default(),
            parent: None,
            doubts: Vec::new(),
            fields: Vec::new(),
            run,
            command: "true".to_owned(),
            env: Vec::new(),
            hosts: hosts.iter().map(|host| HostName::parse(host).unwrap()).collect(),
            node_set: hosts.join(","),
            settings,
            operator: "me@here".to_owned(),
            note: None,
            started: "2026-01-02T03:04:05Z".to_owned(),
            directory: dir.path().to_owned(),
            version: "0".to_owned(),
        });
        let writer = Writer::create(dir.clone(), &plan).unwrap();
        let (transport, hosts) = Scripted::new(hosts);
        let finished = transport.finished();
        let (outlet, wishes, link) = link::ends();
        let runner = Runner::prepare(Arc::clone(&plan), writer, outlet).unwrap();
        Self {
            link: Some(link),
            plan,
            dir,
            events: Vec::new(),
            outputs: Vec::new(),
            probes: Vec::new(),
            hosts,
            runner: tokio::spawn(runner.run(transport, wishes)),
            finished,
            watch,
            _end: end,
            home: None,
        }
    }

    /// Lets time pass, and everything happen that is due by then.
    pub(crate) async fn pass(&mut self, time: Duration) {
        tokio::time::advance(time).await;
        // Each turn fires timers and runs whatever is ready, once: a timer, the job that it wakes, the dispatcher.
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
    }

    /// Waits for something that the runner does; fails when it does not in the time of a test.
    pub(crate) async fn soon<T>(&mut self, what: impl Future<Output = T>) -> T {
        tokio::select! {
            biased;
            done = what => done,
            _ = &mut self.watch => panic!("it did not happen; so far: {:#?}", self.events),
        }
    }

    /// The next connect to a host.
    pub(crate) async fn call(&mut self, host: &str) -> Call {
        let mut calls = self.hosts.remove(host).expect("a host of this run");
        let call = self.soon(calls.recv()).await.expect("the runner has ended");
        self.hosts.insert(host.to_owned(), calls);
        call
    }

    /// Whether a connect to a host waits for an answer.
    pub(crate) fn is_called(&self, host: &str) -> bool {
        !self.hosts[host].is_empty()
    }

    /// Connects a host and brings its command to run.
    pub(crate) async fn start(&mut self, host: &str) -> (Line, Shim) {
        let mut line = self.call(host).await.accept();
        let mut shim = self.soon(line.session()).await;
        self.soon(shim.run()).await;
        self.until(host, |change| matches!(change, Change::Running { .. }))
            .await;
        (line, shim)
    }

    /// Asks for something.
    pub(crate) fn ask(&self, request: Request) {
        let who = "a test".to_owned();
        // The run may be over.
        let _over = self.link.as_ref().unwrap().asked.send(Asked {
            who,
            request,
            secret: None,
        });
    }

    /// Types the password of `sudo`.
    pub(crate) fn give(&self, password: &str) {
        let asked = Asked {
            who: "a test".to_owned(),
            request: Request::SudoPassword,
            secret: Some(Secret::new(password.as_bytes().to_vec())),
        };
        assert!(self.link.as_ref().unwrap().asked.send(asked).is_ok(), "the run is over");
    }

    /// Takes the next message in; returns whether there was one.
    pub(crate) async fn take(&mut self) -> bool {
        let mut link = self.link.take().expect("a link");
        let parcel = self.soon(link.parcels.recv()).await;
        let message = parcel.map(|parcel| parcel.message);
        self.link = Some(link);
        match message {
            Some(Message::Event(event)) => self.events.push(event),
            Some(Message::Output(output)) => self.outputs.push(output),
            Some(Message::Probe(probe)) => self.probes.push(probe),
            None => return false,
        }
        true
    }

    /// Waits for an event.
    pub(crate) async fn until_event(&mut self, wanted: impl Fn(&What) -> bool) -> Event {
        loop {
            let seen = self.events.len();
            assert!(self.take().await, "the run ended; so far: {:#?}", self.events);
            if let Some(event) = self.events.get(seen).filter(|event| wanted(&event.what)) {
                return event.clone();
            }
        }
    }

    /// Waits for a change of the job of a host; returns it and its moment.
    pub(crate) async fn until(&mut self, host: &str, wanted: impl Fn(&Change) -> bool) -> (Stamp, Change) {
        let job = self.job(host);
        let event = self
            .until_event(|what| matches!(what, What::Job { job: whose, change, .. } if *whose == job && wanted(change)))
            .await;
        match event.what {
            What::Job { change, .. } => (event.at, change),
            _ => unreachable!("it is the event that was wanted"),
        }
    }

    /// Waits until the job of a host is over.
    pub(crate) async fn done(&mut self, host: &str) -> Ending {
        match self.until(host, |change| matches!(change, Change::Done(_))).await {
            (_, Change::Done(ending)) => ending,
            _ => unreachable!("it is the change that was wanted"),
        }
    }

    /// Whether the end of the job of a host was told already.
    pub(crate) fn is_over(&self, host: &str) -> bool {
        let host = self.job(host);
        self.events
            .iter()
            .any(|event| matches!(event.what, What::Job { job, change: Change::Done(_), .. } if job == host))
    }

    /// Waits for output.
    pub(crate) async fn until_output(&mut self) {
        let before = self.outputs.len();
        while self.outputs.len() == before {
            assert!(self.take().await, "the run ended; so far: {:#?}", self.events);
        }
    }

    pub(crate) fn job(&self, host: &str) -> JobId {
        let place = self.plan.hosts.iter().position(|name| name.as_str() == host);
        JobId(u32::try_from(place.expect("a host of this run")).unwrap())
    }

    /// The bytes on disk.
    pub(crate) fn file(&self, host: &str, attempt: u32, stream: Stream) -> Vec<u8> {
        let reader = OutputReader::new(&self.dir, host, AttemptNo(attempt));
        reader.read(stream, 0, usize::MAX).unwrap()
    }

    /// Waits for the end of the run; returns how it ended on each host.
    pub(crate) async fn end(&mut self) -> Vec<Outcome> {
        let outcomes = if self.link.is_some() {
            while self.take().await {}
            self.finish().await
        } else {
            self.wait_for_runner().await;
            self.outcomes(self.record())
        };
        self.check_record();
        outcomes
    }

    /// Waits for the end of the runner, when everything has been taken; returns how the run ended on each host by what
    /// was told, whatever is on disk.
    pub(crate) async fn finish(&mut self) -> Vec<Outcome> {
        self.wait_for_runner().await;
        self.outcomes(self.events.clone())
    }

    async fn wait_for_runner(&mut self) {
        let runner = std::mem::replace(&mut self.runner, tokio::spawn(async {}));
        self.soon(runner).await.expect("no panic");
        assert!(self.finished.load(Ordering::Relaxed), "everything was given back");
    }

    fn outcomes(&self, events: Vec<Event>) -> Vec<Outcome> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; self.plan.hosts.len()];
        for event in events {
            if let What::Job {
                job,
                change: Change::Done(ending),
                ..
            } = event.what
            {
                outcomes[job.index()] = Some(ending.outcome);
            }
        }
        outcomes
            .into_iter()
            .map(|outcome| outcome.expect("every job is over"))
            .collect()
    }

    /// The events on disk.
    pub(crate) fn record(&self) -> Vec<Event> {
        let text = std::fs::read_to_string(self.dir.events()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What was told is what is on disk, in the same order; it begins and ends as it must; no output was made up.
    fn check_record(&self) {
        let record = self.record();
        if self.link.is_some() {
            // As JSON, which knows time to the millisecond.
            let json = |events: &[Event]| -> Vec<String> {
                events.iter().map(|e| serde_json::to_string(e).unwrap()).collect()
            };
            assert_eq!(json(&record), json(&self.events));
        }
        assert!(matches!(record[0].what, What::RunStarted(_)));
        assert!(matches!(record[record.len() - 1].what, What::RunEnded { .. }));
        assert!(record.windows(2).all(|two| two[0].at <= two[1].at), "time goes on");
        let mut told = HashMap::new();
        for output in &self.outputs {
            for piece in &output.pieces {
                let told = told.entry((output.job, output.attempt, piece.stream)).or_insert(0);
                assert!(piece.offset >= *told, "no byte is told twice");
                *told = piece.offset + piece.bytes.len() as u64;
                let reader = OutputReader::new(&self.dir, self.plan.label(output.job), output.attempt);
                let on_disk = reader.read(piece.stream, piece.offset, piece.bytes.len()).unwrap();
                assert!(on_disk == piece.bytes, "what is told is on disk");
            }
        }
    }
}

/// So many seconds.
pub(crate) const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}
