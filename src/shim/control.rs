//! The lines that go to a running shim. The runner makes them, the transport writes their bytes
//! to the control pipe; when to send which is not decided here.

use std::fmt;
use std::str::FromStr;

/// Process numbers in one line. Keeps a line below 512 bytes, the smallest `PIPE_BUF`, as the
/// shim passes lines on through a pipe that others write to as well.
const NUMBERS_PER_LINE: usize = 32;

/// A signal that may be sent to a job. Names only, because the numbers differ between systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sig {
    /// Hang up.
    Hup,
    /// Interrupt.
    Int,
    /// Quit.
    Quit,
    /// Kill; cannot be refused.
    Kill,
    /// First user-defined signal.
    Usr1,
    /// Second user-defined signal.
    Usr2,
    /// Terminate.
    Term,
    /// Continue after a stop.
    Cont,
    /// Suspend; cannot be refused.
    Stop,
}

/// The name was not one of a signal that can be sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown signal {0:?}; use HUP, INT, QUIT, KILL, USR1, USR2, TERM, CONT or STOP")]
pub struct UnknownSignal(String);

impl Sig {
    /// Every signal that can be sent.
    pub const ALL: [Self; 9] = [
        Self::Hup,
        Self::Int,
        Self::Quit,
        Self::Kill,
        Self::Usr1,
        Self::Usr2,
        Self::Term,
        Self::Cont,
        Self::Stop,
    ];

    /// The name as `kill -s` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hup => "HUP",
            Self::Int => "INT",
            Self::Quit => "QUIT",
            Self::Kill => "KILL",
            Self::Usr1 => "USR1",
            Self::Usr2 => "USR2",
            Self::Term => "TERM",
            Self::Cont => "CONT",
            Self::Stop => "STOP",
        }
    }
}

impl fmt::Display for Sig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Takes the name with or without `SIG`, in any case.
impl FromStr for Sig {
    type Err = UnknownSignal;

    fn from_str(text: &str) -> Result<Self, UnknownSignal> {
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        Self::ALL
            .into_iter()
            .find(|sig| sig.name() == name)
            .ok_or_else(|| UnknownSignal(text.to_owned()))
    }
}

/// A request to a running shim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// Signal the job and no more: its group at once, then the rest of its session.
    Signal(Sig),
    /// Signal these processes, escaped ones included. The shim leaves out any number that is not
    /// the job's by then.
    SignalEach(Sig, Vec<u32>),
    /// Signal the job, continue it if it is suspended, and stay until nothing is left.
    Stop(Sig),
    /// Report what is left.
    Look,
    /// The link is alive: the lease begins anew, and the shim answers.
    Beat,
    /// End, and leave alone what is left.
    Leave,
}

impl Control {
    /// The bytes to write: whole lines, none for an empty list of processes.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Signal(sig) => format!("sig {sig}\n"),
            Self::SignalEach(sig, pids) => {
                let lines = pids.chunks(NUMBERS_PER_LINE).flat_map(|some| {
                    let numbers: Vec<String> = some.iter().map(u32::to_string).collect();
                    ["sig ", sig.name(), " ", &numbers.join(" "), "\n"].map(str::to_owned)
                });
                lines.collect()
            }
            Self::Stop(sig) => format!("stop {sig}\n"),
            Self::Look => "look\n".to_owned(),
            Self::Beat => "beat\n".to_owned(),
            Self::Leave => "leave\n".to_owned(),
        }
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(control: &Control) -> String {
        String::from_utf8(control.encode()).unwrap()
    }

    #[test]
    fn lines() {
        assert_eq!(line(&Control::Signal(Sig::Usr1)), "sig USR1\n");
        assert_eq!(
            line(&Control::SignalEach(Sig::Kill, vec![7, 4711])),
            "sig KILL 7 4711\n"
        );
        assert_eq!(line(&Control::Stop(Sig::Term)), "stop TERM\n");
        assert_eq!(line(&Control::Look), "look\n");
        assert_eq!(line(&Control::Beat), "beat\n");
        assert_eq!(line(&Control::Leave), "leave\n");
    }

    #[test]
    fn no_number_means_no_line_and_never_the_whole_job() {
        assert_eq!(line(&Control::SignalEach(Sig::Kill, vec![])), "");
    }

    #[test]
    fn many_numbers_take_several_short_lines() {
        let text = line(&Control::SignalEach(Sig::Term, vec![u32::MAX; 100]));
        assert_eq!(text.lines().count(), 4);
        assert!(text.lines().all(|line| line.len() < 511));
        assert!(text.lines().all(|line| line.starts_with("sig TERM ")));
        assert_eq!(text.matches("4294967295").count(), 100);
    }

    #[test]
    fn signals_are_read_as_people_write_them() {
        for sig in Sig::ALL {
            assert_eq!(sig.name().parse(), Ok(sig));
        }
        assert_eq!("sigterm".parse(), Ok(Sig::Term));
        assert_eq!("9".parse::<Sig>(), Err(UnknownSignal("9".into())));
    }
}
