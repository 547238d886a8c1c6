//! From arguments to a command. clap repeats in its errors what it was given; here is seen to it that no terminal acts
//! upon what it repeats.

use super::args::Cli;
use super::words::visible;
use clap::Parser;
use std::ffi::OsString;

/// Parses the arguments, the first of which is the program's own name.
pub(super) fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let args = with_run(args);
    Cli::try_parse_from(&args).map_err(|error| harmless(error, &args))
}

/// `heeler -w NODESET` means `heeler run -w NODESET`.
fn with_run(args: &[OsString]) -> Vec<OsString> {
    let before_command = args.iter().skip(1).take_while(|arg| *arg != "--");
    let mut before_command = before_command.map(|arg| arg.to_string_lossy()).peekable();
    let begins_with_option = before_command.peek().is_some_and(|arg| arg.starts_with('-'));
    let names_hosts = |arg: &str| arg.starts_with("-w") || arg == "--nodes" || arg.starts_with("--nodes=");
    let mut args = args.to_vec();
    if begins_with_option && before_command.any(|arg| names_hosts(&arg)) {
        args.insert(1, "run".into());
    }
    args
}

/// The error as it is, or as clap would word it if the arguments had been written with escapes.
fn harmless(error: clap::Error, args: &[OsString]) -> clap::Error {
    let texts: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    if !texts.iter().any(|text| text.chars().any(cannot_be_seen)) {
        return error;
    }
    match Cli::try_parse_from(texts.iter().map(|text| visible(text))) {
        Err(escaped) if escaped.kind() == error.kind() => escaped,
        _ => clap::Error::raw(
            error.kind(),
            "an argument holds characters that cannot be shown; remove them\n",
        ),
    }
}

fn cannot_be_seen(c: char) -> bool {
    !c.is_ascii_graphic() && c.escape_debug().len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_repeats_nothing_that_a_terminal_acts_upon() {
        for (words, shown) in [
            (&["run", "--\u{1b}]0;pwn\u{7}"][..], "--\\u{1b}]0;pwn\\u{7}"),
            (&["run", "-w", "a", "-t", "\u{9b}2J", "--", "x"], "\\u{9b}2J"),
            (&["\u{202e}nur"], "\\u{202e}nur"),
            (&["demo", "--", "\u{1b}[2J"], "\\u{1b}[2J"),
            (&["run", "-w", "a", "-j", "x\\y", "--", "\t"], "x\\\\y"),
            (&["run", "-w", "a", "-j", "x\\y", "--", "x"], "x\\y"),
        ] {
            let args: Vec<OsString> = ["heeler"].iter().chain(words).map(OsString::from).collect();
            let error = parse(&args).expect_err("an error");
            let text = error.render().ansi().to_string().replace("\u{1b}[", "");
            assert!(text.contains(shown), "{text:?}");
            assert!(!text.chars().any(|c| c != '\n' && cannot_be_seen(c)), "{text:?}");
            assert_eq!(error.exit_code(), 2);
        }
    }

    #[test]
    fn hosts_alone_are_hosts_to_run_on() {
        for (words, with_run_before) in [
            (&["-w", "web1"][..], true),
            (&["-wweb1"], true),
            (&["-l", "root", "--nodes=web1", "-j", "4"], true),
            (&["-w", "web1", "--", "uptime"], true),
            (&["run", "-w", "web1"], false),
            (&["nodes", "web1"], false),
            (&["--help"], false),
            (&["-V"], false),
            (&["--", "-w"], false),
            (&[], false),
        ] {
            let args: Vec<OsString> = ["heeler"].iter().chain(words).map(OsString::from).collect();
            let read = with_run(&args);
            assert_eq!(read.len() > args.len(), with_run_before, "{words:?}");
            assert_eq!(
                read.get(1).is_some_and(|word| word == "run"),
                with_run_before || words.first() == Some(&"run")
            );
        }
    }

    #[test]
    fn what_is_sent_or_kept_may_hold_anything() {
        let words = [
            "heeler", "run", "-w", "a", "--env", "K=a\nb", "--note", "\u{1b}", "--", "\tx\n",
        ];
        let args: Vec<OsString> = words.iter().map(OsString::from).collect();
        parse(&args).expect("a command");
    }
}
