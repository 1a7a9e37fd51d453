//! The lines of a recording, and those before the call.

use std::{
    io::{self, BufRead, Read},
    path::Path,
};

use super::{FORMAT, TITLE, escape, reader::ReadError};
use crate::config::Source;

/// The lines of a file, one after another.
pub(super) struct Lines<'a, R> {
    file: &'a Path,
    from: R,
    /// Of the line, counted from 1.
    pub(super) number: usize,
    /// Without its end.
    pub(super) line: String,
}

impl<'a, R: BufRead> Lines<'a, R> {
    pub(super) const fn new(file: &'a Path, from: R) -> Self {
        Self {
            file,
            from,
            number: 0,
            line: String::new(),
        }
    }

    /// Goes on to the next line, if there is one with its end.
    pub(super) fn next(&mut self) -> Result<bool, ReadError> {
        self.number += 1;
        let mut line = std::mem::take(&mut self.line).into_bytes();
        line.clear();
        let mut limited = self.from.by_ref().take(LONGEST_LINE);
        if let Err(error) = limited.read_until(b'\n', &mut line) {
            return Err(self.unreadable(&error));
        }
        if line.pop() != Some(b'\n') {
            // What is missing of it was never written, or it is as long as no line is.
            return if line.len() as u64 + 1 < LONGEST_LINE {
                Ok(false)
            } else {
                Err(self.fault("it is longer than any line of a recording".to_owned()))
            };
        }
        self.line =
            String::from_utf8(line).map_err(|_| self.fault("it is not UTF-8 text".to_owned()))?;
        Ok(true)
    }

    /// The lines that say what this is; the version and the time.
    pub(super) fn head(&mut self) -> Result<String, ReadError> {
        let foreign = |lines: &Self| {
            let message = format!("this is no recording of a call; one begins \"{TITLE}{FORMAT}\"");
            lines.fault(message)
        };
        let mut title = vec![0; TITLE.len()];
        match self.from.read_exact(&mut title) {
            Ok(()) if title == TITLE.as_bytes() => {}
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                return Err(self.unreadable(&error));
            }
            _ => {
                self.number = 1;
                return Err(foreign(self));
            }
        }
        if !self.next()? {
            return Err(foreign(self));
        }
        if self.line != FORMAT.to_string() {
            let message = format!(
                "a recording of format {}; this program reads format {FORMAT}, so use the one that made it, or a newer one",
                self.line
            );
            return Err(self.fault(message));
        }
        if !self.next()? {
            return Err(self.fault("the recording ends before the call".to_owned()));
        }
        match self.line.strip_prefix("by ") {
            Some(by) => Ok(by.to_owned()),
            None => Err(self.fault("expected \"by VERSION at TIME\"".to_owned())),
        }
    }

    /// The configuration, up to the line behind it.
    pub(super) fn sources(&mut self) -> Result<Vec<Source>, ReadError> {
        /// One that is being read: its first line, and whether it is a part.
        struct Open {
            text: Vec<u8>,
            line: usize,
            partial: bool,
        }
        let mut open: Option<Open> = None;
        let mut sources = Vec::new();
        while self.next()? {
            if let Some(text) = self.line.strip_prefix("| ") {
                let text = escape::line_of(text).map_err(|message| self.fault(message))?;
                match &mut open {
                    Some(open) => open.text.extend(text),
                    None => return Err(self.fault("it belongs to no \"config\"".to_owned())),
                }
                continue;
            }
            if let Some(Open {
                text,
                line,
                partial,
            }) = open.take()
            {
                let text = String::from_utf8(text).map_err(|_| {
                    self.fault("the configuration before it is not UTF-8".to_owned())
                })?;
                sources.push(Source::quoted(text, self.file.to_owned(), line, partial));
            }
            let partial = match self.line.split_once(' ') {
                None if self.line == "call" && !sources.is_empty() => return Ok(sources),
                Some(("config", rest)) if rest.starts_with("whole ") => false,
                Some(("config", rest)) if rest.starts_with("part ") => true,
                _ => {
                    let message = "expected \"config whole FILE\", \"config part FILE\" or, behind one, \"call\"";
                    return Err(self.fault(message.to_owned()));
                }
            };
            open = Some(Open {
                text: Vec::new(),
                line: self.number + 1,
                partial,
            });
        }
        Err(self.fault("the recording ends before the call".to_owned()))
    }

    pub(super) fn fault(&self, message: String) -> ReadError {
        ReadError {
            file: self.file.to_owned(),
            line: Some(self.number),
            // What is quoted of the file may be anything.
            message: message.replace(char::is_control, " "),
        }
    }

    fn unreadable(&self, error: &io::Error) -> ReadError {
        ReadError {
            file: self.file.to_owned(),
            line: None,
            message: format!("it cannot be read: {error}"),
        }
    }
}

/// Of what happens none has a tenth of it: a prompt of ten minutes takes 160 kB, audio read at once
/// 88. But a configuration may have all of its people on one line.
const LONGEST_LINE: u64 = 4 << 20;
