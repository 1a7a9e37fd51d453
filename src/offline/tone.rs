//! `voiceagent tone`: test audio with keys in it, spoiled on purpose.

use crate::{
    Key,
    audio::{Dbm0, Gap, Press, Synth},
};

/// A sequence of keys and what surrounds it. Times are seconds.
///
/// ```
/// use voiceagent::{Key, offline::Tone};
///
/// let tone = Tone { keys: vec![Key::STAR, Key::HASH], ..Tone::default() };
/// // 0.3 s before, two keys of 0.1 s with 0.1 s between them, 0.3 s after.
/// assert_eq!(tone.samples(8_000)?.len(), 7_200);
/// # Ok::<(), voiceagent::offline::ToneError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tone {
    /// In order.
    pub keys: Vec<Key>,
    /// How each key sounds.
    pub press: Press,
    /// Between one key and the next.
    pub pause: f64,
    /// Before the first key.
    pub lead: f64,
    /// After the last key.
    pub tail: f64,
    /// Tones that sound all the time.
    pub under: Vec<Under>,
    /// White noise that sounds all the time.
    pub noise: Option<Noise>,
}

/// A tone that sounds all the time: half a dial tone, mains hum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Under {
    /// Its frequency.
    pub hertz: f64,
    /// Its level.
    pub level: Dbm0,
}

/// White noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Level of its part below 4 kHz.
    pub level: Dbm0,
    /// The same seed gives the same noise.
    pub seed: u32,
}

impl Default for Tone {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            press: Press::default(),
            pause: 0.1,
            lead: 0.3,
            tail: 0.3,
            under: Vec::new(),
            noise: None,
        }
    }
}

impl Tone {
    /// Makes the audio, at `rate` samples a second.
    ///
    /// # Errors
    /// When there is nothing to make, too much, or a tone that this rate cannot hold.
    pub fn samples(&self, rate: u32) -> Result<Vec<i16>, ToneError> {
        self.check(rate)?;
        let mut synth = Synth::new(rate);
        synth.silence(self.lead);
        for (n, key) in self.keys.iter().enumerate() {
            if n > 0 {
                synth.silence(self.pause);
            }
            synth.press(*key, &self.press);
        }
        synth.silence(self.tail);
        for under in &self.under {
            synth.add_sine(under.hertz, under.level);
        }
        if let Some(noise) = self.noise {
            synth.add_noise(noise.level, noise.seed);
        }
        Ok(synth.into_samples())
    }

    fn check(&self, rate: u32) -> Result<(), ToneError> {
        let keys = self.keys.len() as f64;
        let pauses = (keys - 1.0).max(0.0);
        let seconds = self.lead + keys * self.press.length + pauses * self.pause + self.tail;
        // Anything but a number within limits, NaN too.
        if !(0.0..=MAX_SECONDS).contains(&seconds) {
            return Err(ToneError::TooLong { seconds });
        }
        if seconds * f64::from(rate) < 1.0 {
            return Err(ToneError::Nothing);
        }
        if let Some(gap) = self.press.gap
            && !self.keys.is_empty()
            && (gap.length >= self.press.length || gap.at >= self.press.length)
        {
            return Err(ToneError::NotInKey {
                gap,
                key: self.press.length,
            });
        }
        let highest = f64::from(rate) / 2.0;
        match self.under.iter().find(|under| under.hertz >= highest) {
            Some(Under { hertz, .. }) => Err(ToneError::TooHigh {
                hertz: *hertz,
                rate,
            }),
            None => Ok(()),
        }
    }
}

/// Why test audio cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ToneError {
    /// No keys, and no silence around them either.
    #[error("nothing to write: no digits, no silence before or after")]
    Nothing,
    /// More than fits into memory at any rate.
    #[error("{seconds:.0} s of audio is too much, {MAX_SECONDS:.0} s are possible")]
    TooLong {
        /// What was asked for.
        seconds: f64,
    },
    /// The gap leaves nothing of the key, or begins after it.
    #[error("a gap of {:.0} ms that begins {:.0} ms after the key does is none in a key of {:.0} ms: give a shorter --gap, or a longer --length", 1e3 * gap.length, 1e3 * gap.at, 1e3 * key)]
    NotInKey {
        /// What was asked for.
        gap: Gap,
        /// How long a key is, in seconds.
        key: f64,
    },
    /// It would come out as another tone.
    #[error("a tone of {hertz} Hz needs more than {rate} samples a second: give a higher --rate")]
    TooHigh {
        /// What was asked for.
        hertz: f64,
        /// Samples a second.
        rate: u32,
    },
}

/// An hour: 230 MB while it is made at 8 kHz.
const MAX_SECONDS: f64 = 3_600.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_add_up_at_any_rate() {
        let tone = Tone {
            keys: vec![Key::STAR; 3],
            pause: 0.05,
            lead: 0.2,
            tail: 0.1,
            ..Tone::default()
        };
        for rate in [8_000, 16_000, 48_000] {
            let samples = tone.samples(rate).expect("nothing unusual");
            assert_eq!(samples.len() as u32, rate * 7 / 10);
        }
    }

    #[test]
    fn what_cannot_be_made_is_refused_with_the_reason() {
        let keyless = Tone {
            lead: 0.0,
            tail: 0.0,
            ..Tone::default()
        };
        assert_eq!(keyless.samples(8_000), Err(ToneError::Nothing));

        let under = vec![Under {
            hertz: 4_000.0,
            level: Dbm0(-10.0),
        }];
        let high = Tone {
            under,
            ..Tone::default()
        };
        assert!(matches!(
            high.samples(8_000),
            Err(ToneError::TooHigh { .. })
        ));
        assert!(high.samples(16_000).is_ok());

        let with_gap = |at, length| {
            let mut tone = Tone {
                keys: vec![Key::STAR],
                ..Tone::default()
            };
            tone.press.gap = Some(Gap { at, length });
            tone.samples(8_000)
        };
        for (at, length) in [(0.0, 0.1), (0.05, 0.2), (0.1, 0.01)] {
            assert!(
                matches!(with_gap(at, length), Err(ToneError::NotInKey { .. })),
                "{length} s after {at} s"
            );
        }
        assert!(with_gap(0.05, 0.09).is_ok(), "it ends with the key");

        for lead in [1e9, f64::INFINITY, f64::NAN] {
            let long = Tone {
                lead,
                ..Tone::default()
            };
            assert!(matches!(
                long.samples(8_000),
                Err(ToneError::TooLong { .. })
            ));
        }
    }
}
