//! An ssh server inside the test, for what a real sshd cannot be told to do wrong. Its hosts accept the key of an
//! [`Sshd`](super::sshd::Sshd), show that server's key, and run commands as it does, but for the one fault that each has.
//! It owns its listeners and connections; what its commands leave behind bears the mark of the sshd and is ended with it.

use std::net::{Ipv4Addr, Shutdown};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use russh::keys::{PrivateKey, load_secret_key};
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handle, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, ChannelMsg, ChannelOpenFailure, ChannelWriteHalf, MethodKind, MethodSet, Sig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::runtime::{self, Runtime};
use tokio::sync::{Notify, mpsc};
use tokio::time::sleep;

use super::ssh_files;
use super::sshd::Sshd;

/// ssh's number for standard error among the extended data of a channel.
const STDERR: u32 = 1;

/// After so many bytes of standard output the channel is closed under the command.
const MID_OUTPUT: usize = 64 * 1024;

/// What a host does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing at all: what the others are compared with.
    None,
    /// Says its first line and then nothing.
    StallsInKeyExchange,
    /// Takes the key into consideration for ever.
    StallsInAuthentication,
    RejectsKey,
    /// Opens no session.
    RefusesSessions,
    /// Opens one session on a connection, and never another.
    RefusesSecondSession,
    /// Neither grants nor refuses the request for a command.
    NeverAnswers,
    /// Grants it and closes the channel.
    ClosesAtOnce,
    /// Grants it and says that a signal ended it.
    TellsSignal,
    /// Closes the channel in the middle of the output, and the pipes of the command.
    ClosesInMidOutput,
    /// Says in the middle of the output that a signal has ended the command, which goes on.
    TellsSignalInMidOutput,
    /// Closes the channel at the end without a status.
    TellsNoStatus,
    /// Says 255 whatever the status was.
    TellsWrongStatus,
    /// Answers with one byte in a second.
    Drips,
}

/// Every fault, by the name of its host.
pub const FAULTS: [(&str, Fault); 14] = [
    ("sound", Fault::None),
    ("stallkex", Fault::StallsInKeyExchange),
    ("stallauth", Fault::StallsInAuthentication),
    ("rejectkey", Fault::RejectsKey),
    ("nosession", Fault::RefusesSessions),
    ("onesession", Fault::RefusesSecondSession),
    ("noanswer", Fault::NeverAnswers),
    ("closes", Fault::ClosesAtOnce),
    ("tellsignal", Fault::TellsSignal),
    ("closesmid", Fault::ClosesInMidOutput),
    ("signalmid", Fault::TellsSignalInMidOutput),
    ("nostatus", Fault::TellsNoStatus),
    ("status255", Fault::TellsWrongStatus),
    ("drips", Fault::Drips),
];

/// One host for each of [`FAULTS`].
pub struct Embedded {
    ports: Vec<u16>,
    /// Ends every listener and connection when dropped.
    _runtime: Runtime,
}

/// What the hosts have in common.
struct Site {
    config: Arc<Config>,
    client: PrivateKey,
    /// The environment that marks what runs in a session.
    mark: String,
    home: String,
}

impl Embedded {
    /// Starts the hosts, with the keys of `sshd`.
    #[track_caller]
    pub fn start(sshd: &Sshd) -> Self {
        let directory = sshd.config().with_file_name("");
        let key = |name| load_secret_key(directory.join(name), None).expect("a key of the sshd");
        let config = Config {
            methods: MethodSet::from(&[MethodKind::PublicKey][..]),
            auth_rejection_time: Duration::from_millis(10),
            auth_rejection_time_initial: Some(Duration::ZERO),
            keys: vec![key("host")],
            inactivity_timeout: None,
            nodelay: true,
            ..Config::default()
        };
        let site = Arc::new(Site {
            config: Arc::new(config),
            client: key("client"),
            mark: ssh_files::marker(&sshd.directory()),
            home: directory.join("home").to_string_lossy().into_owned(),
        });
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("embedded")
            .enable_all()
            .build()
            .expect("a runtime");
        let start = |(_, fault): &(&str, Fault)| {
            let address = (Ipv4Addr::LOCALHOST, 0);
            let listener = runtime
                .block_on(TcpListener::bind(address))
                .expect("a port on loopback");
            let port = listener.local_addr().expect("our address").port();
            runtime.spawn(accept(listener, *fault, Arc::clone(&site)));
            port
        };
        Self {
            ports: FAULTS.iter().map(start).collect(),
            _runtime: runtime,
        }
    }

    /// The names of the hosts and their ports.
    pub fn hosts(&self) -> impl Iterator<Item = (&'static str, u16)> {
        FAULTS.iter().zip(&self.ports).map(|((name, _), port)| (*name, *port))
    }
}

async fn accept(listener: TcpListener, fault: Fault, site: Arc<Site>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            // A fault of the connection is what is wanted here.
            let _ = serve(stream, fault, site).await;
        });
    }
}

async fn serve(mut stream: TcpStream, fault: Fault, site: Arc<Site>) -> Result<(), russh::Error> {
    if fault == Fault::StallsInKeyExchange {
        stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await?;
        let mut rest = vec![0; 1024];
        while let Ok(1..) = stream.read(&mut rest).await {}
        return Ok(());
    }
    let stream = stream.into_std()?;
    let _cut = Severed(stream.try_clone()?);
    let login = Login {
        fault,
        site: Arc::clone(&site),
        sessions: AtomicUsize::new(0),
        opened: Vec::new(),
    };
    russh::server::run_stream(Arc::clone(&site.config), TcpStream::from_std(stream)?, login)
        .await?
        .await
}

/// Closes a connection that russh would go on with in a task of its own.
struct Severed(std::net::TcpStream);

impl Drop for Severed {
    fn drop(&mut self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

struct Login {
    fault: Fault,
    site: Arc<Site>,
    sessions: AtomicUsize,
    opened: Vec<Channel<Msg>>,
}

impl Login {
    async fn judge(&self, key: &russh::keys::PublicKey) -> Auth {
        if self.fault == Fault::StallsInAuthentication {
            std::future::pending::<()>().await;
        }
        if self.fault != Fault::RejectsKey && key.key_data() == self.site.client.public_key().key_data() {
            Auth::Accept
        } else {
            Auth::reject()
        }
    }
}

impl Handler for Login {
    type Error = russh::Error;

    async fn auth_publickey_offered(&mut self, _: &str, offer: PublicKeyOffer<'_>) -> Result<Auth, Self::Error> {
        Ok(self.judge(offer.public_key).await)
    }

    async fn auth_publickey(&mut self, _: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        Ok(self.judge(key.public_key).await)
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        let before = self.sessions.fetch_add(1, SeqCst);
        let refused = match self.fault {
            Fault::RefusesSessions => true,
            Fault::RefusesSecondSession => before > 0,
            _ => false,
        };
        if refused {
            reply.reject(ChannelOpenFailure::ConnectFailed).await;
        } else {
            self.opened.push(channel);
            reply.accept().await;
        }
        Ok(())
    }

    async fn exec_request(&mut self, id: ChannelId, text: &[u8], session: &mut Session) -> Result<(), Self::Error> {
        let at = self.opened.iter().position(|channel| channel.id() == id);
        let channel = self.opened.remove(at.expect("an open channel"));
        match self.fault {
            Fault::NeverAnswers => self.opened.push(channel),
            Fault::ClosesAtOnce => {
                session.channel_success(id)?;
                session.close(id)?;
            }
            Fault::TellsSignal => {
                session.channel_success(id)?;
                session.exit_signal_request(id, Sig::KILL, false, "", "")?;
                session.close(id)?;
            }
            fault => {
                session.channel_success(id)?;
                let text = String::from_utf8_lossy(text).into_owned();
                tokio::spawn(run(channel, session.handle(), fault, text, Arc::clone(&self.site)));
            }
        }
        Ok(())
    }
}

/// Runs a command as sshd does: the channel stays open until the command and its output have ended.
async fn run(channel: Channel<Msg>, connection: Handle, fault: Fault, text: String, site: Arc<Site>) {
    let (name, value) = site.mark.split_once('=').expect("a variable");
    let started = Command::new("/bin/sh")
        .args(["-c", &text])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", &site.home)
        .env(name, value)
        .current_dir(&site.home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = started.expect("/bin/sh");
    let (mut incoming, outgoing) = channel.split();
    let mut stdin = child.stdin.take().expect("a pipe");
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (input, mut queue) = mpsc::unbounded_channel::<Vec<u8>>();
    let listen = async {
        // Sent on from a queue: a command that does not read must not hold up the connection.
        let mut input = Some(input);
        loop {
            match incoming.wait().await {
                Some(ChannelMsg::Data { data }) => {
                    let _ = input.as_ref().map(|input| input.send(data.to_vec()));
                }
                Some(ChannelMsg::Eof) => input = None,
                Some(ChannelMsg::Close) | None => return,
                Some(_) => {}
            }
        }
    };
    let feed = async move {
        while let Some(bytes) = queue.recv().await {
            if stdin.write_all(&bytes).await.is_err() {
                break;
            }
        }
        drop(stdin);
        std::future::pending::<()>().await;
    };
    let middle = Notify::new();
    let (outgoing, middle) = (&outgoing, &middle);
    let out = async {
        let ((), (), status) = tokio::join!(
            send(stdout.expect("a pipe"), None, fault, outgoing, middle),
            send(stderr.expect("a pipe"), Some(STDERR), fault, outgoing, middle),
            child.wait()
        );
        let code = status.ok().and_then(|status| status.code()).unwrap_or(137);
        let _ = match fault {
            Fault::TellsNoStatus => Ok(()),
            Fault::TellsWrongStatus => outgoing.exit_status(255).await,
            _ => outgoing.exit_status(code.cast_unsigned()).await,
        };
    };
    tokio::select! {
        () = out => {}
        () = listen => {}
        () = feed => {}
        () = middle.notified() => if fault == Fault::TellsSignalInMidOutput {
            let (nobody, nothing) = (String::new(), String::new());
            let _ = connection.exit_signal_request(outgoing.id(), Sig::KILL, false, nobody, nothing).await;
        }
    }
    // Errors mean that the connection has gone.
    let _ = outgoing.eof().await;
    let _ = outgoing.close().await;
}

/// Sends what comes from a pipe, up to the middle of the output where that is the fault.
async fn send(
    mut pipe: impl AsyncRead + Unpin,
    stream: Option<u32>,
    fault: Fault,
    outgoing: &ChannelWriteHalf<Msg>,
    middle: &Notify,
) {
    let most = if fault == Fault::Drips { 1 } else { 32 * 1024 };
    let ends_in_the_middle = matches!(fault, Fault::ClosesInMidOutput | Fault::TellsSignalInMidOutput);
    let mut piece = vec![0; most];
    let mut sent = 0;
    while let Ok(length @ 1..) = pipe.read(&mut piece).await {
        let bytes = piece[..length].to_vec();
        let gone = match stream {
            None => outgoing.data_bytes(bytes).await,
            Some(stream) => outgoing.extended_data_bytes(stream, bytes).await,
        };
        if gone.is_err() {
            return;
        }
        if fault == Fault::Drips {
            sleep(Duration::from_secs(1)).await;
        }
        sent += length;
        if ends_in_the_middle && stream.is_none() && sent >= MID_OUTPUT {
            middle.notify_one();
            // The pipes are closed all at once: a command that had lost only this one could still tell of it.
            std::future::pending::<()>().await;
        }
    }
}
