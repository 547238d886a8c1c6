//! Output: whole and exact on disk, told as far as the front-end takes it, and never a reason to stand still.

use crate::stage::{Stage, settings};
use heeler::model::event::{Message, Stream};
use heeler::model::outcome::Outcome;
use heeler::rundir::OutputReader;

/// Bytes in which every place differs from its surroundings, with what could be taken for a record among them.
fn bytes(count: usize, salt: u8) -> Vec<u8> {
    let noise = (0_u32..).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 ^ salt);
    noise.take(count).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_on_disk_is_what_was_sent_in_the_order_of_reading() {
    let mut stage = Stage::open(&["a", "b"], settings());
    let (_a, mut first) = stage.start("a").await;
    let (_b, mut second) = stage.start("b").await;
    let pieces: Vec<Vec<u8>> = (0..40).map(|n| bytes(1 + 997 * usize::from(n), n)).collect();
    for (n, piece) in pieces.iter().enumerate() {
        let stream = if n % 3 == 0 { Stream::Stderr } else { Stream::Stdout };
        stage.soon(first.print(stream, piece)).await;
        stage.soon(second.print(Stream::Stdout, piece)).await;
    }
    stage.soon(first.exit(0)).await;
    stage.soon(second.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok, Outcome::Ok]);
    let sent = |stderr: bool| -> Vec<u8> {
        let chosen = pieces.iter().enumerate().filter(|(n, _)| (n % 3 == 0) == stderr);
        chosen.flat_map(|(_, piece)| piece.clone()).collect()
    };
    assert!(stage.file("a", 1, Stream::Stdout) == sent(false));
    assert!(stage.file("a", 1, Stream::Stderr) == sent(true));
    assert!(stage.file("b", 1, Stream::Stdout) == pieces.concat());
    let attempt = heeler::model::id::AttemptNo::FIRST;
    let (index, _) = OutputReader::new(&stage.dir, "a", attempt).index(0).unwrap();
    let length = |stream| -> u64 { index.iter().filter(|e| e.stream == stream).map(|e| e.bytes).sum() };
    assert_eq!(length(Stream::Stdout), sent(false).len() as u64);
    assert_eq!(length(Stream::Stderr), sent(true).len() as u64);
    assert!(!stage.outputs.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_front_end_that_reads_nothing_stops_nothing() {
    const CHUNK: usize = 1 << 20;
    const CHUNKS: usize = 50;
    let mut stage = Stage::open(&["a"], settings());
    let mut line = stage.call("a").await.accept();
    let mut shim = stage.soon(line.session()).await;
    stage.soon(shim.run()).await;
    let chunk = bytes(CHUNK, 0);
    for _ in 0..CHUNKS {
        stage.soon(shim.print(Stream::Stdout, &chunk)).await;
    }
    stage.soon(shim.exit(0)).await;
    stage.soon(shim.hung_up()).await;
    let mut unread = stage.link.take().unwrap();
    // Now that all of it is over, everything that was kept for the front-end is looked at.
    let (mut kept, mut messages) = (0, 0);
    while let Some(parcel) = stage.soon(unread.parcels.recv()).await {
        let message = parcel.message;
        messages += 1;
        if let Message::Output(output) = message {
            kept += output.pieces.iter().map(|piece| piece.bytes.len()).sum::<usize>();
        }
    }
    assert_eq!(stage.end().await, [Outcome::Ok]);
    assert!(kept <= 64 * 1024, "{kept} bytes were kept");
    assert!(messages < 12, "{messages} messages were kept");
    let file = stage.file("a", 1, Stream::Stdout);
    assert_eq!(file.len(), CHUNK * CHUNKS);
    assert!(file.chunks(CHUNK).all(|part| part == chunk));
}
