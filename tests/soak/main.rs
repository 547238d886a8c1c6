//! Jobs over the fault fleet, cancelled and run again at random: how each ends must be one of the ways in which its host
//! and what was done to it let it end, and nothing may be left behind. A few dozen are run with the other tests;
//! `tests/soak/run` runs as many as it is told and prints what was counted.

#![expect(clippy::print_stdout, reason = "the counts are what is asked for")]

#[path = "../support/mod.rs"]
mod support;

#[path = "../sigkill/chance.rs"]
mod chance;
mod kinds;
mod round;

use chance::Chance;
use round::{Counts, Site};

const JOBS: &str = "HEELER_SOAK_JOBS";
const SEED: &str = "HEELER_SOAK_SEED";

/// The most jobs in one run.
const ROUND: u64 = 250;

#[test]
fn some_dozen_jobs_end_as_they_may_and_leave_nothing() {
    soak(60, 20);
}

#[test]
#[ignore = "takes minutes; tests/soak/run starts it"]
fn many_jobs() {
    let number = |name: &str| -> Option<u64> { std::env::var(name).ok().map(|text| text.parse().expect(name)) };
    soak(number(JOBS).unwrap_or(5000), number(SEED).unwrap_or_else(chance::seed));
}

fn soak(jobs: u64, seed: u64) {
    println!("{jobs} jobs, seed {seed}");
    let mut chance = Chance::new(seed);
    let site = Site::open();
    let mut counts = Counts::default();
    while counts.jobs() < jobs {
        site.play(ROUND.min(jobs - counts.jobs()), &mut chance, &mut counts);
        println!("{counts}");
    }
    assert!(counts.is_clean(), "seed {seed}:\n{counts}");
}
