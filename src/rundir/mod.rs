//! The run directory: where everything about a run is kept, and the only place from which front-ends read output. The
//! [`Writer`] belongs to the runner; the [`OutputReader`] to whoever looks. Plain synchronous files; it knows no
//! runtime and no terminal.
//!
//! ```text
//! run.json                             what was asked
//! events.jsonl                         every lifecycle event, appended as it happens
//! out/<job>/<attempt>.{out,err,time}   exact bytes per stream, and the index that interleaves them
//! ssh/<host>.log                       ssh's own words
//! heeler.log                           what heeler says about itself
//! masters                              the ssh processes of a runner that has not reaped them
//! lock                                 held by the runner while it lives
//! socket                               where viewers find it
//! ```

mod holdings;
mod index;
mod layout;
mod lock;
mod network;
mod reader;
mod writer;

pub use holdings::Holdings;
pub use index::{Fill, IndexEntry, parse_index};
pub use layout::{RunDir, RunDirError};
pub use lock::{Holder, LockError, RunLock};
pub use network::network_name;
pub use reader::OutputReader;
pub use writer::{Chunk, Writer};
