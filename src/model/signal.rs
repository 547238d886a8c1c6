//! The signals that may be sent to a job, by the names that `kill -s` takes everywhere.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A signal that may be sent to a job. Names only, because the numbers differ between systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_read_as_people_write_them() {
        for sig in Sig::ALL {
            assert_eq!(sig.name().parse(), Ok(sig));
        }
        assert_eq!("sigterm".parse(), Ok(Sig::Term));
        assert_eq!("9".parse::<Sig>(), Err(UnknownSignal("9".into())));
    }
}
