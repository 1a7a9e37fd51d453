//! The stretch of audio that an analysis works on, freed of what would mislead it.

use wide::{i16x8, i32x4};

use super::{history::History, tones::radians};

/// Samples in an excerpt, 100 ms: the longest stretch refitted, a bridged gap, and the background
/// before the onset.
pub(super) const SPAN: usize = 800;

/// What lies under the tones and must be filtered out before two tones can be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Underlay {
    /// Nothing that a fit would notice.
    Nothing,
    /// DC or hum.
    Hum,
    /// A tone or a few below the keypad's, steady or beating: a dial tone, ringing.
    DialTone,
}

/// The last [`SPAN`] samples before `end`, as floats without their mean.
pub(super) struct Excerpt<'a> {
    heard: &'a [i16; SPAN],
    pub(super) samples: &'a mut [f32; SPAN],
    /// Position of the first sample.
    pub(super) start: u64,
}

impl<'a> Excerpt<'a> {
    /// One that keeps its samples in `samples`.
    pub(super) fn new(history: &'a History, end: u64, samples: &'a mut [f32; SPAN]) -> Self {
        let start = end - SPAN as u64;
        let heard: &[i16; SPAN] = history
            .range(start, end)
            .try_into()
            .expect("the range is as long as the span");
        without_mean(heard, samples);
        Self {
            heard,
            samples,
            start,
        }
    }

    /// Takes `underlay` out.
    pub(super) fn filter(&mut self, underlay: Underlay) {
        match underlay {
            Underlay::Nothing => {}
            Underlay::Hum => self.run(&[hum_filter()]),
            Underlay::DialTone => self.run(&DIAL_TONE_FILTER),
        }
    }

    /// Whether GSM's full-rate decoder made these samples: it puts out thirteen bits, so all are multiples
    /// of 8 (GSM 06.10, 5.3.7). So are those of A-law, but small ones only odd multiples, large ones only
    /// even ones; and those of eight bits made sixteen, but only even ones. µ-law knows others too.
    pub(super) fn is_through_gsm(&self) -> bool {
        // The newest first, which are seldom silence: nearly all audio is known by these few not to be.
        let (eights, _) = self.heard.as_chunks::<8>();
        let all = eights.iter().rev().all(|eight| {
            let bits = eight.iter().fold(0, |bits, sample| bits | sample);
            bits % 8 == 0
        });
        all && {
            let sizes = self.heard.iter().map(|sample| sample.unsigned_abs());
            let odd = |size: u16| size / 8 % 2 == 1;
            let not_of_a_law = |&size: &u16| size > 0 && odd(size) != (size < A_LAW_EVEN);
            sizes.clone().filter(not_of_a_law).count() >= ENOUGH && sizes.clone().any(odd)
        }
    }

    /// Puts each sample through all sections before the next, so that none waits for another.
    fn run<const N: usize>(&mut self, sections: &[Section; N]) {
        let mut states = [[0.0; 2]; N];
        for sample in self.samples.iter_mut() {
            for (section, state) in sections.iter().zip(&mut states) {
                let x = *sample;
                let y = section.b[0] * x + state[0];
                // What comes last here is what the next sample waits for.
                state[0] = (section.b[1] * x + state[1]) - section.a[0] * y;
                state[1] = section.b[2] * x - section.a[1] * y;
                *sample = y;
            }
        }
    }
}

/// Makes floats of at most 65,536 samples, without their mean.
pub(super) type WithoutMean = fn(&[i16], &mut [f32]);

/// The same in the way that does the most at once on this processor.
pub(super) fn without_mean(heard: &[i16], samples: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(without_mean) = super::avx2::without_mean() {
        return without_mean(heard, samples);
    }
    without_mean_anywhere(heard, samples);
}

/// The way of doing it that every processor has.
#[inline(always)]
pub(super) fn without_mean_anywhere(heard: &[i16], samples: &mut [f32]) {
    let mean = mean(heard);
    for (sample, &x) in samples.iter_mut().zip(heard) {
        *sample = f32::from(x) - mean;
    }
}

/// The mean of at most 65,536 samples.
#[inline]
pub(super) fn mean(samples: &[i16]) -> f32 {
    let (groups, rest) = samples.as_chunks();
    let sums = groups.iter().fold(i32x4::ZERO, |sums, &group| {
        sums + i16x8::new(group).dot(i16x8::splat(1))
    });
    let rest: i32 = rest.iter().map(|&x| i32::from(x)).sum();
    (sums.reduce_add() + rest) as f32 / samples.len() as f32
}

/// A second-order section: `b` over `1, a`.
struct Section {
    b: [f32; 3],
    a: [f32; 2],
}

/// A Butterworth high pass of second order: 28 dB off a hum of 50 Hz, 25 dB off one of 60 Hz,
/// and 0.1 dB off the lowest tone.
fn hum_filter() -> Section {
    let (sin, cos) = radians(HUM_EDGE).sin_cos();
    let damping = sin * std::f32::consts::FRAC_1_SQRT_2;
    let scale = 1.0 / (1.0 + damping);
    let b = 0.5 * (1.0 + cos) * scale;
    Section {
        b: [b, -2.0 * b, b],
        a: [-2.0 * cos * scale, (1.0 - damping) * scale],
    }
}

/// Hz.
const HUM_EDGE: f32 = 250.0;

/// An elliptic high pass of sixth order: edge at 630 Hz, 42 dB off all dial tones (up to 480 Hz).
const DIAL_TONE_FILTER: [Section; 3] = [
    Section {
        b: [0.431_789_6, -0.853_070_4, 0.431_789_6],
        a: [-0.841_960_3, 0.319_245_2],
    },
    Section {
        b: [1.0, -1.870_915_6, 1.0],
        a: [-1.557_806_3, 0.836_323],
    },
    Section {
        b: [1.0, -1.817_812_6, 1.0],
        a: [-1.735_858_7, 0.969_941_4],
    },
];

/// 16-bit steps from which A-law has even multiples of 8 (ITU-T G.711).
const A_LAW_EVEN: u16 = 512;

/// Samples that tell.
const ENOUGH: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{
        Rng,
        g711::{alaw_to_linear, ulaw_to_linear},
    };

    #[test]
    fn what_gsm_decodes_is_told_from_all_else_by_its_last_bits() {
        let told = |of: fn(u64) -> i16| {
            let mut rng = Rng::new(1);
            let samples: Vec<i16> = (0..2 * SPAN).map(|_| of(rng.bits())).collect();
            let mut history = History::new();
            history.take(&samples);
            Excerpt::new(&history, history.end(), &mut [0.0; SPAN]).is_through_gsm()
        };
        assert!(told(|bits| bits as i16 & !7), "GSM");
        assert!(told(|bits| (bits as i16 >> 6) & !7), "faint GSM");
        assert!(!told(|bits| bits as i16), "sixteen bits");
        assert!(!told(|bits| bits as i16 & !3), "fourteen bits");
        assert!(!told(|bits| i16::from(bits as i8) << 8), "eight bits");
        assert!(!told(|bits| alaw_to_linear(bits as u8)), "A-law");
        assert!(!told(|bits| ulaw_to_linear(bits as u8)), "µ-law");
        assert!(!told(|_| 0), "silence");
    }
}
