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
pub(super) struct Excerpt {
    pub(super) samples: [f32; SPAN],
    /// Position of the first sample.
    pub(super) start: u64,
    /// Whether the newest 20 ms reach full scale.
    pub(super) clipped: bool,
}

impl Excerpt {
    pub(super) fn new(history: &History, end: u64) -> Self {
        let start = end - SPAN as u64;
        let heard: &[i16; SPAN] = history
            .range(start, end)
            .try_into()
            .expect("the range is as long as the span");
        let mean = mean(heard);
        // To the end and in place, so that the compiler takes eight samples at a time.
        let peak = heard[SPAN - 160..]
            .iter()
            .fold(0, |peak: u16, sample| peak.max(sample.unsigned_abs()));
        Self {
            samples: std::array::from_fn(|i| f32::from(heard[i]) - mean),
            start,
            clipped: peak > CLIPPED,
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

    /// Puts each sample through all sections before the next, so that none waits for another.
    fn run<const N: usize>(&mut self, sections: &[Section; N]) {
        let mut states = [[0.0; 2]; N];
        for sample in &mut self.samples {
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

/// The mean of at most 65,536 samples.
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

/// 16-bit steps; a peak beyond it may be a clipped one.
const CLIPPED: u16 = 31_000;
