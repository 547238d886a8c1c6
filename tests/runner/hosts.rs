//! Hosts that a test plays: connects and sessions come to it as calls.

use crate::shim::Shim;
use heeler::model::host::HostName;
use heeler::model::outcome::Cause;
use heeler::transport::{ConnectError, Connection, Process, Transport};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// What a pipe holds: more than a program, less than a flood.
const PIPE: usize = 64 * 1024;

/// A way to hosts that a test plays.
pub(crate) struct Scripted {
    calls: HashMap<String, UnboundedSender<Call>>,
    /// Held by every connection.
    alive: Arc<()>,
    finished: Arc<AtomicBool>,
}

/// A host's end of it.
pub(crate) type Calls = UnboundedReceiver<Call>;

impl Scripted {
    /// A transport that knows these hosts, and their ends.
    pub(crate) fn new(hosts: &[&str]) -> (Self, HashMap<String, Calls>) {
        let mut calls = HashMap::new();
        let mut ends = HashMap::new();
        for host in hosts {
            let (call, end) = unbounded_channel();
            calls.insert((*host).to_owned(), call);
            ends.insert((*host).to_owned(), end);
        }
        let scripted = Self {
            calls,
            alive: Arc::new(()),
            finished: Arc::default(),
        };
        (scripted, ends)
    }
}

impl Scripted {
    /// Becomes true when the runner has given everything back.
    pub(crate) fn finished(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.finished)
    }
}

/// The runner connects.
pub(crate) struct Call {
    answer: oneshot::Sender<Result<Host, ConnectError>>,
    alive: Weak<()>,
}

impl Call {
    /// The connection stands.
    pub(crate) fn accept(self) -> Line {
        let (open, sessions) = unbounded_channel();
        let words = Arc::new(Mutex::new(None));
        let host = Host {
            open,
            words: Arc::clone(&words),
            _alive: self.alive.upgrade().expect("the run goes on"),
        };
        assert!(self.answer.send(Ok(host)).is_ok(), "the runner has given up");
        Line { sessions, words }
    }

    /// It does not.
    pub(crate) fn refuse(self, cause: Cause, detail: &str) {
        let detail = detail.to_owned();
        let told = self.answer.send(Err(ConnectError { cause, detail }));
        assert!(told.is_ok(), "the runner has given up");
    }

    /// Says nothing until the runner has given up.
    pub(crate) async fn ignore(mut self) {
        self.answer.closed().await;
    }
}

/// The host's end of a connection.
pub(crate) struct Line {
    sessions: UnboundedReceiver<Shim>,
    words: Arc<Mutex<Option<String>>>,
}

impl Line {
    /// The next session on this connection.
    pub(crate) async fn session(&mut self) -> Shim {
        self.sessions.recv().await.expect("the connection was closed")
    }

    /// Whether no session waits to be played.
    pub(crate) fn is_unused(&self) -> bool {
        self.sessions.is_empty()
    }

    /// The link is cut, and these are ssh's words about it; sessions end with it.
    pub(crate) fn cut(&self, words: &str) {
        *self.words.lock().unwrap() = Some(words.to_owned());
    }
}

/// The runner's end of a connection.
pub(crate) struct Host {
    open: UnboundedSender<Shim>,
    words: Arc<Mutex<Option<String>>>,
    _alive: Arc<()>,
}

impl Transport for Scripted {
    type Connection = Host;

    async fn connect(&self, host: &HostName) -> Result<Host, ConnectError> {
        let (answer, answered) = oneshot::channel();
        let alive = Arc::downgrade(&self.alive);
        let call = Call { answer, alive };
        assert!(
            self.calls[host.as_str()].send(call).is_ok(),
            "{host} is not there any more"
        );
        answered.await.expect("a call was dropped without an answer")
    }

    async fn finish(&self) {
        assert_eq!(Arc::strong_count(&self.alive), 1, "connections are left");
        self.finished.store(true, Ordering::Relaxed);
    }
}

impl Connection for Host {
    async fn start(&self) -> Result<Process, ConnectError> {
        let (stdin, control) = tokio::io::duplex(PIPE);
        let (out, stdout) = tokio::io::duplex(PIPE);
        let (err, stderr) = tokio::io::duplex(PIPE);
        assert!(
            self.open.send(Shim::new(control, out, err)).is_ok(),
            "the host is not there"
        );
        Ok(Process {
            stdin: Box::new(stdin),
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
            channel: Box::new(()),
        })
    }

    fn is_alive(&self) -> bool {
        self.words.lock().unwrap().is_none()
    }

    fn last_words(&self) -> Option<String> {
        self.words.lock().unwrap().clone()
    }
}
