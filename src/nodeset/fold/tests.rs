use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeSet;
use std::time::Duration;

use super::super::resolve::resolve;
use super::super::sources::memory::NOTHING;
use super::*;

fn hosts(names: &[impl AsRef<str>]) -> Vec<HostName> {
    let parsed = names.iter().map(|name| HostName::parse(name.as_ref()));
    parsed.collect::<Result<_, _>>().expect("valid names")
}

fn listed(names: &str) -> Vec<HostName> {
    hosts(&names.split_whitespace().collect::<Vec<_>>())
}

fn spelled_out(set: &str) -> Vec<HostName> {
    let set = resolve(set, &NOTHING);
    set.unwrap_or_else(|error| panic!("{error}")).into_iter().collect()
}

fn assert_reads_back(names: &[HostName]) {
    let folded = fold(names);
    let (before, after) = (names.iter().cloned(), spelled_out(&folded).into_iter());
    let (before, after): (BTreeSet<_>, BTreeSet<_>) = (before.collect(), after.collect());
    assert_eq!(after, before, "{folded}");
}

#[test]
fn folds() {
    for (names, folded) in [
        ("", ""),
        ("web1", "web1"),
        ("web1 web1", "web1"),
        ("web", "web"),
        ("web2 db1 web1 db3", "web[1-2],db[1,3]"),
        ("n1m1 n1m2 n2m1 n2m2 n3m1", "n[1-2]m[1-2],n3m1"),
        ("node01 node3 node02", "node[3,01-02]"),
        ("n1 n01 n001", "n[1,01,001]"),
        ("n08 n09 n10 n11", "n[08-11]"),
        ("n98 n99 n100", "n[98-100]"),
        ("n099 n098 n100", "n[098-100]"),
        ("n08 n09 n10 n9", "n[9,08-10]"),
        ("n9 n010", "n[9,010]"),
        ("n0 n1 n00 n01", "n[0-1,00-01]"),
        ("n10 n20 n30", "n[10,20,30]"),
        ("1 2 3", "[1-3]"),
        ("a1b2c a2b2c", "a[1-2]b2c"),
        ("127.1.0.1 127.1.0.2 127.1.1.1 127.1.1.2", "127.1.[0-1].[1-2]"),
        ("r1@web1 r2@web1 r1@web2", "r1@web[1-2],r2@web1"),
        ("web1:22 web2:22 web1:23", "web[1-2]:22,web1:23"),
        ("::1 ::2 u@[::1]:22 u@[::2]:22", "::1,::2,u@[::1]:22,u@[::2]:22"),
        (
            "a1-1000000000000000000 a2-1000000000000000000",
            "a[1-2]-1000000000000000000",
        ),
        (
            "a-1000000000000000000 a-1000000000000000001",
            "a-1000000000000000000,a-1000000000000000001",
        ),
        ("x1 x y1", "x1,x,y1"),
        (
            "a1b1c1d1e1f1 a2b1c1d1e1f1 a1b1c1d1e1f2",
            "a1b1c1d1e1f[1-2],a2b1c1d1e1f1",
        ),
        ("größe1 größe2", "größe[1-2]"),
    ] {
        let names = listed(names);
        assert_eq!(fold(&names), folded);
        if !names.is_empty() {
            assert_reads_back(&names);
        }
    }
}

#[test]
fn a_padded_range_does_not_grow() {
    let names: Vec<_> = (8..=100).map(|n| format!("n{n:02}")).collect();
    assert_eq!(fold(&hosts(&names)), "n[08-99,100]");
    assert_reads_back(&hosts(&names));
}

#[test]
fn a_large_fleet_folds_into_one_short_set() {
    let set = "127.[1-4].[0-9].[1-250]";
    assert_eq!(fold(&spelled_out(set)), set);
}

#[test]
fn shortens_to_a_width() {
    let fleet = spelled_out("web[1-3],db[1,3,5,7],gateway");
    for (width, expected) in [
        (80, "web[1-3],db[1,3,5,7],gateway"),
        (28, "web[1-3],db[1,3,5,7],gateway"),
        (27, "web[1-3],db[1,3,5,7],… (+1)"),
        (26, "web[1-3],… (+5)"),
        (15, "web[1-3],… (+5)"),
        (14, "web1,… (+7)"),
        (11, "web1,… (+7)"),
        (10, "web1… (+8)"),
        (8, "we… (+8)"),
        (6, "… (+8)"),
        (0, "… (+8)"),
    ] {
        assert_eq!(fold_to_width(&fleet, width), expected, "{width}");
        let chars = expected.chars().count();
        assert!(chars <= width.max(6), "{width}");
    }
    assert_eq!(fold_to_width(&[], 0), "");
    assert_eq!(fold_to_width(&listed("größe1 größe1"), 6), "größe1");
}

/// A small generator (xorshift), so that every run sees the same names.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    fn name(&mut self) -> String {
        let mut name = String::from(self.pick(&["", "", "", "r1@", "ann@x.org@"]));
        if self.below(12) == 0 {
            return name + self.pick(&["::1", "::2", "[::1]:22", "[fe80::1%eth0]:23"]);
        }
        for _ in 0..=self.below(3) {
            name.push_str(self.pick(&["n", "web", "x-", "ö"]));
            let width = self.below(4) as usize;
            let number = self.pick(&[0, 1, 2, 8, 9, 10, 11, 98, 99, 100, 101, 998, 999, 1000]);
            let written = format!("{number:0width$}");
            name.push_str(&written);
        }
        name + self.pick(&["", "", "", ".x", ".x1", ":22", ":23"])
    }
}

#[test]
fn whatever_is_folded_reads_back() {
    let mut dice = Dice(0x5eed_0f01_d5e7_0001);
    for round in 0..400 {
        let names: Vec<_> = (0..=round % 60).map(|_| dice.name()).collect();
        let names = hosts(&names);
        assert_reads_back(&names);
        let width = dice.below(60) as usize;
        let short = fold_to_width(&names, width);
        assert!(short.chars().count() <= width.max(7), "{short}");
    }
}

/// The processor time that this thread has used, which does not grow while others are served.
fn used() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[test]
fn folding_is_not_quadratic() {
    // Far above what it takes, and far below what comparing all with all would take.
    let patience = Duration::from_secs(3);
    let mut dice = Dice(7);
    let mut hexadecimal = |_| format!("{:016x}{:016x}", dice.below(u64::MAX), dice.below(u64::MAX));
    let unlike: Vec<_> = (0..1177).map(&mut hexadecimal).map(|name| format!("h{name}")).collect();
    let alike = spelled_out("rack[1-40]n[1-250]");
    let alone: Vec<_> = (0..10_000).map(hexadecimal).map(|name| format!("h{name}")).collect();
    for names in [hosts(&unlike), alike, hosts(&alone)] {
        let start = used();
        let folded = fold(&names);
        let took = used().saturating_sub(start);
        println!("{} names, {} characters, {took:?}", names.len(), folded.len());
        assert!(took < patience, "{} names took {took:?}", names.len());
    }
}
