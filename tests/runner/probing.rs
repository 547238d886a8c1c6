//! Looks at the hosts of running jobs: told to who watches, never recorded, and never in anybody's way.

use crate::stage::{Stage, secs, settings};
use heeler::model::outcome::Outcome;
use heeler::model::probe::{Disk, HostState, Means, Seen};
use heeler::model::request::Request;
use std::fs;

fn ask(stage: &Stage) {
    let job = stage.job("a");
    stage.ask(Request::Probe { job });
}

async fn told(stage: &mut Stage) -> Seen {
    let seen = stage.probes.len();
    while stage.probes.len() == seen {
        assert!(stage.take().await, "the run ended");
    }
    stage.probes[seen].seen.clone()
}

async fn reason(stage: &mut Stage) -> String {
    match told(stage).await {
        Seen::Nothing(reason) => reason,
        Seen::Host(host) => panic!("{host:?}"),
    }
}

async fn host_now(stage: &mut Stage) -> HostState {
    match told(stage).await {
        Seen::Host(host) => *host,
        Seen::Nothing(reason) => panic!("{reason}"),
    }
}

const ALL: [&str; 3] = ["process 7 1 S me 5 0 - sleep 7777", "processes 0 ps", "end"];

#[tokio::test(start_paused = true)]
async fn a_look_is_told_and_not_recorded_and_there_is_one_at_a_time() {
    let mut stage = Stage::open(&["a"], settings());
    let (mut line, mut shim) = stage.start("a").await;
    ask(&stage);
    ask(&stage);
    let mut session = stage.soon(line.session()).await;
    stage.soon(session.look(&ALL)).await;
    let host = host_now(&mut stage).await;
    assert_eq!((host.means, host.processes[0].pid), (Some(Means::Ps), 7));
    assert!(session.program.contains("leader=7 disk=1\n"), "{}", session.program);
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
    assert_eq!(stage.probes.len(), 1);
    let record = fs::read_to_string(stage.dir.events()).unwrap();
    assert!(!record.contains("probe") && !record.contains("requested"), "{record}");
}

#[tokio::test(start_paused = true)]
async fn a_host_that_does_not_answer_is_not_asked_again_and_a_disk_that_hangs_neither() {
    let mut stage = Stage::open(&["a"], settings());
    let (mut line, mut shim) = stage.start("a").await;
    ask(&stage);
    let mut session = stage.soon(line.session()).await;
    stage.soon(session.tell(&ALL[..1])).await;
    stage.pass(secs(11)).await;
    assert_eq!(reason(&mut stage).await, "no answer in 10 s");
    ask(&stage);
    let hangs = "an earlier look at that host is still not answered";
    assert_eq!(reason(&mut stage).await, hangs);
    drop(session);
    stage.pass(secs(0)).await;
    // It has come back, but for its disk.
    ask(&stage);
    let mut session = stage.soon(line.session()).await;
    stage.soon(session.tell(&ALL[..2])).await;
    stage.pass(secs(11)).await;
    assert_eq!(host_now(&mut stage).await.disk, Disk::Hangs);
    stage.pass(secs(0)).await;
    ask(&stage);
    let mut session = stage.soon(line.session()).await;
    stage.soon(session.look(&ALL)).await;
    assert_eq!(host_now(&mut stage).await.disk, Disk::Hangs);
    assert!(session.program.contains("leader=7 disk=''\n"), "{}", session.program);
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_stuck_before_it_takes_the_program_is_given_no_further_session() {
    let mut stage = Stage::open(&["a"], settings());
    let (mut line, mut shim) = stage.start("a").await;
    ask(&stage);
    let session = stage.soon(line.session()).await;
    stage.pass(secs(11)).await;
    assert_eq!(reason(&mut stage).await, "no answer in 10 s");
    ask(&stage);
    let hangs = "an earlier look at that host is still not answered";
    assert_eq!(reason(&mut stage).await, hangs);
    drop(session);
    stage.pass(secs(0)).await;
    ask(&stage);
    let mut session = stage.soon(line.session()).await;
    stage.soon(session.look(&ALL)).await;
    assert_eq!(host_now(&mut stage).await.processes.len(), 1);
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_runs_no_connection_is_made() {
    let mut stage = Stage::open(&["a"], settings());
    let call = stage.call("a").await;
    ask(&stage);
    assert_eq!(reason(&mut stage).await, "no command of it runs there now");
    let mut line = call.accept();
    let mut shim = stage.soon(line.session()).await;
    stage.soon(shim.run()).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}
