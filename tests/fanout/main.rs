//! The real program over a real sshd, without a screen: what is said of every host is what happened
//! there, nothing is left running, and no byte of output is lost. Each test has a server and a home
//! of its own, so that all of them may run at once.

#[path = "../support/mod.rs"]
mod support;

mod again;
mod bad_input;
mod demo;
mod every_host;
mod fleet;
mod links;
mod nothing_left;
mod output;
mod retries;
mod rules;
mod shells;
mod truth;
mod width;
