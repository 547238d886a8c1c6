//! The fault fleet with heeler beside it, and a run of the whole table.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::support::child::{Finished, Running};
use crate::support::faults::Faults;
use crate::support::heeler::Heeler;
use crate::table::Row;

/// How long a run may take on a machine that runs other things beside it.
pub const LIMIT: Duration = Duration::from_secs(90);

/// Short limits: what should take milliseconds takes no seconds here, even with three runs on two cores.
const OPTIONS: [&str; 6] = ["--connect-timeout", "8s", "--grace", "1s", "-j", "max"];

/// Hosts and the program that drives them.
pub struct Fleet {
    pub faults: Faults,
    pub heeler: Heeler,
}

impl Fleet {
    pub fn start() -> Self {
        Self {
            faults: Faults::start(),
            heeler: Heeler::new(),
        }
    }

    /// `heeler run OPTIONS…` on the hosts of these rows.
    pub fn command(&self, rows: &[&Row], options: &[&str]) -> Command {
        let hosts: Vec<&str> = rows.iter().map(|row| row.host).collect();
        let mut heeler = self.heeler.command(["run", "-w", &hosts.join(","), "-F"]);
        heeler.arg(self.faults.config());
        if !options.contains(&"-t") {
            heeler.args(["-t", "8s"]);
        }
        heeler.args(OPTIONS).args(options).arg("--").arg(script(rows));
        heeler
    }

    /// Starts that.
    #[track_caller]
    pub fn spawn(&self, rows: &[&Row], options: &[&str]) -> Running {
        Running::start(self.command(rows, options), b"")
    }
}

/// One command, which does on every host what its row says.
fn script(rows: &[&Row]) -> String {
    let mut text = String::from("case $HEELER_HOST in\n");
    for row in rows.iter().filter(|row| !row.does.is_empty()) {
        let _ = writeln!(text, "{}) {}\n;;", row.host, row.does);
    }
    text + "*) echo fine ;;\nesac"
}

/// How the hosts ended, by host: the `done` objects.
#[track_caller]
pub fn ends(finished: &Finished) -> BTreeMap<String, Value> {
    let mut ends = BTreeMap::new();
    for line in finished.stdout.lines() {
        let event: Value = serde_json::from_str(line).expect("an object");
        if event["event"] == "done" {
            let host = event["host"].as_str().expect("a host").to_owned();
            assert!(ends.insert(host, event).is_none(), "every host ends once");
        }
    }
    ends
}
