//! Tests of the builder; what shells make of the text is tested in `tests/shim.rs`.

use super::*;

/// The same for a command that outlives its link.
fn build_kept() -> String {
    let program = Program {
        nonce: &Nonce::new([1; 16]),
        cookie: &Cookie::new([2; 16]),
        command: b"true",
        env: &[],
        on_disconnect: OnDisconnect::Keep,
        lease: None,
        grace: Duration::from_secs(10),
    };
    String::from_utf8_lossy(&program.text().unwrap()).into_owned()
}

fn build(command: &[u8], env: &[(&str, &str)]) -> Result<String, ProgramError> {
    let env: Vec<(String, String)> = env
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let program = Program {
        nonce: &Nonce::new([1; 16]),
        cookie: &Cookie::new([2; 16]),
        command,
        env: &env,
        on_disconnect: OnDisconnect::End,
        lease: Some(Duration::from_secs(90)),
        grace: Duration::from_secs(10),
    };
    program.text().map(|text| String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn everything_is_filled_in_and_the_text_is_short() {
    let text = build(b"true", &[]).unwrap();
    assert!(!text.contains("__"), "{text}");
    assert!(!text.lines().any(|line| line.starts_with(['#', ' '])));
    assert!(text.len() < 5300, "{} bytes", text.len());
    assert!(text.starts_with("{\n") && text.ends_with("\n}\n"));
    let kept = build_kept();
    assert!(kept.contains("relay") && !text.contains("relay"));
    assert!(kept.len() < text.len() + 350, "{} bytes", kept.len());
}

#[test]
fn the_command_is_taken_literally() {
    let text = build(b"echo 'it' __GRACE__ HEELER_C1=__COMMAND__", &[]).unwrap();
    assert!(
        text.contains(r"HEELER_C1='echo '\''it'\'' __GRACE__ HEELER_C1=__COMMAND__' "),
        "{text}"
    );
}

#[test]
fn a_long_command_goes_in_pieces() {
    let text = build(&vec![b'x'; 3 * PIECE + 1], &[]).unwrap();
    assert!(text.contains(" HEELER_C4='x' "), "the fourth piece");
    assert!(text.contains("$HEELER_C1$HEELER_C2$HEELER_C3$HEELER_C4\""));
    assert!(text.contains("unset HEELER_C1 HEELER_C2 HEELER_C3 HEELER_C4;"));
}

#[test]
fn variables_come_before_the_command() {
    let text = build(b"run", &[("PATH", "/a b"), ("_x9", "it's")]).unwrap();
    assert!(
        text.contains(r"export PATH='\''/a b'\'';export _x9='\''it'\''\'\'''\''s'\'';run"),
        "{text}"
    );
}

#[test]
fn what_no_shell_can_take_is_refused() {
    assert_eq!(build(b"ab\0", &[]), Err(ProgramError::NulInCommand(2)));
    assert_eq!(build(b"", &[("A", "\0")]), Err(ProgramError::NulInValue("A".into())));
    for name in ["", "9a", "a-b", "é", "a b", "a=b", "a\n"] {
        assert_eq!(build(b"", &[(name, "")]), Err(ProgramError::BadName(name.into())));
    }
    assert_eq!(
        build(b"", &[("HEELER_JOB", "")]),
        Err(ProgramError::ReservedName("HEELER_JOB".into()))
    );
}

#[test]
fn the_lease_is_never_cut_short() {
    let cookie = Cookie::new([2; 16]);
    let nonce = Nonce::new([1; 16]);
    for millis in [1, 999, 1000, 3000, 3001, 90_000, 86_400_000] {
        let mut program = Program {
            nonce: &nonce,
            cookie: &cookie,
            command: b"",
            env: &[],
            on_disconnect: OnDisconnect::End,
            lease: Some(Duration::from_millis(millis)),
            grace: Duration::ZERO,
        };
        let (tick, silence) = program.lease_ticks();
        // The first tick may follow right after a beat.
        assert!((silence - 1) * tick * 1000 >= millis, "{millis} ms");
        assert!((silence - 2) * tick * 1000 < millis + 1000, "{millis} ms");
        program.on_disconnect = OnDisconnect::Keep;
        assert_eq!(program.lease_ticks().0, 0);
    }
}
