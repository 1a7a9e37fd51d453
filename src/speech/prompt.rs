//! What the agent plays towards the caller, as far as its echo needs to be known.

use std::sync::Arc;

use super::{STEP, energy::Energy};
use crate::audio::Dbm0;

/// What the agent now plays.
#[derive(Clone, Debug)]
pub enum Prompt {
    /// Audio that is known; silence follows its end.
    Known(Arc<Envelope>),
    /// Audio that is not (a file in a codec that is not read here): taken to be loud all the
    /// time, until something else is played or nothing.
    Unknown,
}

/// The energy of a prompt over time: one byte for each 5 ms, 24 KB for two minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    levels: Vec<u8>,
}

impl Envelope {
    /// The envelope of a prompt's audio: 16-bit samples at 8 kHz, as Asterisk sends them.
    #[must_use]
    pub fn of(samples: &[i16]) -> Self {
        let mut growing = GrowingEnvelope::default();
        growing.push(samples);
        growing.finish()
    }

    /// Goes on with `next`, for what is played by one command out of several files.
    pub fn append(&mut self, next: &Self) {
        self.levels.extend_from_slice(&next.levels);
    }

    /// The envelope with these levels, one for each 5 ms, in units of its own.
    #[must_use]
    pub const fn from_levels(levels: Vec<u8>) -> Self {
        Self { levels }
    }

    /// What [`from_levels`](Self::from_levels) takes.
    #[must_use]
    pub fn levels(&self) -> &[u8] {
        &self.levels
    }

    /// How many steps it has.
    pub(super) fn length(&self) -> usize {
        self.levels.len()
    }

    /// Mean square of the step with this number; silence after the end.
    pub(super) fn mean_square(&self, step: usize) -> f32 {
        match self.levels.get(step) {
            None | Some(0) => 0.0,
            Some(&level) => Dbm0(f32::from(level) * UNIT_DB + LOWEST_DBM0).mean_square(),
        }
    }
}

/// An envelope of audio that comes in pieces of any size.
#[derive(Clone, Debug, Default)]
pub struct GrowingEnvelope {
    levels: Vec<u8>,
    /// Of the step that is not full yet.
    energy: Energy,
}

impl GrowingEnvelope {
    /// Takes in what comes next.
    pub fn push(&mut self, mut samples: &[i16]) {
        while !samples.is_empty() {
            let missing = STEP - self.energy.samples();
            let (more, rest) = samples.split_at(missing.min(samples.len()));
            self.energy.add(more);
            if self.energy.samples() == STEP {
                self.end_step();
            }
            samples = rest;
        }
    }

    /// Full steps of 5 ms so far.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.levels.len()
    }

    /// The envelope of all of it.
    #[must_use]
    pub fn finish(mut self) -> Envelope {
        if self.energy.samples() > 0 {
            self.end_step();
        }
        Envelope {
            levels: self.levels,
        }
    }

    fn end_step(&mut self) {
        self.levels.push(quantise(self.energy.take().mean_square));
    }
}

/// The level in units of half a decibel, 0 for silence.
fn quantise(mean_square: f32) -> u8 {
    let units = (Dbm0::from_mean_square(mean_square).0 - LOWEST_DBM0) / UNIT_DB;
    // Saturates at both ends, minus infinity included.
    units.round() as u8
}

/// Half a decibel is a tenth of the margin over the echo.
const UNIT_DB: f32 = 0.5;
/// Level 0: no telephone carries anything as quiet. The highest lies at +37 dBm0, far over full
/// scale.
const LOWEST_DBM0: f32 = -90.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Rng;

    #[test]
    fn an_envelope_is_within_a_quarter_decibel_of_the_audio() {
        for amplitude in [3i16, 100, 2_000, 32_767] {
            let square: Vec<i16> = (0..STEP)
                .map(|i| if i % 2 == 0 { amplitude } else { -amplitude })
                .collect();
            let exact = f32::from(amplitude).powi(2);
            let stored = Envelope::of(&square).mean_square(0);
            let error = 10.0 * (stored / exact).log10();
            assert!(error.abs() <= 0.26, "{error} dB at {amplitude}");
        }
    }

    #[test]
    fn silence_is_silence_and_follows_the_end() {
        let envelope = Envelope::of(&[0; 2 * STEP]);
        assert_eq!(envelope.mean_square(0), 0.0);
        assert_eq!(envelope.mean_square(1_000_000), 0.0);
    }

    #[test]
    fn pieces_have_the_envelope_of_the_whole() {
        let mut rng = Rng::new(1);
        let loudness = |i: usize| 10.0 * (1 + i / 100) as f32;
        let samples: Vec<i16> = (0..2_345)
            .map(|i| (rng.normal() * loudness(i)) as i16)
            .collect();
        for length in 0..samples.len() {
            let samples = &samples[..length];
            let whole: Vec<u8> = samples
                .chunks(STEP)
                .map(|step| {
                    let mut energy = Energy::default();
                    energy.add(step);
                    quantise(energy.take().mean_square)
                })
                .collect();
            let mut growing = GrowingEnvelope::default();
            let mut rest = samples;
            while !rest.is_empty() {
                let (piece, behind) = rest.split_at(rng.index(0, rest.len() + 1));
                growing.push(piece);
                rest = behind;
            }
            assert_eq!(growing.finish().levels, whole);
            assert_eq!(Envelope::of(samples).levels, whole);
        }
    }

    #[test]
    fn two_minutes_take_24_kilobytes() {
        let envelope = Envelope::of(&vec![1_000; 120 * 8_000]);
        assert_eq!(envelope.levels.len(), 24_000);
    }
}
