//! A call in a file: all that its session was given, and what it said to that.
//!
//! A [`Session`](crate::session::Session) knows nothing but its inputs and their times, so whoever
//! has those has the call: [`sim::replay`](crate::sim::replay()) runs it again through the program
//! as it is now. [`Writer`] turns what happens into text, [`CallRecording`] is what was read of
//! it, [`keep`] is the process that writes it to disk, so that no call waits for a disk.
//!
//! # The file
//!
//! Lines of UTF-8 text, whatever was said in the call:
//!
//! ```text
//! voiceagent recording 1
//! by 0.1.0 at 2026-03-02T09:14:07.512345Z
//! config whole /etc/asterisk/voiceagent.toml
//! | [extensions.101]
//! | dial = "SIP/bob"
//! call
//! 0.000412 < agi_request: voiceagent
//! 0.000412 <+ agi_channel: SIP/peter-00000001
//! 0.000412 > SET VARIABLE VOICEAGENTSTATUS "FAILED"
//! 5.213377 audio from-alaw 1dXV1dXV…
//! 6.120004 end 0
//! ```
//!
//! First the format's number, the program's version and the time of day; the configuration, file
//! by file, `whole` or in `part`, as far as it was read; then the call, each line with its seconds
//! since the start, to the microsecond, which is the session's own clock.
//!
//! | line | |
//! | --- | --- |
//! | `<` TEXT | a line on descriptor 0, the first of what was read at once; `<+`: a further one of it |
//! | `>` TEXT | a line on descriptor 1 |
//! | `audio` FORM DATA | what was read of descriptor 3 at once; `bytes`: as it is; `from-alaw`, `from-ulaw`: 16-bit samples as their G.711 codes, which give exactly them; these in Base64; `all` N HH: N bytes of this value |
//! | `no-audio` TEXT | descriptor 3 has ended, or why it gives nothing |
//! | `greetings` NAME=PATH … | the greetings that were found on disk |
//! | `elsewhere` WHERE | where they are instead: `database`, `mail` |
//! | `prompt` BASE64 | the level of what is played, for each 5 ms; `unknown` |
//! | `timer` SECONDS | until when the session waits from now on; `off` |
//! | `timeout` | that time has come |
//! | `hangup` | SIGHUP |
//! | `closed` | descriptor 0 is at its end |
//! | `unlogged` TEXT | what the closing line says of logging |
//! | `unconfined` TEXT | what it says of the sandbox |
//! | `end` N | the exit status |
//! | `full` | the call may have no more in its file |
//!
//! In TEXT a control character and a byte that is no UTF-8 is `\n`, `\r`, `\t` or `\x1b`, a
//! backslash two; one backslash at the end says that the line does not end there: its rest is in
//! what is read next.
//!
//! A line is complete with its line break. So a file whose writing was cut short is right up to
//! there. What no file can have is a byte 0.

mod audio;
mod escape;
mod event;
mod folder;
mod keeper;
mod lines;
mod name;
mod reader;
mod writer;

pub use event::{Entry, Event};
pub use keeper::{ASK, DONE, keep};
pub use name::file_name;
pub use reader::{CallRecording, Ending, ReadError};
pub use writer::Writer;

/// How every recording begins, before the format's number.
const TITLE: &str = "voiceagent recording ";
/// The format described above.
const FORMAT: u32 = 1;
