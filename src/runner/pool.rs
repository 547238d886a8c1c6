//! One connection per host per run, shared by everything that runs there, made when first needed and made anew when it
//! was cut.

use crate::model::host::HostName;
use crate::transport::{ConnectError, Connection, Transport};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many idle connections are kept for retries, at about 1.4 MB for each master process.
const MOST_WARM: usize = 200;

/// A connection, and whether a shell was already seen to answer on it.
pub(super) struct Shared<C> {
    /// The connection itself.
    pub(super) connection: C,
    greeted: AtomicBool,
}

impl<C> Shared<C> {
    /// Whether a shell has answered on this connection before.
    pub(super) fn was_greeted(&self) -> bool {
        self.greeted.load(Ordering::Relaxed)
    }

    /// Notes that a shell has answered.
    pub(super) fn greeted(&self) {
        self.greeted.store(true, Ordering::Relaxed);
    }
}

/// The place of one host's connection; the lock is held while it is made, so that it is made once.
type Place<C> = Arc<tokio::sync::Mutex<Option<Arc<Shared<C>>>>>;

/// The connections of a run.
pub(super) struct Pool<T: Transport> {
    transport: T,
    places: Mutex<Places<T::Connection>>,
}

/// Who has a connection, and whose is kept although nothing runs on it.
struct Places<C> {
    by_host: HashMap<HostName, Place<C>>,
    /// The one that has been idle for the longest time first.
    warm: VecDeque<HostName>,
}

impl<C> Places<C> {
    fn forget(&mut self, host: &HostName) {
        self.by_host.remove(host);
        self.warm.retain(|warm| warm != host);
    }

    /// Whether there is one, or one is just being made.
    fn has_connection(&self, host: &HostName) -> bool {
        let place = self.by_host.get(host);
        place.is_some_and(|place| place.try_lock().map_or(true, |shared| shared.is_some()))
    }
}

impl<T: Transport> Pool<T> {
    /// No connections yet.
    pub(super) fn new(transport: T) -> Self {
        Self {
            transport,
            places: Mutex::new(Places {
                by_host: HashMap::new(),
                warm: VecDeque::new(),
            }),
        }
    }

    /// The connection to a host. The caller may stop waiting at any moment.
    pub(super) async fn connect(&self, host: &HostName) -> Result<Arc<Shared<T::Connection>>, ConnectError> {
        let place = self.place(host);
        let mut place = place.lock().await;
        if let Some(shared) = place.as_ref().filter(|shared| shared.connection.is_alive()) {
            return Ok(Arc::clone(shared));
        }
        *place = None;
        let shared = Arc::new(Shared {
            connection: self.transport.connect(host).await?,
            greeted: AtomicBool::new(false),
        });
        *place = Some(Arc::clone(&shared));
        Ok(shared)
    }

    /// The connection to a host where one stands; none is made.
    pub(super) fn standing(&self, host: &HostName) -> Option<Arc<Shared<T::Connection>>> {
        let place = self.lock().by_host.get(host).map(Arc::clone)?;
        // It is being made.
        let place = place.try_lock().ok()?;
        place.as_ref().filter(|shared| shared.connection.is_alive()).cloned()
    }

    /// Gives the connection to a host up: whoever still uses it keeps it, the next attempt makes a new one.
    pub(super) fn forget(&self, host: &HostName) {
        self.lock().forget(host);
    }

    /// An attempt on a host is over. Where it ended well nothing more is expected and the connection goes; otherwise it
    /// stays warm for a retry, unless too many do already.
    pub(super) fn release(&self, host: &HostName, ended_well: bool) {
        let mut places = self.lock();
        if ended_well || !places.has_connection(host) {
            places.forget(host);
            return;
        }
        places.warm.retain(|warm| warm != host);
        places.warm.push_back(host.clone());
        if places.warm.len() > MOST_WARM
            && let Some(oldest) = places.warm.pop_front()
        {
            places.forget(&oldest);
        }
    }

    /// Closes every connection and waits until all that was started is gone.
    pub(super) async fn close(&self) {
        self.lock().by_host.clear();
        self.transport.finish().await;
    }

    fn place(&self, host: &HostName) -> Place<T::Connection> {
        Arc::clone(self.lock().by_host.entry(host.clone()).or_default())
    }

    fn lock(&self) -> MutexGuard<'_, Places<T::Connection>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
