//! The layers of the program, checked by reading `src` as text: what a layer names, which crates and which parts of the
//! standard library it uses, and whether files name each other in a circle. Comments, strings and tests are left out.
//!
//! `rules` says what is allowed and is all that a new layer has to touch; `tokens`, `source` and `tree` read; `circles`
//! follows names from file to file; `planted` proves on small trees that every rule can fail.

mod check;
mod circles;
mod planted;
mod rules;
mod source;
mod tokens;
mod tree;

use std::path::Path;

#[test]
fn every_layer_names_only_what_it_may_know() {
    let findings = check::check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &rules::OPEN_CIRCLES);
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}
