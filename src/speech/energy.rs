//! Energy and colour of a stretch of samples, without its constant part.

/// Sums over a stretch of samples.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Energy {
    samples: u32,
    last: i16,
    sum: i64,
    squares: i64,
    /// Sum of each sample times the one before.
    products: i64,
}

/// What the sums tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sound {
    /// Mean square about the mean: a converter's offset is no sound.
    pub(super) mean_square: f32,
    /// Correlation of neighbouring samples: the cosine of the (mean) frequency.
    pub(super) colour: f32,
}

impl Energy {
    /// Takes in samples, no more than a frame of them at a time.
    pub(super) fn add(&mut self, samples: &[i16]) {
        let Some((&first, &last)) = samples.first().zip(samples.last()) else {
            return;
        };
        self.samples += samples.len() as u32;
        self.sum += i64::from(samples.iter().map(|&x| i32::from(x)).sum::<i32>());
        self.squares += samples.iter().map(|&x| product(x, x)).sum::<i64>();
        self.products += product(self.last, first);
        self.products += samples
            .windows(2)
            .map(|pair| product(pair[0], pair[1]))
            .sum::<i64>();
        self.last = last;
    }

    /// Samples summed up.
    pub(super) fn samples(&self) -> usize {
        self.samples as usize
    }

    /// The sound of the samples so far, silence if there are none; starts over.
    pub(super) fn take(&mut self) -> Sound {
        let n = f64::from(self.samples.max(1));
        let mean = self.sum as f64 / n;
        let mean_square = (self.squares as f64 / n - mean * mean).max(0.0);
        let product = self.products as f64 / n - mean * mean;
        *self = Self {
            last: self.last,
            ..Self::default()
        };
        Sound {
            mean_square: mean_square as f32,
            colour: if mean_square > 0.0 {
                (product / mean_square) as f32
            } else {
                0.0
            },
        }
    }
}

fn product(a: i16, b: i16) -> i64 {
    i64::from(i32::from(a) * i32::from(b))
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    fn sound(samples: &[i16]) -> Sound {
        let mut energy = Energy::default();
        energy.add(samples);
        energy.take()
    }

    #[test]
    fn an_offset_has_no_energy() {
        for offset in [i16::MIN, -8, 0, 8, i16::MAX] {
            assert_eq!(sound(&[offset; 160]).mean_square, 0.0);
        }
    }

    #[test]
    fn the_loudest_signal_does_not_overflow() {
        let loudest: Vec<i16> = [i16::MIN, i16::MAX].repeat(80);
        let mean_square = sound(&loudest).mean_square;
        assert!((mean_square / 32_767.5f32.powi(2) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_colour_of_a_sine_is_the_cosine_of_its_frequency() {
        for frequency in [200.0, 697.0, 1_633.0, 3_000.0] {
            let turn = TAU * frequency / 8_000.0;
            let sine: Vec<i16> = (0..800)
                .map(|i| (10_000.0 * (turn * i as f32).sin()) as i16)
                .collect();
            assert!((sound(&sine).colour - turn.cos()).abs() < 0.01);
        }
    }

    #[test]
    fn pieces_sound_like_the_whole() {
        let samples: Vec<i16> = (0..160)
            .map(|i| (i * 7_919 % 2_001 - 1_000) as i16)
            .collect();
        let mut energy = Energy::default();
        for piece in samples.chunks(7) {
            energy.add(piece);
        }
        assert_eq!(energy.samples(), 160);
        assert_eq!(energy.take(), sound(&samples));
    }
}
