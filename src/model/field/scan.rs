//! Reading an output for the values in it, however its bytes are split.

use super::Field;
use super::value::Value;
use crate::model::event::Stream;
use crate::model::text::LineReader;

/// An output being read.
#[derive(Debug)]
pub struct Scan<'a> {
    fields: &'a [Field],
    readers: [LineReader; 2],
    found: Vec<Option<Value>>,
}

impl<'a> Scan<'a> {
    /// Nothing read yet.
    pub fn new(fields: &'a [Field]) -> Self {
        Self {
            fields,
            readers: [LineReader::default(), LineReader::default()],
            found: vec![None; fields.len()],
        }
    }

    /// Takes in bytes of one stream, in the order in which they were printed.
    pub fn feed(&mut self, stream: Stream, bytes: &[u8]) {
        let (fields, found) = (self.fields, &mut self.found);
        self.readers[stream as usize].feed(bytes, &mut |line| look(fields, line.text(), found));
    }

    /// Takes in a whole line.
    pub fn line(&mut self, text: &str) {
        look(self.fields, text, &mut self.found);
    }

    /// Forgets what was found: a line came after it that was not read.
    pub fn forget(&mut self) {
        self.found.fill(None);
    }

    /// The last value of each field, in their order; lines without an end count as well.
    pub fn finish(mut self) -> Vec<Option<Value>> {
        for reader in &self.readers {
            if let Some(line) = reader.partial() {
                look(self.fields, line.text(), &mut self.found);
            }
        }
        self.found
    }
}

fn look(fields: &[Field], line: &str, found: &mut [Option<Value>]) {
    for (field, found) in fields.iter().zip(found) {
        if let Some(value) = field.find(line) {
            *found = Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_counts_however_the_bytes_are_split_and_coloured() {
        let fields = [r"use=(\d+)%", r"err=(E\d+)"].map(|text| Field::parse(text).expect(text));
        let out: &[u8] = b"10%\n\x1b[31m2\x1b[0m0%\r30%\nnothing\n4";
        for size in [1, 3, 100] {
            let mut scan = Scan::new(&fields);
            for chunk in out.chunks(size) {
                scan.feed(Stream::Stdout, chunk);
            }
            scan.feed(Stream::Stderr, b"E7 or E8");
            scan.feed(Stream::Stdout, b"1%");
            let found: Vec<Option<String>> = scan
                .finish()
                .into_iter()
                .map(|value| value.map(|value| value.text().to_owned()))
                .collect();
            assert_eq!(found, [Some("41".to_owned()), Some("E8".to_owned())], "by {size}");
        }
        assert_eq!(Scan::new(&fields).finish(), [None, None]);
    }
}
