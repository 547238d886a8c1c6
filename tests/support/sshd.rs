//! A real sshd on loopback, with keys and configuration of its own, as whoever runs the tests: root
//! or anybody else. It owns the server and everything that its sessions started, and ends both when
//! dropped. It knows nothing of heeler.

use std::fs::{self, File};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpSocket;

use super::child::{Finished, Running};
use super::processes::{self, Process};
use super::ssh_files::{self, Ports, SHELLS};
use super::wait::{LIMIT, poll};

/// sshd insists on being called by its full path.
const PROGRAM: &str = "/usr/sbin/sshd";

/// How often another port is tried when somebody else was faster.
const TRIES: usize = 5;

/// A server that runs, and a client configuration in which nearly every name leads to it.
pub struct Sshd {
    child: Child,
    port: u16,
    directory: TempDir,
    /// Accepts in the kernel and never says a word, for the host `silent`.
    _silent: TcpListener,
    /// Bound but not listening: nobody else gets the port of the host `refused`.
    _refused: TcpSocket,
}

impl Sshd {
    /// Starts a server and waits until it answers.
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with further lines of `sshd_config`, which win over ours: `MaxSessions 1`.
    #[track_caller]
    pub fn start_with(lines: &[&str]) -> Self {
        let directory = super::private_directory();
        ssh_files::write_keys(directory.path());
        prepare_privilege_separation();
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port on loopback");
        let refused = TcpSocket::new_v4().expect("a socket");
        let any = (Ipv4Addr::LOCALHOST, 0).into();
        refused.bind(any).expect("a port on loopback");
        for _ in 0..TRIES {
            let free = free_ports(1 + SHELLS.len());
            let ports = Ports {
                main: free[0],
                shells: free[1..].to_vec(),
                silent: silent.local_addr().expect("our address").port(),
                refused: refused.local_addr().expect("our address").port(),
            };
            if let Some(child) = launch(directory.path(), &ports, lines) {
                return Self {
                    child,
                    port: ports.main,
                    directory,
                    _silent: silent,
                    _refused: refused,
                };
            }
        }
        panic!("sshd does not start:\n{}", read_log(directory.path()));
    }

    /// The client's configuration, for `-F`.
    pub fn config(&self) -> PathBuf {
        self.directory.path().join("ssh_config")
    }

    /// Where its files are.
    pub fn directory(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    /// Where it listens for the ordinary hosts.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Puts lines of `ssh_config` before all others, so that they win: `Host cut*`, `Port 4711`.
    pub fn name_hosts(&self, lines: &str) {
        let rest = fs::read_to_string(self.config()).expect("the configuration of the client");
        fs::write(self.config(), format!("{lines}\n{rest}")).expect("a file in our own directory");
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        read_log(self.directory.path())
    }

    /// Runs `command` on `host` with plain ssh.
    #[track_caller]
    pub fn ssh(&self, host: &str, command: &str) -> Finished {
        self.spawn_ssh(host, command).wait(LIMIT)
    }

    /// Starts plain ssh with `command` on `host` and leaves it running.
    #[track_caller]
    pub fn spawn_ssh(&self, host: &str, command: &str) -> Running {
        let mut ssh = Command::new("ssh");
        ssh.arg("-F").arg(self.config());
        ssh.args(["-o", "BatchMode=yes", "-o", "ConnectTimeout=2"]);
        ssh.args(["--", host, command]);
        Running::start(ssh, b"")
    }

    /// What runs on the remote side: everything that a session of this server started and that
    /// still runs, also when its connection has long gone.
    pub fn processes(&self) -> Vec<Process> {
        processes::with_environment(&ssh_files::marker(self.directory.path()))
    }

    /// Those of [`Self::processes`] that are this program: whose command line begins with `text`,
    /// so that a shell which was asked to run `sleep 7` is not taken for `sleep 7` itself.
    pub fn running(&self, text: &str) -> Vec<Process> {
        let begins = |process: &Process| process.command.starts_with(text);
        self.processes().into_iter().filter(begins).collect()
    }

    /// The server's own process for each open connection.
    pub fn connections(&self) -> Vec<Process> {
        processes::children(self.child.id())
    }

    /// Cuts every open connection at once, as a network does that breaks. The server goes on.
    pub fn cut_connections(&self) {
        // sshd may serve a connection with more than one process. The sessions themselves are spared.
        let sessions = self.processes();
        let mut servers = processes::descendants(self.child.id());
        servers.retain(|process| !sessions.contains(process));
        processes::kill(&servers);
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        processes::kill_tree(self.child.id());
        let _ = self.child.wait();
        // What was started in a session may have left the tree, and may be forking still.
        poll(LIMIT, || {
            let left = self.processes();
            processes::kill(&left);
            left.is_empty().then_some(())
        });
    }
}

/// Starts the server on these ports; `None` when it ended, for then another program has one of them.
fn launch(directory: &Path, ports: &Ports, lines: &[&str]) -> Option<Child> {
    let write = |name: &str, text: String| {
        fs::write(directory.join(name), text).expect("a file in our own directory");
    };
    write("sshd_config", ssh_files::server(directory, ports, lines));
    write("ssh_config", ssh_files::client(directory, ports));
    let log = File::create(directory.join("log")).expect("a file for the log");
    let mut child = Command::new(PROGRAM)
        .args(["-D", "-e", "-f"])
        .arg(directory.join("sshd_config"))
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::from(log))
        .spawn()
        .expect("sshd, see tests/install.sh");
    let answered = poll(LIMIT, || {
        if child.try_wait().expect("our own child").is_some() {
            return Some(false);
        }
        answers(ports.main).then_some(true)
    });
    if answered == Some(true) {
        return Some(child);
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return false;
    };
    let mut banner = [0; 4];
    stream.set_read_timeout(Some(Duration::from_secs(5))).is_ok()
        && stream.read_exact(&mut banner).is_ok()
        && &banner == b"SSH-"
}

/// Ports that nobody has now. All are held until the last is known, so that they differ.
fn free_ports(count: usize) -> Vec<u16> {
    let bind = |_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port on loopback");
    let held: Vec<TcpListener> = (0..count).map(bind).collect();
    let port = |listener: &TcpListener| listener.local_addr().expect("our address").port();
    held.iter().map(port).collect()
}

/// As root, sshd locks itself into this directory, which a system without a running sshd lacks.
fn prepare_privilege_separation() {
    if rustix::process::geteuid().is_root() {
        fs::create_dir_all("/run/sshd").expect("/run/sshd can be made");
    }
}

fn read_log(directory: &Path) -> String {
    fs::read_to_string(directory.join("log")).unwrap_or_default()
}
