//! Notices that the disk does not answer. A thread of its own, because the one who writes is then stuck.

use super::desk::Desk;
use std::io;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

/// How long the disk may take to answer before what waits for it is told.
const STALL: Duration = Duration::from_secs(5);
/// Between two looks.
const TICK: Duration = Duration::from_millis(250);
/// So many looks without progress, and the disk is stuck. Looks are counted and not time, because while this process is
/// stopped nobody writes.
const PATIENCE: u32 = (STALL.as_millis() / TICK.as_millis()) as u32;

/// Watches over a desk for as long as it is in use.
pub(super) fn start(desk: &Arc<Desk>) -> io::Result<()> {
    let desk = Arc::downgrade(desk);
    let thread = thread::Builder::new().name("watchdog".to_owned());
    thread.spawn(move || watch(&desk)).map(drop)
}

fn watch(desk: &Weak<Desk>) {
    let (mut settled, mut stuck, mut aloud) = (0, 0, PATIENCE);
    loop {
        thread::sleep(TICK);
        let Some(desk) = desk.upgrade() else { return };
        let (progress, busy) = desk.progress();
        if !busy || progress != settled {
            (settled, stuck, aloud) = (progress, 0, PATIENCE);
            continue;
        }
        stuck += 1;
        if stuck >= PATIENCE {
            // Ever less often, when there is nothing new but the time.
            desk.stall(TICK * stuck, stuck >= aloud);
            if stuck >= aloud {
                aloud = stuck.saturating_mul(2);
            }
        }
    }
}
