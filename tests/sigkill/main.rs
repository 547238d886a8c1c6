//! A runner that is killed at a random moment loses nothing that it has told, and leaves nothing behind. Three rounds
//! are run with the other tests; `tests/sigkill/run` runs as many as it is told and prints what was counted.

#![expect(clippy::print_stdout, reason = "the counts are what is asked for")]

#[path = "../support/mod.rs"]
mod support;

mod chance;
mod record;
mod round;

use chance::Chance;
use round::{Counts, Site};

const ROUNDS: &str = "HEELER_SIGKILL_ROUNDS";
const SEED: &str = "HEELER_SIGKILL_SEED";

#[test]
fn a_killed_runner_loses_nothing_and_leaves_nothing() {
    kill(3, chance::seed());
}

#[test]
#[ignore = "takes minutes; tests/sigkill/run starts it"]
fn many_rounds() {
    let number = |name: &str| -> Option<u64> { std::env::var(name).ok().map(|text| text.parse().expect(name)) };
    kill(number(ROUNDS).unwrap_or(200), number(SEED).unwrap_or_else(chance::seed));
}

/// So many rounds on one site. A round that finds something wrong fails the test with its number and the seed.
fn kill(rounds: u64, seed: u64) {
    println!("{rounds} rounds, seed {seed}");
    let mut chance = Chance::new(seed);
    let site = Site::open();
    let mut counts = Counts::default();
    for round in 1..=rounds {
        println!("round {round} of seed {seed}: {}", site.play(&mut chance, &mut counts));
    }
    site.expect_clean();
    println!("{counts}");
    assert_eq!(counts.rounds(), rounds);
}
