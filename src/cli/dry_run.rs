//! `--dry-run`: what would be done, to the byte, and nothing is.

use super::request::RunRequest;
use super::words::visible;
use crate::config::{Ssh, show_duration};
use crate::model::plan::{OnDisconnect, RetryOn, Settings, Slow};
use std::io::{self, Write};
use std::time::Duration;

/// Writes the request out.
pub(super) fn show(request: &RunRequest, out: &mut dyn Write) -> io::Result<()> {
    let settings = &request.settings;
    if let Some(repeats) = &request.repeats {
        writeln!(out, "repeats   {}", repeats.parent)?;
    }
    let (hosts, bytes) = (request.hosts.len(), request.command.len());
    writeln!(out, "hosts     {hosts}: {}", request.node_set)?;
    writeln!(out, "command   {bytes} bytes: {}", visible(&request.command))?;
    if settings.sudo {
        writeln!(out, "as        root, by sudo")?;
    }
    for (name, value) in &request.env {
        writeln!(out, "env       {name}={}", visible(value))?;
    }
    writeln!(
        out,
        "width     {} running, {} connecting",
        settings.width, settings.connect_width
    )?;
    writeln!(out, "limits    {}", limits(settings))?;
    writeln!(out, "slow      {}", slow(settings.slow))?;
    writeln!(out, "retries   {}", retries(settings))?;
    writeln!(out, "cut link  {}", cut_link(settings))?;
    if settings.let_finish {
        writeln!(
            out,
            "finish    what was started is left to finish: no limit, no quit signals it"
        )?;
    }
    if let Some(ssh) = ssh(&request.ssh) {
        writeln!(out, "ssh       {}", visible(&ssh))?;
    }
    if let Some(note) = &request.note {
        writeln!(out, "note      {}", visible(note))?;
    }
    writeln!(out, "Nothing was started (--dry-run).")
}

fn limits(settings: &Settings) -> String {
    format!(
        "connect {}, command {}, silence {}, TERM to KILL {}",
        limit(settings.connect_timeout),
        run_limit(settings),
        limit(settings.idle_timeout),
        show_duration(settings.grace),
    )
}

fn run_limit(settings: &Settings) -> String {
    match settings.run_factor {
        Some(factor) => format!("{factor} times the median"),
        None => limit(settings.run_timeout),
    }
}

fn limit(limit: Option<Duration>) -> String {
    limit.map_or_else(|| "none".to_owned(), show_duration)
}

fn slow(slow: Slow) -> String {
    match slow {
        Slow::Never => "never".to_owned(),
        Slow::After(time) => format!("after {}", show_duration(time)),
        Slow::TimesMedian {
            factor,
            finished,
            at_least,
        } => format!(
            "after {factor} times the median, once {finished} have finished, not before {}",
            show_duration(at_least)
        ),
    }
}

fn retries(settings: &Settings) -> String {
    if settings.retries == 0 {
        return "none".to_owned();
    }
    let causes: Vec<&str> = settings
        .retry_on
        .iter()
        .map(|cause| match cause {
            RetryOn::Unreachable => "unreachable",
            RetryOn::Exit => "exit",
            RetryOn::Timeout => "timeout",
        })
        .collect();
    format!("{} after {}", settings.retries, causes.join(", "))
}

fn cut_link(settings: &Settings) -> String {
    match (settings.on_disconnect, settings.lease) {
        (OnDisconnect::Keep, _) => "the command goes on".to_owned(),
        (OnDisconnect::End, None) => "ends the command".to_owned(),
        (OnDisconnect::End, Some(lease)) => {
            format!(
                "ends the command, at the latest after {} of silence",
                show_duration(lease)
            )
        }
    }
}

fn ssh(ssh: &Ssh) -> Option<String> {
    let file = ssh.config_file.iter().map(|file| format!("-F {}", file.display()));
    let options = ssh.options.iter().map(|option| format!("-o {option}"));
    let words: Vec<String> = file.chain(options).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::request::sample;
    use super::*;

    fn shown(request: &RunRequest) -> String {
        let mut out = Vec::new();
        show(request, &mut out).expect("written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn everything_that_matters_is_shown_to_the_byte() {
        let plain = shown(&sample("web[1-3]", "printf 'a\\n'\techo größe\n"));
        let mut rich = sample("db1", "true");
        rich.env = vec![("release".to_owned(), "a b\n".to_owned())];
        rich.settings.sudo = true;
        rich.settings.retries = 2;
        rich.settings.retry_on.push(RetryOn::Exit);
        rich.settings.run_timeout = Some(Duration::from_secs(600));
        rich.settings.slow = Slow::Never;
        rich.settings.on_disconnect = OnDisconnect::Keep;
        rich.ssh.config_file = Some("ssh_config".into());
        rich.ssh.options = vec!["Port=22".to_owned()];
        rich.note = Some("ticket 7".to_owned());
        insta::assert_snapshot!(format!("{plain}\n{}", shown(&rich)), @r"
        hosts     3: web[1-3]
        command   26 bytes: printf 'a\\n'\techo größe\n
        width     64 running, 32 connecting
        limits    connect 30s, command none, silence none, TERM to KILL 10s
        slow      after 3 times the median, once 10 have finished, not before 30s
        retries   none
        cut link  ends the command, at the latest after 1m30s of silence
        Nothing was started (--dry-run).

        hosts     1: db1
        command   4 bytes: true
        as        root, by sudo
        env       release=a b\n
        width     64 running, 32 connecting
        limits    connect 30s, command 10m, silence none, TERM to KILL 10s
        slow      never
        retries   2 after unreachable, exit
        cut link  the command goes on
        ssh       -F ssh_config -o Port=22
        note      ticket 7
        Nothing was started (--dry-run).
        ");
    }
}
