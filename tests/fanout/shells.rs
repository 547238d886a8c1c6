//! Whatever the login shell of a host is, and whatever it says on the way in: the command means the same, and its
//! output is its own.

use std::fs;

use crate::fleet::Fleet;

const HOSTS: &str = "fish1,tcsh1,dash[1-2],bash1,busybox1,noisy1,web1";

/// Nearly every character that some shell treats in its own way.
const COMMAND: &str = r#"a=1; printf '%s|' "it's" '$HOME' "$((a + 1))" \\ '!x' '#' '{a,b}' '*' "`echo back`" "two
lines"; echo; [ -n "$HEELER_HOST" ] && echo "err of $HEELER_HOST" >&2"#;
const EXPECTED: &str = "it's|$HOME|2|\\|!x|#|{a,b}|*|back|two\nlines|\n";

#[test]
fn the_login_shell_changes_nothing() {
    let fleet = Fleet::new();
    let told = fleet.tell(HOSTS, "", COMMAND);
    assert_eq!(told.status, Some(0), "{:?}", told.outcomes());
    let (stdout, stderr) = (told.printed("stdout"), told.printed("stderr"));
    let record = fleet.record();
    let kept = |path: String| fs::read_to_string(record.join(path)).expect("kept");
    for host in [
        "fish1", "tcsh1", "dash1", "dash2", "bash1", "busybox1", "noisy1", "web1",
    ] {
        let error = format!("err of {host}\n");
        assert_eq!((stdout[host].as_str(), &stderr[host]), (EXPECTED, &error), "{host}");
        assert_eq!(kept(format!("out/{host}/1.out")), EXPECTED, "{host}");
        assert_eq!(kept(format!("out/{host}/1.err")), error, "{host}");
    }
    let noise = kept("ssh/noisy1.log".to_owned());
    assert!(noise.contains("welcome") && noise.contains("mind the gap"), "{noise}");
    assert_eq!(stdout.len(), 8);
}

#[test]
fn equal_output_of_all_shells_is_one_group() {
    let fleet = Fleet::new();
    let finished = fleet.run("fish1,tcsh1,dash[1-2],bash1,busybox1,noisy1", "-b", "echo same");
    let (rule, names) = ("---------------", "bash1,busybox1,dash[1-2],fish1,noisy1,tcsh1");
    let heading = finished.stdout.lines().nth(1).expect("a heading");
    let mut shown: Vec<&str> = heading.trim_end_matches(" (7)").split(',').collect();
    shown.sort_unstable();
    assert_eq!(shown.join(","), names);
    assert_eq!(finished.stdout, format!("{rule}\n{heading}\n{rule}\nsame\n"));
}
