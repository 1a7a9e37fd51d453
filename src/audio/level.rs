//! Levels in dBm0, the unit of every telephone standard.

use std::fmt;

/// A level in dBm0 as ITU-T G.711 defines it: a full-scale sine is +3.14 dBm0 (A-law, clause 4).
///
/// Everything here uses the A-law figure; µ-law's own (+3.17 dBm0) differs by less than any
/// limit's margin.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Dbm0(pub f32);

impl Dbm0 {
    /// Level of a full-scale 16-bit sine (ITU-T G.711, clause 4, A-law).
    #[expect(
        clippy::approx_constant,
        reason = "a standard's level in dB, not the circle's number"
    )]
    pub const FULL_SCALE_SINE: Self = Self(3.14);

    /// The level of a signal with this mean square, in units of one 16-bit step squared.
    ///
    /// Silence is minus infinity.
    #[must_use]
    pub fn from_mean_square(mean_square: f32) -> Self {
        let full_scale = FULL_SCALE * FULL_SCALE / 2.0;
        Self(10.0 * (mean_square / full_scale).log10() + Self::FULL_SCALE_SINE.0)
    }

    /// The level of a sine with this peak amplitude, in 16-bit steps.
    #[must_use]
    pub fn from_amplitude(peak: f32) -> Self {
        Self::from_mean_square(peak * peak / 2.0)
    }

    /// Mean square of a signal at this level, in 16-bit steps squared.
    #[must_use]
    pub fn mean_square(self) -> f32 {
        let amplitude = self.amplitude();
        amplitude * amplitude / 2.0
    }

    /// Peak amplitude of a sine at this level, in 16-bit steps.
    #[must_use]
    pub fn amplitude(self) -> f32 {
        FULL_SCALE * 10f32.powf((self.0 - Self::FULL_SCALE_SINE.0) / 20.0)
    }
}

impl fmt::Display for Dbm0 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} dBm0", self.0)
    }
}

/// The largest 16-bit sample.
const FULL_SCALE: f32 = 32_767.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_is_the_standards_full_scale() {
        let level = Dbm0::from_amplitude(32_767.0);
        assert!((level.0 - Dbm0::FULL_SCALE_SINE.0).abs() < 1e-4);
    }

    #[test]
    fn amplitude_and_level_are_each_others_inverse() {
        for level in [-60.0, -45.0, -10.0, 0.0, 3.0] {
            let there_and_back = Dbm0::from_amplitude(Dbm0(level).amplitude());
            assert!((there_and_back.0 - level).abs() < 1e-3);
        }
    }
}
