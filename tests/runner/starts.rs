//! The way to a running command: connects, slots, shells, and further attempts.

use crate::stage::{Stage, secs, settings};
use heeler::model::event::{Change, Stream};
use heeler::model::outcome::{Cause, Outcome};
use heeler::model::phase::Why;
use heeler::model::plan::Settings;
use heeler::model::stamp::Stamp;

fn cause(outcome: &Outcome) -> (Cause, &str) {
    match outcome {
        Outcome::Unreachable { cause, detail } => (*cause, detail),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_host_holds_no_run_slot() {
    let one = Settings { width: 1, ..settings() };
    let mut stage = Stage::open(&["dead", "a", "b"], one);
    let dead = stage.call("dead").await;
    for host in ["a", "b"] {
        let (_line, mut shim) = stage.start(host).await;
        stage.soon(shim.exit(0)).await;
        stage.done(host).await;
    }
    stage.pass(secs(30)).await;
    stage.soon(dead.ignore()).await;
    let outcomes = stage.end().await;
    assert_eq!(cause(&outcomes[0]), (Cause::ConnectTimeout, "no session within 30s"));
    assert_eq!(outcomes[1..], [Outcome::Ok, Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_connected_host_waits_for_its_run_slot() {
    let one = Settings { width: 1, ..settings() };
    let mut stage = Stage::open(&["a", "b"], one);
    let (_a, mut first) = stage.start("a").await;
    let mut line = stage.call("b").await.accept();
    let mut second = stage.soon(line.session()).await;
    stage.soon(second.greet()).await;
    let waits = |change: &Change| *change == Change::Queued(Why::RunSlot);
    stage.until("b", waits).await;
    stage.pass(secs(3600)).await;
    stage.soon(first.exit(0)).await;
    stage.until("b", |change| *change == Change::Connecting).await;
    stage.soon(second.run_greeted()).await;
    stage.soon(second.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok, Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn what_a_login_prints_is_ssh_s_and_not_the_job_s() {
    let mut stage = Stage::open(&["a"], settings());
    let mut line = stage.call("a").await.accept();
    let mut shim = stage.soon(line.session()).await;
    stage.soon(shim.print(Stream::Stdout, b"Welcome!\n")).await;
    stage.soon(shim.print(Stream::Stderr, b"quota\n")).await;
    stage.soon(shim.greet()).await;
    stage.soon(shim.print(Stream::Stdout, b"motd\n")).await;
    stage.soon(shim.come_up()).await;
    stage.soon(shim.say("job 7 setsid")).await;
    stage.soon(shim.print(Stream::Stdout, b"own\n")).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
    assert_eq!(stage.file("a", 1, Stream::Stdout), b"own\n");
    assert_eq!(stage.file("a", 1, Stream::Stderr), b"");
    let said = std::fs::read_to_string(stage.dir.ssh_log("a")).unwrap();
    let mut lines: Vec<_> = said.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["Welcome!", "motd", "quota"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_shell_is_told_in_its_own_words() {
    let mut stage = Stage::open(&["router", "mute"], settings());
    let mut line = stage.call("router").await.accept();
    let mut router = stage.soon(line.session()).await;
    stage
        .soon(router.print(Stream::Stdout, b"% Unknown\tcommand\r\n"))
        .await;
    router.cut();
    let router_end = stage.done("router").await.outcome;
    let mut line = stage.call("mute").await.accept();
    let mut mute = stage.soon(line.session()).await;
    stage.soon(mute.hear()).await;
    stage.pass(secs(30)).await;
    let program_parts = stage.soon(mute.hung_up()).await;
    assert_eq!(program_parts, "", "the program is not given to what did not answer");
    let outcomes = stage.end().await;
    assert_eq!(outcomes[0], router_end);
    let (no_shell, said) = cause(&outcomes[0]);
    assert_eq!(no_shell, Cause::NoShell);
    assert!(said.contains("% Unknown command"), "{said}");
    let (no_shell, said) = cause(&outcomes[1]);
    assert_eq!(no_shell, Cause::NoShell);
    assert!(said.contains("30s passed"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn an_early_drop_is_tried_again_three_times() {
    let mut stage = Stage::open(&["a"], settings());
    let mut last = Stamp::default();
    for delay in [1, 2, 4] {
        stage.call("a").await.refuse(Cause::DroppedEarly, "closed");
        let (at, change) = stage
            .until("a", |change| matches!(change, Change::Retrying { .. }))
            .await;
        let Change::Retrying { until, .. } = change else {
            panic!("{change:?}");
        };
        assert_eq!(at, last);
        let wait = until.since(at);
        assert!(wait >= secs(delay) / 2 && wait <= secs(delay) * 3 / 2, "{wait:?}");
        stage.pass(wait / 2).await;
        assert!(!stage.is_called("a"), "not yet");
        stage.pass(wait).await;
        last = at + wait / 2 + wait;
    }
    stage.call("a").await.refuse(Cause::DroppedEarly, "closed");
    let outcomes = stage.end().await;
    assert_eq!(cause(&outcomes[0]), (Cause::DroppedEarly, "closed"));
}
