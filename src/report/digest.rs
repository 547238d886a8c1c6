//! Which jobs printed the same, but for the names of their hosts, as the groups of the dashboard have it.

use super::feed::CHUNK;
use super::merge;
use crate::model::event::Stream;
use crate::model::host::HostName;
use crate::model::likeness::{Digest, Likeness};
use crate::rundir::OutputReader;
use std::io;

/// What an output is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    /// The same for outputs that differ at most by the own names of their hosts. The two streams are compared each by
    /// itself: how they interleave is an accident of time.
    pub(super) alike: Alike,
    /// The same for outputs that are the same byte for byte.
    pub(super) exact: Digest,
}

/// What outputs that are put together have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Alike {
    /// Their text.
    Text(Digest),
    /// Nothing: of this one, by its number, something is not on record, and nobody knows what it was.
    Alone(usize),
}

/// What the output of a job of that number on this host is like; `None` when there is none.
pub(super) fn print(number: usize, host: &HostName, reader: &OutputReader) -> io::Result<Option<Print>> {
    let mut any = false;
    let (mut alike, mut exact) = (Likeness::on(host), Likeness::exact());
    for stream in [Stream::Stdout, Stream::Stderr] {
        let length = reader.len(stream)?;
        any |= length > 0;
        let mut offset = 0;
        while offset < length {
            let bytes = reader.read(stream, offset, CHUNK)?;
            alike.feed(stream, &bytes);
            exact.feed(stream, &bytes);
            offset += bytes.len().max(1) as u64;
        }
    }
    if !any {
        return Ok(None);
    }
    let is_whole = merge::lost(reader)? == 0;
    Ok(Some(Print {
        alike: if is_whole {
            Alike::Text(alike.finish())
        } else {
            Alike::Alone(number)
        },
        exact: exact.finish(),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Stage;
    use super::*;
    use crate::model::id::JobId;

    #[test]
    fn hosts_that_name_themselves_are_alike_and_not_the_same() {
        let mut stage = Stage::new(&["web1", "web2", "db", "web3", "idle"]);
        stage.print(0, Stream::Stdout, b"I am web1\n");
        stage.print(1, Stream::Stdout, b"I am web2\n");
        stage.print(2, Stream::Stdout, b"I am web1\n");
        stage.print(3, Stream::Stderr, b"I am web3\n");
        let found = |job: u32| {
            let host = stage.plan.host(JobId(job));
            print(job as usize, host, &stage.reader(job)).expect("readable")
        };
        let [web1, web2, db, web3] = [0, 1, 2, 3].map(|job| found(job).expect("output"));
        assert_eq!(web1.alike, web2.alike);
        assert_ne!(web1.exact, web2.exact);
        assert_ne!(web1.alike, db.alike, "it speaks of another one");
        assert_eq!(web1.exact, db.exact);
        assert_ne!(web1.alike, web3.alike, "on the other stream");
        assert_eq!(found(4), None);
    }
}
