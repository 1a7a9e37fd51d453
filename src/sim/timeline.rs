//! A simulated call as it went, for people and for scripts.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde::Serialize;

use crate::{
    audio::SampleTime,
    session::{CallTime, Exit, Report},
};

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// The person who calls.
    Caller,
    /// Asterisk.
    Asterisk,
    /// This program.
    Agent,
    /// This program on the channel that hears the caller while it rings.
    Listener,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: CallTime,
    /// Who did it.
    pub who: Who,
    /// What it was; for commands and replies the line itself.
    pub what: String,
}

/// What the caller said or played in one piece.
#[derive(Clone, Debug, Default)]
pub struct Clip {
    /// When it began.
    pub at: CallTime,
    /// 16-bit samples at 8 kHz.
    pub samples: Vec<i16>,
}

impl Clip {
    /// When it ended.
    #[must_use]
    pub fn end(&self) -> CallTime {
        self.at + SampleTime::from_samples(self.samples.len() as u64).duration()
    }
}

/// All that happened in a call, and what was left behind.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// In the order in which it happened.
    pub entries: Vec<Entry>,
    /// The caller's audio, in order.
    pub audio: Vec<Clip>,
    /// The channel's variables at the end.
    pub variables: BTreeMap<String, String>,
    /// What the program says of the call.
    pub report: Report,
    /// How the program ended.
    pub exit: Option<Exit>,
}

impl Timeline {
    pub(super) fn push(&mut self, at: CallTime, who: Who, what: &str) {
        self.entries.push(Entry {
            at,
            who,
            what: what.to_owned(),
        });
    }

    /// When the last thing happened.
    #[must_use]
    pub fn end(&self) -> CallTime {
        self.entries.last().map_or(CallTime::ZERO, |entry| entry.at)
    }

    /// The commands that were sent, without the agent's own remarks.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.entries
            .iter()
            .filter(|entry| entry.who == Who::Agent)
            .map(|entry| entry.what.as_str())
            .filter(|what| what.starts_with(|c: char| c.is_ascii_uppercase()))
    }

    /// Writes one line an entry, and the variables.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        for entry in &self.entries {
            let who = match entry.who {
                Who::Caller => "caller",
                Who::Asterisk => "asterisk",
                Who::Agent => "agent",
                Who::Listener => "listener",
            };
            let seconds = entry.at.since_start().as_secs_f64();
            writeln!(out, "{seconds:9.4}  {who:8}  {}", entry.what)?;
        }
        for (name, value) in self.own_variables() {
            writeln!(out, "{name}={value}")?;
        }
        Ok(())
    }

    /// Writes one JSON object a line: the entries, then the end.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            r#type: &'static str,
            at: f64,
            who: Who,
            what: &'a str,
        }
        #[derive(Serialize)]
        struct End<'a> {
            r#type: &'static str,
            at: f64,
            /// `null` where the call is not known to its end.
            exit: Option<u8>,
            variables: BTreeMap<&'a str, &'a str>,
        }
        for entry in &self.entries {
            let line = Line {
                r#type: "event",
                at: rounded(entry.at),
                who: entry.who,
                what: &entry.what,
            };
            serde_json::to_writer(&mut *out, &line)?;
            writeln!(out)?;
        }
        let end = End {
            r#type: "end",
            at: rounded(self.end()),
            exit: self.exit.map(|exit| u8::from(exit == Exit::Failure)),
            variables: self.own_variables().collect(),
        };
        serde_json::to_writer(&mut *out, &end)?;
        writeln!(out)
    }

    /// The variables by which the program reports.
    pub(super) fn own_variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .filter(|(name, _)| name.starts_with("VOICEAGENT"))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Seconds to a tenth of a millisecond.
pub(super) fn rounded(at: CallTime) -> f64 {
    (at.since_start().as_secs_f64() * 1e4).round() / 1e4
}
