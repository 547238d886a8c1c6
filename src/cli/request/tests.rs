use super::super::args::{Cli, Command};
use super::super::sources::Surroundings;
use super::*;
use crate::model::plan::{RetryOn, Slow};
use clap::Parser;
use std::collections::BTreeMap;
use std::time::Duration;

fn request(words: &[&str]) -> Result<RunRequest, UsageError> {
    let arguments = ["heeler", "run"].iter().chain(words);
    let Command::Run(args) = Cli::try_parse_from(arguments).expect("arguments").command else {
        panic!("not a run");
    };
    let mut config = Config::built_in();
    config.groups = BTreeMap::from([
        ("web".to_owned(), "web[1-3]".to_owned()),
        ("all".to_owned(), "@web,db".to_owned()),
    ]);
    let groups = config.groups.clone();
    let world = World {
        sources: &Surroundings { groups: &groups },
        variable: &|name| (name == "RELEASE").then(|| "7".to_owned()),
    };
    build(&args, config, &world)
}

fn hosts(words: &[&str]) -> Vec<String> {
    let all: Vec<&str> = words.iter().copied().chain(["--", "true"]).collect();
    let request = request(&all).expect("a request");
    request.hosts.iter().map(ToString::to_string).collect()
}

#[test]
fn hosts_are_those_named_less_those_excluded() {
    for (words, expected) in [
        (&["-w", "web[1-2]"][..], &["web1", "web2"][..]),
        (&["-w", "@web", "-w", "web2,db"], &["web1", "web2", "web3", "db"]),
        (&["-w", "*", "-x", "web*"], &["db"]),
        (&["-w", "@web", "-x", "web1", "-x", "web[1-2]"], &["web3"]),
        (&["-w", "a,root@b", "-l", "ann"], &["ann@a", "root@b"]),
        (&["-w", "a,ann@a", "-l", "ann"], &["ann@a"]),
        (&["-w", "a,b", "-x", "b", "-l", "ann"], &["ann@a"]),
    ] {
        assert_eq!(hosts(words), expected, "{words:?}");
    }
}

#[test]
fn options_win_over_the_configuration() {
    let all = request(&[
        "-w",
        "@web",
        "-j",
        "max",
        "-t",
        "10m",
        "--slow",
        "5m",
        "--retries",
        "2",
        "--retry-on",
        "exit",
        "-F",
        "cfg",
        "-o",
        "Port=22",
        "--env",
        "A=b",
        "--env",
        "RELEASE",
        "--note",
        "ticket 7",
        "--expect",
        "3",
        "--",
        "uname",
        "-r",
    ])
    .expect("a request");
    assert_eq!(all.node_set, "web[1-3]");
    assert_eq!(all.command, "uname -r");
    assert_eq!(all.settings.width, 3);
    assert_eq!(all.settings.run_timeout, Some(Duration::from_secs(600)));
    assert_eq!(all.settings.slow, Slow::After(Duration::from_secs(300)));
    assert_eq!(all.settings.retry_on, [RetryOn::Unreachable, RetryOn::Exit]);
    assert_eq!(all.ssh.options, ["Port=22"]);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(all.env, [pair("A", "b"), pair("RELEASE", "7")]);
    assert_eq!(all.note.as_deref(), Some("ticket 7"));
    assert_eq!(all.safety.expect, Some(3));
    let none = request(&["-w", "@web", "--", "true"]).expect("a request");
    assert_eq!(none.settings, Config::built_in().settings(3));
}

#[test]
fn mistakes_say_what_to_do() {
    for (words, message) in [
        (
            &["--", "true"][..],
            "no host is named; say where to run, for example -w 'web[1-3]' or -w @web",
        ),
        (
            &["-w", "web1"],
            "no command is given; write it behind --, for example: heeler run -w web1 -- uptime",
        ),
        (
            &["-w", "", "--", "true"],
            "node set \"\", column 1: it is empty; name at least one host",
        ),
        (
            &["-w", "@web!@web", "--", "true"],
            "-w \"@web!@web\" names no host; see with `heeler nodes` what its parts mean",
        ),
        (
            &["-w", "@web", "-x", "db", "--", "true"],
            "-x \"db\" excludes none of the hosts; correct it or leave it out",
        ),
        (
            &["-w", "@web", "-x", "", "--", "true"],
            "node set \"\", column 1: it is empty; name at least one host",
        ),
        (
            &["-w", "@web", "-x", "@all", "--", "true"],
            "-x leaves no host of the 3 that -w names; exclude fewer",
        ),
        (
            &["-w", "a", "-l=-x", "--", "true"],
            "-l \"-x\" cannot be used: the user name \"-x\" begins with '-'; begin it with a letter or a digit",
        ),
        (
            &["-w", "a", "--env", "UNSET", "--", "true"],
            "--env UNSET: the variable is not set here; give it a value with --env UNSET=VALUE",
        ),
    ] {
        assert_eq!(request(words).expect_err(message).to_string(), message);
    }
    let unknown = request(&["-w", "@nobody", "--", "true"])
        .expect_err("no such group")
        .to_string();
    assert!(unknown.contains("there is no group \"nobody\""), "{unknown}");
}
