//! The demo fleet as the system's own ssh sees it: what a command gives back, which doors stay shut, and
//! that nothing listens or runs after the end. Every ssh is bounded by a deadline and killed with its handle.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may panic like the test itself")]

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use heeler::demo::{DemoError, Fleet, Role, story};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

const DEADLINE: Duration = Duration::from_secs(60);

fn ssh(fleet: &Fleet, args: &[&str]) -> Command {
    let mut command = Command::new("ssh");
    command
        .arg("-F")
        .arg(fleet.ssh_config())
        .args(args)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn output(mut command: Command) -> Output {
    timeout(DEADLINE, command.output()).await.expect("in time").unwrap()
}

async fn run(fleet: &Fleet, host: &str, text: &str) -> Output {
    output(ssh(fleet, &[host, text])).await
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn host(fleet: &Fleet, role: Role) -> &str {
    &fleet
        .hosts()
        .iter()
        .find(|host| host.role == role)
        .expect("a host of that role")
        .name
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < DEADLINE, "not in time: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Processes that carry the mark, zombies aside (they have no environment any more).
fn marked(id: &str) -> usize {
    let mark = format!("DEMO_FLEET={id}");
    let environs = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .map(|entry| entry.path().join("environ"));
    let is_marked = |environ: Vec<u8>| environ.split(|&byte| byte == 0).any(|entry| entry == mark.as_bytes());
    environs
        .filter_map(|path| fs::read(path).ok())
        .filter(|environ| is_marked(environ.clone()))
        .count()
}

fn is_alive(pid: &str) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Bytes of every value, without a pattern that a lost or doubled block could hide in.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_gives_back_its_status_and_sees_a_plain_environment() {
    let fleet = Fleet::start(4).await.unwrap();
    let done = run(&fleet, "web01", "echo out; echo err >&2; exit 7").await;
    assert_eq!(done.status.code(), Some(7));
    assert_eq!(
        (text(&done.stdout), text(&done.stderr)),
        ("out\n".into(), "err\n".into())
    );

    let environment = text(&run(&fleet, "web01", "pwd; env | sort").await.stdout);
    let home = fleet.ssh_config().parent().unwrap().join("home/web01");
    assert!(
        environment.starts_with(&format!("{}\n", home.display())),
        "{environment}"
    );
    assert!(
        environment.contains("\nDEMO_HOST=web01\n") && environment.contains("\nUSER=ops\n"),
        "{environment}"
    );
    assert!(!environment.contains("CARGO"), "{environment}");
    fleet.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn both_streams_and_the_input_are_exact_to_the_byte() {
    let fleet = Fleet::start(2).await.unwrap();
    let bytes = noise(5_000_000);
    let mut child = ssh(&fleet, &["web01", "tee /dev/stderr; exit 3"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = bytes.clone();
    tokio::spawn(async move { stdin.write_all(&input).await });
    let done = timeout(DEADLINE, child.wait_with_output())
        .await
        .expect("in time")
        .unwrap();
    assert_eq!(done.status.code(), Some(3));
    assert!(done.stdout == bytes, "{} bytes on stdout", done.stdout.len());
    assert!(done.stderr == bytes, "{} bytes on stderr", done.stderr.len());
    fleet.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn input_arrives_as_it_is_sent_and_its_end_too() {
    let fleet = Fleet::start(2).await.unwrap();
    let mut child = ssh(&fleet, &["web01", "cat; echo over"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for word in ["ping", "pong"] {
        stdin.write_all(format!("{word}\n").as_bytes()).await.unwrap();
        let line = timeout(DEADLINE, lines.next_line()).await.expect("in time").unwrap();
        assert_eq!(line.as_deref(), Some(word));
    }
    drop(stdin);
    assert_eq!(
        timeout(DEADLINE, lines.next_line())
            .await
            .expect("in time")
            .unwrap()
            .as_deref(),
        Some("over")
    );
    assert!(
        timeout(DEADLINE, child.wait())
            .await
            .expect("in time")
            .unwrap()
            .success()
    );
    fleet.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_is_reported_as_one() {
    let fleet = Fleet::start(2).await.unwrap();
    let done = output(ssh(&fleet, &["-v", "web01", "kill -TERM $$"])).await;
    assert_eq!(done.status.code(), Some(255));
    assert!(
        text(&done.stderr).contains("rtype exit-signal"),
        "{}",
        text(&done.stderr)
    );
    fleet.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_host_refuses_the_connection_and_one_the_key() {
    let fleet = Fleet::start(24).await.unwrap();
    let refused = run(&fleet, host(&fleet, Role::Unreachable), "true").await;
    assert_eq!(refused.status.code(), Some(255));
    assert!(
        text(&refused.stderr).contains("Connection refused"),
        "{}",
        text(&refused.stderr)
    );

    let rejected = run(&fleet, host(&fleet, Role::RejectsKey), "true").await;
    assert_eq!(rejected.status.code(), Some(255));
    assert!(
        text(&rejected.stderr).contains("Permission denied (publickey)"),
        "{}",
        text(&rejected.stderr)
    );
    fleet.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_but_ours_opens_a_door() {
    let fleet = Fleet::start(2).await.unwrap();
    let other = Fleet::start(2).await.unwrap();
    let stranger = other.ssh_config().with_file_name("id_ed25519");
    let config = fs::read_to_string(fleet.ssh_config()).unwrap();
    let ours = fleet.ssh_config().with_file_name("id_ed25519");
    let forged = config.replace(ours.to_str().unwrap(), stranger.to_str().unwrap());
    assert_ne!(config, forged);
    let path = fleet.ssh_config().with_file_name("forged_config");
    fs::write(&path, forged).unwrap();
    let mut command = ssh(&fleet, &[]);
    command.arg("-F").arg(&path).args(["web01", "echo in"]);
    let done = output(command).await;
    assert!(
        text(&done.stderr).contains("Permission denied (publickey)"),
        "{}",
        text(&done.stderr)
    );
    assert_eq!(text(&done.stdout), "");
    fleet.stop().await.unwrap();
    other.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_stays_open_while_a_child_holds_its_output() {
    let fleet = Fleet::start(2).await.unwrap();
    let leaking = "(while kill -0 $$ 2>/dev/null; do sleep 0.05; done; echo late) & echo early; exit 3";
    let done = run(&fleet, "web01", leaking).await;
    assert_eq!(
        (done.status.code(), text(&done.stdout)),
        (Some(3), "early\nlate\n".into())
    );
    fleet.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_ends_the_input_and_signals_nobody() {
    let fleet = Fleet::start(2).await.unwrap();
    let command = "trap 'echo signalled >fate' HUP TERM INT; echo up; cat >/dev/null; echo 'end of input' >>fate";
    let mut child = ssh(&fleet, &["web01", command]).stdin(Stdio::piped()).spawn().unwrap();
    first_line(&mut child).await;
    timeout(DEADLINE, child.kill()).await.expect("in time").unwrap();
    let fate = fleet.ssh_config().with_file_name("home/web01/fate");
    until("the command sees the end of its input", || fate.exists()).await;
    until("it says so", || fs::metadata(&fate).is_ok_and(|file| file.len() > 0)).await;
    assert_eq!(fs::read_to_string(&fate).unwrap(), "end of input\n");
    fleet.stop().await.unwrap();
}

async fn first_line(child: &mut Child) -> String {
    let stdout = child.stdout.as_mut().unwrap();
    let mut line = String::new();
    timeout(DEADLINE, BufReader::new(stdout).read_line(&mut line))
        .await
        .expect("in time")
        .unwrap();
    line.trim_end().to_owned()
}

/// A master connection to `web01`, and the options by which a session uses it or fails.
struct Master {
    _dir: tempfile::TempDir,
    socket: PathBuf,
    _ssh: Child,
}

impl Master {
    async fn open(fleet: &Fleet) -> Self {
        let dir = tempfile::tempdir_in("/tmp").unwrap();
        let socket = dir.path().join("m");
        let ssh = ssh(fleet, &["-M", "-N", "-S", socket.to_str().unwrap(), "web01"])
            .spawn()
            .unwrap();
        until("the master is up", || socket.exists()).await;
        Self {
            _dir: dir,
            socket,
            _ssh: ssh,
        }
    }

    /// Without the master, ssh would dial the host itself: `false` in its place forbids that.
    fn session(&self, fleet: &Fleet, text: &str) -> Command {
        ssh(
            fleet,
            &[
                "-S",
                self.socket.to_str().unwrap(),
                "-o",
                "ProxyCommand=false",
                "web01",
                text,
            ],
        )
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_carries_ten_sessions_and_no_more() {
    let fleet = Fleet::start(2).await.unwrap();
    let master = Master::open(&fleet).await;
    let mut open = Vec::new();
    for _ in 0..10 {
        let mut child = master
            .session(&fleet, "echo up; cat")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        assert_eq!(first_line(&mut child).await, "up");
        open.push(child);
    }
    let eleventh = output(master.session(&fleet, "echo up")).await;
    assert_eq!(
        (eleventh.status.code(), text(&eleventh.stdout)),
        (Some(255), String::new())
    );

    // Each one that ends makes room for another at once.
    for mut child in open {
        drop(child.stdin.take());
        assert!(
            timeout(DEADLINE, child.wait())
                .await
                .expect("in time")
                .unwrap()
                .success()
        );
        let next = output(master.session(&fleet, "echo up; exit 4")).await;
        assert_eq!((next.status.code(), text(&next.stdout)), (Some(4), "up\n".into()));
    }
    fleet.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_nobody_reads_does_not_stall_its_neighbours() {
    let fleet = Fleet::start(2).await.unwrap();
    let master = Master::open(&fleet).await;
    let mut flood = master
        .session(&fleet, "echo $DEMO_FLEET; exec cat /dev/zero")
        .spawn()
        .unwrap();
    let id = first_line(&mut flood).await;
    for _ in 0..20 {
        let done = output(master.session(&fleet, "echo through")).await;
        assert_eq!(text(&done.stdout), "through\n");
    }
    // The flood ends with its reader, although nobody signals it.
    timeout(DEADLINE, flood.kill()).await.expect("in time").unwrap();
    until("cat ends of its closed pipe", || marked(&id) == 0).await;
    fleet.stop().await.unwrap();
}

/// Starts processes that resist: one in a session of its own, one that ignores TERM, one without the mark.
async fn resistance(fleet: &Fleet) -> (String, Vec<String>, Vec<Child>) {
    let mut pids = Vec::new();
    let mut clients = Vec::new();
    let mut id = String::new();
    for (host, command) in [
        ("web01", "echo $$ $DEMO_FLEET; exec sleep 7777"),
        ("web02", "exec setsid sh -c 'echo $$ $DEMO_FLEET; sleep 7777; :'"),
        (
            "web03",
            "trap '' TERM HUP; echo $$ $DEMO_FLEET; while :; do sleep 7777; done",
        ),
        ("web04", "f=$DEMO_FLEET; env -i sleep 7777 & echo $! $f"),
    ] {
        let mut child = ssh(fleet, &[host, command]).spawn().unwrap();
        let line = first_line(&mut child).await;
        let (pid, fleet_id) = line.split_once(' ').expect("a pid and the id of the fleet");
        fleet_id.clone_into(&mut id);
        pids.push(pid.to_owned());
        clients.push(child);
    }
    (id, pids, clients)
}

fn ports(fleet: &Fleet) -> Vec<u16> {
    let config = fs::read_to_string(fleet.ssh_config()).unwrap();
    config
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Port ")?.parse().ok())
        .collect()
}

fn assert_gone(directory: &Path, ports: &[u16]) {
    assert!(!directory.exists(), "{} is still there", directory.display());
    for &port in ports {
        assert!(
            TcpStream::connect(("127.0.0.1", port)).is_err(),
            "port {port} still answers"
        );
    }
}

/// A fleet of four hosts that all take commands.
async fn four() -> Fleet {
    let fleet = Fleet::start(8).await.unwrap();
    let doors = ["web01", "web02", "web03", "web04"];
    let shut = [Role::Unreachable, Role::RejectsKey];
    let open = fleet
        .hosts()
        .iter()
        .filter(|host| doors.contains(&host.name.as_str()) && !shut.contains(&host.role));
    assert_eq!(open.count(), doors.len());
    fleet
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_after_stop() {
    let fleet = four().await;
    let (directory, ports) = (fleet.ssh_config().parent().unwrap().to_owned(), ports(&fleet));
    let (id, pids, clients) = resistance(&fleet).await;
    assert_eq!(ports.len(), 8);
    assert!(marked(&id) >= 3 && pids.iter().all(|pid| is_alive(pid)));

    fleet.stop().await.unwrap();
    assert_eq!(marked(&id), 0);
    let alive: Vec<_> = pids.iter().filter(|pid| is_alive(pid)).collect();
    assert!(alive.is_empty(), "{alive:?}");
    assert_gone(&directory, &ports);
    for mut client in clients {
        timeout(DEADLINE, client.wait())
            .await
            .expect("cut with the fleet")
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_after_drop() {
    let fleet = four().await;
    let (directory, ports) = (fleet.ssh_config().parent().unwrap().to_owned(), ports(&fleet));
    let (id, pids, _clients) = resistance(&fleet).await;
    drop(fleet);
    let is_over = || marked(&id) == 0 && !pids.iter().any(|pid| is_alive(pid));
    until("all are gone", is_over).await;
    until("the listeners are closed", || {
        ports
            .iter()
            .all(|&port| TcpStream::connect(("127.0.0.1", port)).is_err())
    })
    .await;
    assert_gone(&directory, &ports);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_fails_where_it_should_and_a_retry_finds_the_lock_free() {
    let fleet = Fleet::start(24).await.unwrap();
    let locked = async {
        let host = host(&fleet, Role::Locked);
        (run(&fleet, host, &story()).await, run(&fleet, host, &story()).await)
    };
    let broken = async { run(&fleet, host(&fleet, Role::Broken), &story()).await };
    let progress = async { run(&fleet, host(&fleet, Role::Progress), &story()).await };
    let ((first, retry), broken, progress) = tokio::join!(locked, broken, progress);

    assert_eq!(first.status.code(), Some(100));
    assert!(
        text(&first.stderr).contains("Could not get lock"),
        "{}",
        text(&first.stderr)
    );
    assert_eq!(retry.status.code(), Some(0));
    assert_eq!(broken.status.code(), Some(1));
    assert_eq!(progress.status.code(), Some(0));
    assert!(
        text(&progress.stdout).contains("\r\x1b[32m█"),
        "{}",
        text(&progress.stdout)
    );
    fleet.stop().await.unwrap();
}

#[tokio::test]
async fn a_fleet_has_1_to_1000_hosts() {
    for count in [0, 1001] {
        let refused = Fleet::start(count).await.err();
        assert!(
            matches!(refused, Some(DemoError::HostCount(n)) if n == count),
            "{refused:?}"
        );
    }
}
