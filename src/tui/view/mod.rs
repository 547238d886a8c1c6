//! Drawing: free functions from the dashboard's state and the time to a frame, one file per region. They change
//! nothing, read no clock, and stay inside whatever room there is.

mod bar;
mod clusters;
mod details;
mod dialog;
mod difference;
mod footer;
mod header;
mod help;
mod layout;
mod output;
mod paint;
mod prompt;
mod state;
mod status;
mod table;
mod timeline;

#[cfg(test)]
mod tests;

pub use layout::draw;
