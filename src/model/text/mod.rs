//! Remote output made harmless: bytes in, lines of plain text with colours out. Every escape sequence but colour, every
//! control, bidirectional and invisible format character is removed here, so that nothing a host prints can move the
//! cursor, set a title, answer a question or disguise itself. Only the bytes in the run directory are exact.

mod ink;
mod line;
mod reader;

pub use ink::{Colour, Ink, Weight};
pub use line::StyledLine;
pub use reader::LineReader;
