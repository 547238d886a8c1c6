//! The kinds of jobs: hosts of the fault fleet, what the command does there, and how it may end.

/// A kind of job.
pub struct Kind {
    /// The host's name up to its number.
    pub host: &'static str,
    pub does: &'static str,
    /// How it ends when nobody touches it.
    pub ends: &'static str,
    /// How it may end besides when it is cancelled.
    pub cancelled: &'static [&'static str],
}

const GONE: &[&str] = &["skipped:cancelled", "cancelled:gone"];
const NOT_STARTED: &[&str] = &["skipped:cancelled"];
const UNSEEN: &[&str] = &["skipped:cancelled", "cancelled:gone", "cancelled:unknown"];
const SURVIVED: &[&str] = &["skipped:cancelled", "cancelled:gone", "cancelled:survived"];

const fn kind(host: &'static str, does: &'static str, ends: &'static str, cancelled: &'static [&'static str]) -> Kind {
    Kind {
        host,
        does,
        ends,
        cancelled,
    }
}

/// What stays on purpose begins with this.
pub const STAYS: &str = "sleep 7420";

pub const KINDS: &[Kind] = &[
    kind("fine", "echo fine", "ok", GONE),
    kind("sound", "echo fine", "ok", GONE),
    kind("status255", "echo fine", "ok", GONE),
    kind("short", "sleep 1", "ok", GONE),
    kind("exit3", "exit 3", "exit:3", GONE),
    kind("exit127", "no-such-program", "exit:127", GONE),
    kind("exit255", "exit 255", "exit:255", GONE),
    kind("nostatus", "exit 3", "exit:3", GONE),
    kind("fish", "exit 3", "exit:3", GONE),
    kind("tcsh", "exit 3", "exit:3", GONE),
    kind("single", "exit 3", "exit:3", GONE),
    kind("behind", "exit 255", "exit:255", GONE),
    kind("killed", "kill -9 $$", "signal:9", GONE),
    kind("output", "head -c 300000 /dev/zero | tr '\\0' x", "ok", GONE),
    kind("leaks", "sleep 7420.1 & echo left", "ok:leaked", SURVIVED),
    kind("hangs", "exec sleep 7410", "timed-out:gone", GONE),
    kind(
        "ignores",
        "trap '' TERM; while :; do sleep 7411; done",
        "timed-out:gone",
        GONE,
    ),
    kind("stopped", "kill -STOP $$", "timed-out:gone", GONE),
    kind("grouped", "timeout 7412 sleep 7412", "timed-out:gone", GONE),
    kind("bare", "sleep 7413 & sleep 7413", "timed-out:gone", GONE),
    kind(
        "escapee",
        "setsid sleep 7420.2 >/dev/null 2>&1 </dev/null & exec sleep 7414",
        "timed-out:survived",
        SURVIVED,
    ),
    kind("cutreset", "yes 7415", "lost:unknown", UNSEEN),
    kind("cutclose", "yes 7416", "lost:unknown", UNSEEN),
    kind("closesmid", "yes 7417", "lost:unknown", UNSEEN),
    kind("refused", "", "unreachable:refused", NOT_STARTED),
    kind("badkey", "", "unreachable:auth", NOT_STARTED),
    kind("strange", "", "unreachable:host-key-unknown", NOT_STARTED),
    kind("changed", "", "unreachable:host-key-changed", NOT_STARTED),
    kind("silent", "", "unreachable:connect-timeout", NOT_STARTED),
    kind("stallkex", "", "unreachable:connect-timeout", NOT_STARTED),
    kind("stallauth", "", "unreachable:connect-timeout", NOT_STARTED),
    kind("full", "", "unreachable:dropped-early", NOT_STARTED),
    kind("dropped", "", "unreachable:dropped-early", NOT_STARTED),
    kind("nosession", "", "unreachable:session-refused", NOT_STARTED),
    kind("noanswer", "", "unreachable:no-shell", NOT_STARTED),
    kind("closes", "", "unreachable:no-shell", NOT_STARTED),
    kind("forced", "", "unreachable:no-shell", NOT_STARTED),
    kind("deaf", "", "unreachable:jump-host", NOT_STARTED),
    kind("beyond", "", "unreachable:refused", NOT_STARTED),
];

/// The command of every job: it looks at the name of its host.
pub fn script() -> String {
    let cases = KINDS.iter().filter(|kind| !kind.does.is_empty());
    let cases: Vec<String> = cases.map(|kind| format!("{}) {}\n;;", kind.host, kind.does)).collect();
    format!("case ${{HEELER_HOST%-*}} in\n{}\nesac", cases.join("\n"))
}
