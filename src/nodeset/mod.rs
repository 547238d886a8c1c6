//! Node sets: the expressions that name hosts, after the manner of `ClusterShell`.
//!
//! This layer owns the syntax, the algebra and the folding back into a short form; anybody above may
//! call it. It reads no file and no environment: groups, files and standard input come through
//! [`Sources`], and it knows nothing of what is done with the hosts.
//!
//! # The syntax
//!
//! ```text
//! set       operand { operator operand }         worked off strictly from left to right
//! operator  ,  union     !  without     &  both     ^  either, but not both
//! operand   web[1-3]x[01-10/3]   hosts; brackets multiply; the padding is part of the name
//!           web*  db?            the hosts of the group `all` that match
//!           @db  @rack[1-4]      groups; `@*` is the group `all`
//!           ^path                the sets in a file
//!           -                    the sets on standard input; not in a group or a file
//! ```
//!
//! Where an operand must stand, `^` begins the path of a file, which ends at white space or at an
//! operator; everywhere else it is the operator. White space may surround operators, and may not
//! stand inside a name. In a file and on standard input each line is a set, `#` begins a comment, and
//! white space between two operands unites them.
//!
//! A name is what [`HostName`](crate::model::host::HostName) accepts: `root@web[1-3]:2222` and
//! `[2001:db8::1]` too. A bracket with a colon in it holds an address, any other one ranges.
//!
//! # The result
//!
//! Hosts keep the order in which they were first named; a repeated host does not appear again.

mod error;
mod fold;
mod parse;
mod pattern;
mod range;
mod resolve;
mod set;
mod sources;

pub use error::{NodeSetError, Place, Reason};
pub use fold::{fold, fold_to_width};
pub use resolve::resolve;
pub use set::{MAX_HOSTS, NodeSet};
pub use sources::{ALL_GROUP, NoSources, Sources};
