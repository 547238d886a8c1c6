//! Links that break, and links that fall silent.

use rustix::process::Signal;

use crate::scene::{Scene, signal_all, status};
use crate::support::proxy::{BOTH, Proxy};
use crate::support::wait::{LIMIT, wait_until};
use crate::way::{Screen, Way, ways};

ways! {
    cut_link: Way {
        what: "the link is cut",
        go: |scene| {
            let running = scene.unattended(&[]);
            scene.sshd.cut_connections();
            status(&running.wait(LIMIT))
        },
        says: "lost, remote unknown",
        status: 4,
        left: 0,
        terminal: Screen::None,
    };
    frozen_link: Way {
        what: "the link is frozen, and INT",
        go: |scene| {
            let status = frozen(scene, "--lease=2s");
            // The hosts have ended it by themselves, long before the link comes back.
            wait_until(LIMIT, "the end of the lease", || scene.sleeps() == 0);
            scene.thaw();
            status
        },
        says: "lost, remote unknown",
        status: 130,
        left: 0,
        terminal: Screen::None,
    };
    keepalives: Way {
        what: "the link is frozen for good, and nobody does anything: the keepalives find it",
        go: |scene| {
            let proxy = Proxy::start(scene.sshd.port());
            scene.sshd.name_hosts(&format!("Host 127.1.0.*\n  HostName 127.0.0.1\n  Port {}\n", proxy.port()));
            let running = scene.unattended(&["--lease=2s"]);
            proxy.freeze(&BOTH);
            let status = status(&running.wait(LIMIT * 3));
            wait_until(LIMIT, "the end of the lease", || scene.sleeps() == 0);
            status
        },
        says: "lost, remote unknown",
        status: 4,
        left: 0,
        terminal: Screen::None,
    };
    frozen_link_without_a_lease: Way {
        what: "the same with `--lease 0`: the jobs go on until the link comes back",
        go: |scene| {
            let status = frozen(scene, "--lease=0");
            // Nothing can end it: what was said of it must not be that it has gone.
            scene.expect_all_asleep();
            assert_eq!(scene.says(), "lost, remote unknown");
            scene.thaw();
            status
        },
        says: "lost, remote unknown",
        status: 130,
        left: 0,
        terminal: Screen::None,
    };
}

/// Freezes every link and then wants the run to end.
fn frozen(scene: &Scene, lease: &str) -> i32 {
    let running = scene.unattended(&[lease]);
    signal_all(&scene.servers(), Signal::STOP);
    running.signal(Signal::INT);
    status(&running.wait(LIMIT * 2))
}

impl Scene {
    /// Brings frozen links back.
    fn thaw(&self) {
        signal_all(&self.servers(), Signal::CONT);
    }
}
