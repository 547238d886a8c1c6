//! One connection per host per run, shared by everything that runs there, made when first needed and made anew when it
//! was cut. Connections that have fallen idle stay warm for a while where something may follow. A run that is driven
//! beside another one borrows what stands there.

use crate::model::host::HostName;
use crate::transport::{ConnectError, Connection, Process, Transport};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// How many idle connections are kept, at about 1.4 MB for each master process.
const MOST_WARM: usize = 200;
/// For how long.
const WARM_FOR: Duration = Duration::from_secs(120);
/// How many sessions a connection may carry for another run to use it as well; sshd allows ten.
const MOST_SESSIONS: usize = 8;

/// A connection, and whether a shell was already seen to answer on it.
pub(super) struct Shared<C> {
    connection: C,
    greeted: AtomicBool,
    sessions: Arc<AtomicUsize>,
}

impl<C: Connection> Shared<C> {
    fn new(connection: C) -> Self {
        Self {
            connection,
            greeted: AtomicBool::new(false),
            sessions: Arc::default(),
        }
    }

    /// Whether a shell has answered on this connection before.
    pub(super) fn was_greeted(&self) -> bool {
        self.greeted.load(Ordering::Relaxed)
    }

    /// Notes that a shell has answered.
    pub(super) fn greeted(&self) {
        self.greeted.store(true, Ordering::Relaxed);
    }

    /// Starts a shell on the host.
    pub(super) async fn start(&self) -> Result<Process, ConnectError> {
        let session = Session::begin(&self.sessions);
        let mut process = self.connection.start().await?;
        process.channel = Box::new((process.channel, session));
        Ok(process)
    }

    /// What ended the link, once it is gone.
    pub(super) fn last_words(&self) -> Option<String> {
        self.connection.last_words()
    }

    fn has_room(&self) -> bool {
        self.sessions.load(Ordering::Relaxed) < MOST_SESSIONS
    }
}

/// A session, counted as long as it lives.
struct Session(Arc<AtomicUsize>);

impl Session {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whose a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was made for this run.
    Own,
    /// It is another run's.
    Borrowed,
}

/// A connection in its place.
struct Held<C> {
    shared: Arc<Shared<C>>,
    origin: Origin,
}

/// The place of one host's connection; the lock is held while it is made, so that it is made once.
type Place<C> = Arc<tokio::sync::Mutex<Option<Held<C>>>>;

/// The connections of a run.
pub(super) struct Pool<T: Transport> {
    transport: T,
    places: Mutex<Places<T::Connection>>,
    /// Whose connections are used where they stand.
    lender: Option<Lender<T>>,
    /// How many other runs use these.
    borrowers: watch::Sender<usize>,
}

/// The connections of a run, for another one; as long as this lives they are not closed.
pub struct Lender<T: Transport>(Arc<Pool<T>>);

impl<T: Transport> Lender<T> {
    /// Lends the connections of this pool.
    pub(super) fn new(pool: &Arc<Pool<T>>) -> Self {
        pool.borrowers.send_modify(|count| *count += 1);
        Self(Arc::clone(pool))
    }
}

impl<T: Transport> Drop for Lender<T> {
    fn drop(&mut self) {
        self.0.borrowers.send_modify(|count| *count -= 1);
    }
}

/// Who has a connection, and whose is kept although nothing runs on it.
struct Places<C> {
    by_host: HashMap<HostName, Place<C>>,
    /// The one that has been idle for the longest time first.
    warm: VecDeque<Warm>,
    /// Whose connections somebody wants to be kept when they fall idle.
    wanted: HashSet<HostName>,
    /// Where nothing is borrowed any more: it did not do.
    own_only: HashSet<HostName>,
}

/// A connection on which nothing runs.
struct Warm {
    host: HostName,
    until: Instant,
    /// Whether it is kept only because somebody wants it.
    ended_well: bool,
}

impl<C: Connection> Places<C> {
    fn forget(&mut self, host: &HostName) {
        self.by_host.remove(host);
        self.warm.retain(|warm| warm.host != *host);
    }

    /// Whether there is one, or one is just being made.
    fn has_connection(&self, host: &HostName) -> bool {
        let place = self.by_host.get(host);
        place.is_some_and(|place| place.try_lock().map_or(true, |held| held.is_some()))
    }

    /// Whether something runs on it, of this run or of one that has borrowed it.
    fn is_in_use(&self, host: &HostName) -> bool {
        let place = self.by_host.get(host);
        place.is_some_and(|place| {
            place.try_lock().map_or(true, |held| {
                held.as_ref()
                    .is_some_and(|held| held.shared.sessions.load(Ordering::Relaxed) > 0)
            })
        })
    }

    fn warm_up(&mut self, host: &HostName, ended_well: bool) {
        self.warm.retain(|warm| warm.host != *host);
        self.warm.push_back(Warm {
            host: host.clone(),
            until: Instant::now() + WARM_FOR,
            ended_well,
        });
        if self.warm.len() > MOST_WARM
            && let Some(oldest) = self.warm.pop_front()
        {
            self.forget(&oldest.host);
        }
    }

    /// Closes what has been idle for long enough.
    fn cool(&mut self, now: Instant) {
        while self.warm.front().is_some_and(|warm| warm.until <= now) {
            let Some(oldest) = self.warm.pop_front() else { return };
            if self.is_in_use(&oldest.host) {
                self.warm_up(&oldest.host, oldest.ended_well);
            } else {
                self.forget(&oldest.host);
            }
        }
    }
}

impl<T: Transport> Pool<T> {
    /// No connections yet; where the lender has one it is used.
    pub(super) fn new(transport: T, lender: Option<Lender<T>>) -> Self {
        Self {
            transport,
            places: Mutex::new(Places {
                by_host: HashMap::new(),
                warm: VecDeque::new(),
                wanted: HashSet::new(),
                own_only: HashSet::new(),
            }),
            lender,
            borrowers: watch::Sender::new(0),
        }
    }

    /// The connection to a host, and whose it is. The caller may stop waiting at any moment.
    pub(super) async fn connect(&self, host: &HostName) -> Result<(Arc<Shared<T::Connection>>, Origin), ConnectError> {
        let place = self.place(host);
        let mut place = place.lock().await;
        if let Some(held) = place.as_ref().filter(|held| held.shared.connection.is_alive()) {
            return Ok((Arc::clone(&held.shared), held.origin));
        }
        *place = None;
        let (shared, origin) = match self.borrow(host) {
            Some(shared) => (shared, Origin::Borrowed),
            None => (Arc::new(Shared::new(self.transport.connect(host).await?)), Origin::Own),
        };
        *place = Some(Held {
            shared: Arc::clone(&shared),
            origin,
        });
        Ok((shared, origin))
    }

    /// The connection to a host where one stands; none is made.
    pub(super) fn standing(&self, host: &HostName) -> Option<Arc<Shared<T::Connection>>> {
        let own = self.lock().by_host.get(host).map(Arc::clone).and_then(|place| {
            // It is being made.
            let place = place.try_lock().ok()?;
            let held = place.as_ref().filter(|held| held.shared.connection.is_alive())?;
            Some(Arc::clone(&held.shared))
        });
        own.or_else(|| self.lender.as_ref()?.0.standing(host))
    }

    /// A connection of the lender's that has room for another session.
    fn borrow(&self, host: &HostName) -> Option<Arc<Shared<T::Connection>>> {
        let lender = self.lender.as_ref()?;
        if self.lock().own_only.contains(host) {
            return None;
        }
        lender.0.standing(host).filter(|shared| shared.has_room())
    }

    /// Gives the connection to a host up: whoever still uses it keeps it, the next attempt makes a new one.
    pub(super) fn forget(&self, host: &HostName) {
        let mut places = self.lock();
        places.forget(host);
        if self.lender.is_some() {
            places.own_only.insert(host.clone());
        }
    }

    /// Which hosts' connections somebody wants to be kept for a while when they fall idle. Those that were kept for no
    /// other reason, and are not wanted any more, are closed.
    pub(super) fn keep_warm(&self, hosts: HashSet<HostName>) {
        let mut places = self.lock();
        places.wanted = hosts;
        let unwanted: Vec<HostName> = places
            .warm
            .iter()
            .filter(|warm| warm.ended_well && !places.wanted.contains(&warm.host))
            .map(|warm| warm.host.clone())
            .collect();
        for host in unwanted {
            places.forget(&host);
        }
    }

    /// An attempt on a host is over. Where it ended well nothing more is expected and the connection goes, unless
    /// somebody wants it; otherwise it stays warm for what may follow, unless too many do already.
    pub(super) fn release(&self, host: &HostName, ended_well: bool) {
        {
            let mut places = self.lock();
            if !places.has_connection(host) || (ended_well && !places.wanted.contains(host)) {
                places.forget(host);
            } else {
                places.warm_up(host, ended_well);
            }
        }
        if let Some(lender) = &self.lender {
            lender.0.was_used(host);
        }
    }

    /// A connection that was lent is idle only since now.
    fn was_used(&self, host: &HostName) {
        let mut places = self.lock();
        let warm = places.warm.iter().find(|warm| warm.host == *host);
        if let Some(ended_well) = warm.map(|warm| warm.ended_well) {
            places.warm_up(host, ended_well);
        }
        drop(places);
        if let Some(lender) = &self.lender {
            lender.0.was_used(host);
        }
    }

    /// Waits until the connection that has been idle for the longest time has been so for long enough, and closes it; for
    /// ever where none is idle. Cancel safe; to be called anew when an attempt was released.
    pub(super) async fn cool(&self) {
        let next = self.lock().warm.front().map(|warm| warm.until);
        match next {
            Some(until) => sleep_until(until).await,
            None => std::future::pending().await,
        }
        self.lock().cool(Instant::now());
    }

    /// Gives every connection up. Those that no other run uses are closed, and it is waited until all of them are gone.
    pub(super) async fn close(&self) {
        {
            let mut places = self.lock();
            places.by_host.clear();
            places.warm.clear();
        }
        if *self.borrowers.borrow() == 0 {
            self.transport.finish().await;
        }
    }

    /// Waits until no other run uses a connection, and until all that was started is gone.
    pub(super) async fn returned(&self) {
        // The sender lives as long as `self`, so the wait cannot fail.
        let _ = self.borrowers.subscribe().wait_for(|count| *count == 0).await;
        self.transport.finish().await;
    }

    fn place(&self, host: &HostName) -> Place<T::Connection> {
        Arc::clone(self.lock().by_host.entry(host.clone()).or_default())
    }

    fn lock(&self) -> MutexGuard<'_, Places<T::Connection>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
