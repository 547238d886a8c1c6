//! What heeler says to the operator beside what it was asked for.

use std::io::{self, Write};

/// Tells the operator something on standard error; when that is closed nobody can be told.
pub(super) fn tell(text: &str) {
    let _closed = writeln!(io::stderr().lock(), "heeler: {text}");
}
