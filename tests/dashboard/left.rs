//! What a job leaves on its host: named in its details, and killed there after a question.

use crate::desk::Scene;
use crate::screen::row_says;
use crate::support::processes::wait_for_zero;
use crate::support::wait::{LIMIT, wait_until};

const HOST: &str = "127.1.0.1";

#[test]
fn what_escaped_is_named_with_its_number_and_killed_after_a_question() {
    let daemon = "setsid sleep 7788 >/dev/null 2>&1 & sleep 7777";
    let desk = Scene::new("127.1.0.[1-2]", daemon).open();
    let terminal = &desk.terminal;
    desk.wait_for_sleeps(2);
    let daemons = || desk.sshd.running("sleep 7788");
    wait_until(LIMIT, "two daemons", || daemons().len() == 2);

    // While it runs, the details ask for a look by themselves.
    desk.press('s');
    terminal.wait_for("order: hosts as named");
    desk.go_to(1);
    desk.press('i');
    let screen = terminal.wait_until("the escaped one", |screen| screen.contains("sleep, escaped"));
    let named = |screen: &str| {
        daemons()
            .into_iter()
            .find(|daemon| screen.contains(&daemon.id.to_string()))
    };
    let escaped = named(&screen).expect("its number is shown").id;
    desk.press('i');

    desk.press('x');
    terminal.wait_until("the end", |screen| row_says(screen, HOST, &["cancelled", "1 survived"]));
    assert_eq!(daemons().len(), 2, "a cancel leaves alone what escaped");
    desk.press('i');
    terminal.wait_for(&format!("{escaped} S "));

    // Enter does not confirm, nor does the key that asked.
    desk.press('K');
    let screen = terminal.wait_for("Kill 1 process?");
    assert!(
        screen.contains(&escaped.to_string()) && screen.contains("left on purpose"),
        "{screen}"
    );
    desk.let_it_listen();
    desk.press('K');
    terminal.send_key("Enter");
    terminal.wait_for("nothing was done: no kill");
    assert_eq!(daemons().len(), 2);

    desk.press('K');
    desk.answer("Kill 1 process?", 'y');
    terminal.wait_until("it is gone", |screen| {
        row_says(screen, HOST, &["cancelled", "confirmed gone"])
    });
    let rest = daemons();
    assert!(
        rest.len() == 1 && rest[0].id != escaped,
        "the other host's lives: {rest:?}"
    );

    // The other one, while its command runs: that goes on.
    desk.go_to(2);
    desk.press('l');
    terminal.wait_for("asked for");
    desk.press('i');
    terminal.wait_until("the other one", |screen| screen.contains("sleep, escaped"));
    desk.press('K');
    desk.answer("Kill 1 process?", 'y');
    wait_for_zero(LIMIT, daemons);
    assert_eq!(desk.sleeps(), 1);

    terminal.send_key("Escape");
    terminal.wait_for("order: hosts as named");
    desk.press('q');
    desk.answer("Leave? 1 still running", 'c');
    desk.wait_for_nothing(LIMIT);
}
