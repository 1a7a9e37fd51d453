//! Inner products of cosines and sines of two tones over a stretch, known without a loop.

use std::f64::consts::TAU;

use wide::{f32x4, f64x4};

use super::phasor::sin_cos;

/// Inner products of the model's parts with each other, from Dirichlet kernels.
pub(super) struct Gram {
    pub(super) cosines: Symmetric,
    pub(super) sines: Symmetric,
    /// `[i][j]`: sum of `cos(w_i m) m sin(w_j m)`.
    pub(super) cosine_by_m_sine: [[f64; 2]; 2],
    /// `[i][j]`: sum of `sin(w_i m) m cos(w_j m)`.
    pub(super) sine_by_m_cosine: [[f64; 2]; 2],
    pub(super) m_cosines: Symmetric,
    pub(super) m_sines: Symmetric,
}

impl Gram {
    pub(super) fn new(samples: usize, radians: [f32; 2]) -> Self {
        let n = samples as f64;
        let [low, high] = radians.map(f64::from);
        // A product of two cosines is half a sum of cosines of the difference and of the sum.
        let itself = Dirichlet::at_zero(n);
        let [twice_low, twice_high, difference, sum] =
            Dirichlet::four(n, [2.0 * low, 2.0 * high, high - low, low + high]);
        let symmetric = |of: fn(&Dirichlet, &Dirichlet) -> f64| Symmetric {
            first: of(&itself, &twice_low),
            both: of(&difference, &sum),
            second: of(&itself, &twice_high),
        };
        let own = [-0.5 * twice_low.slope, -0.5 * twice_high.slope];
        let (d, s) = (difference.slope, sum.slope);
        Self {
            cosines: symmetric(|d, s| 0.5 * (d.value + s.value)),
            sines: symmetric(|d, s| 0.5 * (d.value - s.value)),
            cosine_by_m_sine: [[own[0], -0.5 * (s + d)], [-0.5 * (s - d), own[1]]],
            sine_by_m_cosine: [[own[0], -0.5 * (s - d)], [-0.5 * (s + d), own[1]]],
            m_cosines: symmetric(|d, s| -0.5 * (d.curvature + s.curvature)),
            m_sines: symmetric(|d, s| -0.5 * (d.curvature - s.curvature)),
        }
    }
}

/// `sum of cos(m x)` over n values of m, one apart and symmetric about 0, and its derivatives.
struct Dirichlet {
    value: f64,
    slope: f64,
    curvature: f64,
}

impl Dirichlet {
    fn at_zero(n: f64) -> Self {
        Self {
            value: n,
            slope: 0.0,
            curvature: -n * (n * n - 1.0) / 12.0,
        }
    }

    /// At four angles that are no whole turns.
    fn four(n: f64, angles: [f64; 4]) -> [Self; 4] {
        let halves = f64x4::new(angles) * f64x4::splat(0.5);
        let n = f64x4::splat(n);
        let [sin, cos] = precise(halves);
        let [sin_n, cos_n] = precise(halves * n);
        let over_sin = f64x4::splat(1.0) / sin;
        let value = sin_n * over_sin;
        let slope = f64x4::splat(0.5) * (n * cos_n - value * cos) * over_sin;
        let curvature = f64x4::splat(0.25) * (value - n * n * value) - slope * cos * over_sin;
        let [value, slope, curvature] = [value, slope, curvature].map(f64x4::to_array);
        std::array::from_fn(|i| Self {
            value: value[i],
            slope: slope[i],
            curvature: curvature[i],
        })
    }
}

/// Sines and cosines of angles that may be hundreds of turns, reduced before they are rounded.
fn precise(angles: f64x4) -> [f64x4; 2] {
    // Added to a number it leaves only whole ones.
    const ROUNDING: f64 = (3u64 << 51) as f64;
    let turns =
        (angles * f64x4::splat(1.0 / TAU) + f64x4::splat(ROUNDING)) - f64x4::splat(ROUNDING);
    let reduced = (angles - turns * f64x4::splat(TAU)).to_array();
    let (sin, cos) = sin_cos(f32x4::new(reduced.map(|angle| angle as f32)));
    [sin, cos].map(|x| f64x4::new(x.to_array().map(f64::from)))
}

/// A symmetric 2x2 matrix.
#[derive(Clone, Copy)]
pub(super) struct Symmetric {
    pub(super) first: f64,
    pub(super) both: f64,
    pub(super) second: f64,
}

impl Symmetric {
    pub(super) fn times(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            self.first * x + self.both * y,
            self.both * x + self.second * y,
        ]
    }

    pub(super) fn inverse(&self) -> Option<Self> {
        let determinant = self.first * self.second - self.both * self.both;
        (determinant.abs() > SINGULAR * (self.first * self.second).abs()).then(|| {
            let scale = 1.0 / determinant;
            Self {
                first: self.second * scale,
                both: -self.both * scale,
                second: self.first * scale,
            }
        })
    }
}

/// Relative; a determinant below it is rounding.
const SINGULAR: f64 = 1e-9;
