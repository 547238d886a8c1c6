//! A fleet to try heeler on: ssh servers on loopback that really run the commands they are given, as local
//! processes, and a story that shows every state a host can be in. It owns the servers, the keys made for
//! one run and every process started there, and leaves none of them behind. The command line and the tests
//! start it; it must not know how heeler runs a job: it is reached through the system's own `ssh` alone.

mod directory;
mod error;
mod processes;
mod roster;
mod server;
mod session;

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use directory::{Directory, STORY};
use processes::Processes;
use roster::Roster;
use server::Site;

pub use error::DemoError;
pub use roster::{Host, MOST_HOSTS, Role};

/// How long the end of a fleet may take before it is called a failure. A process that was killed goes at
/// once, unless the machine is out of breath.
const PATIENCE: Duration = Duration::from_secs(10);

/// The searches that `Drop` makes: it cannot wait for long, as it blocks its thread.
const SEARCHES_ON_DROP: usize = 20;

/// The command that the demo runs on every host: the same for all, in the home of each.
pub fn story() -> String {
    format!("sh ~/{STORY}")
}

/// A fleet that is up. It ends with [`Fleet::stop`], or, with less care, when it is dropped.
pub struct Fleet {
    roster: Roster,
    servers: JoinSet<()>,
    /// Closed when the last connection has ended.
    connections: mpsc::Receiver<Infallible>,
    processes: Arc<Processes>,
    /// Ports that are ours, so that nobody else can listen there.
    _closed_doors: Vec<TcpSocket>,
    config: PathBuf,
    directory: Option<Directory>,
}

impl Fleet {
    /// Brings up `hosts` hosts, of 1 to [`MOST_HOSTS`], on ports of 127.0.0.1 that the kernel chooses.
    /// Call it on a runtime that outlives the fleet.
    pub async fn start(hosts: usize) -> Result<Self, DemoError> {
        if !(1..=MOST_HOSTS).contains(&hosts) {
            return Err(DemoError::HostCount(hosts));
        }
        let roster = Roster::new(hosts);
        let directory = Directory::create_in(&std::env::temp_dir())?;
        directory.furnish(roster.names())?;
        let (client, server) = (directory::new_key()?, directory::new_key()?);
        let server_public = server.public_key().clone();
        let (connected, connections) = mpsc::channel(1);
        let processes = Arc::new(Processes::new(new_id()?));
        let site = Arc::new(Site {
            config: server::settings(server),
            client: client.public_key().clone(),
            homes: directory.homes(),
            processes: Arc::clone(&processes),
            _connected: connected,
        });

        let mut servers = JoinSet::new();
        let mut closed_doors = Vec::new();
        let mut doors = Vec::with_capacity(hosts);
        for host in &roster.hosts {
            let address = if host.role == Role::Unreachable {
                let door = closed_door().map_err(DemoError::Listen)?;
                let address = door.local_addr();
                closed_doors.push(door);
                address
            } else {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                    .await
                    .map_err(DemoError::Listen)?;
                let address = listener.local_addr();
                servers.spawn(server::serve(listener, Arc::clone(host), Arc::clone(&site)));
                address
            };
            doors.push((host.name.as_str(), address.map_err(DemoError::Listen)?.port()));
        }
        directory.write_access(&client, &server_public, &doors)?;
        let config = directory.config().to_owned();
        Ok(Self {
            roster,
            servers,
            connections,
            processes,
            _closed_doors: closed_doors,
            config,
            directory: Some(directory),
        })
    }

    /// The file for `ssh -F`: it leads to every host of the fleet by name.
    pub fn ssh_config(&self) -> &Path {
        &self.config
    }

    /// All hosts as a node set, such as `web[01-16],db[1-6],cache[1-2]`.
    pub fn node_set(&self) -> &str {
        &self.roster.node_set
    }

    /// The hosts in the order of the node set, and what each has in store.
    pub fn hosts(&self) -> &[Arc<Host>] {
        &self.roster.hosts
    }

    /// The names of the hosts, in the order of the node set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.roster.names()
    }

    /// Ends it all: listeners, connections, every process started on a host, and the directory. An error
    /// names what is left; there is nothing more to be done about it from here.
    pub async fn stop(mut self) -> Result<(), DemoError> {
        let deadline = Instant::now() + PATIENCE;
        self.processes.kill();
        self.servers.shutdown().await;
        // Ends without a message, when the last holder of the sender has gone. Not in time: the connections
        // are cut all the same, and the search below has the last word.
        let _ = timeout(PATIENCE, self.connections.recv()).await;
        let mut searches_in_vain = 0;
        // Twice, because a process may start another behind the back of one search.
        while searches_in_vain < 2 {
            let left = self.processes.kill();
            searches_in_vain = if left.is_none() { searches_in_vain + 1 } else { 0 };
            if Instant::now() > deadline && !left.is_none() {
                return Err(DemoError::Survivors(left.alive.max(left.unreaped)));
            }
            sleep(Duration::from_millis(5)).await;
        }
        self.directory.take().map_or(Ok(()), Directory::remove)
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if self.directory.is_none() {
            return;
        }
        self.servers.abort_all();
        for _ in 0..SEARCHES_ON_DROP {
            // Whoever was killed is waited for by the runtime, or by init after us.
            if self.processes.kill().alive == 0 {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A port that refuses connections, and that nobody else can be given meanwhile: bound, but not listening.
fn closed_door() -> io::Result<TcpSocket> {
    let door = TcpSocket::new_v4()?;
    door.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    Ok(door)
}

/// Tells the processes of this fleet from those of any other.
fn new_id() -> Result<String, DemoError> {
    let number = getrandom::u64().map_err(DemoError::Entropy)?;
    Ok(format!("{number:016x}"))
}
