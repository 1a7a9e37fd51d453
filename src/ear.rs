//! The caller's audio from bytes to what was heard in it.

use std::time::Duration;

use crate::{
    audio::{AudioFormat, Decoder, RateError, SampleTime},
    dtmf::{self, KeyDown, KeyUp},
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

struct Senses {
    keys: dtmf::Detector,
    speech: Option<speech::Detector>,
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
        Ok(Self {
            decoder: Decoder::new(format)?,
            senses: Senses {
                keys: dtmf::Detector::new(keys),
                speech: speech.map(speech::Detector::new),
            },
        })
    }

    /// Takes the next bytes, in any pieces.
    pub fn hear(&mut self, bytes: &[u8], on_heard: &mut impl FnMut(Heard)) {
        let senses = &mut self.senses;
        self.decoder
            .push(bytes, &mut |samples| senses.hear(samples, on_heard));
    }

    /// Tells what is being played to the caller from now on; its echo is not speech.
    pub fn playing(&mut self, prompt: Option<speech::Prompt>) {
        if let Some(speech) = &mut self.senses.speech {
            speech.playing(prompt);
        }
    }

    /// How much audio has been heard.
    #[must_use]
    pub fn heard(&self) -> Duration {
        self.senses.keys.now().duration()
    }

    /// How long `bytes` of this audio last.
    #[must_use]
    pub fn length_of(&self, bytes: usize) -> Duration {
        let format = self.decoder.format();
        let samples = bytes / format.bytes_per_sample();
        Duration::from_secs_f64(samples as f64 / f64::from(format.rate()))
    }

    /// How many bytes of this audio last `length`, in whole samples.
    #[must_use]
    pub fn bytes_in(&self, length: Duration) -> usize {
        let format = self.decoder.format();
        let samples = length.as_secs_f64() * f64::from(format.rate());
        samples as usize * format.bytes_per_sample()
    }
}

impl Senses {
    /// Keys first: what is a key must not count as speech.
    fn hear(&mut self, samples: &[i16], on_heard: &mut impl FnMut(Heard)) {
        let Self { keys, speech } = self;
        let heard = keys.now() + samples.len() as u64;
        let after = |point| SampleTime::from_samples(heard.since(point)).duration();
        keys.push(samples, &mut |event| {
            let heard = match event {
                dtmf::Event::Down(down) => {
                    if let Some(speech) = speech {
                        speech.key_down(down.onset);
                    }
                    Heard::KeyDown {
                        down,
                        after: after(down.onset),
                    }
                }
                dtmf::Event::Up(up) => {
                    if let Some(speech) = speech {
                        speech.key_up(up.end);
                    }
                    Heard::KeyUp {
                        up,
                        after: after(up.end),
                    }
                }
            };
            on_heard(heard);
        });
        if let Some(speech) = speech {
            speech.push(samples, &mut |event| {
                if let speech::Event::Start(start) = event {
                    on_heard(Heard::Speech(start));
                }
            });
        }
    }
}
