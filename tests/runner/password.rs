//! Waiting for the password of `sudo`: it holds no slot, and counts towards no limit.

use crate::stage::{Stage, secs, settings};
use heeler::model::event::Change;
use heeler::model::outcome::Outcome;
use heeler::model::phase::Why;
use heeler::model::plan::Settings;

fn one_at_a_time() -> Settings {
    Settings {
        connect_width: 1,
        sudo: true,
        ..settings()
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_the_password_holds_no_connect_slot_and_is_under_no_limit() {
    let mut stage = Stage::open(&["a", "b"], one_at_a_time());
    let mut line = stage.call("a").await.accept();
    let mut asks = stage.soon(line.session()).await;
    stage.soon(asks.greet()).await;
    let root = stage.soon(asks.ask_for_password()).await;
    stage
        .until("a", |change| *change == Change::Queued(Why::Password))
        .await;
    // The only slot goes to a host that needs no password.
    let mut other_line = stage.call("b").await.accept();
    let mut asks_not = stage.soon(other_line.session()).await;
    stage.soon(asks_not.greet()).await;
    stage.soon(asks_not.become_root()).await;
    stage.soon(asks_not.run_greeted()).await;
    stage.soon(asks_not.exit(0)).await;
    stage.done("b").await;
    stage.pass(secs(3600)).await;
    assert!(!stage.is_over("a"), "it waits");
    stage.give("word");
    stage.until("a", |change| *change == Change::Connecting).await;
    assert_eq!(stage.soon(asks.hear()).await, "word");
    stage.soon(asks.let_in(&root)).await;
    stage.soon(asks.run_greeted()).await;
    stage.soon(asks.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok, Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_password_that_comes_while_others_connect_waits_for_a_slot() {
    let mut stage = Stage::open(&["a", "dead"], one_at_a_time());
    let mut line = stage.call("a").await.accept();
    let mut asks = stage.soon(line.session()).await;
    stage.soon(asks.greet()).await;
    let root = stage.soon(asks.ask_for_password()).await;
    let dead = stage.call("dead").await;
    stage.give("word");
    stage
        .until("a", |change| *change == Change::Queued(Why::ConnectSlot))
        .await;
    stage.pass(secs(30)).await;
    stage.soon(dead.ignore()).await;
    stage.until("a", |change| *change == Change::Connecting).await;
    assert_eq!(stage.soon(asks.hear()).await, "word");
    stage.soon(asks.let_in(&root)).await;
    stage.soon(asks.run_greeted()).await;
    stage.soon(asks.exit(0)).await;
    let outcomes = stage.end().await;
    assert_eq!(outcomes[0], Outcome::Ok);
    assert!(matches!(outcomes[1], Outcome::Unreachable { .. }));
}
