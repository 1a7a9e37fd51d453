//! Test audio with known contents: keys as tones, silence, white noise.
//!
//! Everything is a [`dasp::Signal`], summed and cut to length, at any rate. What is made is exact
//! by construction, so that tests can hold a detector to the truth and not to a recording of it.

use std::{f64::consts::TAU, ops::Range};

use dasp::{Signal, signal};

use super::{Dbm0, SAMPLE_RATE};
use crate::key::{COLUMNS, Key, ROWS};

/// How a key sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Press {
    /// The mean of both tones' levels.
    pub level: Dbm0,
    /// How much louder the column's (higher) tone is than the row's, in dB.
    pub twist_db: f32,
    /// How far the row's tone is off its frequency, in per cent.
    pub row_offset: f64,
    /// How far the column's tone is off its frequency, in per cent.
    pub column_offset: f64,
    /// Where in their periods the row's and the column's tone begin, 0 to 1.
    pub phases: [f64; 2],
    /// Seconds.
    pub length: f64,
    /// A part of the key's time in which it is silent.
    pub gap: Option<Gap>,
}

/// A silent part of a key, as a bad line makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Seconds from the key's beginning.
    pub at: f64,
    /// Seconds.
    pub length: f64,
}

impl Default for Press {
    /// A clean key at −10 dBm0 a tone, 0.1 s long.
    fn default() -> Self {
        Self {
            level: Dbm0(-10.0),
            twist_db: 0.0,
            row_offset: 0.0,
            column_offset: 0.0,
            phases: [0.0; 2],
            length: 0.1,
            gap: None,
        }
    }
}

/// A stretch of audio being put together.
///
/// ```
/// use voiceagent::{Key, audio::{Press, Synth}};
///
/// let mut synth = Synth::new(8_000);
/// synth.silence(0.5);
/// let star = synth.press(Key::STAR, &Press::default());
/// assert_eq!(star, 4_000..4_800);
/// assert_eq!(synth.into_samples().len(), 4_800);
/// ```
pub struct Synth {
    rate: u32,
    /// How long it is meant to be; the samples are that to half a sample, so that however many
    /// pieces are put together, each is at its time.
    seconds: f64,
    /// In 16-bit steps.
    samples: Vec<f64>,
}

impl Synth {
    /// Nothing yet, at `rate` samples a second.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        Self {
            rate,
            seconds: 0.0,
            samples: Vec::new(),
        }
    }

    /// Adds silence.
    pub fn silence(&mut self, seconds: f64) {
        self.append(seconds, signal::equilibrium::<f64>());
    }

    /// Adds a key, and tells in which samples it is.
    pub fn press(&mut self, key: Key, press: &Press) -> Range<usize> {
        let half_twist = press.twist_db / 2.0;
        let (row, column) = key.position();
        let row_level = Dbm0(press.level.0 - half_twist);
        let row = self.tone(
            f64::from(ROWS[row]),
            press.row_offset,
            row_level,
            press.phases[0],
        );
        let column_level = Dbm0(press.level.0 + half_twist);
        let column = self.tone(
            f64::from(COLUMNS[column]),
            press.column_offset,
            column_level,
            press.phases[1],
        );

        let began = self.seconds;
        let pressed = self.append(press.length, row.add_amp(column));
        if let Some(gap) = press.gap {
            let from = self.sample_at(began + gap.at).min(pressed.end);
            let to = self.sample_at(began + gap.at + gap.length).min(pressed.end);
            self.samples[from..to].fill(0.0);
        }
        pressed
    }

    /// Mixes a tone into all there is so far: a dial tone's half, mains hum.
    pub fn add_sine(&mut self, hertz: f64, level: Dbm0) {
        let tone = self.tone(hertz, 0.0, level, 0.0);
        self.mix(tone);
    }

    /// Mixes white noise into all there is so far. `level` is that of its part below 4 kHz, which
    /// is what a telephone line carries; the same `seed` gives the same noise.
    pub fn add_noise(&mut self, level: Dbm0, seed: u32) {
        let bands = f64::from(self.rate) / f64::from(SAMPLE_RATE);
        let mean_square = f64::from(level.mean_square()) * bands;
        // Of evenly distributed values from −1 to 1 the mean square is a third.
        self.mix(signal::noise(spread(seed)).scale_amp((3.0 * mean_square).sqrt()));
    }

    /// Seconds so far.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// What was put together, rounded to 16 bits; what is louder than those is clipped.
    #[must_use]
    pub fn into_samples(self) -> Vec<i16> {
        self.samples
            .into_iter()
            .map(|sample| sample.round_ties_even() as i16)
            .collect()
    }

    fn append(&mut self, seconds: f64, signal: impl Signal<Frame = f64>) -> Range<usize> {
        let start = self.samples.len();
        self.seconds += seconds;
        let end = self.sample_at(self.seconds).max(start);
        self.samples.extend(signal.take(end - start));
        start..end
    }

    fn mix(&mut self, added: impl Signal<Frame = f64>) {
        let so_far = signal::from_iter(std::mem::take(&mut self.samples));
        self.samples = so_far.add_amp(added).until_exhausted().collect();
    }

    fn tone(
        &self,
        hertz: f64,
        offset_percent: f64,
        level: Dbm0,
        phase: f64,
    ) -> impl Signal<Frame = f64> + use<> {
        let hertz = hertz * (1.0 + offset_percent / 100.0);
        signal::rate(f64::from(self.rate))
            .const_hz(hertz)
            .phase()
            .map(move |turns: f64| (TAU * (turns + phase)).sin())
            .scale_amp(f64::from(level.amplitude()))
    }

    fn sample_at(&self, seconds: f64) -> usize {
        (seconds * f64::from(self.rate)).round() as usize
    }
}

/// dasp's noise counts its seed up, so that neighbouring seeds give the same noise a sample later.
fn spread(seed: u32) -> u64 {
    (u64::from(seed) + 1).wrapping_mul(GOLDEN_RATIO) >> 16
}

/// 2⁶⁴ over the golden ratio: its multiples lie far apart (Knuth, TAOCP 3, 6.4).
const GOLDEN_RATIO: u64 = 0x9E37_79B9_7F4A_7C15;

#[cfg(test)]
mod tests {
    use super::*;

    /// Level and phase (in turns, of a sine) of `hertz` in `samples`.
    fn measure(samples: &[i16], rate: u32, hertz: f64) -> (f32, f64) {
        let (mut sine, mut cosine) = (0.0, 0.0);
        for (n, sample) in samples.iter().enumerate() {
            let phase = TAU * hertz * n as f64 / f64::from(rate);
            sine += f64::from(*sample) * phase.sin();
            cosine += f64::from(*sample) * phase.cos();
        }
        let amplitude = 2.0 * sine.hypot(cosine) / samples.len() as f64;
        let level = Dbm0::from_amplitude(amplitude as f32).0;
        (level, cosine.atan2(sine) / TAU)
    }

    fn mean_square(samples: &[i16]) -> f64 {
        let sum: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
        sum / samples.len() as f64
    }

    #[test]
    fn a_key_is_its_two_tones_at_their_levels_offsets_and_phases() {
        for rate in [8_000, 16_000, 44_100] {
            for key in Key::ALL {
                let mut synth = Synth::new(rate);
                synth.press(
                    key,
                    &Press {
                        level: Dbm0(-12.0),
                        twist_db: 4.0,
                        row_offset: 1.5,
                        column_offset: -1.5,
                        phases: [0.25, 0.1],
                        length: 2.0,
                        gap: None,
                    },
                );
                let samples = synth.into_samples();
                let (row, column) = key.position();
                let (level, phase) = measure(&samples, rate, f64::from(ROWS[row]) * 1.015);
                assert!((level + 14.0).abs() < 0.02, "{key}: {level}");
                assert!((phase - 0.25).abs() < 0.001, "{key}: {phase}");
                let (level, phase) = measure(&samples, rate, f64::from(COLUMNS[column]) * 0.985);
                assert!((level + 10.0).abs() < 0.02, "{key}: {level}");
                assert!((phase - 0.1).abs() < 0.001, "{key}: {phase}");
            }
        }
    }

    #[test]
    fn rounding_to_samples_does_not_add_up() {
        let mut synth = Synth::new(8_000);
        for n in 1..=1_000 {
            synth.silence(0.000_19);
            let pressed = synth.press(
                Key::STAR,
                &Press {
                    length: 0.000_15,
                    ..Press::default()
                },
            );
            let due = 8_000.0 * 0.000_34 * f64::from(n);
            assert!((pressed.end as f64 - due).abs() <= 0.5 + 1e-6);
        }
    }

    #[test]
    fn a_gap_is_silent_and_ends_with_the_key() {
        let press = Press {
            phases: [0.25; 2],
            gap: Some(Gap {
                at: 0.05,
                length: 1.0,
            }),
            ..Press::default()
        };
        let mut synth = Synth::new(8_000);
        assert_eq!(synth.press(Key::HASH, &press), 0..800);
        let samples = synth.into_samples();
        assert!(samples[..400].iter().any(|s| *s != 0));
        assert!(samples[400..].iter().all(|s| *s == 0));
    }

    #[test]
    fn noise_is_white_has_its_level_below_4_khz_and_is_another_for_another_seed() {
        for (rate, seed) in [(8_000, 0), (8_000, 1), (8_000, 12_345), (16_000, 7)] {
            let mut synth = Synth::new(rate);
            synth.silence(20.0);
            synth.add_noise(Dbm0(-20.0), seed);
            let samples = synth.into_samples();
            let bands = rate as f64 / 8_000.0;
            let level = Dbm0::from_mean_square((mean_square(&samples) / bands) as f32).0;
            assert!((level + 20.0).abs() < 0.1, "{level}");

            for lag in [1, 2, 3, 5, 8, 64, 4_096, 8_191, 8_192] {
                let products: f64 = samples
                    .iter()
                    .zip(&samples[lag..])
                    .map(|(a, b)| f64::from(*a) * f64::from(*b))
                    .sum();
                let correlation = products / samples.len() as f64 / mean_square(&samples);
                assert!(
                    correlation.abs() < 0.02,
                    "seed {seed}, lag {lag}: {correlation}"
                );
            }
        }
    }

    #[test]
    fn a_tone_is_mixed_in_at_its_level() {
        let mut synth = Synth::new(8_000);
        synth.silence(1.0);
        synth.add_sine(350.0, Dbm0(-13.0));
        synth.add_sine(440.0, Dbm0(-20.0));
        let samples = synth.into_samples();
        assert!((measure(&samples, 8_000, 350.0).0 + 13.0).abs() < 0.02);
        assert!((measure(&samples, 8_000, 440.0).0 + 20.0).abs() < 0.02);
    }

    #[test]
    fn what_is_too_loud_is_clipped() {
        let press = Press {
            level: Dbm0(3.0),
            ..Press::default()
        };
        let mut synth = Synth::new(8_000);
        synth.press(Key::STAR, &press);
        let samples = synth.into_samples();
        assert!(samples.contains(&i16::MAX) && samples.contains(&i16::MIN));
    }
}
