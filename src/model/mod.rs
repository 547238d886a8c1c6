//! The vocabulary.
pub mod host;
