//! `heeler resume` and `heeler retry`: finishing a run that was interrupted, and running again what failed in one that is
//! over.

pub(super) mod args;
mod error;
mod past;
mod resume;
mod retry;

pub use error::AgainError;
pub(super) use past::take_over;
pub(super) use resume::resume;
pub(super) use retry::request;
