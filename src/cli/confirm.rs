//! The question before a run over many hosts. It is answered by typing their number, so that nobody goes on by habit.

use super::request::RunRequest;
use super::usage::UsageError;
use super::words::visible;
use std::io::{self, BufRead, Write};

/// A terminal with somebody in front of it.
pub(super) struct Console<'a> {
    pub(super) input: &'a mut dyn BufRead,
    pub(super) output: &'a mut dyn Write,
}

/// Whether there are as many hosts as `--expect` says.
pub(super) fn expect(request: &RunRequest) -> Result<(), UsageError> {
    let found = request.hosts.len();
    match request.safety.expect {
        Some(expected) if expected != found => Err(UsageError::Unexpected {
            expected,
            found,
            node_set: request.node_set.clone(),
        }),
        _ => Ok(()),
    }
}

/// Whether the run may start: asks when there are many hosts and nobody has answered beforehand. Without a console there
/// is nobody to ask.
pub(super) fn confirm(request: &RunRequest, console: Option<Console<'_>>) -> Result<(), UsageError> {
    expect(request)?;
    let (count, safety) = (request.hosts.len(), &request.safety);
    if count <= safety.confirm_above || safety.yes || safety.expect.is_some() {
        return Ok(());
    }
    let unconfirmed = UsageError::Unconfirmed {
        count,
        above: safety.confirm_above,
    };
    let Some(mut console) = console else {
        return Err(unconfirmed);
    };
    match ask(request, &mut console) {
        Ok(answer) if answer.trim() == count.to_string() => Ok(()),
        Ok(_) => Err(UsageError::Declined(count)),
        Err(_) => Err(unconfirmed),
    }
}

fn ask(request: &RunRequest, console: &mut Console<'_>) -> io::Result<String> {
    let lines = [
        format!("{} hosts: {}", request.hosts.len(), request.node_set),
        format!("command: {}", visible(&request.command)),
    ];
    ask_number(console, &lines, "hosts to go on")
}

/// Shows these lines, and asks to type the number of something; returns what was typed.
pub(super) fn ask_number(console: &mut Console<'_>, lines: &[String], what: &str) -> io::Result<String> {
    for line in lines {
        writeln!(console.output, "{line}")?;
    }
    write!(console.output, "Type the number of {what}: ")?;
    console.output.flush()?;
    let mut answer = String::new();
    console.input.read_line(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::super::request::Safety;
    use super::super::request::sample;
    use super::*;

    fn request(confirm_above: usize, expect: Option<usize>, yes: bool) -> RunRequest {
        RunRequest {
            safety: Safety {
                expect,
                yes,
                confirm_above,
                dry_run: false,
            },
            ..sample("web[1-3]", "rm -rf /tmp/x\n")
        }
    }

    fn answered(request: &RunRequest, answer: &str) -> (Result<(), UsageError>, String) {
        let mut output = Vec::new();
        let console = Console {
            input: &mut answer.as_bytes(),
            output: &mut output,
        };
        (
            confirm(request, Some(console)),
            String::from_utf8(output).expect("text"),
        )
    }

    #[test]
    fn only_the_typed_number_goes_on() {
        let many = request(2, None, false);
        let (verdict, shown) = answered(&many, "3\n");
        assert!(verdict.is_ok());
        assert_eq!(
            shown,
            "3 hosts: web[1-3]\ncommand: rm -rf /tmp/x\\n\nType the number of hosts to go on: "
        );
        for answer in ["", "\n", "y\n", "yes\n", "2\n", "33\n"] {
            let refused = answered(&many, answer).0.expect_err(answer);
            assert!(matches!(refused, UsageError::Declined(3)), "{answer:?}");
        }
    }

    #[test]
    fn nobody_is_asked_without_need() {
        for request in [
            request(3, None, false),
            request(2, None, true),
            request(2, Some(3), false),
        ] {
            let (verdict, shown) = answered(&request, "");
            assert!(verdict.is_ok());
            assert_eq!(shown, "");
            assert!(confirm(&request, None).is_ok());
        }
    }

    #[test]
    fn nobody_there_and_no_answer_given() {
        let refused = confirm(&request(2, None, false), None).expect_err("nobody to ask");
        assert_eq!(
            refused.to_string(),
            "3 hosts are more than 2, and there is no terminal to ask on; nothing was started, add --expect 3 or --yes"
        );
    }

    #[test]
    fn an_expectation_comes_before_everything() {
        for (above, yes) in [(2, false), (100, false), (2, true)] {
            let refused = answered(&request(above, Some(4), yes), "3\n").0.expect_err("not 4");
            assert_eq!(
                refused.to_string(),
                "--expect 4, but there are 3 hosts: web[1-3]; nothing was started, look at the node set"
            );
        }
    }
}
