//! heeler drives a command over ssh across a fleet and shows every host as a live row.
//!
//! The layers, upper ones first; an import may only point downwards, and `tests/layers` checks it:
//! `cli` · `report`, `tui`, `demo` · `app` · `history` · `runner` · `link` · `transport` · `shim` · `rundir` ·
//! `config` · `nodeset`, `keys`, `theme` · `model`, `child`. `docs/architecture.md` tells what each of them is for.

pub mod app;
pub mod child;
pub mod cli;
pub mod config;
pub mod demo;
pub mod history;
pub mod keys;
pub mod link;
pub mod model;
pub mod nodeset;
pub mod report;
pub mod rundir;
pub mod runner;
pub mod shim;
pub mod theme;
pub mod transport;
pub mod tui;
