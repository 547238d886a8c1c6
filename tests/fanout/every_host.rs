//! A hundred hosts at once: each one is told in every front-end, and told truly.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::json;

use crate::fleet::Fleet;
use crate::support::child::Running;
use crate::support::processes::wait_for_zero;
use crate::support::wait::LIMIT;

const HOSTS: &str = "127.1.0.[1-100]";
const COMMAND: &str = "sleep $(( $$ % 3 )); echo done";

/// One after the other, because each is a load of its own.
#[test]
fn a_hundred_hosts_are_all_there_in_every_front_end() {
    let fleet = Fleet::new();
    let names: BTreeSet<String> = (1..=100).map(|number| format!("127.1.0.{number}")).collect();

    let plain = fleet.run(HOSTS, "-t 5s --plain", COMMAND);
    let lines: Vec<&str> = plain.stdout.lines().collect();
    let expected: BTreeSet<String> = names.iter().map(|name| format!("{name}: done")).collect();
    assert_eq!((lines.len(), plain.status), (100, Some(0)), "{}", plain.stderr);
    assert_eq!(lines.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), expected);
    assert!(plain.stderr.starts_with("100 ok in "), "{}", plain.stderr);
    assert_eq!(plain.stderr.lines().count(), 2, "counts and record: {}", plain.stderr);

    let told = fleet.tell(HOSTS, "-t 5s", COMMAND);
    assert_eq!(told.status, Some(0));
    let outcomes = told.outcomes();
    assert_eq!(outcomes.keys().cloned().collect::<BTreeSet<_>>(), names);
    assert!(
        outcomes.values().all(|outcome| *outcome == json!({"outcome": "ok"})),
        "{outcomes:?}"
    );
    let printed = told.printed("stdout");
    assert_eq!(printed.len(), 100);
    assert!(printed.values().all(|text| text == "done\n"), "{printed:?}");
    assert_eq!(told.named("run-ended")[0]["counts"], json!({"ok": 100}));

    let grouped = fleet.run(HOSTS, "-t 5s -b", COMMAND);
    let rule = "---------------";
    assert_eq!(grouped.stdout, format!("{rule}\n{HOSTS} (100)\n{rule}\ndone\n"));
    assert_eq!(grouped.status, Some(0), "{}", grouped.stderr);

    assert_eq!(fleet.records().len(), 3);
    wait_for_zero(LIMIT, || fleet.sshd.processes());
    wait_for_zero(LIMIT, || fleet.heeler.processes());
}

/// All hosts are this machine, heeler's own among them: the pattern begins so that it spares what was started by a
/// full path, as heeler was, and nothing else.
#[test]
fn a_command_may_kill_by_a_pattern_that_it_holds_itself() {
    let fleet = Fleet::new();
    let marker = format!("some-marker-{}", std::process::id());
    let mut bash = Command::new("bash");
    bash.args(["-c", "exec -a \"$0\" sleep 7101", &marker]);
    let victim = Running::start(bash, b"");

    let command = format!("pkill -f '^([^/].*)?{marker}'; echo done");
    let told = fleet.tell("127.1.0.[1-10]", "", &command);
    assert_eq!(told.status, Some(0));
    let printed = told.printed("stdout");
    assert_eq!(printed.len(), 10);
    assert!(printed.values().all(|text| text == "done\n"), "{printed:?}");
    assert_eq!(victim.wait(LIMIT).signal, Some(15));
}
