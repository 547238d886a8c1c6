//! Hosts on which nothing may be started as root: the row says why, in sudo's words.

use crate::account::Rights;
use crate::hosts::Hosts;

#[test]
fn without_a_terminal_nobody_can_be_asked_and_the_jobs_end() {
    let Some(hosts) = Hosts::new(Rights::Password, &[]) else {
        return;
    };
    let told = hosts.run("web[1-3]", "--retries 2", "id -u");
    assert_eq!(told.ends(), ["unreachable privilege"; 3]);
    assert!(told.detail().contains("NOPASSWD"), "{}", told.detail());
    assert_eq!(told.named("password-wanted").len(), 1);
    assert_eq!(told.named("starting").len(), 0, "nothing was started");
    hosts.wait_for_nothing();
}

#[test]
fn sudos_own_words_say_why() {
    let Some(hosts) = Hosts::new(Rights::NoPassword, &["requiretty"]) else {
        return;
    };
    let told = hosts.run("web1", "", "id -u");
    assert_eq!(told.ends(), ["unreachable privilege"]);
    assert!(told.detail().contains("you must have a tty"), "{}", told.detail());
    let log = std::fs::read_to_string(hosts.record().join(format!("ssh/{}@web1.log", hosts.account.name())));
    assert!(log.expect("ssh's log").contains("you must have a tty"));
}
