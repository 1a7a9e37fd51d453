//! Energy of a stretch of samples, without its constant part.

/// Sums from which the energy of a stretch of samples follows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Energy {
    samples: u32,
    sum: i64,
    squares: i64,
}

impl Energy {
    pub(super) fn add(&mut self, samples: &[i16]) {
        self.samples += samples.len() as u32;
        self.sum += samples.iter().map(|&x| i64::from(x)).sum::<i64>();
        self.squares += samples
            .iter()
            .map(|&x| i64::from(i32::from(x) * i32::from(x)))
            .sum::<i64>();
    }

    /// Samples summed up.
    pub(super) fn samples(&self) -> usize {
        self.samples as usize
    }

    /// Mean square about the mean: a converter's offset is no sound. 0 without samples.
    pub(super) fn mean_square(&self) -> f32 {
        if self.samples == 0 {
            return 0.0;
        }
        let n = f64::from(self.samples);
        let mean = self.sum as f64 / n;
        (self.squares as f64 / n - mean * mean).max(0.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_square(samples: &[i16]) -> f32 {
        let mut energy = Energy::default();
        energy.add(samples);
        energy.mean_square()
    }

    #[test]
    fn an_offset_has_no_energy() {
        for offset in [i16::MIN, -8, 0, 8, i16::MAX] {
            assert_eq!(mean_square(&[offset; 160]), 0.0);
        }
    }

    #[test]
    fn the_loudest_signal_does_not_overflow() {
        let loudest: Vec<i16> = [i16::MIN, i16::MAX].repeat(80);
        assert!((mean_square(&loudest) / 32_767.5f32.powi(2) - 1.0).abs() < 1e-6);
    }
}
