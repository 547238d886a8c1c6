//! The form of what crosses the socket: a length, a kind, and so many bytes. Words and events are JSON, output is binary,
//! because its bytes must arrive exactly.

use crate::model::event::{Output, Piece, Stream};
use crate::model::id::{AttemptNo, JobId};
use crate::model::stamp::Stamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest frame that is taken; what heeler itself sends is far shorter.
const LONGEST: u32 = 16 << 20;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// A greeting, an answer or a request.
    Words = b'w',
    /// An event.
    Event = b'e',
    /// Output.
    Output = b'o',
    /// A look at a host.
    Probe = b'p',
    /// A password, as it was typed: never JSON, never kept.
    Secret = b's',
}

/// Writes one frame.
pub(super) async fn write(out: &mut (impl AsyncWrite + Unpin), kind: Kind, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).map_err(|_| invalid("a frame is too long"))?;
    let mut head = [kind as u8; 5];
    head[1..].copy_from_slice(&length.to_be_bytes());
    out.write_all(&head).await?;
    out.write_all(body).await
}

/// Reads one frame; `None` at the end. Not cancel safe.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<(Kind, Vec<u8>)>> {
    let mut head = [0; 5];
    if let Err(error) = from.read_exact(&mut head).await {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => Ok(None),
            _ => Err(error),
        };
    }
    let [kind, length @ ..] = head;
    let kind = match kind {
        b'w' => Kind::Words,
        b'e' => Kind::Event,
        b'o' => Kind::Output,
        b'p' => Kind::Probe,
        b's' => Kind::Secret,
        _ => return Err(invalid("this is not the language of heeler")),
    };
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return Err(invalid("a frame is too long"));
    }
    let mut body = vec![0; length as usize];
    from.read_exact(&mut body).await?;
    Ok(Some((kind, body)))
}

/// Writes words.
pub(super) async fn say(out: &mut (impl AsyncWrite + Unpin), words: &impl Serialize) -> io::Result<()> {
    write(out, Kind::Words, &serde_json::to_vec(words)?).await
}

/// Reads words; `None` at the end.
pub(super) async fn hear<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<T>> {
    match read(from).await? {
        None => Ok(None),
        Some((Kind::Words, body)) => Ok(Some(serde_json::from_slice(&body)?)),
        Some(_) => Err(invalid("words were expected")),
    }
}

/// Output as bytes: when, whose, then each piece with its stream, offset and length.
pub(super) fn pack(output: &Output) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&(output.at.0.as_millis() as u64).to_be_bytes());
    bytes.extend_from_slice(&output.job.0.to_be_bytes());
    bytes.extend_from_slice(&output.attempt.0.to_be_bytes());
    for piece in &output.pieces {
        bytes.push(piece.stream as u8);
        bytes.extend_from_slice(&piece.offset.to_be_bytes());
        bytes.extend_from_slice(&(piece.bytes.len() as u32).to_be_bytes());
        bytes.extend_from_slice(&piece.bytes);
    }
    bytes
}

/// The reverse of [`pack`].
pub(super) fn unpack(mut bytes: &[u8]) -> io::Result<Output> {
    let rest = &mut bytes;
    let at = Stamp::from_millis(u64::from_be_bytes(take(rest)?));
    let job = JobId(u32::from_be_bytes(take(rest)?));
    let attempt = AttemptNo(u32::from_be_bytes(take(rest)?));
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let stream = match take::<1>(rest)? {
            [0] => Stream::Stdout,
            [1] => Stream::Stderr,
            _ => return Err(invalid("output has no such stream")),
        };
        let offset = u64::from_be_bytes(take(rest)?);
        let length = u32::from_be_bytes(take(rest)?) as usize;
        let (piece, after) = rest.split_at_checked(length).ok_or_else(cut_short)?;
        *rest = after;
        pieces.push(Piece {
            stream,
            offset,
            bytes: piece.to_vec(),
        });
    }
    Ok(Output {
        at,
        job,
        attempt,
        pieces,
    })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> io::Result<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk().ok_or_else(cut_short)?;
    *bytes = rest;
    Ok(*head)
}

fn cut_short() -> io::Error {
    invalid("a frame is cut short")
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_the_same_after_its_way_and_a_cut_one_is_refused() {
        let output = Output {
            at: Stamp::from_millis(1234),
            job: JobId(7),
            attempt: AttemptNo(2),
            pieces: [(Stream::Stdout, 0, &b"a\x00\xff\n"[..]), (Stream::Stderr, 1 << 40, b"")]
                .map(|(stream, offset, bytes)| Piece {
                    stream,
                    offset,
                    bytes: bytes.to_vec(),
                })
                .to_vec(),
        };
        let bytes = pack(&output);
        assert_eq!(unpack(&bytes).expect("whole"), output);
        let whole_pieces = [16, 33];
        for length in (0..bytes.len()).filter(|length| !whole_pieces.contains(length)) {
            assert!(unpack(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[tokio::test]
    async fn what_is_no_frame_is_refused_and_the_end_is_the_end() {
        let mut bytes = Vec::new();
        write(&mut bytes, Kind::Event, b"{}").await.expect("memory takes it");
        let mut from = bytes.as_slice();
        let frame = read(&mut from).await.expect("a frame");
        assert_eq!(frame, Some((Kind::Event, b"{}".to_vec())));
        assert_eq!(read(&mut from).await.expect("the end"), None);
        assert!(read(&mut &b"GET / HTTP/1.1"[..]).await.is_err());
        assert!(read(&mut &b"e\xff\xff\xff\xff"[..]).await.is_err(), "too long");
        assert!(read(&mut &bytes[..6]).await.is_err(), "cut short");
    }
}
