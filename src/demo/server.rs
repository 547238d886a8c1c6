//! The ssh server of one host: accepts connections, our key and nothing but commands. It owns listener,
//! login and the number of sessions; `Fleet` starts one per host, and dropping it cuts every connection. It
//! must not know what a command does.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::Shutdown;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::{PrivateKey, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, PublicKeyOffer, VerifiedPublicKey};
use russh::{Channel, ChannelId, ChannelOpenFailure, MethodKind, MethodSet, Pty};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;

use super::processes::Processes;
use super::roster::{Host, Role};
use super::session::Session;

/// Sessions at once on one connection, sshd's own default (`MaxSessions`).
const MOST_SESSIONS: usize = 10;

/// What all hosts of a fleet have in common.
pub(super) struct Site {
    pub(super) config: Arc<Config>,
    /// The only key that opens a door.
    pub(super) client: PublicKey,
    /// Holds a home directory for each host.
    pub(super) homes: PathBuf,
    pub(super) processes: Arc<Processes>,
    /// Closed when the last connection has gone, and with it the site.
    pub(super) _connected: mpsc::Sender<Infallible>,
}

/// The settings of russh: fast, for a client on the same machine that we trust.
pub(super) fn settings(key: PrivateKey) -> Arc<Config> {
    Arc::new(Config {
        methods: MethodSet::from(&[MethodKind::PublicKey][..]),
        auth_rejection_time: Duration::from_millis(10),
        auth_rejection_time_initial: Some(Duration::ZERO),
        max_auth_attempts: 3,
        keys: vec![key],
        inactivity_timeout: None,
        nodelay: true,
        ..Config::default()
    })
}

/// Serves `host` for as long as it is polled; to drop it cuts the connections.
pub(super) async fn serve(listener: TcpListener, host: Arc<Host>, site: Arc<Site>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&host), Arc::clone(&site)));
                }
                // Out of file descriptors, as a rule: the client waits in the queue meanwhile.
                Err(error) => {
                    tracing::warn!(host = host.name, %error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, host: Arc<Host>, site: Arc<Site>) {
    let ended = async {
        let (stream, _cut) = severable(stream)?;
        let config = Arc::clone(&site.config);
        russh::server::run_stream(config, stream, Login::new(Arc::clone(&host), site))
            .await?
            .await
    };
    if let Err(error) = ended.await {
        tracing::debug!(host = host.name, %error, "connection ended");
    }
}

/// Cuts a connection when dropped. russh runs it in a task of its own that cannot be stopped otherwise,
/// least of all while it waits for a client that does not read.
struct Cut(std::net::TcpStream);

impl Drop for Cut {
    fn drop(&mut self) {
        // An error means that it was closed already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

fn severable(stream: TcpStream) -> Result<(TcpStream, Cut), russh::Error> {
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let cut = Cut(stream.try_clone()?);
    Ok((TcpStream::from_std(stream)?, cut))
}

/// One connection: the sessions opened on it, and those that run. Dropped with the connection, and the
/// pipes of the sessions with it.
struct Login {
    host: Arc<Host>,
    site: Arc<Site>,
    slots: Arc<Semaphore>,
    opened: HashMap<ChannelId, (Channel<Msg>, OwnedSemaphorePermit)>,
    running: JoinSet<()>,
}

impl Login {
    fn new(host: Arc<Host>, site: Arc<Site>) -> Self {
        Self {
            host,
            site,
            slots: Arc::new(Semaphore::new(MOST_SESSIONS)),
            opened: HashMap::new(),
            running: JoinSet::new(),
        }
    }

    fn judge(&self, key: &PublicKey) -> Auth {
        if self.host.role != Role::RejectsKey && key.key_data() == self.site.client.key_data() {
            Auth::Accept
        } else {
            Auth::reject()
        }
    }

    /// Starts a command on a channel that was opened and has none yet.
    fn start(&mut self, channel: ChannelId, text: &[u8], session: &russh::server::Session) -> std::io::Result<()> {
        while self.running.try_join_next().is_some() {}
        let (channel, slot) = self
            .opened
            .remove(&channel)
            .ok_or_else(|| std::io::Error::other("a command is running on this channel"))?;
        let home = self.site.homes.join(&self.host.name);
        let started = Session::start(text, &self.host, &home, &self.site.processes, slot)?;
        self.running.spawn(started.run(channel, session.handle()));
        Ok(())
    }
}

impl Handler for Login {
    type Error = russh::Error;

    async fn auth_publickey_offered(&mut self, _: &str, offer: PublicKeyOffer<'_>) -> Result<Auth, Self::Error> {
        Ok(self.judge(offer.public_key))
    }

    async fn auth_publickey(&mut self, _: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        Ok(self.judge(key.public_key))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        match Arc::clone(&self.slots).try_acquire_owned() {
            Ok(slot) => {
                self.opened.insert(channel.id(), (channel, slot));
                reply.accept().await;
            }
            Err(_) => reply.reject(ChannelOpenFailure::ConnectFailed).await,
        }
        Ok(())
    }

    async fn channel_close(&mut self, channel: ChannelId, _: &mut russh::server::Session) -> Result<(), Self::Error> {
        self.opened.remove(&channel);
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        text: &[u8],
        session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        match self.start(channel, text, session) {
            Ok(()) => session.channel_success(channel),
            Err(error) => {
                tracing::warn!(host = self.host.name, %error, "cannot start a command");
                session.channel_failure(channel)
            }
        }
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }
}
