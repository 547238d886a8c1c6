//! Every key of the table of actions is pressed by a test, and what it does is seen.

mod acting;
mod moving;
mod program;
mod register;
mod views;
