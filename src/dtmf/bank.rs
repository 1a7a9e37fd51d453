//! The block bank: every 2 ms, how much of each tone the audio holds.
//!
//! All else is built on these short sums, so they are made once for each sample and never again:
//! sixteen samples, folded about their middle (the sum of a mirrored pair meets only cosines, the
//! difference only sines, which halves the work), times the eight nominal tones.

use wide::f32x8;

use super::tones::{FREQUENCIES, TONES, radians};

/// Samples in a block: 2 ms.
pub(super) const BLOCK: usize = 16;

/// What one block says.
#[derive(Clone, Copy)]
pub(super) struct Block {
    /// Real and imaginary part of the sum of `x e^(-jwm)` for each nominal tone `w`, where `m` is
    /// counted from the middle of the block.
    pub(super) re: f32x8,
    pub(super) im: f32x8,
    /// Sum of squares about the block's own mean. The mean takes with it all DC, 14 dB of a
    /// 50 or 60 Hz hum, and at most 5 % of a tone (697 Hz).
    pub(super) energy: f32,
    /// Sum of squares of that mean: DC and hum.
    pub(super) slow_energy: f32,
}

impl Block {
    pub(super) const SILENT: Self = Self {
        re: f32x8::ZERO,
        im: f32x8::ZERO,
        energy: 0.0,
        slow_energy: 0.0,
    };
}

/// The tables of the bank.
#[derive(Clone)]
pub(super) struct Bank {
    cosines: [f32x8; HALF],
    /// Negative: the kernel is `e^(-jwm)`.
    sines: [f32x8; HALF],
    /// Blocks with less energy are not looked into.
    least_energy: f32,
}

impl Bank {
    /// A bank that looks into blocks of `least_energy` (sum of squares) and more.
    pub(super) fn new(least_energy: f32) -> Self {
        let table = |of: fn(f32) -> f32| {
            std::array::from_fn(|i| {
                let from_middle = i as f32 + 0.5;
                f32x8::new(std::array::from_fn::<_, TONES, _>(|tone| {
                    of(radians(FREQUENCIES[tone]) * from_middle)
                }))
            })
        };
        Self {
            cosines: table(f32::cos),
            sines: table(|angle| -angle.sin()),
            least_energy,
        }
    }

    /// One block of samples.
    #[inline]
    pub(super) fn block(&self, samples: &[i16; BLOCK]) -> Block {
        let samples = samples.map(f32::from);
        let upper = f32x8::new(std::array::from_fn(|i| samples[HALF + i]));
        let lower = f32x8::new(std::array::from_fn(|i| samples[HALF - 1 - i]));
        let even = upper + lower;
        let odd = upper - lower;
        let sum = even.reduce_add();
        let slow_energy = sum * sum * (1.0 / BLOCK as f32);
        let energy = (upper * upper + lower * lower).reduce_add() - slow_energy;
        if energy < self.least_energy {
            return Block {
                energy,
                slow_energy,
                ..Block::SILENT
            };
        }
        let (even, odd) = (even.to_array(), odd.to_array());
        let mut re = f32x8::ZERO;
        let mut im = f32x8::ZERO;
        for i in 0..HALF {
            re += self.cosines[i] * f32x8::splat(even[i]);
            im += self.sines[i] * f32x8::splat(odd[i]);
        }
        Block {
            re,
            im,
            energy,
            slow_energy,
        }
    }
}

const HALF: usize = BLOCK / 2;
