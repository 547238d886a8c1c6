//! Where a stream's file has zeros in the place of bytes that could not be recorded, so that they are not shown as what
//! the host printed.

use crate::model::event::Stream;
use crate::rundir::{Fill, OutputReader};
use std::io;
use std::ops::Range;

/// The holes of an attempt, as far as its index was read.
#[derive(Debug, Default)]
pub(super) struct Holes {
    index_at: u64,
    ends: [u64; 2],
    ranges: [Vec<Range<u64>>; 2],
}

/// What was read of a stream, without its holes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sound {
    /// What the host printed.
    pub(super) bytes: Vec<u8>,
    /// How many bytes are not among them.
    pub(super) lost: u64,
}

impl Holes {
    /// Takes the holes out of what was read of a stream from `offset` on. A line that a hole cuts ends there, so that
    /// what follows is not taken for a part of it.
    pub(super) fn cut(
        &mut self,
        reader: &OutputReader,
        (stream, offset): (Stream, u64),
        bytes: Vec<u8>,
    ) -> io::Result<Sound> {
        if !bytes.contains(&0) {
            return Ok(Sound { bytes, lost: 0 });
        }
        self.read_on(reader)?;
        let end = offset + bytes.len() as u64;
        let (mut sound, mut at) = (Sound::default(), offset);
        for hole in &self.ranges[stream as usize] {
            let (from, to) = (hole.start.max(at), hole.end.min(end));
            if from >= to {
                continue;
            }
            sound
                .bytes
                .extend_from_slice(&bytes[(at - offset) as usize..(from - offset) as usize]);
            if from == hole.start && from > 0 && reader.read(stream, from - 1, 1)? != b"\n" {
                sound.bytes.push(b'\n');
            }
            sound.lost += to - from;
            at = to;
        }
        sound.bytes.extend_from_slice(&bytes[(at - offset) as usize..]);
        Ok(sound)
    }

    fn read_on(&mut self, reader: &OutputReader) -> io::Result<()> {
        let (entries, index_at) = reader.index(self.index_at)?;
        self.index_at = index_at;
        for entry in entries {
            let end = &mut self.ends[entry.stream as usize];
            let start = *end;
            *end += entry.bytes;
            if entry.fill == Fill::Hole {
                self.ranges[entry.stream as usize].push(start..*end);
            }
        }
        Ok(())
    }
}
