//! Silence: stretches in which nobody can be heard.

use super::report::Stretch;
use crate::audio::{Dbm0, SampleTime};

/// Finds silence in one channel.
#[derive(Default)]
pub(super) struct Quiet {
    now: SampleTime,
    /// Of the step that is coming in.
    count: u64,
    sum: i64,
    squares: i64,
    /// Where the silence began, and the sum of squares in it.
    since: Option<(SampleTime, f64)>,
}

impl Quiet {
    pub(super) fn push(&mut self, samples: &[i16], on_silence: &mut impl FnMut(Stretch)) {
        for &sample in samples {
            let sample = i64::from(sample);
            self.sum += sample;
            self.squares += sample * sample;
            self.count += 1;
            if self.count == STEP {
                self.step(on_silence);
            }
        }
    }

    /// The end: of a step that is not full nothing is said.
    pub(super) fn finish(&mut self, on_silence: &mut impl FnMut(Stretch)) {
        if let Some((start, squares)) = self.since.take() {
            let length = self.now.since(start);
            if length >= SHORTEST {
                on_silence(Stretch {
                    start,
                    end: self.now,
                    level: Dbm0::from_mean_square((squares / length as f64) as f32),
                });
            }
        }
    }

    /// No silence still to be told of begins before this.
    pub(super) fn settled(&self) -> SampleTime {
        self.since.map_or(self.now, |(start, _)| start)
    }

    fn step(&mut self, on_silence: &mut impl FnMut(Stretch)) {
        let mean = self.sum as f64 / STEP as f64;
        let squares = self.squares as f64 - mean * self.sum as f64;
        if squares <= f64::from(LOUDEST.mean_square()) * STEP as f64 {
            self.since.get_or_insert((self.now, 0.0)).1 += squares;
        } else {
            self.finish(on_silence);
        }
        self.now = self.now + STEP;
        (self.count, self.sum, self.squares) = (0, 0, 0);
    }
}

/// Samples judged at once, 10 ms.
const STEP: u64 = 80;

/// Samples, 1 s: pauses between words are shorter, those between sentences seldom longer.
const SHORTEST: u64 = 8_000;

/// An idle telephone channel has -65 dBm0p at most (ITU-T G.712, clause 9); A-law makes silence
/// of up to -66 dBm0.
const LOUDEST: Dbm0 = Dbm0(-60.0);

#[cfg(test)]
mod tests {
    use super::*;

    fn silences(samples: &[i16]) -> Vec<(u64, u64)> {
        let mut found = Vec::new();
        let mut quiet = Quiet::default();
        let mut tell = |s: Stretch| found.push((s.start.samples(), s.end.samples()));
        for piece in samples.chunks(137) {
            quiet.push(piece, &mut tell);
        }
        quiet.finish(&mut tell);
        found
    }

    #[test]
    fn a_second_of_nothing_is_silence_and_a_pause_is_none() {
        let loud: Vec<i16> = (0..8_000)
            .map(|i| if i % 2 == 0 { 900 } else { -900 })
            .collect();
        let quiet = [100; 16_000];
        let pause = [100; 7_900];
        let audio = [&loud[..], &quiet, &loud, &pause, &loud].concat();
        assert_eq!(silences(&audio), [(8_000, 24_000)]);
    }

    #[test]
    fn a_recording_of_nothing_is_one_silence() {
        assert_eq!(silences(&[0; 80_000]), [(0, 80_000)]);
    }
}
