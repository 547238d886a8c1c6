//! A dashboard that only waits costs next to nothing.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::desk::Scene;

/// Clock ticks of `/proc` in a second: the same on every Linux.
const TICKS: f64 = 100.0;

#[test]
fn waiting_for_fifty_hosts_costs_next_to_nothing() {
    let desk = Scene::new("127.1.0.[1-50]", "sleep 7777").open();
    desk.terminal.wait_for("50 running");
    desk.wait_for_sleeps(50);
    let program = desk.terminal.program();
    let (before, begun) = (cpu_seconds(program), Instant::now());
    assert!(before > 0.0);
    sleep(Duration::from_secs(3));
    let used = cpu_seconds(program) - before;
    let share = used / begun.elapsed().as_secs_f64();
    assert!(share < 0.05, "{used:.2} s of CPU time, {:.1} %", share * 100.0);
}

/// The CPU time that a process has used, its own and the kernel's for it.
fn cpu_seconds(id: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    // The state, the third field of all, is the first one here; utime and stime are the 14th and the 15th.
    let ticks = rest.split_whitespace().skip(11).take(2);
    ticks.map(|field| field.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}
