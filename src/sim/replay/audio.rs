//! The caller's audio of a recorded call, in one format and in its place.

use std::time::Duration;

use crate::{
    audio::{AudioFormat, Decoder, SampleTime},
    session::CallTime,
    sim::timeline::Clip,
};

/// The caller's audio, for pictures.
#[derive(Default)]
pub(super) struct Audio {
    pub(super) clips: Vec<Clip>,
    decoder: Option<Decoder>,
    /// Whether Dial may have changed the format since it was last known.
    pub(super) is_unknown: bool,
}

impl Audio {
    /// The format of what comes now, by what the program says that it listens to.
    pub(super) fn format(&self, listened: &str) -> Option<AudioFormat> {
        match listened {
            "" if self.is_unknown => None,
            "" => Some(AudioFormat::SLIN),
            name => name.parse().ok(),
        }
    }

    pub(super) fn take(&mut self, now: CallTime, format: Option<AudioFormat>, bytes: &[u8]) {
        let Some(format) = format else { return };
        if self.decoder.as_ref().map(Decoder::format) != Some(format) {
            self.decoder = Decoder::new(format).ok();
        }
        let Some(decoder) = &mut self.decoder else {
            return;
        };
        let mut samples = Vec::with_capacity(bytes.len());
        decoder.push(bytes, &mut |more| samples.extend_from_slice(more));
        let length = SampleTime::from_samples(samples.len() as u64).duration();
        // It came when its last sample had been said.
        let begin = now.before(length);
        match self.clips.last_mut() {
            // What comes a little late is no gap.
            Some(last) if begin <= last.end() + LATE => last.samples.append(&mut samples),
            _ => self.clips.push(Clip { at: begin, samples }),
        }
    }
}

/// Frames come in bursts.
const LATE: Duration = Duration::from_millis(60);
