//! `voiceagent analyze`: what the detectors of a call hear in recordings.

mod listener;
mod report;
mod timeline;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use self::{
    listener::Listener,
    report::{Report, Style, Summary},
    timeline::Timeline,
};
use crate::{
    audio::{FileError, Reading, Recording, SAMPLE_RATE},
    dtmf, speech,
};

/// How recordings are listened to, and what is written of it.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// JSON, an object a line, instead of text.
    pub json: bool,
    /// Whether to say in the messages how each file is read.
    pub verbose: bool,
    /// Milliseconds of audio that arrive at once in the call that is imagined: a key is detected
    /// at the end of such a frame.
    pub frame_ms: u32,
    /// What is known of the files besides what they say.
    pub reading: Reading,
    /// What counts as a key.
    pub keys: dtmf::Limits,
    /// What counts as speech.
    pub speech: speech::Limits,
}

impl Default for Analysis {
    fn default() -> Self {
        Self {
            json: false,
            verbose: false,
            frame_ms: 20,
            reading: Reading::default(),
            keys: dtmf::Limits::default(),
            speech: speech::Limits::default(),
        }
    }
}

/// Whether all files were listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// All of them.
    Done,
    /// Some could not be read, or not to their end.
    Failed,
}

impl Analysis {
    /// Writes what is heard in `files` to `out`, and what is wrong with them to `messages`.
    ///
    /// A file that cannot be read does not keep the others from being listened to.
    ///
    /// # Errors
    /// When `out` or `messages` cannot be written.
    pub fn run(
        &self,
        files: &[PathBuf],
        out: &mut impl Write,
        messages: &mut impl Write,
    ) -> io::Result<Outcome> {
        let mut outcome = Outcome::Done;
        for file in files {
            match self.listen_to(file, out, messages)? {
                Ok(None) => {}
                Ok(Some(warning)) => writeln!(messages, "voiceagent: {warning}")?,
                Err(error) => {
                    outcome = Outcome::Failed;
                    writeln!(messages, "voiceagent: {error}")?;
                }
            }
        }
        Ok(outcome)
    }

    /// Listens to one file; inside, what is wrong with the file or odd about it.
    fn listen_to(
        &self,
        file: &Path,
        out: &mut impl Write,
        messages: &mut impl Write,
    ) -> io::Result<Result<Option<String>, FileError>> {
        let mut recording = match Recording::open(file, &self.reading) {
            Ok(recording) => recording,
            Err(error) => return Ok(Err(error)),
        };
        if self.verbose {
            writeln!(
                messages,
                "voiceagent: {}: {} Hz, channels: {}",
                recording.name(),
                recording.rate(),
                recording.channels()
            )?;
        }
        let style = Style::new(self.json, recording.name(), recording.channels());
        let frame = u64::from(self.frame_ms.max(1)) * u64::from(SAMPLE_RATE) / 1_000;
        let mut listeners: Vec<Listener> = (0..recording.channels())
            .map(|_| Listener::new(&self.keys, &self.speech, frame, recording.delay()))
            .collect();
        let mut timeline = Timeline::default();

        let read = loop {
            let read = recording.read(&mut |channel, samples| {
                listeners[channel].push(samples, &mut |report| timeline.add(channel, report));
            });
            if !matches!(read, Ok(true)) {
                break read;
            }
            let settled = listeners.iter().map(Listener::settled).min();
            timeline.release(settled.unwrap_or_default(), |channel, report| {
                style.write_report(out, channel, report)
            })?;
        };
        for (channel, listener) in listeners.iter_mut().enumerate() {
            listener.finish(&mut |report| timeline.add(channel, report));
        }
        timeline.release_all(|channel, report| style.write_report(out, channel, report))?;
        if let Err(error) = read {
            return Ok(Err(error));
        }
        for (channel, listener) in listeners.iter().enumerate() {
            style.write_summary(out, channel, &listener.summary())?;
        }
        Ok(Ok(recording.warning()))
    }
}
