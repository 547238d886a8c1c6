//! The lines that go to a running shim. The runner makes them, the transport writes their bytes
//! to the control pipe; when to send which is not decided here.

use crate::model::signal::Sig;

/// Process numbers in one line. Keeps a line below 512 bytes, the smallest `PIPE_BUF`, as the
/// shim passes lines on through a pipe that others write to as well.
const NUMBERS_PER_LINE: usize = 32;

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
}
