//! The thin binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    heeler::cli::main(std::env::args_os())
}
