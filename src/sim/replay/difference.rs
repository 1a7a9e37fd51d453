//! Where a recorded call goes another way today.

use std::io::{self, Write};

use serde::Serialize;

use crate::{session::CallTime, sim::timeline::rounded};

/// Where the program says something else than it said then. What Asterisk and the caller would
/// have done after that is not known, so a replay ends here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// When.
    pub at: CallTime,
    /// The line of the recording up to which all was the same.
    pub line: usize,
    /// What had come in before it.
    pub after: String,
    /// What the program did then.
    pub then: String,
    /// What it does now.
    pub now: String,
}

impl Difference {
    /// Writes it as lines of text.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        let Self {
            at,
            line,
            after,
            then,
            now,
        } = self;
        writeln!(
            out,
            "first difference at {at}, after {after} (line {line} of the recording)"
        )?;
        writeln!(out, "  then: {then}")?;
        writeln!(out, "  now:  {now}")
    }

    /// Writes it as one JSON object on a line.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            r#type: &'static str,
            at: f64,
            line: usize,
            after: &'a str,
            then: &'a str,
            now: &'a str,
        }
        let line = Line {
            r#type: "difference",
            at: rounded(self.at),
            line: self.line,
            after: &self.after,
            then: &self.then,
            now: &self.now,
        };
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)
    }
}
