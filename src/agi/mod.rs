//! The Asterisk Gateway Interface without its pipes: bytes in, commands out.
//!
//! [`Dialogue`] is what the rest of the program uses. It turns the bytes of descriptor 0 into a
//! [`Header`] and then into replies, each matched to the command that asked for it, also when a
//! command was stopped by the next one and never answers. [`Command`] is everything this program
//! can ever say to Asterisk; nothing else reaches descriptor 1.
//!
//! Nothing in here knows about calls or audio.

mod argument;
mod command;
mod dialogue;
mod header;
mod line;
mod plain;
mod reply;

pub use argument::{Argument, ArgumentError};
pub use command::{Application, Command, Shared, Variable};
pub use dialogue::{Dialogue, Incoming};
pub use header::Header;
pub use line::{LineDecoder, MAX_LINE};
pub use plain::Plain;
pub use reply::{Reply, ReplyParser, Success};
