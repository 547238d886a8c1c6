//! The fault fleet: hosts that go wrong in every way in which hosts, networks and servers do, each known by its name. A
//! name with `-` and anything behind it is of the same kind: `cutreset-1` to `cutreset-900` are 900 hosts whose link is
//! cut. What a command does wrong is the command's own business and needs no host of its own: any other name is a host
//! without a fault.
//!
//! All of it works by itself and for any number of connections at once, so that a soak can use it as well as a single
//! test. It knows nothing of heeler.

use std::fmt::Write;
use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;

use super::embedded::Embedded;
use super::processes::Process;
use super::proxy::{Cut, Door, Proxy, Then};
use super::sshd::Sshd;

/// After so many bytes from the host its link is cut or freezes: more than a login needs.
pub const MID_OUTPUT: u64 = 128 * 1024;

/// All hosts, and what they stand on. What is dropped first is ended first.
pub struct Faults {
    _proxies: Vec<Proxy>,
    _embedded: Embedded,
    /// Holds the only place that the server has for those who have not logged in.
    _squatter: TcpStream,
    _full: Sshd,
    single: Sshd,
    sshd: Sshd,
}

impl Faults {
    /// Starts everything.
    #[track_caller]
    pub fn start() -> Self {
        let sshd = Sshd::start();
        let single = Sshd::start_with(&["MaxSessions 1"]);
        let full = Sshd::start_with(&["MaxStartups 1:100:1", "LoginGraceTime 0"]);
        let squatter = squat(full.port());
        let embedded = Embedded::start(&sshd);
        let mut lines = String::new();
        let mut host = |name: &str, settings: &str| {
            let _ = write!(lines, "Host {name} {name}-*\n  {settings}\n");
        };
        let mut proxies = Vec::new();
        for (name, door) in [
            ("dropped", Door::DropAtOnce(Cut::Close)),
            ("reset", Door::DropAtOnce(Cut::Reset)),
            ("bannered", Door::DropAfterBanner(Cut::Close)),
        ] {
            let proxy = Proxy::start(sshd.port());
            proxy.door(door);
            host(name, &format!("Port {}", proxy.port()));
            proxies.push(proxy);
        }
        for (name, then) in [
            ("cutreset", Then::Cut(Cut::Reset)),
            ("cutclose", Then::Cut(Cut::Close)),
            ("frozen", Then::Stall),
        ] {
            let proxy = Proxy::start(sshd.port());
            proxy.after(MID_OUTPUT, then);
            host(name, &format!("Port {}", proxy.port()));
            proxies.push(proxy);
        }
        let proxy = Proxy::start(sshd.port());
        proxy.throttle(1);
        host("byte", &format!("Port {}", proxy.port()));
        proxies.push(proxy);
        for (name, port) in embedded.hosts() {
            host(name, &format!("Port {port}"));
        }
        // The other servers have keys of their own.
        for (name, other) in [("single", &single), ("full", &full)] {
            let directory = other.directory();
            let (port, directory) = (other.port(), directory.display());
            host(
                name,
                &format!(
                    "Port {port}\n  UserKnownHostsFile {directory}/known_hosts\n  IdentityFile {directory}/client"
                ),
            );
        }
        host("behind", "ProxyJump gate");
        host("deaf", "ProxyJump refused");
        host("lockedout", "ProxyJump badkey");
        host("alienjump", "ProxyJump strange");
        host("nojump", "ProxyJump nodns");
        lines.push_str("Host beyond beyond-*\n  ProxyJump gate\n  Port 1\n");
        sshd.name_hosts(&lines);
        Self {
            _proxies: proxies,
            _embedded: embedded,
            _squatter: squatter,
            _full: full,
            single,
            sshd,
        }
    }

    /// The client's configuration, for `-F`.
    pub fn config(&self) -> PathBuf {
        self.sshd.config()
    }

    /// What runs on the hosts.
    pub fn processes(&self) -> Vec<Process> {
        let mut found = self.sshd.processes();
        found.extend(self.single.processes());
        found
    }

    /// Those of them whose command line begins with `text`.
    pub fn running(&self, text: &str) -> Vec<Process> {
        let mut found = self.processes();
        found.retain(|process| process.command.starts_with(text));
        found
    }
}

/// Takes the one place of a server, and has it when it returns.
#[track_caller]
fn squat(port: u16) -> TcpStream {
    let taken = super::wait::poll(super::wait::LIMIT, || {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
        let mut banner = [0; 4];
        stream.read_exact(&mut banner).ok()?;
        (&banner == b"SSH-").then_some(stream)
    });
    taken.expect("a place at the server")
}
