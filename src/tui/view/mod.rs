//! Drawing: free functions from the dashboard's state and the time to a frame, one file per region. They change
//! nothing, read no clock, and stay inside whatever room there is.

mod bar;
mod details;
mod dialog;
mod footer;
mod header;
mod help;
mod layout;
mod output;
mod paint;
mod state;
mod status;
mod table;

#[cfg(test)]
mod tests;

pub use layout::draw;
