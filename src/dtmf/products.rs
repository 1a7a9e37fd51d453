//! Sums of samples times cosines and sines about their middle, four samples at a time.

use wide::f32x4;

use super::phasor::{LANES, Phasor};

/// Mean power (squared peak amplitude) at each of two frequencies, by plain correlation: a
/// contrast wants no more.
pub(super) fn powers_at(samples: &[f32], radians: [f32; 2]) -> [f32; 2] {
    let scale = 2.0 / samples.len() as f32;
    products::<false>(samples, radians).map(|p| {
        let (re, im) = (p.cosine as f32 * scale, p.sine as f32 * scale);
        re * re + im * im
    })
}

/// Sums of the samples times cosine and sine of one tone, plain and times `m`.
#[derive(Clone, Copy)]
pub(super) struct Products {
    pub(super) cosine: f64,
    pub(super) sine: f64,
    pub(super) m_cosine: f64,
    pub(super) m_sine: f64,
}

/// The loop over the samples, folded about their middle: what is even there meets only cosines,
/// what is odd only sines. `TIMES_M` says whether the sums times `m` are wanted.
#[inline]
pub(super) fn products<const TIMES_M: bool>(samples: &[f32], radians: [f32; 2]) -> [Products; 2] {
    let half = samples.len() / 2;
    let middle = if samples.len() > 2 * half {
        samples[half]
    } else {
        0.0
    };
    let first = (samples.len() - half) as f32 - 0.5 * (samples.len() as f32 - 1.0);
    let folded = Folded {
        earlier: &samples[..half],
        later: &samples[samples.len() - half..],
        first,
    };
    let sums = folded.correlate::<TIMES_M>(Phasor::pair(radians, first));
    sums.map(|[cosine, sine, m_cosine, m_sine]| Products {
        cosine: f64::from(cosine + middle),
        sine: f64::from(sine),
        m_cosine: f64::from(m_cosine),
        m_sine: f64::from(m_sine),
    })
}

/// Samples before and after their middle.
struct Folded<'a> {
    earlier: &'a [f32],
    later: &'a [f32],
    /// How far after the middle the first of the later ones is.
    first: f32,
}

impl Folded<'_> {
    /// The sums of [`Products`] but for the middle sample.
    #[inline(always)]
    fn correlate<const TIMES_M: bool>(&self, mut tones: [Phasor; 2]) -> [[f32; 4]; 2] {
        let mut sums = [[f32x4::ZERO; 4]; 2];
        let mut m = f32x4::new([0.0, 1.0, 2.0, 3.0]) + f32x4::splat(self.first);
        let mut add = |late: [f32; LANES], [d, c, b, a]: [f32; LANES]| {
            let (late, early) = (f32x4::new(late), f32x4::new([a, b, c, d]));
            let (even, odd) = (late + early, late - early);
            let (m_even, m_odd) = (even * m, odd * m);
            for (sums, tone) in sums.iter_mut().zip(&mut tones) {
                sums[0] += even * tone.re;
                sums[1] += odd * tone.im;
                if TIMES_M {
                    sums[2] += m_odd * tone.re;
                    sums[3] += m_even * tone.im;
                }
                tone.advance();
            }
            m += f32x4::splat(LANES as f32);
        };
        let (late, late_rest) = self.later.as_chunks();
        let (early_rest, early) = self.earlier.as_rchunks();
        for (&late, &early) in late.iter().zip(early.iter().rev()) {
            add(late, early);
        }
        if !late_rest.is_empty() {
            let (mut late, mut early) = ([0.0; LANES], [0.0; LANES]);
            late[..late_rest.len()].copy_from_slice(late_rest);
            early[LANES - early_rest.len()..].copy_from_slice(early_rest);
            add(late, early);
        }
        sums.map(|sums| sums.map(f32x4::reduce_add))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::{fit::SHORTEST, tones::radians};

    #[test]
    fn folded_sums_are_those_of_plain_arithmetic_for_any_number_of_samples() {
        let frequencies = [0.55, 0.95];
        for length in SHORTEST..SHORTEST + 9 {
            let samples: Vec<f32> = (0..length as u32)
                .map(|i| {
                    1000.0 * (radians(697.0) * i as f32 + 0.3).cos()
                        + 400.0 * (radians(1209.0) * i as f32 + 2.1).cos()
                })
                .collect();
            let products = products::<true>(&samples, frequencies);
            for (products, radians) in products.into_iter().zip(frequencies) {
                let sum = |of: fn(f64, f64) -> f64| -> f64 {
                    let middle = 0.5 * (length as f64 - 1.0);
                    let places = (0..length).map(|i| i as f64 - middle);
                    let terms = samples.iter().zip(places);
                    terms
                        .map(|(&x, m)| f64::from(x) * of(f64::from(radians) * m, m))
                        .sum()
                };
                for (folded, plain) in [
                    (products.cosine, sum(|angle, _| angle.cos())),
                    (products.sine, sum(|angle, _| angle.sin())),
                    (products.m_cosine, sum(|angle, m| m * angle.cos())),
                    (products.m_sine, sum(|angle, m| m * angle.sin())),
                ] {
                    assert!((folded - plain).abs() < 5.0, "{folded} {plain}");
                }
            }
        }
    }
}
