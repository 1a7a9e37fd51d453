//! All recordings together, and those that could not be read.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::report::{Share, Summary};
use crate::audio::FileError;

/// What there was in all recordings so far.
#[derive(Default)]
pub(super) struct Total {
    files: u64,
    seconds: f64,
    channels: u64,
    seconds_of_channels: f64,
    keys: usize,
    speech: Share,
    silence: Share,
    clipped: u64,
    unread: u64,
    /// How often each reason was why one could not be read.
    reasons: BTreeMap<String, u64>,
}

impl Total {
    /// One recording more, with its channels.
    pub(super) fn add(&mut self, channels: &[Summary]) {
        self.files += 1;
        self.seconds += channels.first().map_or(0.0, |channel| channel.seconds);
        for channel in channels {
            self.channels += 1;
            self.seconds_of_channels += channel.seconds;
            self.keys += channel.keys.len();
            self.clipped += channel.clipped;
            for (all, share) in [
                (&mut self.speech, &channel.speech),
                (&mut self.silence, &channel.silence),
            ] {
                all.times += share.times;
                all.samples += share.samples;
            }
        }
    }

    /// One that could not be read, or not to its end.
    pub(super) fn fail(&mut self, error: &FileError) {
        self.unread += 1;
        *self.reasons.entry(error.reason()).or_default() += 1;
    }

    pub(super) fn all_read(&self) -> bool {
        self.unread == 0
    }

    /// One line for people.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "total: {} read, {}", self.files, clock(self.seconds))?;
        if self.channels > self.files {
            let together = clock(self.seconds_of_channels);
            write!(out, ", in {} channels {together}", self.channels)?;
        }
        writeln!(
            out,
            ", keys: {}, speech {} s, silence {} s, {} samples clipped; could not be read: {}",
            self.keys,
            self.speech.seconds(),
            self.silence.seconds(),
            self.clipped,
            self.unread
        )
    }

    /// How many could not be read and why, if any.
    pub(super) fn write_unread(&self, messages: &mut impl Write) -> io::Result<()> {
        if self.unread == 0 {
            return Ok(());
        }
        writeln!(
            messages,
            "voiceagent: {} of {} could not be read:",
            self.unread,
            self.unread + self.files
        )?;
        for (reason, times) in &self.reasons {
            writeln!(messages, "{times:>6} {reason}")?;
        }
        Ok(())
    }
}

/// Hours, minutes and seconds.
fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{hours}:{minutes:02}:{seconds:02}")
}
