//! `--sudo` with the real program, a real sshd and a real sudo: a user of our own logs in, and is made and removed by
//! each test. That takes root; as anybody else these tests say so and check nothing.

#[path = "../dashboard/hand.rs"]
mod hand;
#[path = "../support/mod.rs"]
mod support;

mod account;
mod asking;
mod hosts;
mod refusing;
mod root;
mod secrecy;
