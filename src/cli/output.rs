//! Data on standard output, messages on standard error.

use std::{
    fmt::Display,
    io::{self, StdoutLock, Write},
};

/// Says something on standard error.
pub(super) fn say(message: impl Display) {
    // In one piece: others write there too.
    let line = format!("voiceagent: {message}\n");
    let _ = Messages.write_all(line.as_bytes());
}

/// Standard error. That nobody can read it keeps nothing from being done, and names of files do
/// nothing to a terminal, whatever is in them.
pub(super) struct Messages;

impl Write for Messages {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        let text = String::from_utf8_lossy(bytes).replace(is_control, "?");
        let _ = io::stderr().write_all(text.as_bytes());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Standard output, whose errors say that they are of it.
pub(super) struct Data(StdoutLock<'static>);

impl Data {
    pub(super) fn new() -> Self {
        Self(io::stdout().lock())
    }
}

impl Write for Data {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(named)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(named)
    }
}

fn named(error: io::Error) -> io::Error {
    match error.kind() {
        // It is to be tried again.
        io::ErrorKind::Interrupted => error,
        kind => {
            let text = format!("standard output: cannot be written: {error}");
            io::Error::new(kind, text)
        }
    }
}
