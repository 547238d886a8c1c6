//! What can be found wrong only on the way to a start: the machine, the surroundings, a configuration file. Each is
//! said with the next step, exits with 2, and leaves no trace of a run. (The command line itself: `tests/cli.rs`.)

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::fleet::Fleet;
use crate::support::child::{Finished, Running};
use crate::support::wait::LIMIT;

/// Runs what must be refused with all these words; returns everything that was said.
#[track_caller]
fn refuse(fleet: &Fleet, command: Command, words: &[&str]) -> String {
    let before = fleet.connections();
    let Finished {
        stdout, stderr, status, ..
    } = Running::start(command, b"").wait(LIMIT);
    assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
    assert!(stderr.starts_with("heeler: "), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word} is not in: {stderr}");
    }
    assert_eq!(fleet.records(), Vec::<std::path::PathBuf>::new(), "{stderr}");
    let left = fs::read_dir(fleet.heeler.runtime()).expect("the directory for sockets");
    assert_eq!(left.count(), 0, "{stderr}");
    assert_eq!(fleet.connections(), before, "{stderr}");
    stderr
}

#[test]
fn a_malformed_configuration_is_told_by_file_line_and_key() {
    let fleet = Fleet::new();
    for (text, words) in [
        ("[defaults]\nwidth = 3\n\nretries = = 2\n", &[":4: ", "not TOML"][..]),
        (
            "[defaults]\nwidth = \"many\"\n",
            &[":2: ", "defaults.width", "not a number from 1 to"],
        ),
        (
            "[defaults]\ngrace = 10\n",
            &[":2: ", "defaults.grace: 10 has no unit; write 10s"],
        ),
        ("[groups]\nweb = 7\n", &[":2: ", "groups.web is a number; write"]),
        (
            "[defualts]\nwidth = 3\n",
            &[":1: ", "[defualts] is not known; did you mean defaults?"],
        ),
        ("[ssh]\noptions = [\"Port\"]\n", &[":2: ", "ssh.options", "KEY=VALUE"]),
    ] {
        fleet.heeler.configure(text);
        let words: Vec<&str> = words.iter().copied().chain(["heeler/config.toml"]).collect();
        refuse(&fleet, fleet.command("web1", "", "true"), &words);
    }
}

#[test]
fn no_ssh_on_the_path() {
    let fleet = Fleet::new();
    let mut command = fleet.command("web1", "", "true");
    command.env("PATH", fleet.heeler.home());
    refuse(&fleet, command, &["no ssh on the PATH", "install an OpenSSH client"]);
}

#[test]
fn no_place_for_the_sockets() {
    let fleet = Fleet::new();
    let with = |directory: &Path| {
        let mut command = fleet.command("web1", "", "true");
        command.env("XDG_RUNTIME_DIR", directory);
        command
    };
    let long = fleet.heeler.home().join("x".repeat(90));
    fs::create_dir(&long).expect("a directory");
    refuse(
        &fleet,
        with(&long),
        &["too long", "set XDG_RUNTIME_DIR to a shorter path"],
    );
    let absent = fleet.heeler.home().join("absent");
    refuse(
        &fleet,
        with(&absent),
        &["cannot create", "set XDG_RUNTIME_DIR to a writable"],
    );
}

#[test]
fn no_place_for_the_record() {
    let fleet = Fleet::new();
    let file = fleet.heeler.home().join("file");
    fs::write(&file, "").expect("a file");
    let mut command = fleet.command("web1", "", "true");
    command.env("XDG_STATE_HOME", &file);
    refuse(&fleet, command, &["cannot create", "set XDG_STATE_HOME"]);
    let mut command = fleet.command("web1", "", "true");
    command.env_remove("XDG_STATE_HOME").env_remove("HOME");
    refuse(&fleet, command, &["XDG_STATE_HOME", "set one of them"]);
}

/// `heeler run` over a hundred hosts under a hard limit of open files.
fn limited(fleet: &Fleet, files: u32, options: &str) -> Command {
    let heeler = fleet.command("refused[1-100]", &format!("--yes {options}"), "true");
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!(r#"ulimit -n {files} && exec "$0" "$@""#));
    command.arg(heeler.get_program()).args(heeler.get_args()).env_clear();
    let set = heeler.get_envs().filter_map(|(name, value)| Some((name, value?)));
    command.envs(set);
    command
}

#[test]
fn too_few_open_files_for_the_width() {
    let fleet = Fleet::new();
    let words = [
        "100 jobs at once need",
        "this system allows 1100;",
        "raise the limit with ulimit -n",
    ];
    let told = refuse(&fleet, limited(&fleet, 1100, "-j max"), &words);
    let fits = told.split("use -j ").nth(1).and_then(|rest| rest.split(',').next());
    let fits: u32 = fits.and_then(|number| number.parse().ok()).expect("a width");
    // The width that it names is the largest that fits: the next one is refused, and with it the run begins.
    let larger = format!("-j {}", fits + 1);
    refuse(&fleet, limited(&fleet, 1100, &larger), &[&format!("use -j {fits},")]);
    let begun = Running::start(limited(&fleet, 1100, &format!("-j {fits}")), b"").wait(LIMIT);
    assert_eq!((begun.status, fleet.records().len()), (Some(4), 1), "{}", begun.stderr);
}

#[test]
fn too_few_open_files_for_any_width() {
    let fleet = Fleet::new();
    let words = [
        "1 jobs at once need",
        "this system allows 256; raise the limit with ulimit -n",
    ];
    refuse(&fleet, limited(&fleet, 256, "-j 1"), &words);
}
