//! `heeler log`: what one host printed, to the byte.

use std::fs;

use crate::past::{LIMIT, Past};
use crate::support::tmux::Terminal;
use crate::support::wait::wait_until;

#[test]
fn a_pipe_gets_the_exact_bytes() {
    let past = Past::new();
    let bytes: Vec<u8> = (0..400_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    fs::write(past.heeler.home().join("bytes"), &bytes).expect("a file");
    let options = format!("--env FROM={}", past.heeler.home().display());
    past.run(
        "web1,quiet",
        &options,
        r#"test $HEELER_HOST = quiet || { cat "$FROM/bytes"; echo oops >&2; }"#,
    );
    let printed = |option| {
        let mut command = past.heeler.command(["log", "last", "web1", option]);
        command.output().expect("it runs").stdout
    };
    assert!(printed("--stdout") == bytes, "standard output");
    assert_eq!(printed("--stderr"), b"oops\n");
    let finished = past.heeler.run(["log", "last", "quiet"]);
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(0), ""));
    assert_eq!(finished.stderr, "heeler: quiet printed nothing: ok\n");
}

#[test]
fn both_streams_come_in_order_with_their_times_and_each_attempt_by_itself() {
    let past = Past::new();
    let command = r#"
        echo one; sleep 0.3; echo two >&2; sleep 0.3; echo three
        test -e "$FROM/seen" || { touch "$FROM/seen"; exit 3; }"#;
    let options = format!(
        "--retries 1 --retry-on exit --env FROM={}",
        past.heeler.home().display()
    );
    past.run("web1", &options, command);
    assert_eq!(past.tell(&["log", "last", "web1"]), "one\ntwo\nthree\n");
    let stamped = past.tell(&["log", "last", "web1", "--timestamps", "--attempt", "1"]);
    let seconds = stamped.lines().map(|line| {
        let (time, _) = line
            .strip_prefix('+')
            .and_then(|line| line.split_once("s "))
            .expect("a time");
        time.parse::<f64>().expect("seconds")
    });
    let times: Vec<f64> = seconds.collect();
    assert!(
        times.len() == 3 && times[1] - times[0] > 0.2 && times[2] - times[1] > 0.2,
        "{stamped}"
    );
    let refused = past.refusal(&["log", "last", "web1", "--attempt", "3"]);
    assert_eq!(refused, "heeler: web1 has no attempt 3; there is 1 to 2\n");
}

#[test]
fn a_host_that_is_not_there_is_told_with_those_that_are() {
    let past = Past::new();
    past.run("web[1-3],refused", "--json", "true");
    let name = past.name();
    assert_eq!(
        past.refusal(&["log", &name, "web4"]),
        format!("heeler: web4 is not in the run {name}; its hosts are web[1-3],refused\n")
    );
    let finished = past.heeler.run(["log", "last", "refused"]);
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(0), ""));
    let words = past.dir().join("ssh/refused.log");
    assert!(
        finished
            .stderr
            .starts_with("heeler: refused printed nothing: unreachable, connection refused")
    );
    assert!(finished.stderr.contains("heeler: ssh: "), "{}", finished.stderr);
    assert!(
        finished.stderr.contains(&words.display().to_string()),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_host_is_found_without_the_user_that_was_put_before_it() {
    let past = Past::new();
    past.run("me@web1,you@web1,me@web2", "--json", "echo $HEELER_HOST");
    assert_eq!(past.heeler.run(["log", "last", "web2"]).status, Some(0));
    let refused = past.refusal(&["log", "last", "web1"]);
    assert!(refused.contains("web1 may be me@web1,you@web1 in the run"), "{refused}");
    let listed = |host| past.tell(&["runs", "--json", "-w", host]).lines().count();
    assert_eq!((listed("web2"), listed("you@web2")), (1, 0));
}

#[test]
fn following_shows_what_comes_and_ends_with_the_attempt() {
    let past = Past::new();
    let gate = past.heeler.home().join("gate");
    let options = format!("--json --env GATE={}", gate.display());
    let command = r#"echo begun; until test -e "$GATE"; do sleep 0.05; done; printf 'the end'"#;
    let run = past.spawn("web[1-2]", &options, command);
    wait_until(LIMIT, "both to print", || past.events().contains("\"host\":\"web2\""));
    wait_until(LIMIT, "the output", || {
        past.names()
            .first()
            .is_some_and(|name| past.runs().join(name).join("out/web1/1.time").exists())
    });
    let follower = past.heeler.spawn(["log", "last", "web1", "--follow"]);
    wait_until(LIMIT, "the first line", || follower.stdout() == "begun\n");
    fs::write(gate, "").expect("the gate");
    let finished = follower.wait(LIMIT);
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(0), "begun\nthe end"));
    assert_eq!(run.wait(LIMIT).status, Some(0));
}

#[test]
fn following_tells_when_the_runner_goes_before_the_attempt_ends() {
    let past = Past::new();
    let run = past.spawn("cut", "--json", "echo begun; sleep 300");
    wait_until(LIMIT, "it to run", || past.events().contains("\"event\":\"running\""));
    let follower = past.heeler.spawn(["log", "last", "cut", "--follow"]);
    wait_until(LIMIT, "the first line", || follower.stdout() == "begun\n");
    past.kill_runner();
    let finished = follower.wait(LIMIT);
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(4), "begun\n"));
    let name = past.name();
    for said in [
        "heeler: cut may have printed more than this: lost".to_owned(),
        format!("heeler: the runner of {name} is gone without having ended the run; heeler resume {name} finishes it"),
    ] {
        assert!(finished.stderr.contains(&said), "{said} in {}", finished.stderr);
    }
    let plain = past.heeler.run(["log", "last", "cut"]);
    assert_eq!((plain.status, plain.stdout.as_str()), (Some(0), "begun\n"));
    assert_eq!(plain.stderr, finished.stderr);
    run.wait(LIMIT);
}

#[test]
fn a_terminal_gets_nothing_that_it_would_act_upon() {
    let past = Past::new();
    past.run(
        "web1",
        "--json",
        r"printf 'safe \033]0;title\007\033[2J\033[31mred\033[0m\n'",
    );
    let terminal = Terminal::start(80, 10, &past.heeler.command(["log", "last", "web1"]));
    terminal.wait_for("safe red");
}
