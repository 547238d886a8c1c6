//! How commands end by themselves.

use crate::stage::{Stage, secs, settings};
use heeler::model::event::{Stream, What};
use heeler::model::outcome::{Fate, Outcome};

#[tokio::test(start_paused = true)]
async fn every_status_is_told_as_it_was_reported() {
    let mut stage = Stage::open(&["a", "b", "c"], settings());
    let statuses = [0, 3, 137];
    for (host, status) in ["a", "b", "c"].into_iter().zip(statuses) {
        let (_line, mut shim) = stage.start(host).await;
        stage.pass(secs(5)).await;
        stage.soon(shim.exit(status)).await;
        let ending = stage.done(host).await;
        assert_eq!((ending.elapsed, ending.leaked), (secs(5), false));
        assert_eq!(stage.soon(shim.hung_up()).await, "", "nothing more was said to it");
    }
    let signal = Outcome::Signal { number: 9, status: 137 };
    assert_eq!(stage.end().await, [Outcome::Ok, Outcome::Exit { code: 3 }, signal]);
    let last = stage.record().pop().unwrap();
    let What::RunEnded { counts, exit } = last.what else {
        panic!("{last:?}");
    };
    assert_eq!(exit, 1);
    assert_eq!(
        counts,
        [("ok", 1), ("exit", 1), ("signal", 1)]
            .map(|(word, n)| (word.to_owned(), n))
            .into()
    );
}

#[tokio::test(start_paused = true)]
async fn a_cut_channel_is_lost_and_never_an_exit() {
    let mut stage = Stage::open(&["a", "b"], settings());
    let (line, mut shim) = stage.start("a").await;
    line.cut("Connection to a closed by remote host.");
    shim.cut();
    let cut = stage.done("a").await.outcome;
    let (_line, mut killed) = stage.start("b").await;
    stage.soon(killed.print(Stream::Stdout, b"half")).await;
    killed.cut();
    let outcomes = stage.end().await;
    assert_eq!(outcomes[0], cut);
    for (outcome, words) in outcomes.iter().zip(["closed by remote host", "without a status"]) {
        let Outcome::Lost { detail, fate } = outcome else {
            panic!("{outcome:?}");
        };
        assert!(detail.contains(words), "{detail}");
        assert_eq!(*fate, Fate::Unknown);
    }
    assert_eq!(stage.file("b", 1, Stream::Stdout), b"half");
}

#[tokio::test(start_paused = true)]
async fn what_is_left_behind_is_drained_for_a_while() {
    let mut stage = Stage::open(&["a"], settings());
    let (mut line, mut shim) = stage.start("a").await;
    stage.soon(shim.say("exit 0")).await;
    stage.soon(shim.print(Stream::Stderr, b"late")).await;
    stage.until_output().await;
    stage.pass(secs(2)).await;
    let mut search = stage.soon(line.session()).await;
    stage.soon(search.look(&["looked 0 0 all"])).await;
    let ending = stage.done("a").await;
    assert!(ending.leaked);
    assert_eq!((ending.outcome, ending.elapsed), (Outcome::Ok, secs(0)));
    stage.soon(shim.hung_up()).await;
    stage.end().await;
    assert_eq!(stage.file("a", 1, Stream::Stderr), b"late");
}
