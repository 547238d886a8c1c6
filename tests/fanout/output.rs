//! Output is complete and exact: every byte in the run directory, every line in a pipe, and a host that floods delays
//! only itself.

use std::fs;
use std::process::Stdio;

use crate::fleet::{Fleet, at};

/// Bytes of every value, without a pattern that a lost or doubled block could hide in.
fn noise(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn every_byte_of_both_streams_is_on_disk() {
    let fleet = Fleet::new();
    let (stdout, stderr) = (noise(2_000_000, 1), noise(300_000, 2));
    fs::write(fleet.heeler.home().join("stdout"), &stdout).expect("a file");
    fs::write(fleet.heeler.home().join("stderr"), &stderr).expect("a file");
    let options = format!("--env FROM={}", fleet.heeler.home().display());
    let command = r#"cat "$FROM/stdout" & cat "$FROM/stderr" >&2; wait"#;
    let finished = fleet.run("web[1-5]", &options, command);
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    let record = fleet.record();
    for host in 1..=5 {
        let kept = |name: &str| fs::read(record.join(format!("out/web{host}/1.{name}"))).expect("the output");
        // Not with assert_eq, which would print both.
        assert!(kept("out") == stdout, "standard output of web{host}");
        assert!(kept("err") == stderr, "standard error of web{host}");
    }
}

#[test]
fn a_pipe_gets_every_line() {
    let fleet = Fleet::new();
    let mut command = fleet.command("web[1-3]", "-t 40s", "seq 1 200000");
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(text.lines().count(), 600_000);
    for host in 1..=3 {
        let prefix = format!("web{host}: ");
        let numbers = text.lines().filter_map(|line| line.strip_prefix(&prefix));
        let in_order = numbers.zip(1..).all(|(line, number)| line == number.to_string());
        assert!(in_order, "web{host}");
    }
}

/// Nobody shows a line that has no end until it has one, but at the end it is there.
#[test]
fn a_last_line_without_an_end_is_shown_and_kept_as_it_is() {
    let fleet = Fleet::new();
    let finished = fleet.run("web1", "--plain", r"printf 'one\ntwo'; printf 'bad' >&2");
    assert_eq!(finished.stdout, "web1: one\nweb1: two\n");
    assert!(finished.stderr.starts_with("web1: bad\n"), "{}", finished.stderr);
    let out = fleet.record().join("out/web1");
    assert_eq!(fs::read(out.join("1.out")).expect("kept"), b"one\ntwo");
    assert_eq!(fs::read(out.join("1.err")).expect("kept"), b"bad");
}

/// The quick host begins when the flood has come, and ends while it goes on.
#[test]
fn a_flood_delays_nobody_else() {
    let fleet = Fleet::new();
    let command = r#"case $HEELER_HOST in
        flood)
            yes 'a line of a flood' | head -n 300000
            : >"$AT/flooding"
            n=0
            while [ ! -e "$AT/done" ] && [ "$n" -lt 100 ]; do
                yes 'a line of a flood' | head -n 100000
                n=$((n + 1))
            done
            [ -e "$AT/done" ] ;;
        quick)
            until [ -e "$AT/flooding" ]; do sleep .05; done
            echo done ;;
    esac"#;
    let options = format!("--json -t 40s --env AT={}", fleet.heeler.home().display());
    let running = fleet.spawn("flood,quick", &options, command);
    let record = || fs::read_to_string(fleet.record().join("events.jsonl")).unwrap_or_default();
    let limit = std::time::Duration::from_secs(40);
    crate::support::wait::wait_until(limit, "the end of the quick host", || {
        !fleet.records().is_empty() && record().contains(r#""event":"done""#)
    });
    fs::write(fleet.heeler.home().join("done"), "").expect("a file");
    let told = crate::fleet::Told::of(&running.wait(limit));
    assert_eq!(told.status, Some(0), "{:?}", told.outcomes());
    assert_eq!(told.printed("stdout")["quick"], "done\n");
    // What was printed is in the order in which it happened, and nothing of the flood is missing.
    assert!(at(told.done("quick")) < at(told.done("flood")));
    let place = |host: &str| told.events.iter().position(|event| event == told.done(host));
    assert!(place("quick") < place("flood"));
    let shown = &told.printed("stdout")["flood"];
    let kept = fs::read(fleet.record().join("out/flood/1.out")).expect("the output");
    assert!(shown.as_bytes() == kept && kept.len() >= 300_000 * 18);
}
