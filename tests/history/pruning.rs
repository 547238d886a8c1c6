//! Which runs are removed, and what is said of it.

use std::fs;

use crate::past::{LIMIT, Past};
use crate::support::tmux::Terminal;
use crate::support::wait::wait_until;

/// Every run is too old, once it is over.
const SHORT: &str = "[history]\nkeep = \"1ms\"\n";

#[test]
fn a_run_that_went_well_goes_and_others_stay_until_they_were_seen() {
    let past = Past::new();
    past.run("well", "--json", "true");
    let well = past.name();
    past.run("failed", "--json", "exit 3");
    past.run("kept", "--json", "true");
    let names = past.names();
    let of = |host: &str| {
        let found = names.iter().find(|name| {
            past.tell(&["show", name, "--json"])
                .contains(&format!("\"host\":\"{host}\""))
        });
        found.expect("a run").clone()
    };
    let kept = of("kept");
    let failed = names
        .iter()
        .find(|name| **name != well && **name != kept)
        .expect("a run")
        .clone();
    // Looking at it marked it; nobody has now.
    let _ = fs::remove_file(past.runs().join(&failed).join("reviewed"));
    past.tell(&["pin", &kept]);
    past.heeler.configure(SHORT);
    let rehearsal = past.heeler.run(["prune", "--dry-run"]);
    assert!(
        rehearsal.stderr.starts_with("heeler: would remove 1 run, "),
        "{}",
        rehearsal.stderr
    );
    assert_eq!(past.names(), names);
    let pruned = past.heeler.run(["prune"]);
    assert_eq!(pruned.status, Some(0));
    assert!(
        pruned.stderr.starts_with("heeler: removed 1 run, "),
        "{}",
        pruned.stderr
    );
    assert!(pruned.stdout.contains(&format!("{kept}  ")) && pruned.stdout.contains("stays: it is pinned"));
    assert!(pruned.stdout.contains("nobody has looked at it"), "{}", pruned.stdout);
    assert!(!past.names().contains(&well));
    past.tell(&["show", &failed]);
    past.tell(&["unpin", &kept]);
    past.heeler.run(["prune"]);
    assert_eq!(past.names(), [""; 0]);
}

#[test]
fn a_run_is_seen_where_somebody_was_shown_what_failed() {
    let past = Past::new();
    past.run("ok,failed", "--plain", "test $HEELER_HOST = ok || exit 3");
    let reviewed = past.dir().join("reviewed");
    assert!(!reviewed.exists(), "nobody reads a pipe for certain");
    past.tell(&["show", "--nodes", "ok"]);
    past.heeler.run(["log", "last", "ok"]);
    assert!(!reviewed.exists(), "what failed was not shown");
    for words in [
        &["show", "--nodes", "failed"][..],
        &["log", "last", "failed"],
        &["show", "--csv"],
    ] {
        past.heeler.run(words);
        assert!(fs::remove_file(&reviewed).is_ok(), "{words:?}");
    }
}

#[test]
fn the_summary_of_a_run_counts_as_seen_on_a_terminal() {
    let past = Past::new();
    let mut run = past.heeler.command(["run", "-w", "failed", "--plain", "-F"]);
    run.arg(past.sshd.config()).args(["--", "exit 3"]);
    let terminal = Terminal::start(80, 24, &run);
    assert_eq!(terminal.exit_status(LIMIT), 1);
    past.heeler.configure(SHORT);
    past.heeler.run(["prune"]);
    assert_eq!(past.names(), [""; 0]);
}

#[test]
fn an_interrupted_run_is_never_seen() {
    let past = Past::new();
    past.interrupted();
    past.heeler.run(["show"]);
    assert!(!past.dir().join("reviewed").exists());
}

#[test]
fn a_live_run_stays() {
    let past = Past::new();
    past.heeler.configure("[history]\nmax-size = \"1B\"\n");
    let gate = past.heeler.home().join("gate");
    let options = format!("--json --env GATE={}", gate.display());
    let run = past.spawn("web1", &options, r#"until test -e "$GATE"; do sleep 0.05; done"#);
    wait_until(LIMIT, "it to run", || past.events().contains("\"event\":\"running\""));
    let pruned = past.heeler.run(["prune"]);
    assert!(pruned.stdout.contains("stays: it is alive"), "{}", pruned.stdout);
    fs::write(gate, "").expect("the gate");
    assert_eq!(run.wait(LIMIT).status, Some(0));
    past.heeler.run(["prune"]);
    assert_eq!(past.names(), [""; 0]);
}

#[test]
fn a_new_run_removes_what_is_due_and_says_so_in_one_line() {
    let past = Past::new();
    past.run("web1", "--json", "true");
    let old = past.name();
    past.heeler.configure(SHORT);
    // As if the last look had been longer ago.
    let _ = fs::remove_file(past.runs().join(".pruned"));
    let finished = past.run("web1", "--json", "true");
    assert_eq!(finished.status, Some(0));
    assert!(
        finished.stderr.starts_with("heeler: removed 1 run, "),
        "{}",
        finished.stderr
    );
    assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
    assert_ne!(past.name(), old);
    let within_the_hour = past.run("web1", "--json", "true");
    assert_eq!(within_the_hour.stderr, "");
    assert_eq!(past.names().len(), 2);
}
