//! The harmless first line on a new connection, and what a POSIX shell answers to it. Sent by
//! the runner before any program; see the module above for the order of things.

use super::secret::Nonce;

/// A question that only a POSIX shell answers as expected. A device that echoes sends back the
/// line itself, other command interpreters something else or nothing; both differ from the answer.
#[derive(Clone, Debug)]
pub struct Greeting {
    line: Vec<u8>,
    answer: Vec<u8>,
}

impl Greeting {
    /// Makes the question from a nonce used for nothing else: unlike the nonce of an attempt, it
    /// is shown to whatever is at the other end.
    pub fn new(nonce: &Nonce) -> Self {
        let (one, two) = nonce.as_str().split_at(16);
        // Expansion with a cut suffix is what separates sh from csh, PowerShell and the rest.
        Self {
            line: format!("heeler={one}z; echo \"hello ${{heeler%z}}{two}\"; unset heeler\n").into_bytes(),
            answer: format!("hello {one}{two}\n").into_bytes(),
        }
    }

    /// The bytes to write to standard input.
    pub fn line(&self) -> &[u8] {
        &self.line
    }

    /// The bytes to wait for on standard output, with a [`Preamble`](super::Preamble).
    pub fn answer(&self) -> &[u8] {
        &self.answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_is_not_the_answer() {
        let greeting = Greeting::new(&Nonce::new([0x5a; 16]));
        assert!(
            !greeting
                .line()
                .windows(greeting.answer().len())
                .any(|part| part == greeting.answer())
        );
        let (last, line) = greeting.line().split_last().unwrap();
        assert_eq!(*last, b'\n');
        assert!(!line.contains(&b'\n'), "one line");
    }
}
