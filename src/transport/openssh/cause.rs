//! Reading the cause of a failure out of ssh's own words (OpenSSH 7 to 10). Pure: a text goes in, a cause and its most
//! telling line come out.

use super::super::ConnectError;
use crate::model::outcome::Cause;

/// Phrases of ssh, and what they mean; the first that occurs anywhere in the text decides.
const PHRASES: &[(&str, Cause)] = &[
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", Cause::HostKeyChanged),
    (
        "has changed and you have requested strict checking",
        Cause::HostKeyChanged,
    ),
    ("host key is known for", Cause::HostKeyUnknown),
    ("Host key verification failed", Cause::HostKeyUnknown),
    ("System is booting up", Cause::Booting),
    ("System is going down", Cause::Booting),
    ("pam_nologin", Cause::Booting),
    ("Exceeded MaxStartups", Cause::DroppedEarly),
    ("Not allowed at this time", Cause::DroppedEarly),
    ("Permission denied", Cause::Auth),
    ("Too many authentication failures", Cause::Auth),
    ("No more authentication methods", Cause::Auth),
    ("Unable to negotiate with", Cause::Protocol),
    ("no matching ", Cause::Protocol),
    ("Protocol major versions differ", Cause::Protocol),
    ("Bad packet length", Cause::Protocol),
    ("invalid format", Cause::Protocol),
    ("Bad configuration option", Cause::Other),
    ("Could not resolve hostname", Cause::Dns),
    ("Connection refused", Cause::Refused),
    ("No route to host", Cause::NoRoute),
    ("Network is unreachable", Cause::NoRoute),
    ("Host is down", Cause::NoRoute),
    ("Connection timed out", Cause::ConnectTimeout),
    ("Operation timed out", Cause::ConnectTimeout),
    ("timed out during banner exchange", Cause::ConnectTimeout),
    ("Session open refused", Cause::SessionRefused),
    ("administratively prohibited", Cause::SessionRefused),
    ("kex_exchange_identification", Cause::DroppedEarly),
    ("ssh_exchange_identification", Cause::DroppedEarly),
    ("Connection closed by", Cause::DroppedEarly),
    ("Connection reset by", Cause::DroppedEarly),
    ("Broken pipe", Cause::DroppedEarly),
];

/// What ssh says when the connection through a jump host, and not the one to it, is the trouble.
const THROUGH_JUMP_HOST: &[&str] = &["UNKNOWN port 65535", "stdio forwarding failed"];

/// Reads the cause from everything that ssh said before it gave up.
pub(super) fn classify(words: &str) -> ConnectError {
    let found = PHRASES.iter().find(|(phrase, _)| words.contains(phrase));
    let jumped = THROUGH_JUMP_HOST.iter().any(|phrase| words.contains(phrase));
    // When the far side of the jump host says why it failed, the trouble is the host's own.
    let far_side_spoke = words.contains("open failed: connect failed");
    let cause = match found {
        _ if jumped && !far_side_spoke => Cause::JumpHost,
        Some((_, cause)) => *cause,
        None => Cause::Other,
    };
    let telling = match cause {
        Cause::HostKeyChanged => Some("Offending "),
        _ => found.map(|(phrase, _)| *phrase),
    };
    let detail = telling
        .and_then(|phrase| words.lines().find(|line| line.contains(phrase)))
        .filter(|line| !line.starts_with('@'))
        .or_else(|| last_line(words))
        .unwrap_or("ssh ended without a word");
    let mut detail = printable(detail);
    if cause == Cause::HostKeyUnknown {
        detail.push_str(" Connect once by hand with ssh and compare the fingerprint.");
    }
    ConnectError { cause, detail }
}

fn last_line(words: &str) -> Option<&str> {
    words.lines().rev().find(|line| !line.trim().is_empty())
}

/// A line of ssh's words without anything that a terminal would act on: part of them comes from the host.
pub(super) fn printable(line: &str) -> String {
    line.trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(400)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssh_s_own_words_name_the_cause() {
        for (words, cause) in [
            (
                "ssh: Could not resolve hostname db9: Name or service not known\r\n",
                Cause::Dns,
            ),
            (
                "ssh: connect to host 127.0.0.1 port 1: Connection refused\r\n",
                Cause::Refused,
            ),
            (
                "ssh: connect to host 10.0.0.1 port 22: No route to host\r\n",
                Cause::NoRoute,
            ),
            (
                "ssh: connect to host a port 22: Network is unreachable\r\n",
                Cause::NoRoute,
            ),
            (
                "ssh: connect to host a port 22: Connection timed out\r\n",
                Cause::ConnectTimeout,
            ),
            (
                "Connection timed out during banner exchange\r\nConnection to 127.0.0.1 port 1 timed out\r\n",
                Cause::ConnectTimeout,
            ),
            (
                "@@@@@@@@\r\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\n@@@@@@@@\r\nHost key for a has changed and you have requested strict checking.\r\nHost key verification failed.\r\n",
                Cause::HostKeyChanged,
            ),
            (
                "No ED25519 host key is known for a and you have requested strict checking.\r\nHost key verification failed.\r\n",
                Cause::HostKeyUnknown,
            ),
            ("Host key verification failed.\r\n", Cause::HostKeyUnknown),
            ("root@a: Permission denied (publickey,password).\r\n", Cause::Auth),
            (
                "Received disconnect from 127.0.0.1 port 1:2: Too many authentication failures\r\n",
                Cause::Auth,
            ),
            (
                "kex_exchange_identification: Connection closed by remote host\r\nConnection closed by 127.0.0.1 port 1\r\n",
                Cause::DroppedEarly,
            ),
            (
                "kex_exchange_identification: read: Connection reset by peer\r\n",
                Cause::DroppedEarly,
            ),
            ("Exceeded MaxStartups\r\n", Cause::DroppedEarly),
            (
                "\"System is booting up. Unprivileged users are not permitted to log in yet.\"\r\nConnection closed by 1.2.3.4 port 22\r\n",
                Cause::Booting,
            ),
            (
                "Unable to negotiate with 127.0.0.1 port 1: no matching key exchange method found.\r\n",
                Cause::Protocol,
            ),
            (
                "channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\nConnection closed by UNKNOWN port 65535\r\n",
                Cause::Refused,
            ),
            (
                "me@jump: Permission denied (publickey).\r\nkex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535\r\n",
                Cause::JumpHost,
            ),
            ("Connection closed by UNKNOWN port 65535\r\n", Cause::JumpHost),
            ("something new\r\n", Cause::Other),
            ("", Cause::Other),
        ] {
            assert_eq!(classify(words).cause, cause, "{words}");
        }
    }

    #[test]
    fn the_detail_is_the_telling_line_and_harmless() {
        assert_eq!(
            classify("Welcome \x1b[2J\r\nroot@a: Permission denied (publickey).\r\nbye\r\n").detail,
            "root@a: Permission denied (publickey)."
        );
        assert_eq!(classify("odd \x1b]0;title\x07 end\r\n").detail, "odd  ]0;title  end");
        assert_eq!(
            classify("@@@\r\nOffending ED25519 key in /home/me/.ssh/known_hosts:7\r\nHost key for a has changed and you have requested strict checking.\r\n").detail,
            "Offending ED25519 key in /home/me/.ssh/known_hosts:7"
        );
        assert_eq!(
            classify("No ED25519 host key is known for a and you have requested strict checking.\r\n").detail,
            "No ED25519 host key is known for a and you have requested strict checking. Connect once by hand with ssh and compare the fingerprint."
        );
        assert_eq!(classify("").detail, "ssh ended without a word");
    }
}
