//! Every way in which a job can end, made for real and told exactly: in JSON, on the row of the dashboard, in the summary
//! and in the exit status. `docs/conformance.md` is the same table as a page.

#[path = "../support/mod.rs"]
mod support;

mod fleet;
mod page;
mod table;
mod truth;
