//! What equal outputs have in common: a digest of every byte that a job printed, in which the host's own name reads the
//! same for every host. How the two streams interleave is an accident of time, so each counts by itself.

use super::event::Stream;
use super::host::HostName;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

/// What stands in the place of a host's own name. No text that is looked at has it.
const PLACE: &[u8] = b"\0host\0";

/// The digest of an output. Outputs with the same one are the same, but for the names of their hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

/// The names by which a host speaks of itself: its address as it was given, and the part before the first dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnNames(Vec<String>);

impl OwnNames {
    /// Those of a host.
    pub fn of(host: &HostName) -> Self {
        let address = host.address();
        let mut names = vec![address.to_owned()];
        if let Some((short, _)) = address.split_once('.')
            && !short.bytes().all(|byte| byte.is_ascii_digit())
        {
            names.push(short.to_owned());
        }
        Self(names)
    }

    /// A text in which they read the same for every host.
    pub fn neutral<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.0.iter().any(|name| text.contains(name.as_str())) {
            return Cow::Borrowed(text);
        }
        let mut bytes = Vec::with_capacity(text.len());
        Place::default().push(self, text.as_bytes(), true, &mut |part| bytes.extend_from_slice(part));
        Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// How much of a text must be known to tell whether a name begins it.
    fn longest(&self) -> usize {
        self.0.iter().map(String::len).max().unwrap_or_default()
    }

    /// The length of the name that begins `bytes` and ends with a word there.
    fn at(&self, bytes: &[u8]) -> Option<usize> {
        let ends = |length: usize| !bytes.get(length).copied().is_some_and(is_of_word);
        let names = self.0.iter().map(String::as_bytes);
        names
            .filter(|name| bytes.starts_with(name) && ends(name.len()))
            .map(<[u8]>::len)
            .max()
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte >= 0x80
}

/// The place to which a stream has been looked at.
#[derive(Debug, Default)]
struct Place {
    /// The end of what came, which may be the beginning of a name.
    pending: Vec<u8>,
    /// The byte before it.
    before: Option<u8>,
}

impl Place {
    /// Hands on what came, with the names replaced; all of it where it is the `end`.
    fn push(&mut self, own: &OwnNames, bytes: &[u8], end: bool, out: &mut impl FnMut(&[u8])) {
        if own.0.is_empty() {
            return out(bytes);
        }
        let mut buffer = std::mem::take(&mut self.pending);
        buffer.extend_from_slice(bytes);
        let ahead = if end { 0 } else { own.longest() };
        let (mut given, mut at) = (0, 0);
        while at + ahead < buffer.len() {
            let begins = !self.before.is_some_and(is_of_word);
            if let Some(length) = begins.then(|| own.at(&buffer[at..])).flatten() {
                out(&buffer[given..at]);
                out(PLACE);
                at += length;
                given = at;
            } else {
                at += 1;
            }
            self.before = buffer.get(at - 1).copied();
        }
        out(&buffer[given..at]);
        buffer.drain(..at);
        self.pending = buffer;
    }
}

/// Makes the digest of an output, however its bytes are split.
#[derive(Debug)]
pub struct Likeness {
    own: OwnNames,
    places: [Place; 2],
    hashers: [Sha256; 2],
}

impl Likeness {
    /// Nothing printed yet, on this host.
    pub fn on(host: &HostName) -> Self {
        Self {
            own: OwnNames::of(host),
            places: [Place::default(), Place::default()],
            hashers: [Sha256::new(), Sha256::new()],
        }
    }

    /// The same, where no name reads alike: only what is the same byte for byte has the same digest.
    pub fn exact() -> Self {
        Self {
            own: OwnNames(Vec::new()),
            places: [Place::default(), Place::default()],
            hashers: [Sha256::new(), Sha256::new()],
        }
    }

    /// Takes in the next bytes of a stream.
    pub fn feed(&mut self, stream: Stream, bytes: &[u8]) {
        self.push(stream, bytes, false);
    }

    /// The digest of everything that came.
    pub fn finish(mut self) -> Digest {
        for stream in [Stream::Stdout, Stream::Stderr] {
            self.push(stream, b"", true);
        }
        let mut both = Sha256::new();
        for hasher in self.hashers {
            both.update(hasher.finalize());
        }
        Digest(both.finalize().into())
    }

    fn push(&mut self, stream: Stream, bytes: &[u8], end: bool) {
        let hasher = &mut self.hashers[stream as usize];
        self.places[stream as usize].push(&self.own, bytes, end, &mut |part| hasher.update(part));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(host: &str, pieces: &[(Stream, &str)]) -> Digest {
        let mut likeness = Likeness::on(&HostName::parse(host).unwrap());
        for (stream, text) in pieces {
            likeness.feed(*stream, text.as_bytes());
        }
        likeness.finish()
    }

    #[test]
    fn hosts_that_say_the_same_of_themselves_say_the_same() {
        let says = |host: &str, text: &str| digest(host, &[(Stream::Stdout, text)]);
        let same = |left: (&str, &str), right: (&str, &str)| says(left.0, left.1) == says(right.0, right.1);
        assert!(same(("web1", "I am web1.\n"), ("web2", "I am web2.\n")));
        assert!(same(
            ("web1.example.org", "web1.example.org is web1\n"),
            ("web2.example.org", "web2.example.org is web2\n")
        ));
        assert!(same(
            ("me@10.0.0.1:22", "on 10.0.0.1\n"),
            ("10.0.0.12", "on 10.0.0.12\n")
        ));
        assert!(!same(("web1", "I am web1\n"), ("web2", "I am web1\n")));
        assert!(!same(("web1", "web12\n"), ("web2", "web22\n")), "no part of a word");
        assert!(!same(("web1", "my-web1\n"), ("web2", "my-web2\n")));
        assert!(!same(("10.0.0.1", "10 of 12\n"), ("12.0.0.1", "12 of 12\n")));
    }

    #[test]
    fn streams_count_apart_and_pieces_do_not() {
        use Stream::{Stderr, Stdout};
        let whole = digest("web1", &[(Stdout, "on web1\nweb1"), (Stderr, "E\n")]);
        let pieces = "on web1\nweb1".split_inclusive(|_| true);
        let mut split: Vec<(Stream, &str)> = pieces.map(|piece| (Stdout, piece)).collect();
        split.insert(4, (Stderr, "E\n"));
        assert_eq!(digest("web1", &split), whole);
        assert_ne!(digest("web1", &[(Stdout, "on web1\nweb1E\n")]), whole);
        assert_ne!(digest("web1", &[(Stderr, "on web1\nweb1"), (Stdout, "E\n")]), whole);
    }

    #[test]
    fn a_line_reads_the_same_for_every_host() {
        let own = OwnNames::of(&HostName::parse("web1").unwrap());
        assert_eq!(own.neutral("web1 and web12"), "\0host\0 and web12");
        assert!(matches!(own.neutral("nothing of it"), Cow::Borrowed(_)));
    }
}
