//! Which jobs printed the same. Outputs are told apart by their length and a hash first, and those that agree are
//! compared byte by byte: two different outputs are never shown as one.

use super::feed::CHUNK;
use super::merge;
use crate::model::event::Stream;
use crate::rundir::OutputReader;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;

const STREAMS: [Stream; 2] = [Stream::Stdout, Stream::Stderr];

/// A class of equal outputs. The two streams are compared each by itself: how they interleave is an accident of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Class(usize);

/// The lengths of both streams and a hash of them: what equal outputs have in common, and others hardly ever.
type Likeness = ([u64; 2], u64);

/// The classes met so far, each with its first member.
#[derive(Debug, Default)]
pub(super) struct Classes<Keys = RandomState> {
    keys: Keys,
    known: HashMap<Likeness, Vec<(Class, OutputReader)>>,
    count: usize,
}

impl<Keys: BuildHasher> Classes<Keys> {
    /// The class of an output; `None` when there is none.
    pub(super) fn of(&mut self, reader: OutputReader) -> io::Result<Option<Class>> {
        let lengths = [reader.len(Stream::Stdout)?, reader.len(Stream::Stderr)?];
        if lengths == [0, 0] {
            return Ok(None);
        }
        let mut hasher = self.keys.build_hasher();
        for (stream, length) in STREAMS.into_iter().zip(lengths) {
            let mut offset = 0;
            while offset < length {
                let bytes = part(&reader, stream, offset)?;
                hasher.write(&bytes);
                offset += bytes.len().max(1) as u64;
            }
        }
        let sound = merge::lost(&reader)? == 0;
        let alike = self.known.entry((lengths, hasher.finish())).or_default();
        for (class, first) in alike.iter() {
            if sound && same(first, &reader, lengths)? {
                return Ok(Some(*class));
            }
        }
        let class = Class(self.count);
        self.count += 1;
        // Nobody knows what it was of which something is not on record.
        if sound {
            alike.push((class, reader));
        }
        Ok(Some(class))
    }
}

fn same(left: &OutputReader, right: &OutputReader, lengths: [u64; 2]) -> io::Result<bool> {
    for (stream, length) in STREAMS.into_iter().zip(lengths) {
        for offset in (0..length).step_by(CHUNK) {
            if part(left, stream, offset)? != part(right, stream, offset)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn part(reader: &OutputReader, stream: Stream, offset: u64) -> io::Result<Vec<u8>> {
    reader.read(stream, offset, CHUNK)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Stage;
    use super::*;
    use std::hash::BuildHasherDefault;

    /// Every output has the same hash.
    #[derive(Default)]
    struct Blind;

    impl Hasher for Blind {
        fn write(&mut self, _: &[u8]) {}

        fn finish(&self) -> u64 {
            0
        }
    }

    #[test]
    fn outputs_of_one_length_and_one_hash_are_still_told_apart() {
        let mut stage = Stage::new(&["a", "b", "c", "d"]);
        stage.print(0, Stream::Stdout, b"one");
        stage.print(1, Stream::Stdout, b"two");
        stage.print(2, Stream::Stdout, b"one");
        let mut classes = Classes::<BuildHasherDefault<Blind>>::default();
        let found: Vec<Option<Class>> = (0..4)
            .map(|job| classes.of(stage.reader(job)).expect("readable"))
            .collect();
        assert_eq!(found, [Some(Class(0)), Some(Class(1)), Some(Class(0)), None]);
    }
}
