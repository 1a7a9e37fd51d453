//! What is left when the tones are taken away, in three bands: below, among and above the tones.
//!
//! Speech and music that imitate a key leave something among the tones; hum and dial tone leave it
//! below, hiss above. Two short symmetric filters make the difference.

use std::f32::consts::{PI, TAU};

use wide::{bytemuck::cast, f32x4};

use super::tones::radians;

/// Energy in each band.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bands {
    /// Below 600 Hz.
    pub(super) low: f32,
    /// 600 to 1850 Hz, where the tones are.
    pub(super) among: f32,
    /// Above 1850 Hz.
    pub(super) high: f32,
}

impl Bands {
    /// So much in all, wherever it is.
    pub(super) fn all_within(energy: f32) -> Self {
        Self {
            low: energy,
            among: energy,
            high: energy,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            among: self.among + other.among,
            high: self.high + other.high,
        }
    }

    pub(super) fn scaled(self, by: f32) -> Self {
        Self {
            low: self.low * by,
            among: self.among * by,
            high: self.high * by,
        }
    }
}

/// The sum of all squares.
pub(super) fn energy(samples: &[f32]) -> f32 {
    let (groups, rest) = samples.as_chunks::<GROUP>();
    let mut sums = [f32x4::ZERO; 2];
    for group in groups {
        let [first, second] = halves(group);
        sums[0] += first * first;
        sums[1] += second * second;
    }
    (sums[0] + sums[1]).reduce_add() + rest.iter().map(|x| x * x).sum::<f32>()
}

/// A group of samples, four and four.
#[inline]
fn halves(group: &[f32]) -> [f32x4; 2] {
    let group: &[f32; GROUP] = group.first_chunk().expect("a group is whole");
    cast(*group)
}

/// The two filters.
#[derive(Clone)]
pub(super) struct Splitter {
    /// Middle tap and one side, each for four samples.
    low: [f32x4; SIDE + 1],
    high: [f32x4; SIDE + 1],
}

impl Splitter {
    pub(super) fn new() -> Self {
        let low = low_pass(LOW_EDGE);
        let mut high = low_pass(HIGH_EDGE).map(|tap| -tap);
        high[0] += 1.0;
        Self {
            low: low.map(f32x4::splat),
            high: high.map(f32x4::splat),
        }
    }

    /// The energies of `samples` (at most [`LONGEST`]) from `skip` on; those before only fill the
    /// filters. Beyond both ends there is nothing.
    ///
    /// Every second group of eight is looked at and stands for its neighbour.
    pub(super) fn split(&self, samples: &[f32], skip: usize) -> Bands {
        let n = samples.len();
        let mut padded = [0.0; LONGEST + 2 * SIDE];
        padded[SIDE..SIDE + n].copy_from_slice(samples);
        let mut sums = [f32x4::ZERO; 3];
        let mut seen = 0;
        let mut next = skip;
        while next < n {
            let group = next.min(n - GROUP);
            let reach: &[f32; GROUP + 2 * SIDE] = padded[group..]
                .first_chunk()
                .expect("there is room for both sides of every group");
            let middle = halves(&reach[SIDE..]);
            let mut low = middle.map(|middle| middle * self.low[0]);
            let mut high = middle.map(|middle| middle * self.high[0]);
            let taps = self.low[1..].iter().zip(&self.high[1..]);
            for (i, (&low_tap, &high_tap)) in taps.enumerate() {
                let before = halves(&reach[SIDE - 1 - i..]);
                let after = halves(&reach[SIDE + 1 + i..]);
                for half in 0..2 {
                    let sides = before[half] + after[half];
                    low[half] += sides * low_tap;
                    high[half] += sides * high_tap;
                }
            }
            for half in 0..2 {
                let among = middle[half] - low[half] - high[half];
                sums[0] += low[half] * low[half];
                sums[1] += among * among;
                sums[2] += high[half] * high[half];
            }
            seen += GROUP;
            next += 2 * GROUP;
        }
        let [low, among, high] = sums.map(f32x4::reduce_add);
        Bands { low, among, high }.scaled((n - skip) as f32 / seen as f32)
    }
}

/// Half of a symmetric low pass, Hamming-windowed, with unit gain at 0 Hz.
fn low_pass(edge_hz: f32) -> [f32; SIDE + 1] {
    let edge = radians(edge_hz);
    let mut taps: [f32; SIDE + 1] = std::array::from_fn(|i| {
        let t = i as f32;
        let ideal = if i == 0 {
            edge / PI
        } else {
            (edge * t).sin() / (PI * t)
        };
        ideal * (0.54 + 0.46 * (TAU * t / (2 * SIDE) as f32).cos())
    });
    let gain = taps[0] + 2.0 * taps[1..].iter().sum::<f32>();
    for tap in &mut taps {
        *tap /= gain;
    }
    taps
}

/// Hz; below the lowest tone less 3 % and half the filter's slope.
const LOW_EDGE: f32 = 600.0;

/// Hz; above the highest tone plus 3 % and half the filter's slope.
const HIGH_EDGE: f32 = 1850.0;

/// Taps on one side of the middle one: 41 in all, a slope of some 300 Hz.
pub(super) const SIDE: usize = 20;

/// The longest stretch that can be split, 52 ms.
const LONGEST: usize = 416;

/// Samples looked at together.
const GROUP: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_frequency_is_in_its_band() {
        let splitter = Splitter::new();
        for (hertz, band) in [
            (200.0, 0),
            (440.0, 0),
            (697.0, 1),
            (1200.0, 1),
            (1633.0, 1),
            (2100.0, 2),
            (3400.0, 2),
        ] {
            let samples: Vec<f32> = (0..LONGEST)
                .map(|i| (radians(hertz) * i as f32).sin())
                .collect();
            let bands = splitter.split(&samples, SIDE);
            let energies = [bands.low, bands.among, bands.high];
            let all: f32 = energies.iter().sum();
            assert!(energies[band] > 0.85 * all, "{hertz} Hz: {bands:?}");
            let expected = 0.5 * (LONGEST - SIDE) as f32;
            // On a filter's slope amplitudes, not energies, add up to one.
            assert!((0.6..1.1).contains(&(all / expected)), "{hertz} Hz: {all}");
        }
    }
}
