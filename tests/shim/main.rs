//! The shim's program at work in real shells: every test runs with dash, bash and busybox as
//! `sh`. Nothing but the library's public face is used; the driver plays transport and runner.

#![expect(
    clippy::unwrap_used,
    reason = "the allowance for tests does not reach the driver's functions"
)]

mod driver;
mod ends;
mod launch;
mod login;
mod machine;
mod probe;
mod search;
mod seen;
mod shell;
mod signals;
mod streams;

/// Makes one test per shell of each function that takes a `Shell`.
macro_rules! in_each_shell {
    ($($test:ident)*) => {
        mod dash { $(#[test] fn $test() { super::$test(&crate::shell::Shell::new("dash")); })* }
        mod bash { $(#[test] fn $test() { super::$test(&crate::shell::Shell::new("bash")); })* }
        mod busybox { $(#[test] fn $test() { super::$test(&crate::shell::Shell::new("busybox")); })* }
    };
}
pub(crate) use in_each_shell;
