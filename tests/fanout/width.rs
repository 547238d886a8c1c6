//! How many commands run at once, told by the commands themselves.

use std::fs;

use serde_json::json;

use crate::fleet::{Fleet, at};

/// The first two wait for each other, so that the width is known to be used; each then stays for a while.
const COMMAND: &str = r#"
    echo "$(date +%s%N) start" >>"$AT/log"
    until [ "$(grep -c start "$AT/log")" -ge 2 ]; do sleep .05; done
    sleep .3
    echo "$(date +%s%N) end" >>"$AT/log""#;

/// The silent host comes first and connects until its limit: it may hold no slot in which another could run.
#[test]
fn no_more_run_at_once_than_the_width_and_none_waits_for_a_dead_host() {
    let fleet = Fleet::new();
    let options = format!("-j 2 --connect-timeout 8s --env AT={}", fleet.heeler.home().display());
    let told = fleet.tell("silent,w[1-6]", &options, COMMAND);

    let log = fs::read_to_string(fleet.heeler.home().join("log")).expect("the log");
    let mut moments: Vec<(u128, bool)> = log.lines().map(moment).collect();
    moments.sort_unstable();
    assert_eq!(moments.len(), 12);
    let mut running = 0;
    let counts = moments.iter().map(|(_, starts)| {
        running += if *starts { 1 } else { -1 };
        running
    });
    assert_eq!(counts.max(), Some(2));

    let silent = told.done("silent");
    assert_eq!(silent["cause"], "connect-timeout");
    for host in 1..=6 {
        let done = told.done(&format!("w{host}"));
        assert_eq!(done["outcome"], "ok");
        assert!(at(done) < at(silent), "w{host} did not wait for the silent host");
    }
    let waiting = |reason| {
        told.named("queued")
            .iter()
            .filter(|event| event["why"] == reason)
            .count()
    };
    assert!(waiting("run-slot") >= 4, "those that had to wait said why");
    assert_eq!(told.named("run-ended")[0]["counts"], json!({"ok": 6, "unreachable": 1}));
}

/// A moment in the log: when, and whether a command started (or ended) then.
fn moment(line: &str) -> (u128, bool) {
    let (time, what) = line.split_once(' ').expect("two words");
    (time.parse().expect("nanoseconds"), what == "start")
}
