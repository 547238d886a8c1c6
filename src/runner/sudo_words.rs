//! What `sudo` says when it refuses, and what of it tells why.

/// How much of what `sudo` said is shown.
const SHOWN: usize = 200;

/// Whether `sudo` ended because of the password, and not for another reason.
pub(super) fn is_wrong(words: &str) -> bool {
    words.contains("incorrect password attempt") || words.trim_end().ends_with("Sorry, try again.")
}

/// The line of `sudo`'s words that tells why.
pub(super) fn telling(words: &str) -> String {
    let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    let says_why = |line: &&str| {
        let line = line.to_lowercase();
        let signs = ["sudo", "not allowed", "may not", "sorry", "account", "expired"];
        signs.iter().any(|sign| line.contains(sign)) && line != "sorry, try again."
    };
    let line = lines.clone().rfind(says_why).or_else(|| lines.clone().next_back());
    let Some(line) = line else {
        return "sudo ended without a word".to_owned();
    };
    line.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_tells_why_is_found_among_the_others() {
        for (words, line) in [
            ("", "sudo ended without a word"),
            ("motd\nsh: 1: exec: sudo: not found\n", "sh: 1: exec: sudo: not found"),
            (
                "We trust you have received the usual lecture\n\nann is not in the sudoers file.\nThis incident has been \
                 reported to the administrator.\n",
                "ann is not in the sudoers file.",
            ),
            (
                "sudo: sorry, you must have a tty to run sudo\n",
                "sudo: sorry, you must have a tty to run sudo",
            ),
            (
                "Sorry, user ann is not allowed to execute '/bin/sh' as root on web1.\n",
                "Sorry, user ann is not allowed to execute '/bin/sh' as root on web1.",
            ),
            (
                "Sorry, try again.\nsudo: 1 incorrect password attempt\n",
                "sudo: 1 incorrect password attempt",
            ),
        ] {
            assert_eq!(telling(words), line);
        }
    }

    #[test]
    fn only_a_wrong_password_is_one() {
        assert!(is_wrong("Sorry, try again.\nsudo: 3 incorrect password attempts\n"));
        assert!(!is_wrong("ann is not in the sudoers file.\n"));
    }
}
