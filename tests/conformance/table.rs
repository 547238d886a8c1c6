//! The table: every fault, how it is made, and what must be said of it. The tests run it, and the page is written from it.

/// One way in which a job can end.
pub struct Row {
    /// The host of the fault fleet, and the name of the fault.
    pub host: &'static str,
    /// What happens there, for people.
    pub happens: &'static str,
    /// What the command does on this host; empty is `echo fine`.
    pub does: &'static str,
    /// The end as JSON tells it: all of it, but for the detail and the times.
    pub end: &'static str,
    /// Words that the detail must hold.
    pub detail: &'static str,
    /// The end in the words of the summary and of the row.
    pub says: &'static str,
    /// What to do about it, for people.
    pub advice: &'static str,
}

/// A host that cannot be used: its cause in JSON and in words.
macro_rules! unreachable {
    ($host:literal, $happens:literal, $cause:literal, $words:literal, $detail:literal, $advice:literal) => {
        Row {
            host: $host,
            happens: $happens,
            does: "",
            end: concat!(r#"{"outcome":"unreachable","cause":""#, $cause, r#""}"#),
            detail: $detail,
            says: concat!("unreachable, ", $words),
            advice: $advice,
        }
    };
}

/// A command that does something: what, and how that ends.
macro_rules! ends {
    ($host:literal, $happens:literal, $does:literal, $end:literal, $says:literal, $advice:literal) => {
        Row {
            host: $host,
            happens: $happens,
            does: $does,
            end: $end,
            detail: "",
            says: $says,
            advice: $advice,
        }
    };
}

/// A command whose end nobody sees.
macro_rules! lost {
    ($host:literal, $happens:literal, $does:literal, $detail:literal) => {
        Row {
            host: $host,
            happens: $happens,
            does: $does,
            end: r#"{"outcome":"lost","fate":"unknown"}"#,
            detail: $detail,
            says: "lost, remote unknown",
            advice: "`heeler retry` looks on the host first, and starts it again only if nothing of it is left.",
        }
    };
}

/// Rows under one heading.
pub struct Section {
    pub title: &'static str,
    pub rows: &'static [Row],
}

/// All of them.
pub const TABLE: &[Section] = &[
    Section {
        title: "The command ends by itself",
        rows: &[
            ends!("fine", "exits with 0", "", r#"{"outcome":"ok"}"#, "ok", ""),
            ends!(
                "sound",
                "the same over another make of server",
                "",
                r#"{"outcome":"ok"}"#,
                "ok",
                ""
            ),
            ends!(
                "exit1",
                "exits with 1",
                "exit 1",
                r#"{"outcome":"exit","code":1}"#,
                "exit 1",
                "Read its output."
            ),
            ends!(
                "exit126",
                "names a program that may not be executed",
                "/etc/passwd",
                r#"{"outcome":"exit","code":126}"#,
                "exit 126",
                "Read its output."
            ),
            ends!(
                "exit127",
                "names a program that does not exist",
                "no-such-program",
                r#"{"outcome":"exit","code":127}"#,
                "exit 127",
                "Read its output: it names the program."
            ),
            ends!(
                "exit254",
                "exits with 254",
                "exit 254",
                r#"{"outcome":"exit","code":254}"#,
                "exit 254",
                "Read its output."
            ),
            ends!(
                "exit255",
                "exits with 255, as ssh itself does when it fails",
                "exit 255",
                r#"{"outcome":"exit","code":255}"#,
                "exit 255",
                "It is the command's own status: read its output."
            ),
            ends!(
                "killed",
                "is killed by signal 9, by the kernel or by somebody",
                "kill -9 $$",
                r#"{"outcome":"signal","signal":9,"code":137}"#,
                "signal 9 (137)",
                "Look for the reason on the host: out of memory, as a rule."
            ),
            ends!(
                "segv",
                "dies of signal 11",
                "kill -SEGV $$",
                r#"{"outcome":"signal","signal":11,"code":139}"#,
                "signal 11 (139)",
                "It crashed."
            ),
            ends!(
                "flood",
                "prints 20 MB",
                "head -c 20000000 /dev/zero | tr '\\0' x | fold -w 99",
                r#"{"outcome":"ok"}"#,
                "ok",
                ""
            ),
            ends!(
                "endless",
                "prints one line of 4 MB",
                "head -c 4000000 /dev/zero | tr '\\0' y",
                r#"{"outcome":"ok"}"#,
                "ok",
                ""
            ),
            ends!(
                "escapes",
                "prints binary data and escape sequences",
                "printf '\\033]0;owned\\007\\033[2J\\033[?1049h\\377\\376\\000\\036exit 9\\n'; head -c 3000 /dev/urandom",
                r#"{"outcome":"ok"}"#,
                "ok",
                ""
            ),
        ],
    },
    Section {
        title: "It leaves something behind",
        rows: &[
            ends!(
                "leaks",
                "ends, and a child in the background holds its output",
                "sleep 7301 & echo left",
                r#"{"outcome":"ok","leaked":true}"#,
                "ok",
                "Redirect the output of what is to stay: `>/dev/null 2>&1 </dev/null`."
            ),
            ends!(
                "leakfails",
                "fails, and a child in a session of its own holds its output",
                "setsid sleep 7302 & exit 3",
                r#"{"outcome":"exit","code":3,"leaked":true}"#,
                "exit 3",
                "Read its output."
            ),
            ends!(
                "daemon",
                "ends, and a child in a session of its own goes on",
                "setsid sleep 7303 >/dev/null 2>&1 </dev/null &",
                r#"{"outcome":"ok"}"#,
                "ok",
                ""
            ),
        ],
    },
    Section {
        title: "A limit ends it (`-t`)",
        rows: &[
            ends!(
                "hangs",
                "does not end",
                "exec sleep 7310",
                r#"{"outcome":"timed-out","limit":"run","fate":"gone","signal":15,"code":143}"#,
                "timed out, run limit, confirmed gone",
                "Nothing of it is left. A longer limit: `-t`."
            ),
            ends!(
                "ignores",
                "does not end, and ignores TERM",
                "trap '' TERM; while :; do sleep 7311; done",
                r#"{"outcome":"timed-out","limit":"run","fate":"gone","signal":9,"code":137}"#,
                "timed out, run limit, confirmed gone",
                "It was killed when the grace was over."
            ),
            ends!(
                "stopped",
                "is stopped, as by a terminal",
                "kill -STOP $$",
                r#"{"outcome":"timed-out","limit":"run","fate":"gone","signal":15,"code":143}"#,
                "timed out, run limit, confirmed gone",
                "Nothing of it is left."
            ),
            ends!(
                "obeys",
                "ends well when it is told to",
                "trap 'exit 0' TERM; while :; do sleep 0.1; done",
                r#"{"outcome":"timed-out","limit":"run","fate":"gone","code":0}"#,
                "timed out, run limit, confirmed gone",
                "Nothing of it is left."
            ),
            ends!(
                "escapee",
                "does not end, and has a child in a session of its own",
                "setsid sleep 7312 >/dev/null 2>&1 </dev/null & exec sleep 7313",
                r#"{"outcome":"timed-out","limit":"run","fate":"survived","survivors":1,"owners":["root"],"signal":15,"code":143}"#,
                "timed out, run limit, 1 survived (owner root)",
                "The child left on purpose, and is not signalled unasked: see the details of the row."
            ),
            ends!(
                "grouped",
                "does not end, and has a child in a group of its own",
                "timeout 7314 sleep 7314",
                r#"{"outcome":"timed-out","limit":"run","fate":"gone","signal":15,"code":143}"#,
                "timed out, run limit, confirmed gone",
                "Nothing of it is left."
            ),
            ends!(
                "bare",
                "does not end, on a host without setsid, perl and python",
                "sleep 7315 & sleep 7315",
                r#"{"outcome":"timed-out","limit":"run","fate":"gone","signal":15,"code":143}"#,
                "timed out, run limit, confirmed gone",
                "Nothing of it is left."
            ),
        ],
    },
    Section {
        title: "Login shells, and what stands in their place",
        rows: &[
            ends!(
                "fish",
                "exits with 3 under fish",
                "exit 3",
                r#"{"outcome":"exit","code":3}"#,
                "exit 3",
                "Read its output."
            ),
            ends!(
                "tcsh",
                "exits with 3 under tcsh",
                "exit 3",
                r#"{"outcome":"exit","code":3}"#,
                "exit 3",
                "Read its output."
            ),
            ends!(
                "noisy",
                "exits with 3 under a shell that greets",
                "exit 3",
                r#"{"outcome":"exit","code":3}"#,
                "exit 3",
                "Read its output."
            ),
            unreachable!(
                "nologin",
                "the account may not log in",
                "no-shell",
                "no shell",
                "",
                "The account needs a shell: see the host's own words in the details."
            ),
            unreachable!(
                "forced",
                "a forced command runs in place of ours",
                "no-shell",
                "no shell",
                "backups only",
                "Use another key or account."
            ),
            unreachable!(
                "parrot",
                "something answers that is no shell", "no-shell", "no shell", "", "Use another account."
            ),
        ],
    },
    Section {
        title: "Nobody is there, or nobody answers",
        rows: &[
            unreachable!(
                "nodns",
                "the name has no address", "dns", "name not found", "Could not resolve", "Check the name."
            ),
            unreachable!(
                "refused",
                "nobody listens",
                "refused",
                "connection refused",
                "Connection refused",
                "Is sshd running, and on this port?"
            ),
            unreachable!(
                "silent",
                "somebody accepts and says nothing",
                "connect-timeout",
                "connect timeout",
                "",
                "The host hangs, or something else listens there."
            ),
            unreachable!(
                "stallkex",
                "sshd stops in the key exchange",
                "connect-timeout",
                "connect timeout",
                "",
                "The host is overloaded, or a firewall drops large packets (MTU)."
            ),
            unreachable!(
                "stallauth",
                "sshd stops in the authentication",
                "connect-timeout",
                "connect timeout",
                "",
                "The host waits for its directory service, as a rule."
            ),
            unreachable!(
                "byte",
                "the link carries one byte in a second",
                "connect-timeout",
                "connect timeout",
                "",
                "Look at the network, or raise `--connect-timeout`."
            ),
            unreachable!(
                "drips",
                "the host's shell answers with one byte in a second",
                "no-shell",
                "no shell",
                "no POSIX shell had answered",
                "Look at the host, or raise `--connect-timeout`."
            ),
        ],
    },
    Section {
        title: "Somebody turns us away",
        rows: &[
            unreachable!(
                "badkey",
                "the key is rejected",
                "auth",
                "key rejected",
                "Permission denied",
                "Put your key on the host. It is not tried again by itself: servers punish that."
            ),
            unreachable!(
                "rejectkey",
                "the same by another make of server",
                "auth",
                "key rejected",
                "Permission denied",
                "Put your key on the host."
            ),
            unreachable!(
                "changed",
                "the host shows another key than the one on record",
                "host-key-changed",
                "host key changed",
                "known_hosts",
                "Find out why before anything else: reinstalled, or not your host?"
            ),
            unreachable!(
                "strange",
                "the host's key is not on record",
                "host-key-unknown",
                "host key unknown",
                "Connect once by hand",
                "Connect once by hand with ssh and compare the fingerprint."
            ),
            unreachable!(
                "full",
                "sshd drops us before it knows us (`MaxStartups`)",
                "dropped-early",
                "dropped early",
                "",
                "It was tried four times. A smaller `--connect-width`, or a larger `MaxStartups`."
            ),
            unreachable!(
                "dropped",
                "the connection is closed before a word",
                "dropped-early",
                "dropped early",
                "kex_exchange_identification",
                "A penalty or a limit of the server (`PerSourcePenalties`, `MaxStartups`), or a firewall."
            ),
            unreachable!(
                "reset",
                "the connection is reset before a word", "dropped-early", "dropped early", "eset by", "The same."
            ),
            unreachable!(
                "bannered",
                "the connection is closed after the server's first line",
                "dropped-early",
                "dropped early",
                "closed",
                "The same."
            ),
            unreachable!(
                "nosession",
                "the connection stands, and no session is opened",
                "session-refused",
                "session refused",
                "refused",
                "`MaxSessions` of the server is used up, or 0."
            ),
            unreachable!(
                "noanswer",
                "the session is opened, and the command neither granted nor refused",
                "no-shell",
                "no shell",
                "no POSIX shell had answered",
                "Look at the host."
            ),
            unreachable!(
                "closes",
                "the session is closed before the shell answers",
                "no-shell",
                "no shell",
                "",
                "Look at the login shell of the account."
            ),
            unreachable!(
                "tellsignal",
                "the login shell dies of a signal",
                "no-shell",
                "no shell",
                "",
                "Look at the login shell of the account."
            ),
        ],
    },
    Section {
        title: "Through a jump host",
        rows: &[
            ends!(
                "behind",
                "exits with 255 behind a jump host",
                "exit 255",
                r#"{"outcome":"exit","code":255}"#,
                "exit 255",
                "It is the command's own status: read its output."
            ),
            unreachable!(
                "deaf",
                "the jump host refuses connections", "jump-host", "jump host failed", "", "Mend the jump host first."
            ),
            unreachable!(
                "lockedout",
                "the jump host rejects the key", "jump-host", "jump host failed", "", "Put your key on the jump host."
            ),
            unreachable!(
                "alienjump",
                "the jump host's key is not on record",
                "jump-host",
                "jump host failed",
                "",
                "Connect to the jump host by hand."
            ),
            unreachable!(
                "nojump",
                "the jump host's name has no address",
                "jump-host",
                "jump host failed",
                "",
                "Check the name of the jump host."
            ),
            unreachable!(
                "beyond",
                "the host behind the jump host refuses connections",
                "refused",
                "connection refused",
                "Connection refused",
                "Is sshd running on the host itself?"
            ),
            ends!(
                "single",
                "exits with 3 where one session is allowed (`MaxSessions 1`)",
                "exit 3",
                r#"{"outcome":"exit","code":3}"#,
                "exit 3",
                "Read its output."
            ),
        ],
    },
    Section {
        title: "The end is not seen",
        rows: &[
            lost!(
                "cutreset",
                "the link is reset in the middle of the output",
                "yes 7320",
                ""
            ),
            lost!(
                "cutclose",
                "the link is closed in the middle of the output",
                "yes 7321",
                ""
            ),
            lost!(
                "closesmid",
                "the server closes the session in the middle of the output",
                "yes 7322",
                ""
            ),
            lost!(
                "signalmid",
                "the server says that a signal ended the session, which is the shim's and not the command's",
                "yes 7323",
                ""
            ),
            lost!(
                "shimless",
                "the shim is killed beside the command",
                "kill -9 -$(ps -o pgid= -p $PPID | tr -d ' '); sleep 7324",
                ""
            ),
            lost!(
                "frozen",
                "the link freezes in the middle of the output, and the host does not answer when the run limit passes",
                "yes 7325",
                "the shim "
            ),
        ],
    },
    Section {
        title: "The server's own word on the end does not count",
        rows: &[
            ends!(
                "nostatus",
                "exits with 3, and the server closes the session without a status",
                "exit 3",
                r#"{"outcome":"exit","code":3}"#,
                "exit 3",
                "Read its output."
            ),
            ends!(
                "status255",
                "exits with 0, and the server says 255",
                "",
                r#"{"outcome":"ok"}"#,
                "ok",
                ""
            ),
            ends!(
                "onesession",
                "exits with 3, and the server would refuse a second session",
                "exit 3",
                r#"{"outcome":"exit","code":3}"#,
                "exit 3",
                "Read its output."
            ),
        ],
    },
];
