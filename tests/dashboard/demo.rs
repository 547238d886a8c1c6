//! `heeler demo`, which needs no sshd: its story, and that nothing listens or runs when it has ended.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use crate::support::heeler::Heeler;
use crate::support::processes;
use crate::support::tmux::Terminal;

/// The grace of the demo is 5 s, and one of its hosts needs it.
const END: Duration = Duration::from_secs(30);

#[test]
fn the_story_shows_itself_and_nothing_is_left_of_it() {
    let heeler = Heeler::new();
    let place = heeler.home().join("tmp");
    fs::create_dir(&place).unwrap();
    let mut command = heeler.command(["demo"]);
    command.env("TMPDIR", &place);
    let terminal = Terminal::start(80, 24, &command);

    let mut missing = vec![
        "⊘ unreachable     web07",
        "connection refused: ",
        "key rejected: ",
        "✗ exit 100",
        "E: Unable to acquire the dpkg",
        "████..",
        "● running",
        "✓ ok",
    ];
    terminal.wait_until("the states of the story", |screen| {
        missing.retain(|words| !screen.contains(words));
        missing.is_empty()
    });

    let fleet = fleet(terminal.program());
    assert_ne!(processes::with_environment(&fleet), []);
    let ports = ports(&place);
    let listening = |port: &&u16| TcpStream::connect((Ipv4Addr::LOCALHOST, **port)).is_ok();
    assert_eq!(ports.len(), 24);
    assert_eq!(
        ports.iter().filter(listening).count(),
        23,
        "all but the unreachable one"
    );

    // Not more than twenty, or the question wants their number.
    terminal.wait_until("some of them over", |screen| running(screen) <= 20);
    terminal.send("q");
    terminal.wait_for("> s  stay");
    std::thread::sleep(Duration::from_millis(350));
    terminal.send("c");
    assert_eq!(terminal.exit_status(END), 4);
    terminal.wait_for("unreachable, key rejected (1): web13");

    // At once: what was left for a while would end by itself, as the story looks after its teller.
    assert_eq!(processes::with_environment(&fleet), []);
    assert_eq!(ports.iter().filter(listening).count(), 0);
    assert_eq!(fs::read_dir(&place).unwrap().count(), 0, "its files are gone");
}

/// What marks everything that runs on the hosts of this demo, found in what the program started.
fn fleet(program: u32) -> String {
    let environments = processes::descendants(program).into_iter().filter_map(|process| {
        let environment = fs::read(format!("/proc/{}/environ", process.id)).ok()?;
        let marks = environment.split(|byte| *byte == 0);
        let mark = marks.filter_map(|entry| std::str::from_utf8(entry).ok());
        mark.into_iter()
            .find(|entry| entry.starts_with("DEMO_FLEET="))
            .map(str::to_owned)
    });
    environments.into_iter().next().unwrap()
}

/// The ports in the ssh configuration of the demo.
fn ports(place: &Path) -> Vec<u16> {
    let directories = fs::read_dir(place).unwrap().filter_map(Result::ok);
    let files = directories.flat_map(|directory| fs::read_dir(directory.path()).into_iter().flatten().flatten());
    let texts = files.filter_map(|file| fs::read_to_string(file.path()).ok());
    let lines: Vec<String> = texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let ports = lines.iter().filter_map(|line| line.trim().strip_prefix("Port "));
    ports.filter_map(|port| port.parse().ok()).collect()
}

/// How many jobs run, as the header says.
fn running(screen: &str) -> usize {
    let words: Vec<&str> = screen.lines().nth(1).unwrap_or_default().split_whitespace().collect();
    let at = words.iter().position(|word| *word == "running");
    at.and_then(|at| words[at - 1].parse().ok()).unwrap_or(usize::MAX)
}
