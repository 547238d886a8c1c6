//! Whether a command waits for an answer that nobody can give: its last line has no end and reads like a question.

/// Ends of a line, in lower case and without the blanks behind them, that ask for something.
const ASKING: &[&str] = &[
    "[y/n]",
    "[y/n]:",
    "[y/n]?",
    "(y/n)",
    "(y/n):",
    "(y/n)?",
    "[yes/no]",
    "[yes/no]:",
    "(yes/no)",
    "(yes/no):",
    "(yes/no)?",
    "(yes/no/[fingerprint])?",
    "[y]",
    "[n]",
    "[y/i/n/o/d/z]",
    "y or n:",
    "y or n?",
    "--more--",
    "(end)",
    "any key to continue",
    "press enter",
    "press return",
];

/// Words before a colon that ask for a secret or a name.
const SECRETS: &[&str] = &[
    "password",
    "passphrase",
    "passcode",
    "pin",
    "login",
    "username",
    "verification code",
    "token",
];

/// Longer lines are text, not questions.
const LONGEST: usize = 300;

/// Whether an unfinished line reads like a question to a human.
pub fn is_prompt(line: &str) -> bool {
    let line = line.trim_end();
    if line.is_empty() || line.len() > LONGEST {
        return false;
    }
    let line = line.to_lowercase();
    let bare = line.trim_end_matches(['.', '…']);
    ASKING.iter().any(|end| bare.ends_with(end)) || is_more(&line) || asks_for_a_secret(&line) || asks_whether(&line)
}

/// A pager with a position: `--More--(42%)`.
fn is_more(line: &str) -> bool {
    line.contains("--more--")
}

/// `Password:`, `[sudo] password for ann:`, `Enter passphrase for key '/x':`.
fn asks_for_a_secret(line: &str) -> bool {
    let Some(before) = line.strip_suffix([':', '>']) else {
        return false;
    };
    let words = || before.split(|c: char| !c.is_alphanumeric());
    // An error ends differently: `invalid password: x` has no colon at its end, `error: password` no such place.
    SECRETS.iter().any(|secret| {
        if secret.contains(' ') {
            before.contains(secret)
        } else {
            words().any(|word| word == *secret)
        }
    })
}

/// `Do you want to continue?`, `Overwrite?`: a question mark that stands at the end of a line without an end.
fn asks_whether(line: &str) -> bool {
    line.ends_with('?') && !line.ends_with("??")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_told_from_progress() {
        for line in [
            "Password:",
            "[sudo] password for ann: ",
            "Enter passphrase for key '/home/ann/.ssh/id': ",
            "web1 login: ",
            "Do you want to continue? [Y/n] ",
            "Are you sure you want to continue connecting (yes/no/[fingerprint])? ",
            "Overwrite /etc/x (y/n)?",
            "*** x (Y/I/N/O/D/Z) [default=N] ? ",
            "--More--",
            "--More--(42%)",
            "Press any key to continue...",
            "Proceed? ",
            "Verification code: ",
        ] {
            assert!(is_prompt(line), "{line:?}");
        }
        for line in [
            "",
            "   ",
            "Unpacking libc6 [####......] 40%",
            "Setting up linux-image ...",
            "copying: ",
            "12 of 80",
            "password changed",
            "what??",
            "Reading package lists... Done",
            "pinning: ",
        ] {
            assert!(!is_prompt(line), "{line:?}");
        }
        assert!(!is_prompt(&"x".repeat(400).replace('x', "?")), "text");
    }
}
