//! What runs as root: the command, and whoever may signal it.

use crate::account::Rights;
use crate::hosts::Hosts;
use crate::support::child::Running;
use crate::support::wait::{LIMIT, wait_until};
use serde_json::{Value, json};

#[test]
fn without_a_password_nobody_is_asked_with_and_without_a_terminal_of_sudos_own() {
    for defaults in ["use_pty", "!use_pty"] {
        let Some(hosts) = Hosts::new(Rights::NoPassword, &[defaults]) else {
            return;
        };
        let told = hosts.run("web[1-2]", "", "id -u; echo \"$HEELER_HOST\" >&2; exit 3");
        assert_eq!(told.ends(), ["exit", "exit"], "{defaults}");
        assert_eq!(told.named("password-wanted"), Vec::<&serde_json::Value>::new());
        let mut lines: Vec<String> = told.output().lines().map(str::to_owned).collect();
        lines.sort();
        let host = |number| format!("{}@web{number}", hosts.account.name());
        assert_eq!(lines, ["0".to_owned(), "0".to_owned(), host(1), host(2)]);
        hosts.wait_for_nothing();
    }
}

#[test]
fn what_root_runs_is_ended_for_good() {
    for defaults in ["use_pty", "!use_pty"] {
        let Some(hosts) = Hosts::new(Rights::NoPassword, &[defaults]) else {
            return;
        };
        let run = hosts.spawn("web1", "--json", "trap '' TERM; sleep 3917 & sleep 3917; wait");
        wait_until(LIMIT, "root's sleep", || hosts.sshd.running("sleep 3917").len() == 2);
        run.signal(rustix::process::Signal::INT);
        run.signal(rustix::process::Signal::INT);
        let finished = run.wait(crate::hosts::RUN);
        assert_eq!(finished.status, Some(130));
        let told = hosts.told();
        assert_eq!(told.ends(), ["cancelled"], "{defaults}");
        assert_eq!(told.named("done")[0]["fate"], "gone", "{defaults}");
        hosts.wait_for_nothing();
    }
}

#[test]
fn a_cut_link_ends_what_root_runs() {
    for defaults in ["use_pty", "!use_pty"] {
        let Some(hosts) = Hosts::new(Rights::NoPassword, &[defaults]) else {
            return;
        };
        let run: Running = hosts.spawn("web1", "--json", "sleep 3918");
        wait_until(LIMIT, "root's sleep", || !hosts.sshd.running("sleep 3918").is_empty());
        hosts.sshd.cut_connections();
        run.wait(crate::hosts::RUN);
        assert_eq!(hosts.told().ends(), ["lost"], "{defaults}");
        hosts.wait_for_nothing();
    }
}

/// Ends a job that becomes root by itself, without `--sudo`; returns its end.
fn end_of_what_becomes_root(hosts: &Hosts, command: &str) -> Value {
    let mut plain = hosts
        .heeler
        .command(["run", "--json", "--grace", "1s", "-w", "web1", "-l"]);
    plain.arg(hosts.account.name()).arg("-F").arg(hosts.sshd.config());
    plain.args(["--", command]);
    let run = Running::start(plain, b"");
    wait_until(LIMIT, "root's sleep", || {
        run.stdout().contains("no ticket") && !hosts.sshd.running("sleep 3919").is_empty()
    });
    run.signal(rustix::process::Signal::INT);
    run.wait(crate::hosts::RUN);
    hosts.told().named("done")[0].clone()
}

#[test]
fn what_becomes_root_by_itself_survives_a_shim_that_may_not_signal_it() {
    let Some(hosts) = Hosts::new(Rights::Password, &["timestamp_type=global"]) else {
        return;
    };
    // The job may do this by a ticket of its own; nobody may kill by sudo without one.
    let command = format!(
        "echo {} | sudo -S sh -c 'trap \"\" TERM HUP; sleep 3919' &
         until pgrep -u 0 -x -f 'sleep 3919' >/dev/null; do sleep .1; done; sudo -k; echo no ticket; wait",
        crate::account::PASSWORD
    );
    let end = end_of_what_becomes_root(&hosts, &command);
    assert_eq!(
        (&end["outcome"], &end["fate"]),
        (&json!("cancelled"), &json!("survived")),
        "{end}"
    );
    assert_eq!(end["owners"], json!(["root"]));
}

#[test]
fn what_becomes_root_by_itself_is_ended_where_sudo_lets_the_shim() {
    let Some(hosts) = Hosts::new(Rights::NoPassword, &[]) else {
        return;
    };
    let command = "echo no ticket needed; sudo sh -c 'trap \"\" TERM HUP; sleep 3919'";
    let end = end_of_what_becomes_root(&hosts, command);
    assert_eq!(
        (&end["outcome"], &end["fate"]),
        (&json!("cancelled"), &json!("gone")),
        "{end}"
    );
    hosts.wait_for_nothing();
}
