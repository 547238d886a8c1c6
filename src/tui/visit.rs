//! Other programs that get the terminal for a while: a shell on a host, and the operator's pager.

use super::loader::Loader;
use crate::app::Load;
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::text::LineReader;
use crate::rundir::RunDir;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use tokio::process::Command;

/// What must hold for a shell as it does for the run's own connections.
const OURS: [&str; 3] = ["ControlMaster=no", "ClearAllForwardings=yes", "RemoteCommand=none"];

/// The command of a shell on a host: over the run's own connection where that is alive, otherwise over a new one with
/// the options of the run.
pub(super) fn shell(host: &HostName, plan: &Plan, dir: &RunDir) -> Command {
    let mut command = Command::new("ssh");
    if let Some(socket) = socket(host, dir) {
        command.arg("-S").arg(socket);
    }
    for option in OURS {
        command.args(["-o", option]);
    }
    if let Some(config) = &plan.ssh.config_file {
        command.arg("-F").arg(config);
    }
    for option in &plan.ssh.options {
        command.args(["-o", option]);
    }
    if let Some(user) = host.user() {
        command.args(["-l", user]);
    }
    if let Some(port) = host.port() {
        command.args(["-p", &port.to_string()]);
    }
    command.arg("--").arg(host.address());
    command
}

/// The control socket of the newest connection to a host that is on record and there.
fn socket(host: &HostName, dir: &RunDir) -> Option<PathBuf> {
    let recorded = dir.read_holdings().unwrap_or_default();
    let ours = recorded
        .into_iter()
        .rev()
        .filter(|holding| holding.host.as_ref() == Some(host));
    ours.filter_map(|holding| holding.socket).find(|socket| socket.exists())
}

/// The command of the operator's pager, which reads what it shows from its standard input.
pub(super) fn pager() -> Command {
    let words = std::env::var("PAGER").ok().filter(|words| !words.trim().is_empty());
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(words.as_deref().unwrap_or("less"));
    command.stdin(Stdio::piped());
    command
}

/// Writes a whole output as harmless text, until all is written or nobody reads any more.
pub(super) fn feed((job, attempt): (JobId, AttemptNo), dir: &RunDir, plan: &Arc<Plan>, to: File) {
    let load = Load::Start {
        job,
        attempt,
        ticket: 0,
    };
    // Whoever closes the pager before the end has seen enough.
    let _enough = write_lines(load, dir, plan, to);
}

fn write_lines(whole: Load, dir: &RunDir, plan: &Arc<Plan>, to: File) -> io::Result<()> {
    let Some((mut loader, _)) = Loader::open(whole, dir, plan) else {
        return Ok(());
    };
    let mut to = BufWriter::with_capacity(64 * 1024, to);
    let mut readers = [LineReader::default(), LineReader::default()];
    loop {
        let read = loader.step();
        for piece in read.pieces {
            let mut written = Ok(());
            readers[piece.stream as usize].feed(&piece.bytes, &mut |line| {
                if written.is_ok() {
                    written = writeln!(to, "{}", line.text());
                }
            });
            written?;
        }
        if let Some(error) = read.error {
            writeln!(to, "[{error}]")?;
        }
        if !read.more {
            break;
        }
    }
    for line in readers.iter().filter_map(LineReader::partial) {
        writeln!(to, "{}", line.text())?;
    }
    to.flush()
}

/// How a program ended, in words.
pub(super) fn in_words(what: &str, ended: io::Result<ExitStatus>) -> String {
    use std::os::unix::process::ExitStatusExt;
    match ended {
        Err(error) => format!("{what} could not be started: {error}"),
        Ok(status) => match (status.code(), status.signal()) {
            (Some(code), _) => format!("{what} ended with status {code}"),
            (None, Some(signal)) => format!("{what} was ended by signal {signal}"),
            (None, None) => format!("{what} ended"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::plan;
    use crate::model::connection::Holding;
    use crate::model::id::RunId;
    use crate::rundir::Holdings;
    use std::time::{Duration, Instant};

    fn words(command: &Command) -> Vec<String> {
        let words = command.as_std().get_args();
        words.map(|word| word.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_shell_takes_the_connection_that_is_there_and_names_its_host_behind_two_dashes() {
        let home = tempfile::tempdir().expect("a directory");
        let dir = RunDir::create(home.path(), &RunId("run".into())).expect("writable");
        let plan = plan(&["me@web1:2222", "web2"]);
        let fresh = words(&shell(&plan.hosts[0], &plan, &dir));
        assert!(!fresh.contains(&"-S".to_owned()));
        assert_eq!(fresh[fresh.len() - 6..], ["-l", "me", "-p", "2222", "--", "web1"]);
        let holdings = Holdings::begin(&dir).expect("a thread");
        let socket = |name: &str| Some(home.path().join(name));
        std::fs::write(home.path().join("1"), "").expect("writable");
        std::fs::write(home.path().join("2"), "").expect("writable");
        for (host, socket) in [(0, socket("1")), (1, socket("2")), (0, socket("gone"))] {
            holdings.note(Holding {
                pid: 2,
                start: None,
                boot: None,
                sockets: home.path().to_owned(),
                host: Some(plan.hosts[host].clone()),
                socket,
            });
        }
        let begun = Instant::now();
        while dir.read_holdings().expect("readable").len() < 3 && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let warm = words(&shell(&plan.hosts[0], &plan, &dir));
        assert_eq!(
            warm[..2],
            ["-S".to_owned(), home.path().join("1").to_string_lossy().into_owned()]
        );
    }
}
