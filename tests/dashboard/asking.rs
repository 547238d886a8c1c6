//! Questions: nothing that could be pressed or pasted by accident answers one.

use crate::desk::Scene;

#[test]
fn interrupting_only_ever_asks() {
    let desk = Scene::new("127.1.0.[1-3]", "sleep 7777").open();
    let terminal = &desk.terminal;
    terminal.wait_for("3 running");
    desk.wait_for_sleeps(3);
    terminal.send_key("C-c");
    let screen = terminal.wait_for("Leave? 3 still running");
    assert!(screen.contains("> s  stay"), "{screen}");
    for chosen in ["> d  detach", "> c  cancel", "> s  stay", "> d  detach", "> c  cancel"] {
        // Also when it listens: moving the choice is all that this key does.
        desk.let_it_listen();
        terminal.send_key("C-c");
        terminal.wait_for(chosen);
    }
    assert_eq!(desk.sleeps(), 3);
    terminal.send_key("Escape");
    let screen = terminal.wait_until("the table", |screen| !screen.contains("Leave?"));
    assert!(
        screen.contains("3 running") && !screen.contains("leaves when"),
        "{screen}"
    );
    // What is chosen first changes nothing either.
    desk.press('q');
    terminal.wait_for("> s  stay");
    desk.let_it_listen();
    terminal.send_key("Enter");
    let screen = terminal.wait_until("the table", |screen| !screen.contains("Leave?"));
    assert!(
        screen.contains("3 running") && !screen.contains("leaves when"),
        "{screen}"
    );
    assert_eq!(desk.sleeps(), 3);
}

#[test]
fn neither_enter_nor_a_paste_confirms() {
    let desk = Scene::new("127.1.0.[1-3]", "sleep 7777").open();
    let terminal = &desk.terminal;
    terminal.wait_for("3 running");
    desk.wait_for_sleeps(3);
    for key in ['x', 'X'] {
        terminal.send("*");
        terminal.wait_for("3 marked");
        desk.press(key);
        let question = if key == 'x' {
            "Cancel 3 running jobs?"
        } else {
            "Kill 3 running jobs?"
        };
        terminal.wait_for(question);
        // What asked does not confirm.
        desk.let_it_listen();
        desk.press(key);
        terminal.paste("yyyy\ny\n");
        let screen = terminal.wait_for("pasted text is ignored here");
        assert!(screen.contains(question), "{screen}");
        terminal.send_key("Enter");
        terminal.wait_for("nothing was done: no ");
        assert_eq!(desk.sleeps(), 3);
        desk.press('U');
    }
    terminal.paste("Xyqc\n");
    let screen = terminal.wait_for("pasted text is ignored here");
    assert!(
        screen.contains("3 running") && !screen.contains('?'.to_string().repeat(2).as_str()),
        "{screen}"
    );
    assert_eq!(desk.sleeps(), 3);
}

#[test]
fn many_running_jobs_are_ended_only_by_their_number() {
    let desk = Scene::new("127.1.0.[1-22]", "sleep 7777").open();
    let terminal = &desk.terminal;
    terminal.wait_for("22 running");
    desk.wait_for_sleeps(22);
    desk.press('q');
    desk.answer("Leave? 22 still running", 'c');
    desk.answer("type the number 22, then y: _", 'y');
    terminal.send("2");
    terminal.wait_for("then y: 2_");
    desk.press('y');
    terminal.send("3");
    terminal.wait_for("then y: 23_");
    desk.press('y');
    terminal.send_key("BSpace");
    terminal.send("2");
    terminal.wait_for("then y: 22_");
    assert_eq!(desk.sleeps(), 22);
    desk.press('y');
    terminal.wait_for("22 cancelled in ");
    assert_eq!(desk.sleeps(), 0);
}
