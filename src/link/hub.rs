//! The runner's side of the socket: lets viewers in, tells each of them everything in order, and carries their requests
//! to the runner with the name of who asked. No viewer can hold up the run or another viewer.

use super::address::Address;
use super::frame::{self, Kind};
use super::greet::{Answer, Hello, PROTOCOL, Rights, Welcome};
use super::queue::{Item, Queue};
use super::{Asked, Ends, Parcel, Wish};
use crate::model::bond::Tie;
use crate::model::event::{Message, Output};
use crate::model::id::RunId;
use crate::model::request::Request;
use crate::model::secret::Secret;
use crate::model::stamp::Stamp;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

/// How long a greeting may take.
const GREETING: Duration = Duration::from_secs(5);
/// How long nobody is let in after that failed.
const RETRY: Duration = Duration::from_millis(100);
/// How long viewers may take to hear of the end; whoever is slower reads it from the record.
const FAREWELL: Duration = Duration::from_secs(5);

/// What viewers are told at the door.
pub struct About {
    /// Which run this is.
    pub run: RunId,
    /// What ends it besides itself.
    pub tie: Tie,
    /// The process that started a tied run: nobody else can keep that run open, as it waits for the end.
    pub starter: Option<i32>,
    /// What becomes of it at logout, where it would not go on.
    pub logout: Option<String>,
    /// The user's name, for the record of requests.
    pub user: String,
    /// What time it is in the run.
    pub now: Box<dyn Fn() -> Stamp + Send + Sync>,
}

/// Serves viewers.
pub struct Hub {
    listener: UnixListener,
    socket: SocketFile,
    shared: Arc<Shared>,
    parcels: mpsc::UnboundedReceiver<Parcel>,
}

struct Shared {
    about: About,
    asked: mpsc::UnboundedSender<Asked>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Every event so far, as JSON.
    history: Vec<Arc<[u8]>>,
    viewers: HashMap<u64, Arc<Viewer>>,
    /// Who wants the run kept open.
    holding: HashSet<u64>,
    next: u64,
    /// The run is over, and everything is in the queues.
    over: bool,
}

/// One viewer that was let in.
struct Viewer {
    number: u64,
    who: String,
    pid: Option<i32>,
    rights: Rights,
    queue: Mutex<Queue>,
    news: Notify,
}

/// Whether viewers are let in.
#[derive(Clone, Copy, Debug)]
enum Door {
    /// They are.
    Open,
    /// That failed; nobody is until then.
    Shut(Instant),
    /// It failed last time and is tried again.
    Ajar,
}

impl Door {
    fn lets_in(self) -> bool {
        !matches!(self, Self::Shut(_))
    }

    /// Waits until a shut door opens.
    async fn opens(self) {
        match self {
            Self::Shut(until) => sleep_until(until).await,
            Self::Open | Self::Ajar => std::future::pending().await,
        }
    }
}

/// Removed with this.
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::debug!(%error, "the socket could not be removed");
        }
    }
}

impl Hub {
    /// Listens on `socket`, in a directory that nobody else may enter; a socket left there by a runner that is gone is
    /// replaced.
    ///
    /// # Errors
    /// When the socket cannot be made.
    pub fn open(socket: &Path, about: About, ends: Ends) -> io::Result<Self> {
        let Ends { parcels, asked } = ends;
        match fs::remove_file(socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let address = Address::of(socket)?;
        let listener = UnixListener::bind(address.path())?;
        let file = SocketFile(socket.to_owned());
        fs::set_permissions(address.path(), fs::Permissions::from_mode(0o600))?;
        Ok(Self {
            listener,
            socket: file,
            shared: Arc::new(Shared {
                about,
                asked,
                state: Mutex::default(),
            }),
            parcels,
        })
    }

    /// Serves until the runner has told everything and the viewers have heard it, or had the time to.
    pub async fn serve(mut self) {
        let mut viewers = JoinSet::new();
        // While no descriptor is free nobody can be let in, which must hold up nobody who is in.
        let mut door = Door::Open;
        loop {
            tokio::select! {
                parcel = self.parcels.recv() => match parcel {
                    Some(parcel) => self.shared.tell(&parcel.message),
                    None => break,
                },
                () = door.opens() => door = Door::Ajar,
                accepted = self.listener.accept(), if door.lets_in() => match accepted {
                    Ok((stream, _)) => {
                        door = Door::Open;
                        let shared = Arc::clone(&self.shared);
                        viewers.spawn(async move { shared.serve(stream).await });
                    }
                    // No descriptor is free, or the viewer has gone already.
                    Err(error) => {
                        if matches!(door, Door::Open) {
                            tracing::warn!(%error, "a viewer could not be let in");
                        }
                        door = Door::Shut(Instant::now() + RETRY);
                    }
                },
                Some(_) = viewers.join_next() => {}
            }
        }
        drop(self.listener);
        self.shared.end();
        // The disk may not answer, which must keep nobody from hearing of the end.
        let socket = self.socket;
        let removal = tokio::task::spawn_blocking(move || drop(socket));
        let farewell = async {
            while viewers.join_next().await.is_some() {}
            let _gone = removal.await;
        };
        let _slow = timeout(FAREWELL, farewell).await;
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, message: &Message) {
        let mut state = self.state();
        match message {
            Message::Event(event) => match serde_json::to_vec(event) {
                Ok(line) => {
                    let line: Arc<[u8]> = line.into();
                    state.history.push(Arc::clone(&line));
                    state.each(|queue| queue.event(Arc::clone(&line)));
                }
                Err(error) => tracing::error!(%error, "an event has no JSON form"),
            },
            Message::Output(output) => state.each(|queue| queue.output(output)),
            Message::Probe(probe) => match serde_json::to_vec(probe) {
                Ok(line) => {
                    let line: Arc<[u8]> = line.into();
                    state.each(|queue| queue.probe(probe.job, Arc::clone(&line)));
                }
                Err(error) => tracing::error!(%error, "a look at a host has no JSON form"),
            },
        }
    }

    fn end(&self) {
        let mut state = self.state();
        state.over = true;
        state.each(|_| {});
    }

    /// Lets a viewer in, serves it, and lets it go.
    async fn serve(&self, stream: UnixStream) {
        let pid = match stream.peer_cred() {
            Ok(peer) if peer.uid() == rustix::process::geteuid().as_raw() => peer.pid(),
            Ok(peer) => return tracing::warn!(uid = peer.uid(), "somebody else's viewer was turned away"),
            Err(error) => return tracing::warn!(%error, "an unknown viewer was turned away"),
        };
        let (from, to) = stream.into_split();
        let (mut from, mut to) = (BufReader::new(from), BufWriter::new(to));
        let Ok(Ok(Some(hello))) = timeout(GREETING, frame::hear::<Hello>(&mut from)).await else {
            return tracing::warn!("a viewer did not greet");
        };
        if hello.protocol != PROTOCOL {
            let reason = format!(
                "this run's runner is heeler {} (protocol {PROTOCOL}), and you are heeler {} (protocol {}); use the former",
                env!("CARGO_PKG_VERSION"),
                hello.version,
                hello.protocol
            );
            let refused = Answer::Refused { reason };
            let _gone = frame::say(&mut to, &refused).await;
            let _gone = to.flush().await;
            return;
        }
        let (viewer, welcome) = self.let_in(&hello, pid);
        tracing::info!(who = viewer.who, "a viewer came");
        tokio::select! {
            told = self.tell_all(&viewer, &welcome, &mut to) => {
                if let Err(error) = told {
                    tracing::debug!(%error, "a viewer takes nothing more");
                }
                let _gone = to.shutdown().await;
            }
            () = self.listen(&viewer, &mut from) => {}
        }
        tracing::info!(who = viewer.who, "a viewer went");
        self.let_go(&viewer);
    }

    fn let_in(&self, hello: &Hello, pid: Option<i32>) -> (Arc<Viewer>, Welcome) {
        let of_pid = pid.map_or_else(String::new, |pid| format!(", pid {pid}"));
        let place: String = hello.place.chars().filter(|c| !c.is_control()).take(80).collect();
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        let viewer = Arc::new(Viewer {
            number,
            who: format!("{} ({place}{of_pid})", self.about.user),
            pid,
            rights: hello.rights,
            queue: Mutex::new(Queue::after(&state.history)),
            news: Notify::new(),
        });
        state.viewers.insert(number, Arc::clone(&viewer));
        let welcome = Welcome {
            run: self.about.run.clone(),
            who: viewer.who.clone(),
            now: (self.about.now)(),
            backlog: state.history.len(),
            tie: self.about.tie,
            logout: self.about.logout.clone(),
        };
        (viewer, welcome)
    }

    fn let_go(&self, viewer: &Viewer) {
        self.state().viewers.remove(&viewer.number);
        self.hold(viewer, false);
    }

    /// Tells a viewer everything, until the run is over.
    async fn tell_all(&self, viewer: &Viewer, welcome: &Welcome, to: &mut BufWriter<OwnedWriteHalf>) -> io::Result<()> {
        frame::say(to, &Answer::Welcome(welcome.clone())).await?;
        loop {
            // Asked for before the queue is looked at: the end comes after everything else was put there.
            let over = self.state().over;
            match viewer.next() {
                Some(Item::Event(line)) => frame::write(to, Kind::Event, &line).await?,
                Some(Item::Output(output)) => send(to, &output).await?,
                Some(Item::Probe(line)) => frame::write(to, Kind::Probe, &line).await?,
                None if over => return to.flush().await,
                None => {
                    to.flush().await?;
                    viewer.news.notified().await;
                }
            }
        }
    }

    /// Hears a viewer's requests until it goes.
    async fn listen(&self, viewer: &Viewer, from: &mut (impl AsyncRead + Unpin)) {
        loop {
            match hear(from).await {
                Ok(Some(Wish::Request(request))) => self.ask(viewer, request, None),
                Ok(Some(Wish::Password(secret))) => self.ask(viewer, Request::SudoPassword, Some(secret)),
                Ok(None) => return,
                Err(error) => return tracing::warn!(%error, who = viewer.who, "a viewer cannot be understood"),
            }
        }
    }

    fn ask(&self, viewer: &Viewer, request: Request, secret: Option<Secret>) {
        if viewer.rights == Rights::Read {
            return tracing::warn!(
                who = viewer.who,
                ?request,
                "a viewer that may only look asked for something"
            );
        }
        match request {
            Request::Hold if self.about.starter.is_some() && self.about.starter != viewer.pid => {}
            // The same holds for a run that would be driven beside it.
            Request::Adopt { .. } if self.about.starter.is_some() && self.about.starter != viewer.pid => {}
            Request::Hold => self.hold(viewer, true),
            Request::Release => self.hold(viewer, false),
            request => self.pass_on(&viewer.who, request, secret),
        }
    }

    /// Notes whether a viewer wants the run kept open; the runner hears of the first who does and the last who does not.
    fn hold(&self, viewer: &Viewer, wanted: bool) {
        let mut state = self.state();
        let before = state.holding.is_empty();
        if wanted {
            state.holding.insert(viewer.number);
        } else {
            state.holding.remove(&viewer.number);
        }
        match (before, state.holding.is_empty()) {
            (true, false) => self.pass_on(&viewer.who, Request::Hold, None),
            (false, true) => self.pass_on(&viewer.who, Request::Release, None),
            _ => {}
        }
    }

    fn pass_on(&self, who: &str, request: Request, secret: Option<Secret>) {
        let who = who.to_owned();
        if self.asked.send(Asked { who, request, secret }).is_err() {
            tracing::debug!("a request came after the end of the run");
        }
    }
}

impl State {
    /// Changes every viewer's queue, and wakes the viewer.
    fn each(&mut self, change: impl Fn(&mut Queue)) {
        for viewer in self.viewers.values() {
            change(&mut viewer.queue());
            viewer.news.notify_one();
        }
    }
}

impl Viewer {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Item> {
        self.queue().next()
    }
}

/// The next thing that a viewer asks; `None` at the end.
async fn hear(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Wish>> {
    Ok(match frame::read(from).await? {
        None => None,
        Some((Kind::Words, body)) => Some(Wish::Request(serde_json::from_slice(&body)?)),
        Some((Kind::Secret, body)) => Some(Wish::Password(Secret::new(body))),
        Some((Kind::Event | Kind::Output | Kind::Probe, _)) => {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a viewer tells nothing"));
        }
    })
}

async fn send(to: &mut BufWriter<OwnedWriteHalf>, output: &Output) -> io::Result<()> {
    frame::write(to, Kind::Output, &frame::pack(output)).await
}

#[cfg(test)]
mod tests;
