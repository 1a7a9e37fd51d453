//! Energy and colour of a stretch of samples, without its constant part.

/// What is told of a stretch of samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sound {
    /// Mean square about the mean: a converter's offset is no sound.
    pub(super) mean_square: f32,
    /// Correlation of neighbouring samples: the cosine of the (mean) frequency.
    pub(super) colour: f32,
}

/// Sums from which it follows; whole numbers, so that it does not matter in which pieces the
/// samples came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Energy {
    samples: usize,
    last: i16,
    sum: i64,
    squares: i64,
    /// Sum of each sample times the one before.
    products: i64,
}

impl Energy {
    /// Takes in samples, no more than a frame of them at a time.
    pub(super) fn add(&mut self, samples: &[i16]) {
        let Some((&first, &last)) = samples.first().zip(samples.last()) else {
            return;
        };
        let mut sum = i32::from(first);
        let mut squares = Halves::default();
        let mut products = Halves::default();
        squares.add(first, first);
        products.add(self.last, first);
        for (&earlier, &later) in samples.iter().zip(&samples[1..]) {
            sum += i32::from(later);
            squares.add(later, later);
            products.add(earlier, later);
        }
        self.samples += samples.len();
        self.last = last;
        self.sum += i64::from(sum);
        self.squares += squares.total();
        self.products += products.total();
    }

    /// Samples taken in.
    pub(super) fn samples(&self) -> usize {
        self.samples
    }

    /// The sound of the samples so far, silence if there are none; starts over.
    pub(super) fn take(&mut self) -> Sound {
        let n = self.samples.max(1) as f64;
        let mean = self.sum as f64 / n;
        let mean_square = (self.squares as f64 / n - mean * mean).max(0.0);
        let product = self.products as f64 / n - mean * mean;
        *self = Self {
            last: self.last,
            ..Self::default()
        };
        Sound {
            mean_square: mean_square as f32,
            colour: (product / mean_square.max(f64::MIN_POSITIVE)) as f32,
        }
    }
}

/// A sum of products in two halves of 16 bits: 32-bit registers hold it exactly, and twice as
/// many at a time as 64-bit ones.
#[derive(Default)]
struct Halves {
    high: i32,
    low: i32,
}

impl Halves {
    fn add(&mut self, a: i16, b: i16) {
        let product = i32::from(a) * i32::from(b);
        self.high += product >> 16;
        self.low += product & 0xffff;
    }

    fn total(&self) -> i64 {
        (i64::from(self.high) << 16) + i64::from(self.low)
    }
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
