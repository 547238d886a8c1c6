//! heeler drives a command over ssh across a fleet and shows every host as a live row.
//!
//! The layers, upper ones first; an import may only point downwards (`tests/layers.rs` checks it):
//! `cli` · `demo` · `report`, `tui` · `app` · `link` · `runner` · `transport` · `shim` · `rundir` ·
//! `config` · `nodeset` · `model`, `child`.

pub mod child;
pub mod cli;
pub mod config;
pub mod demo;
pub mod link;
pub mod model;
pub mod nodeset;
pub mod report;
pub mod rundir;
pub mod runner;
pub mod shim;
pub mod transport;
