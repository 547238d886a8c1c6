//! How a shell that has answered becomes root's: one line that hands over to `sudo`, the prompt by which `sudo` asks for
//! a password, and the mark by which root's shell tells that it is there.

use super::secret::Nonce;

/// The change to root on one session. Nothing may be written after the line until root's mark is there, but the password
/// once the prompt is: `sudo` reads that byte by byte, and a shell reads ahead.
#[derive(Clone, Debug)]
pub struct Elevation {
    line: Vec<u8>,
    prompt: Vec<u8>,
    root: Vec<u8>,
}

impl Elevation {
    /// Makes it from a nonce used for nothing else: unlike that of an attempt, others on the host can read it, in the
    /// arguments of `sudo`, but nobody else can write it into the session's streams.
    pub fn new(nonce: &Nonce) -> Self {
        let (one, two) = nonce.as_str().split_at(16);
        // sudo's words are read, so they must not be translated; whatever it leaves of its own way to say so goes again.
        let line = format!(
            "LANGUAGE=C; export LANGUAGE; exec sudo -S -p '[heeler {one}{two}] password: ' -- sh -c 'unset LANGUAGE; \
             echo root {one}\"\"{two}; exec sh'\n"
        );
        Self {
            line: line.into_bytes(),
            prompt: format!("[heeler {one}{two}] password: ").into_bytes(),
            root: format!("root {one}{two}\n").into_bytes(),
        }
    }

    /// The bytes to write to standard input of a shell that has answered.
    pub fn line(&self) -> &[u8] {
        &self.line
    }

    /// What `sudo` writes to standard error when it wants a password.
    pub fn prompt(&self) -> &[u8] {
        &self.prompt
    }

    /// What root's shell writes to standard output.
    pub fn root(&self) -> &[u8] {
        &self.root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_is_not_root() {
        let elevation = Elevation::new(&Nonce::new([0x5a; 16]));
        let line = elevation.line();
        let (last, rest) = line.split_last().unwrap();
        assert!(*last == b'\n' && !rest.contains(&b'\n'), "one line");
        let root = elevation.root();
        assert!(!line.windows(root.len()).any(|part| part == root));
    }
}
