//! The ssh agent that holds the keys. A run may outlive it: agents end with the session that started them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::UnixStream;

/// The agent that connecting relies on; it can be replaced while the run goes on.
#[derive(Clone, Debug, Default)]
pub struct Agent(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    socket: Option<PathBuf>,
    /// Whether it has answered, so that its silence means something.
    relied_on: bool,
}

impl Agent {
    /// The agent at this socket, if there is any.
    pub async fn at(socket: Option<PathBuf>) -> Self {
        let relied_on = match &socket {
            Some(socket) => Self::answers(socket).await,
            None => false,
        };
        Self(Arc::new(Mutex::new(State { socket, relied_on })))
    }

    /// Where it is.
    pub fn socket(&self) -> Option<PathBuf> {
        self.lock().socket.clone()
    }

    /// Whether there was one, and is no more.
    pub async fn is_gone(&self) -> bool {
        let relied_on = {
            let state = self.lock();
            state.socket.clone().filter(|_| state.relied_on)
        };
        match relied_on {
            Some(socket) => !Self::answers(&socket).await,
            None => false,
        }
    }

    /// Nobody misses it any more.
    pub fn go_without(&self) {
        self.lock().relied_on = false;
    }

    /// Uses the agent at another socket, where that one answers and the one that was there at the start does not any
    /// more; returns whether it does.
    pub async fn replace(&self, socket: &Path) -> bool {
        let Some(before) = self.socket() else { return false };
        if Self::answers(&before).await || !Self::answers(socket).await {
            return false;
        }
        *self.lock() = State {
            socket: Some(socket.to_owned()),
            relied_on: true,
        };
        true
    }

    /// Whether somebody listens on this socket. One who is busy does.
    pub async fn answers(socket: &Path) -> bool {
        match UnixStream::connect(socket).await {
            Ok(_) => true,
            Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[tokio::test]
    async fn only_one_that_was_there_is_missed_and_only_one_that_is_gone_is_replaced() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = |name: &str| dir.path().join(name);
        let never = Agent::at(None).await;
        assert!(!never.is_gone().await);
        let absent = Agent::at(Some(path("absent"))).await;
        assert!(!absent.is_gone().await, "it was never there");
        let first = UnixListener::bind(path("first")).expect("a socket");
        let _second = UnixListener::bind(path("second")).expect("a socket");
        let agent = Agent::at(Some(path("first"))).await;
        assert!(!agent.is_gone().await);
        assert!(!agent.replace(&path("second")).await, "it is still there");
        assert!(!never.replace(&path("second")).await, "none was wanted");
        drop(first);
        assert!(agent.is_gone().await, "nobody listens on the socket that is left");
        assert!(!agent.replace(&path("absent")).await);
        assert!(agent.replace(&path("second")).await);
        assert!(!agent.is_gone().await);
        assert_eq!(agent.socket(), Some(path("second")));
        std::fs::remove_file(path("second")).expect("removed");
        assert!(agent.is_gone().await);
        agent.go_without();
        assert!(!agent.is_gone().await);
    }
}
