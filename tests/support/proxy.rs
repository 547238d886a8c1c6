//! A TCP proxy on loopback that does to connections what networks do: holds them, slows them, cuts them, lets nobody in.
//! What it does is told by calls, or counted in bytes, never left to the clock. It owns its listener and every
//! connection, and closes all of them when dropped. It knows nothing of ssh but the end of the first line.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::watch;
use tokio::task::{AbortHandle, yield_now};
use tokio::time::sleep;

use super::wait::{LIMIT, poll};

/// The most that is carried at once.
const PIECE: usize = 64 * 1024;

/// Which way the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// Both of them.
pub const BOTH: [Way; 2] = [Way::Up, Way::Down];

/// How a connection is ended, at both of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// At once, as a firewall does that forgot the connection (RST).
    Reset,
    /// In good order: nothing more comes (FIN).
    Close,
}

/// What happens when so many bytes have been carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Stall,
    Cut(Cut),
}

/// How bytes are carried one way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    /// Nothing is carried, and nothing is closed either.
    pub frozen: bool,
    /// Bytes in a second; `None` is as fast as they come.
    pub rate: Option<u32>,
    /// Counted from the connection's first byte.
    pub limit: Option<(u64, Then)>,
}

impl Flow {
    /// Nothing is carried.
    const FROZEN: Self = Self {
        frozen: true,
        rate: None,
        limit: None,
    };
}

/// What becomes of those who connect from now on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Door {
    /// They are connected to the server.
    #[default]
    Open,
    /// They are accepted, and nobody says a word.
    Silent,
    /// They are accepted and dropped before the server's first line.
    DropAtOnce(Cut),
    /// They get the server's first line and are dropped.
    DropAfterBanner(Cut),
}

/// The proxy; also the handle by which all of its connections are ruled at once.
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    /// Bound but not listening: nobody else gets our port while we refuse.
    _reserve: TcpSocket,
    /// Ends every task, and with it closes every connection, when dropped.
    runtime: Runtime,
}

struct Shared {
    target: u16,
    state: Mutex<State>,
}

struct State {
    door: Door,
    orders: Orders,
    links: Vec<Link>,
    listening: Option<AbortHandle>,
}

/// What a connection is to do.
#[derive(Debug, Clone, Copy, Default)]
struct Orders {
    up: Flow,
    down: Flow,
    cut: Option<Cut>,
}

/// One connection that came through the open door, or stands at the silent one.
#[derive(Clone)]
pub struct Link {
    orders: Arc<watch::Sender<Orders>>,
    count: Arc<Count>,
}

#[derive(Default)]
struct Count {
    up: AtomicU64,
    down: AtomicU64,
    ended: AtomicBool,
}

impl Proxy {
    /// Listens on a free port, and carries everything to `target` on this machine.
    #[track_caller]
    pub fn start(target: u16) -> Self {
        let reserve = bind(0);
        let port = reserve.local_addr().expect("our address").port();
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("proxy")
            .enable_all()
            .build()
            .expect("a runtime");
        let state = State {
            door: Door::Open,
            orders: Orders::default(),
            links: Vec::new(),
            listening: None,
        };
        let state = Mutex::new(state);
        let proxy = Self {
            port,
            shared: Arc::new(Shared { target, state }),
            _reserve: reserve,
            runtime,
        };
        proxy.listen();
        proxy
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What becomes of those who connect from now on.
    pub fn door(&self, door: Door) {
        self.state().door = door;
    }

    /// Refuses connections until [`Self::listen`]; those that are open stay.
    pub fn refuse(&self) {
        let Some(task) = self.state().listening.take() else {
            return;
        };
        task.abort();
        let ended = poll(LIMIT, || task.is_finished().then_some(()));
        ended.expect("the listener closes");
    }

    /// Takes connections again.
    pub fn listen(&self) {
        let mut state = self.state();
        if state.listening.is_none() {
            let entered = self.runtime.enter();
            let listener = bind(self.port).listen(1024).expect("our own port");
            drop(entered);
            let task = self.runtime.spawn(accept(listener, Arc::clone(&self.shared)));
            state.listening = Some(task.abort_handle());
        }
    }

    /// How bytes are carried these ways, on all connections, open ones and those to come.
    pub fn rule(&self, ways: &[Way], flow: Flow) {
        let mut state = self.state();
        state.orders.rule(ways, flow);
        for link in &state.links {
            link.rule(ways, flow);
        }
    }

    /// Carries nothing more these ways, and closes nothing.
    pub fn freeze(&self, ways: &[Way]) {
        self.rule(ways, Flow::FROZEN);
    }

    /// Carries everything again, as fast as it comes.
    pub fn thaw(&self) {
        self.rule(&BOTH, Flow::default());
    }

    /// Carries so many bytes in a second, each way.
    pub fn throttle(&self, rate: u32) {
        self.rule(
            &BOTH,
            Flow {
                rate: Some(rate),
                ..Flow::default()
            },
        );
    }

    /// Lets so many bytes come down on a connection; then that happens.
    pub fn after(&self, bytes: u64, then: Then) {
        self.rule(
            &[Way::Down],
            Flow {
                limit: Some((bytes, then)),
                ..Flow::default()
            },
        );
    }

    /// Cuts every open connection, and waits until they are. New ones are welcome.
    pub fn cut(&self, how: Cut) {
        for link in self.links() {
            link.cut(how);
        }
    }

    /// The open connections, oldest first.
    pub fn links(&self) -> Vec<Link> {
        let mut state = self.state();
        state.links.retain(Link::is_open);
        state.links.clone()
    }

    /// Waits until that many connections are open.
    #[track_caller]
    pub fn wait_for_links(&self, count: usize) -> Vec<Link> {
        let found = poll(LIMIT, || Some(self.links()).filter(|links| links.len() == count));
        found.unwrap_or_else(|| panic!("{} connections instead of {count}", self.links().len()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Link {
    /// How bytes are carried these ways.
    pub fn rule(&self, ways: &[Way], flow: Flow) {
        self.orders.send_modify(|orders| orders.rule(ways, flow));
    }

    /// Carries nothing more these ways, and closes nothing.
    pub fn freeze(&self, ways: &[Way]) {
        self.rule(ways, Flow::FROZEN);
    }

    /// Carries everything again.
    pub fn thaw(&self) {
        self.rule(&BOTH, Flow::default());
    }

    /// Cuts it, and waits until it is.
    pub fn cut(&self, how: Cut) {
        self.orders.send_modify(|orders| orders.cut = Some(how));
        // A close in good order ends when both sides have closed too, so that it is not waited for.
        if how == Cut::Reset {
            poll(LIMIT, || (!self.is_open()).then_some(())).expect("the connection closes");
        }
    }

    /// Whether it has not come to its end.
    pub fn is_open(&self) -> bool {
        !self.count.ended.load(SeqCst)
    }

    /// How many bytes were carried that way.
    pub fn carried(&self, way: Way) -> u64 {
        self.count.of(way).load(SeqCst)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with it")
    }
}

impl Orders {
    fn rule(&mut self, ways: &[Way], flow: Flow) {
        for way in ways {
            match way {
                Way::Up => self.up = flow,
                Way::Down => self.down = flow,
            }
        }
    }

    fn of(&self, way: Way) -> Flow {
        match way {
            Way::Up => self.up,
            Way::Down => self.down,
        }
    }
}

impl Count {
    fn of(&self, way: Way) -> &AtomicU64 {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }
}

/// A socket on loopback that shares its port with another one of ours which does not listen.
fn bind(port: u16) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("a new socket");
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    socket.bind(address).expect("a port on loopback");
    socket
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            // Out of file descriptors; the kernel keeps the client waiting.
            yield_now().await;
            continue;
        };
        let mut state = shared.state();
        let (sender, orders) = watch::channel(state.orders);
        let count = Arc::new(Count::default());
        let link = Link {
            orders: Arc::new(sender),
            count: Arc::clone(&count),
        };
        state.links.retain(Link::is_open);
        state.links.push(link);
        let (door, target) = (state.door, shared.target);
        drop(state);
        tokio::spawn(async move {
            serve(client, door, target, orders, &count).await;
            count.ended.store(true, SeqCst);
        });
    }
}

async fn serve(client: TcpStream, door: Door, target: u16, mut orders: watch::Receiver<Orders>, count: &Count) {
    match door {
        Door::Open => carry(client, target, orders, count).await,
        Door::Silent => end(client, cut_ordered(&mut orders).await).await,
        Door::DropAtOnce(how) => end(client, how).await,
        Door::DropAfterBanner(how) => {
            let mut client = client;
            let _ = pass_line(&mut client, target).await;
            end(client, how).await;
        }
    }
}

/// Carries both ways until both ends have closed, or it is cut.
async fn carry(mut client: TcpStream, target: u16, orders: watch::Receiver<Orders>, count: &Count) {
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await else {
        return end(client, Cut::Reset).await;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let both = async {
        tokio::try_join!(
            pump(Way::Up, from_client, to_server, orders.clone(), count),
            pump(Way::Down, from_server, to_client, orders.clone(), count),
        )
    };
    let mut ordered = orders.clone();
    let cut = tokio::select! {
        ended = both => ended.err(),
        how = cut_ordered(&mut ordered) => Some(how),
    };
    if let Some(how) = cut {
        tokio::join!(end(client, how), end(server, how));
    }
}

/// Carries one way until that side has closed; an error says that the connection is to be cut.
async fn pump(
    way: Way,
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut orders: watch::Receiver<Orders>,
    count: &Count,
) -> Result<(), Cut> {
    let mut piece = vec![0; PIECE];
    loop {
        let flow = orders.borrow_and_update().of(way);
        let carried = count.of(way).load(SeqCst);
        let room = flow.limit.map_or(u64::MAX, |(limit, _)| limit.saturating_sub(carried));
        if room == 0
            && let Some((_, Then::Cut(how))) = flow.limit
        {
            return Err(how);
        }
        if flow.frozen || room == 0 {
            let _ = orders.changed().await;
            continue;
        }
        let most = flow.rate.map_or(PIECE, |rate| (rate / 20).max(1) as usize);
        let most = usize::try_from(room).unwrap_or(PIECE).min(most).min(PIECE);
        let read = tokio::select! {
            read = from.read(&mut piece[..most]) => read,
            Ok(()) = orders.changed() => continue,
        };
        match read {
            Ok(0) => {
                let _ = to.shutdown().await;
                return Ok(());
            }
            Ok(length) => {
                if to.write_all(&piece[..length]).await.is_err() {
                    return Err(Cut::Reset);
                }
                count.of(way).fetch_add(length as u64, SeqCst);
                if let Some(rate) = flow.rate {
                    let pause = Duration::from_secs_f64(length as f64 / f64::from(rate));
                    tokio::select! {
                        () = sleep(pause) => {}
                        Ok(()) = orders.changed() => {}
                    }
                }
            }
            Err(_) => return Err(Cut::Reset),
        }
    }
}

/// Comes when somebody asks for a cut, and never otherwise.
async fn cut_ordered(orders: &mut watch::Receiver<Orders>) -> Cut {
    loop {
        let cut = orders.borrow_and_update().cut;
        if let Some(how) = cut {
            return how;
        }
        if orders.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn end(mut stream: TcpStream, how: Cut) {
    match how {
        Cut::Reset => {
            let _ = stream.set_zero_linger();
        }
        Cut::Close => {
            let _ = stream.shutdown().await;
            // What is not read would turn the close into a reset.
            let mut rest = vec![0; 1024];
            while let Ok(1..) = stream.read(&mut rest).await {}
        }
    }
}

/// Gives the client the first line of the server.
async fn pass_line(client: &mut TcpStream, target: u16) -> std::io::Result<()> {
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await?;
    let mut byte = [0];
    while server.read(&mut byte).await? == 1 {
        client.write_all(&byte).await?;
        if byte == *b"\n" {
            break;
        }
    }
    Ok(())
}
