//! A viewer's way to the runner of a run: connects to its socket, greets, and makes a [`Link`] of it.

use super::address::Address;
use super::frame::{self, Kind};
use super::greet::{Answer, Hello, PROTOCOL, Welcome};
use super::{Far, Link, Wish};
use crate::model::event::Message;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

/// How long the runner may take to answer the greeting.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a runner cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// Nobody listens.
    #[error("nobody answers on its socket: {0}")]
    Dead(io::Error),
    /// Somebody else listens.
    #[error("its socket belongs to user {0}, not to you")]
    Foreign(u32),
    /// The runner does not want us.
    #[error("{0}")]
    Refused(String),
    /// It does not answer in time.
    #[error("its runner does not answer within {} s; it may be stopped", PATIENCE.as_secs())]
    Silent,
    /// It answers something else.
    #[error("what answers on its socket is no runner of heeler: {0}")]
    Babble(io::Error),
}

/// Connects to the runner that listens on `socket`. The messages begin with every event so far.
///
/// # Errors
/// When nobody listens there, or it is not ours, or does not let us in.
pub async fn dial(socket: &Path, hello: &Hello) -> Result<(Link, Welcome), DialError> {
    let address = Address::of(socket).map_err(DialError::Dead)?;
    let stream = UnixStream::connect(address.path()).await.map_err(DialError::Dead)?;
    let owner = stream.peer_cred().map_err(DialError::Dead)?.uid();
    if owner != rustix::process::geteuid().as_raw() {
        return Err(DialError::Foreign(owner));
    }
    let (from, mut to) = stream.into_split();
    let mut from = BufReader::new(from);
    let greeting = async {
        frame::say(&mut to, hello).await?;
        frame::hear(&mut from).await
    };
    let answer = timeout(PATIENCE, greeting).await.map_err(|_| DialError::Silent)?;
    match answer.map_err(DialError::Babble)? {
        Some(Answer::Welcome(welcome)) => {
            let (link, far) = Link::new();
            carry(far, from, to);
            Ok((link, welcome))
        }
        Some(Answer::Refused { reason }) => Err(DialError::Refused(reason)),
        None => Err(DialError::Babble(io::ErrorKind::UnexpectedEof.into())),
    }
}

impl Hello {
    /// The greeting of this program.
    pub fn new(place: String, rights: super::greet::Rights) -> Self {
        Self {
            protocol: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            place,
            rights,
        }
    }
}

/// Carries what crosses, each way in a task of its own, until either side has gone.
fn carry(far: Far, mut from: BufReader<OwnedReadHalf>, mut to: OwnedWriteHalf) {
    let Far { messages, mut requests } = far;
    tokio::spawn(async move {
        while let Some(wish) = requests.recv().await {
            let said = match &wish {
                Wish::Request(request) => frame::say(&mut to, request).await,
                Wish::Password(secret) => frame::write(&mut to, Kind::Secret, secret.bytes()).await,
            };
            if said.is_err() {
                return;
            }
        }
        let _gone = to.shutdown().await;
    });
    tokio::spawn(async move {
        loop {
            let message = match next(&mut from).await {
                Ok(Some(message)) => message,
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(%error, "the runner cannot be understood");
                    return;
                }
            };
            if messages.send(message).await.is_err() {
                return;
            }
        }
    });
}

async fn next(from: &mut BufReader<OwnedReadHalf>) -> io::Result<Option<Message>> {
    Ok(match frame::read(from).await? {
        None => None,
        Some((Kind::Event, body)) => Some(Message::Event(serde_json::from_slice(&body)?)),
        Some((Kind::Output, body)) => Some(Message::Output(frame::unpack(&body)?)),
        Some((Kind::Probe, body)) => Some(Message::Probe(serde_json::from_slice(&body)?)),
        Some((Kind::Words | Kind::Secret, _)) => {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "words out of place"));
        }
    })
}
