//! From the words behind `--` to the shell text that the hosts are given.

use super::usage::UsageError;

/// Characters that a shell would act upon and that exact arguments keep from it.
const SHELL_SYNTAX: [char; 4] = ['$', '*', ';', '|'];

/// Shell text, and perhaps a word to the wise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommandText {
    /// What is sent, byte for byte.
    pub(super) text: String,
    /// A line for the operator: quoting may not be what was meant.
    pub(super) hint: Option<String>,
}

/// One word is shell text as written; several are exact arguments, quoted.
pub(super) fn command_text(words: &[String]) -> Result<CommandText, UsageError> {
    if words.iter().any(|word| word.contains('\0')) {
        return Err(UsageError::NulInCommand);
    }
    if let [text] = words {
        if text.trim().is_empty() {
            return Err(UsageError::NoCommand);
        }
        return Ok(CommandText {
            text: text.clone(),
            hint: None,
        });
    }
    if words.first().is_none_or(String::is_empty) {
        return Err(UsageError::NoCommand);
    }
    let text = shlex::try_join(words.iter().map(String::as_str)).map_err(|_| UsageError::NulInCommand)?;
    let quoted = words.iter().find(|word| word.contains(SHELL_SYNTAX));
    let hint = quoted.map(|word| {
        format!(
            "hint: {} is sent as an exact argument; to have the remote shell act on it, write the command as one word",
            visible(word)
        )
    });
    Ok(CommandText { text, hint })
}

/// Shows a text on one line so that every byte can be told: what cannot be seen is escaped, and so is the backslash.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\'' | '"' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Result<CommandText, UsageError> {
        let owned: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        command_text(&owned)
    }

    #[test]
    fn one_word_is_sent_as_written_and_several_are_quoted() {
        for (given, sent) in [
            (&["uptime"][..], "uptime"),
            (&["  ls *.c | wc -l\n"], "  ls *.c | wc -l\n"),
            (&["uname", "-r"], "uname -r"),
            (&["printf", "%s\n", "a b", ""], "printf '%s\n' 'a b' ''"),
            (&["echo", "it's"], "echo \"it's\""),
        ] {
            let command = words(given).expect("a command");
            assert_eq!(command.text, sent);
            assert_eq!(command.hint, None);
            if given.len() > 1 {
                assert_eq!(shlex::split(&command.text).expect("shell words"), given);
            }
        }
    }

    #[test]
    fn quoted_shell_syntax_gets_a_hint() {
        for word in ["$HOME", "*.c", "a;b", "|"] {
            let hint = words(&["echo", word]).expect("a command").hint.expect(word);
            assert!(
                hint.starts_with(&format!("hint: {word} is sent as an exact argument")),
                "{hint}"
            );
        }
    }

    #[test]
    fn there_must_be_a_command_and_no_nul_in_it() {
        for none in [&[][..], &[""], &[" \n"], &["", "x"]] {
            assert!(matches!(words(none), Err(UsageError::NoCommand)), "{none:?}");
        }
        for nul in [&["a\0b"][..], &["a", "\0"]] {
            assert!(matches!(words(nul), Err(UsageError::NulInCommand)), "{nul:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        for (text, shown) in [
            ("echo \"it's\"", "echo \"it's\""),
            ("a\tb\n", "a\\tb\\n"),
            ("\\n", "\\\\n"),
            ("größe \u{1b}[2J\u{202e}", "größe \\u{1b}[2J\\u{202e}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
