//! The caller's audio from bytes to what was heard in it.

use std::time::Duration;

use crate::{
    audio::{AudioFormat, Decoder, RateError, SampleTime},
    dtmf::{self, KeyDown, KeyUp},
    senses::{Sensed, Senses},
    speech,
};

/// Something heard.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A key went down.
    KeyDown {
        /// What the detector says of it.
        down: KeyDown,
        /// How much audio had come after its onset when it was known.
        after: Duration,
    },
    /// The key that was down went up.
    KeyUp {
        /// What the detector says of it.
        up: KeyUp,
        /// How much audio had come after its end when it was known.
        after: Duration,
    },
    /// Somebody started to speak.
    Speech(speech::Start),
}

/// A decoder and both detectors. Nothing is allocated after it was made.
pub struct Ear {
    decoder: Decoder,
    senses: Senses,
}

impl Ear {
    /// An ear for audio in `format`; speech is listened for where limits are given.
    ///
    /// # Errors
    /// When the format's rate cannot be resampled.
    pub fn new(
        format: AudioFormat,
        keys: &dtmf::Limits,
        speech: Option<&speech::Limits>,
    ) -> Result<Self, RateError> {
        let decoder = Decoder::new(format)?;
        let senses = Senses::new(keys, speech, decoder.delay());
        Ok(Self { decoder, senses })
    }

    /// Takes the next bytes, in any pieces.
    pub fn hear(&mut self, bytes: &[u8], on_heard: &mut impl FnMut(Heard)) {
        let senses = &mut self.senses;
        self.decoder.push(bytes, &mut |samples| {
            let heard = senses.arrived() + samples.len() as u64;
            let after = |point| SampleTime::from_samples(heard.since(point)).duration();
            senses.hear(samples, &mut |sensed| match sensed {
                Sensed::Key(dtmf::Event::Down(down)) => {
                    let after = after(down.onset);
                    on_heard(Heard::KeyDown { down, after });
                }
                Sensed::Key(dtmf::Event::Up(up)) => {
                    let after = after(up.end);
                    on_heard(Heard::KeyUp { up, after });
                }
                Sensed::Speech(speech::Event::Start(start)) => on_heard(Heard::Speech(start)),
                Sensed::Speech(speech::Event::End(_)) => {}
            });
        });
    }

    /// Tells what is being played to the caller from now on; its echo is not speech.
    pub fn playing(&mut self, prompt: Option<speech::Prompt>) {
        self.senses.playing(prompt);
    }

    /// So much of the audio that was due by now has not come.
    pub fn behind(&mut self, time: Duration) {
        self.senses.behind(time);
    }

    /// How much audio has been heard.
    #[must_use]
    pub fn heard(&self) -> Duration {
        self.senses.arrived().duration()
    }

    /// The end of `bytes` of this audio that lasts `length`, or a sample more: whole samples are left out,
    /// as what came before may have ended in the middle of one.
    #[must_use]
    pub fn newest<'a>(&self, bytes: &'a [u8], length: Duration) -> &'a [u8] {
        let older = bytes.len().saturating_sub(self.bytes_in(length));
        &bytes[older - older % self.decoder.format().bytes_per_sample()..]
    }

    /// How many bytes of this audio last `length`, in whole samples.
    #[must_use]
    pub fn bytes_in(&self, length: Duration) -> usize {
        let format = self.decoder.format();
        let samples = length.as_secs_f64() * f64::from(format.rate());
        samples as usize * format.bytes_per_sample()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Key,
        audio::{Codes, Press, Synth},
    };

    /// Keys at every part of a frame, and when each begins.
    fn keys(format: AudioFormat) -> (Vec<u8>, Vec<f64>) {
        let mut synth = Synth::new(format.rate());
        let mut onsets = Vec::new();
        for n in 0..64 {
            synth.silence(0.0837);
            onsets.push(synth.seconds());
            synth.press(Key::ALL[n % 16], &Press::default());
        }
        synth.silence(0.2);
        let samples = synth.into_samples();
        (Codes::new(format.encoding()).encode(&samples), onsets)
    }

    /// Seconds after its onset at which each key is known, in frames of 20 ms.
    fn latencies(format: &str) -> Vec<f64> {
        let format: AudioFormat = format.parse().expect("a known format");
        let (bytes, onsets) = keys(format);
        let mut ear = Ear::new(format, &dtmf::Limits::default(), None).expect("a known rate");
        let mut known = Vec::new();
        let frames = bytes.chunks(ear.bytes_in(Duration::from_millis(20)));
        for (n, frame) in frames.enumerate() {
            let arrived = 0.02 * (n + 1) as f64;
            ear.hear(frame, &mut |heard| {
                if let Heard::KeyDown { down, .. } = heard {
                    let onset = onsets[known.len()];
                    let error = down.onset.seconds() - onset;
                    assert!(error.abs() < 0.001, "{format}: onset wrong by {error} s");
                    known.push(arrived - onset);
                }
            });
        }
        assert_eq!(known.len(), onsets.len(), "{format}");
        known
    }

    #[test]
    fn older_audio_is_left_out_by_whole_samples() {
        let ear = |format: &str| {
            let format = format.parse().expect("a format");
            Ear::new(format, &dtmf::Limits::ETSI, None).expect("an ear")
        };
        let length = Duration::from_millis(20);
        for (format, bytes) in [("slin", 320), ("slin16", 640), ("alaw", 160)] {
            let ear = ear(format);
            assert_eq!(ear.newest(&[0; 100], length).len(), 100);
            for came in bytes..bytes + 9 {
                let left = ear.newest(&vec![0; came], length).len();
                assert!(left < bytes + 2, "{format}: {left} of {came}");
                let left_out = came - left;
                assert!(
                    format == "alaw" || left_out % 2 == 0,
                    "{format}: {left_out}"
                );
            }
        }
    }

    #[test]
    fn keys_are_known_at_most_3_ms_later_in_other_formats_than_at_8_khz() {
        let mean = |format| {
            let latencies = latencies(format);
            latencies.iter().sum::<f64>() / latencies.len() as f64
        };
        let at_8_khz = mean("slin");
        for format in [
            "ulaw", "alaw", "g722", "slin12", "slin16", "slin24", "slin32", "slin44", "slin48",
            "slin96", "slin192",
        ] {
            let later = mean(format) - at_8_khz;
            assert!((0.0..=0.003).contains(&later), "{format}: {later:.4} s");
        }
    }
}
