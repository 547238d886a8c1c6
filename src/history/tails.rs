//! The last output of every job, put from disk into the board: what a viewer that comes late shows at once.

use crate::model::board::Board;
use crate::model::event::{Output, Piece, Stream};
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::tail::Tail;
use crate::rundir::{Fill, IndexEntry, OutputReader, RunDir};
use std::io;

/// How much of the end of each job's output is read.
const MOST: u64 = 16 * 1024;
/// How much is read of a stream that fell silent before that.
const OF_SILENT: u64 = 1024;

/// Puts the last output of each job's current attempt into the board. The runner may write on meanwhile: only what the
/// index names is taken, because its bytes are on disk by then; what the runner tells later begins where that ends, or
/// before.
///
/// # Errors
/// When the output of some job cannot be read; that of the others is in the board all the same.
pub fn tails(plan: &Plan, dir: &RunDir, board: &mut Board) -> io::Result<()> {
    let mut result = Ok(());
    let attempts: Vec<(JobId, AttemptNo)> = board.rows().iter().map(|row| (row.job, row.attempt)).collect();
    for (job, attempt) in attempts {
        let reader = OutputReader::new(dir, plan.label(job), attempt);
        match tail(&reader) {
            Ok(None) => {}
            Ok(Some((at, pieces))) => board.print(&Output {
                at,
                job,
                attempt,
                pieces,
            }),
            Err(error) => result = result.and(Err(error)),
        }
    }
    result
}

/// The last pieces, in order, and when the newest of them came; `None` for a silent attempt.
fn tail(reader: &OutputReader) -> io::Result<Option<(crate::model::stamp::Stamp, Vec<Piece>)>> {
    let (entries, _) = reader.index(0)?;
    let Some(last) = entries.last() else {
        return Ok(None);
    };
    let mut pieces = Vec::new();
    for span in spans(&entries) {
        let bytes = reader.read(span.stream, span.offset, span.bytes as usize)?;
        let (stream, offset) = (span.stream, span.offset);
        pieces.push(Piece { stream, offset, bytes });
    }
    Ok(Some((last.at, trim(pieces))))
}

/// Leaves out what the tail would drop again, because making text harmless costs far more than reading it. Each stream
/// then begins with the line end before the first line of it that is kept, begun ones included.
fn trim(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut starts: [Option<(usize, usize)>; 2] = [None; 2];
    let mut lines = 0;
    let line_ends = pieces.iter().enumerate().rev().flat_map(|(place, piece)| {
        let bytes = piece.bytes.iter().enumerate().rev();
        let ends = bytes.filter(|(_, byte)| **byte == b'\n');
        ends.map(move |(at, _)| (piece.stream, place, at))
    });
    for (stream, place, at) in line_ends {
        lines += 1;
        // The last lines of both streams together are kept, and one line end before them. Each stream may begin within
        // a line, of which only the end is known.
        if lines > Tail::LINES + 2 {
            starts[stream as usize].get_or_insert((place, at));
            if starts.iter().all(Option::is_some) {
                break;
            }
        }
    }
    let kept = pieces.into_iter().enumerate().filter_map(|(place, mut piece)| {
        let start = starts[piece.stream as usize].unwrap_or_default();
        if place < start.0 {
            return None;
        }
        if place == start.0 {
            piece.offset += start.1 as u64;
            piece.bytes.drain(..start.1);
        }
        Some(piece)
    });
    kept.collect()
}

/// A range of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    stream: Stream,
    offset: u64,
    bytes: u64,
}

/// What is to be read, in order. A range that begins within its stream begins one byte early: the reader of lines drops
/// everything up to the next line end, and where that byte is one, no line is lost.
fn spans(entries: &[IndexEntry]) -> Vec<Span> {
    let mut ends = [0_u64; 2];
    for entry in entries {
        ends[entry.stream as usize] += entry.bytes;
    }
    let (totals, mut room) = (ends, MOST);
    let mut spans: Vec<Span> = Vec::new();
    for entry in entries.iter().rev() {
        if room == 0 {
            break;
        }
        let end = &mut ends[entry.stream as usize];
        if entry.fill == Fill::Hole {
            // Left out, so that the lines round it are not taken for one.
            *end -= entry.bytes;
            continue;
        }
        let bytes = entry.bytes.min(room);
        room -= bytes;
        let behind = *end;
        *end -= bytes;
        match spans.last_mut() {
            Some(last) if last.stream == entry.stream && last.offset == behind => {
                last.offset = *end;
                last.bytes += bytes;
            }
            _ => spans.push(Span {
                stream: entry.stream,
                offset: *end,
                bytes,
            }),
        }
    }
    for stream in [Stream::Stdout, Stream::Stderr] {
        let total = totals[stream as usize];
        if total > 0 && ends[stream as usize] == total {
            let bytes = total.min(OF_SILENT);
            spans.push(Span {
                stream,
                offset: total - bytes,
                bytes,
            });
        }
    }
    spans.retain(|span| span.bytes > 0);
    spans.reverse();
    for stream in [Stream::Stdout, Stream::Stderr] {
        if let Some(first) = spans.iter_mut().find(|span| span.stream == stream)
            && first.offset > 0
        {
            first.offset -= 1;
            first.bytes += 1;
        }
    }
    spans
}

#[cfg(test)]
mod tests;
