//! A server with an isolated heeler beside it, and what a run told and kept. The tests of this
//! program share it; it knows nothing of any single one.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::support::child::{Finished, Running};
use crate::support::heeler::Heeler;
use crate::support::sshd::Sshd;

/// How long a whole run may take, on a machine that runs the other tests beside it.
const LIMIT: Duration = Duration::from_secs(60);

/// Hosts and the program that drives them.
pub struct Fleet {
    pub sshd: Sshd,
    pub heeler: Heeler,
}

impl Fleet {
    pub fn new() -> Self {
        Self {
            sshd: Sshd::start(),
            heeler: Heeler::new(),
        }
    }

    /// `heeler run -w NODES OPTIONS… -- COMMAND`; the options are words with spaces between them.
    pub fn command(&self, nodes: &str, options: &str, command: &str) -> Command {
        let mut heeler = self.heeler.command(["run", "-w", nodes, "-F"]);
        heeler.arg(self.sshd.config());
        heeler.args(options.split_whitespace()).args(["--", command]);
        heeler
    }

    /// Starts that.
    #[track_caller]
    pub fn spawn(&self, nodes: &str, options: &str, command: &str) -> Running {
        Running::start(self.command(nodes, options, command), b"")
    }

    /// Runs that to its end.
    #[track_caller]
    pub fn run(&self, nodes: &str, options: &str, command: &str) -> Finished {
        self.spawn(nodes, options, command).wait(LIMIT)
    }

    /// Runs it with `--json` as well, and reads what it told.
    #[track_caller]
    pub fn tell(&self, nodes: &str, options: &str, command: &str) -> Told {
        Told::of(&self.run(nodes, &format!("--json {options}"), command))
    }

    /// How many connections the server has seen so far.
    pub fn connections(&self) -> usize {
        self.sshd.log().matches("Connection from").count()
    }

    /// The directories of all runs so far.
    pub fn records(&self) -> Vec<PathBuf> {
        let runs = self.heeler.state().join("heeler/runs");
        let Ok(entries) = fs::read_dir(runs) else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.expect("an entry").path());
        // Beside them stands when it was last looked which are too old.
        paths.filter(|path| path.is_dir()).collect()
    }

    /// The directory of the only run.
    #[track_caller]
    pub fn record(&self) -> PathBuf {
        let mut records = self.records();
        assert_eq!(records.len(), 1, "one run");
        records.remove(0)
    }
}

/// What a run told with `--json`.
pub struct Told {
    pub events: Vec<Value>,
    pub status: Option<i32>,
}

impl Told {
    /// Reads it; nothing but objects may be there, and nothing on standard error.
    #[track_caller]
    pub fn of(finished: &Finished) -> Self {
        assert_eq!(finished.stderr, "");
        let told = Self {
            events: objects(&finished.stdout),
            status: finished.status,
        };
        assert_eq!(told.events.first().expect("an event")["event"], "run-started");
        let last = told.events.last().expect("an event");
        assert_eq!(last["event"], "run-ended");
        assert_eq!(last["exit"].as_i64(), told.status.map(i64::from), "{last}");
        told
    }

    /// The events of this name, in order.
    pub fn named(&self, name: &str) -> Vec<&Value> {
        self.events.iter().filter(|event| event["event"] == name).collect()
    }

    /// How `host` ended.
    #[track_caller]
    pub fn done(&self, host: &str) -> &Value {
        let mut ends = self.named("done");
        ends.retain(|end| end["host"] == host);
        assert_eq!(ends.len(), 1, "{host} ends once: {ends:?}");
        ends[0]
    }

    /// How every host ended, without what differs from run to run.
    #[track_caller]
    pub fn outcomes(&self) -> BTreeMap<String, Value> {
        let ends = self.named("done");
        let hosts: BTreeMap<String, Value> = ends.iter().map(|end| (host(end), facts(end))).collect();
        assert_eq!(hosts.len(), ends.len(), "every host ends once");
        hosts
    }

    /// What the hosts printed on a stream, by host.
    pub fn printed(&self, stream: &str) -> BTreeMap<String, String> {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for event in self.named("output") {
            if event["stream"] == stream {
                let text = event["text"].as_str().expect("text");
                texts.entry(host(event)).or_default().push_str(text);
            }
        }
        texts
    }
}

/// The lines of a file or a stream of events.
#[track_caller]
pub fn objects(lines: &str) -> Vec<Value> {
    let object = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    lines.lines().map(object).collect()
}

/// What an event says of its job's end, less where and when.
pub fn facts(event: &Value) -> Value {
    let mut facts = event.clone();
    if let Some(fields) = facts.as_object_mut() {
        for name in ["event", "at", "job", "host", "attempt", "elapsed", "detail", "until"] {
            fields.remove(name);
        }
    }
    facts
}

/// When an event happened, in seconds.
pub fn at(event: &Value) -> f64 {
    event["at"].as_f64().expect("a time")
}

fn host(event: &Value) -> String {
    event["host"].as_str().expect("a host").to_owned()
}
