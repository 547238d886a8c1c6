//! The questions that are asked before something is written to a file.

use super::input::Input;
use super::message::{Content, Export};
use crate::model::stamp::Stamp;

/// What is being asked before a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writing {
    /// What is to be written; this is the node set.
    Choosing(String),
    /// Under which name.
    Naming(Content, Input),
    /// Whether the file of that name is to be replaced.
    Replacing(Export, Stamp),
}
