//! Two tones with free frequencies, fitted by least squares.
//!
//! In white noise this is the maximum-likelihood answer, and over 16 ms it already tells
//! frequencies to a few tenths of a per cent where a bank of fixed filters knows only "near
//! enough": with it a tone 2 % off is accepted and one 3 % off is not.
//!
//! The model is `sum over both tones of a cos(w m) + b sin(w m)`, with `m` counted from the middle
//! of the samples. There cosines and sines are orthogonal: the normal equations fall into two of
//! 2x2, and mirrored samples are added for the ones and subtracted for the others before they are
//! multiplied. Inner products over n samples are Dirichlet kernels, known without a loop. The
//! frequencies are found by Gauss-Newton steps on the same footing.

use wide::bytemuck::cast;

use super::{
    bands::energy,
    gram::{Gram, Symmetric},
    phasor::{Cosine, LANES, Phasor},
    products::{Products, products},
};

/// Two tones, low and high, over a stretch of samples.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Model {
    /// Radians a sample.
    pub(super) radians: [f32; 2],
    cosine: [f32; 2],
    sine: [f32; 2],
    /// Samples fitted; times are counted from their middle.
    length: usize,
    /// Sum of squares that the model explains.
    pub(super) explained: f32,
}

impl Model {
    /// Fits `samples` (at least [`SHORTEST`]), from frequencies in radians a sample near the true
    /// ones, in so many steps. `None` when the samples do not determine a model.
    pub(super) fn fit(samples: &[f32], start: [f32; 2], steps: usize) -> Option<Self> {
        let mut radians = start;
        let mut model = Self::default();
        for _ in 0..steps {
            let step;
            (model, step) = Self::step(samples, radians)?;
            for tone in 0..2 {
                let moved = radians[tone] + step[tone].clamp(-LONGEST_STEP, LONGEST_STEP);
                radians[tone] = moved.clamp(
                    start[tone] * (1.0 - FARTHEST),
                    start[tone] * (1.0 + FARTHEST),
                );
            }
            model.radians = radians;
        }
        Some(model)
    }

    /// The same with only as many steps, at most so many, as it takes for the amplitudes to be true.
    pub(super) fn fit_settled(samples: &[f32], start: [f32; 2], most: usize) -> Option<Self> {
        Self::fit(samples, start, 1)?.settled(samples, start, most - 1)
    }

    /// A model that was fitted to `samples` in one step from `before`, with at most so many more.
    pub(super) fn settled(
        self,
        samples: &[f32],
        mut before: [f32; 2],
        more: usize,
    ) -> Option<Self> {
        let mut model = self;
        for _ in 0..more {
            if model.is_settled(before) {
                break;
            }
            before = model.radians;
            model = Self::fit(samples, before, 1)?;
        }
        Some(model)
    }

    /// Whether what a step from `before` left out is too little to matter.
    ///
    /// A step is linear in the change of frequency. What it leaves out grows with the square of the
    /// change of phase at either end of the samples, and matters most to the weaker tone.
    fn is_settled(&self, before: [f32; 2]) -> bool {
        let [low, high] = self.powers();
        let phase = |tone: usize| (self.radians[tone] - before[tone]) * self.middle();
        let weaker = low.min(high);
        phase(0).powi(4) * low < SETTLED * weaker && phase(1).powi(4) * high < SETTLED * weaker
    }

    /// The same with one tone alone.
    pub(super) fn only(mut self, tone: usize) -> Self {
        let other = 1 - tone;
        (self.cosine[other], self.sine[other]) = (0.0, 0.0);
        self
    }

    /// Squared peak amplitude of each tone.
    pub(super) fn powers(&self) -> [f32; 2] {
        [0, 1].map(|tone| self.cosine[tone].powi(2) + self.sine[tone].powi(2))
    }

    /// The model's samples from position `from` on, counted from the first sample fitted.
    #[inline]
    pub(super) fn synthesize(&self, from: i64, out: &mut [f32]) {
        let start = from as f32 - self.middle();
        let [low, high] = Phasor::pair(self.radians, start);
        // The real part of (a - jb) e^(jwm) is a cos + b sin.
        let mut low = Cosine::new(low.times(self.cosine[0], -self.sine[0]));
        let mut high = Cosine::new(high.times(self.cosine[1], -self.sine[1]));
        let (chunks, rest) = out.as_chunks_mut::<{ 2 * LANES }>();
        for chunk in chunks {
            let (low, high) = (low.next(), high.next());
            *chunk = cast([low[0] + high[0], low[1] + high[1]]);
        }
        let (low, high) = (low.next(), high.next());
        let last: [f32; 2 * LANES] = cast([low[0] + high[0], low[1] + high[1]]);
        for (sample, last) in rest.iter_mut().zip(last) {
            *sample = last;
        }
    }

    /// Writes to `rest` what is left of `samples` without the model, the first of them at position `from`
    /// as in [`synthesize`](Self::synthesize); the energy of the model there.
    pub(super) fn leave(&self, from: i64, samples: &[f32], rest: &mut [f32]) -> f32 {
        self.synthesize(from, rest);
        let own = energy(rest);
        for (rest, sample) in rest.iter_mut().zip(samples) {
            *rest = sample - *rest;
        }
        own
    }

    /// By how much each tone's amplitude grows over `rest`, relative to its mean. `rest` is what the
    /// model leaves of samples the first of which is `first` after the first one fitted.
    ///
    /// To first order that is the share of the tone times `m` in the rest: no part of the model is.
    pub(super) fn growth(&self, rest: &[f32], first: usize) -> [f32; 2] {
        let n = rest.len() as f32;
        let products = products::<true>(rest, self.radians);
        let phases = self.phases(first as f32 + 0.5 * (n - 1.0));
        let powers = self.powers();
        [0, 1].map(|tone| {
            let (sin, cos) = phases[tone].sin_cos();
            let Products {
                m_cosine, m_sine, ..
            } = products[tone];
            let by_m = cos * m_cosine as f32 - sin * m_sine as f32;
            // The sum of m^2 over n samples is n^3 / 12, and a tone has half of its power.
            24.0 * by_m / (powers[tone].sqrt() * n * n)
        })
    }

    /// Phase of each tone, in radians, at position `at` counted from the first sample fitted.
    pub(super) fn phases(&self, at: f32) -> [f32; 2] {
        [0, 1].map(|tone| {
            (-self.sine[tone]).atan2(self.cosine[tone]) + self.radians[tone] * (at - self.middle())
        })
    }

    fn middle(&self) -> f32 {
        (self.length as f32 - 1.0) * 0.5
    }

    /// One Gauss-Newton step: the best amplitudes and the change of frequency that goes with them.
    fn step(samples: &[f32], radians: [f32; 2]) -> Option<(Self, [f32; 2])> {
        let products = products::<true>(samples, radians);
        let gram = Gram::new(samples.len(), radians);
        let cosines = gram.cosines.inverse()?;
        let sines = gram.sines.inverse()?;
        let on_cosines = products.map(|p| p.cosine);
        let on_sines = products.map(|p| p.sine);
        let a = cosines.times(on_cosines);
        let b = sines.times(on_sines);

        // The model's change with each frequency, d = m (b cos - a sin), against everything else.
        let mut cosines_by_change = [[0.0; 2]; 2];
        let mut sines_by_change = [[0.0; 2]; 2];
        for i in 0..2 {
            for j in 0..2 {
                cosines_by_change[i][j] = -a[j] * gram.cosine_by_m_sine[i][j];
                sines_by_change[i][j] = b[j] * gram.sine_by_m_cosine[i][j];
            }
        }
        let mut residual = [0, 1].map(|j| b[j] * products[j].m_cosine - a[j] * products[j].m_sine);
        for j in 0..2 {
            for i in 0..2 {
                residual[j] -= a[i] * cosines_by_change[i][j] + b[i] * sines_by_change[i][j];
            }
        }
        // What of the changes amplitudes cannot do (the Schur complement).
        let column = |matrix: &[[f64; 2]; 2], j: usize| [matrix[0][j], matrix[1][j]];
        let dot = |x: [f64; 2], y: [f64; 2]| x[0] * y[0] + x[1] * y[1];
        let free = |i: usize, j: usize, m_cosines: f64, m_sines: f64| {
            let changes = b[i] * b[j] * m_cosines + a[i] * a[j] * m_sines;
            let amplitudes = |by_change: &[[f64; 2]; 2], inverse: &Symmetric| {
                dot(column(by_change, i), inverse.times(column(by_change, j)))
            };
            changes
                - (amplitudes(&cosines_by_change, &cosines) + amplitudes(&sines_by_change, &sines))
        };
        let (m_cosines, m_sines) = (&gram.m_cosines, &gram.m_sines);
        let step = Symmetric {
            first: free(0, 0, m_cosines.first, m_sines.first) * (1.0 + REGULAR),
            both: free(0, 1, m_cosines.both, m_sines.both),
            second: free(1, 1, m_cosines.second, m_sines.second) * (1.0 + REGULAR),
        }
        .inverse()?
        .times(residual);

        let moved = |by_change: &[[f64; 2]; 2]| {
            [0, 1].map(|i| by_change[i][0] * step[0] + by_change[i][1] * step[1])
        };
        let a_moved = cosines.times(moved(&cosines_by_change));
        let b_moved = sines.times(moved(&sines_by_change));
        let explained = dot(a, on_cosines) + dot(b, on_sines) + dot(step, residual);
        let model = Self {
            radians,
            cosine: [0, 1].map(|i| (a[i] - a_moved[i]) as f32),
            sine: [0, 1].map(|i| (b[i] - b_moved[i]) as f32),
            length: samples.len(),
            explained: explained as f32,
        };
        Some((model, step.map(|step| step as f32)))
    }
}

/// Samples; fewer do not tell two tones of one keypad apart.
pub(super) const SHORTEST: usize = 72;

/// Radians a sample, 15 Hz: over 16 ms a longer step would leave the tone's own lobe.
const LONGEST_STEP: f32 = 0.012;

/// Relative; farther from where it started it is another tone.
const FARTHEST: f32 = 0.04;

/// Radians to the fourth power, times the power ratio of the tones.
const SETTLED: f32 = 1e-3;

/// Relative; keeps the frequency of a tone with almost no amplitude where it is.
const REGULAR: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::tones::radians;

    /// Two cosines: amplitude, hertz and phase of each.
    fn tones(samples: usize, tones: [(f32, f32, f32); 2]) -> Vec<f32> {
        let at = |i: usize, (amplitude, hertz, phase): (f32, f32, f32)| {
            amplitude * (radians(hertz) * i as f32 + phase).cos()
        };
        (0..samples)
            .map(|i| at(i, tones[0]) + at(i, tones[1]))
            .collect()
    }

    #[test]
    fn frequencies_and_amplitudes_of_two_tones_are_found() {
        for (low, high) in [(697.0, 1209.0), (932.0, 1200.0), (712.0, 1645.0)] {
            for length in [SHORTEST, 128, 200, 288] {
                let samples = tones(length, [(1000.0, low, 0.3), (400.0, high, 2.1)]);
                let start = [radians(low * 1.01), radians(high * 0.99)];
                let model = Model::fit(&samples, start, 4).expect("two tones are there");
                assert!((model.radians[0] / radians(low) - 1.0).abs() < 2e-4);
                assert!((model.radians[1] / radians(high) - 1.0).abs() < 2e-4);
                let [low, high] = model.powers().map(f32::sqrt);
                assert!((low / 1000.0 - 1.0).abs() < 2e-3, "{low}");
                assert!((high / 400.0 - 1.0).abs() < 5e-3, "{high}");
            }
        }
    }

    #[test]
    fn the_model_goes_on_where_the_samples_end() {
        let samples = tones(400, [(900.0, 770.0, 1.0), (900.0, 1477.0, -1.0)]);
        let start = [radians(772.0), radians(1475.0)];
        let model = Model::fit(&samples[100..300], start, 4).expect("two tones are there");
        let mut all = vec![0.0; 400];
        model.synthesize(-100, &mut all);
        for (x, m) in samples.iter().zip(all) {
            assert!((x - m).abs() < 10.0, "{x} {m}");
        }
    }

    #[test]
    fn what_the_model_leaves_tells_by_how_much_each_tone_grows() {
        for (low, high) in [(0.2, 0.0), (0.0, -0.3), (0.1, 0.1)] {
            let place = |i: usize| i as f32 / 199.0 - 0.5;
            let steady = tones(200, [(900.0, 697.0, 0.3), (0.0, 1209.0, 2.1)]);
            let other = tones(200, [(0.0, 697.0, 0.3), (500.0, 1209.0, 2.1)]);
            let samples: Vec<f32> = (0..200)
                .map(|i| steady[i] * (1.0 + low * place(i)) + other[i] * (1.0 + high * place(i)))
                .collect();
            let start = [radians(698.0), radians(1210.0)];
            let model = Model::fit(&samples, start, 4).expect("two tones are there");
            // Of a part of the samples, which grows by its part.
            let (first, length) = (10, 180);
            let mut rest = vec![0.0; length];
            model.synthesize(first as i64, &mut rest);
            for (rest, sample) in rest.iter_mut().zip(&samples[first..]) {
                *rest = sample - *rest;
            }
            let part = length as f32 / samples.len() as f32;
            for (told, grows) in model.growth(&rest, first).into_iter().zip([low, high]) {
                assert!((told - part * grows).abs() < 0.02, "{told} of {grows}");
            }
        }
    }

    #[test]
    fn silence_has_no_model_to_speak_of() {
        let model = Model::fit(&[0.0; 128], [0.55, 0.95], 2);
        assert!(model.is_none_or(|model| model.explained == 0.0));
    }
}
