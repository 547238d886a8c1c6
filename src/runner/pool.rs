//! One connection per host per run, shared by everything that runs there, made when first needed and made anew when it
//! was cut.

use crate::model::host::HostName;
use crate::transport::{ConnectError, Connection, Transport};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    places: Mutex<HashMap<HostName, Place<T::Connection>>>,
}

impl<T: Transport> Pool<T> {
    /// No connections yet.
    pub(super) fn new(transport: T) -> Self {
        Self {
            transport,
            places: Mutex::default(),
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

    /// Gives the connection to a host up: whoever still uses it keeps it, the next attempt makes a new one.
    pub(super) fn forget(&self, host: &HostName) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).remove(host);
    }

    /// Closes every connection and waits until all that was started is gone.
    pub(super) async fn close(&self) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.transport.finish().await;
    }

    fn place(&self, host: &HostName) -> Place<T::Connection> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry(host.clone()).or_default())
    }
}
