//! A step of 10 ms: its blocks, and what they give to the two views that see it.
//!
//! A view is a Hann window over two steps, made of blocks. It moves by one step, so that each is
//! seen twice: as the newer, falling half of one view and as the older, rising half of the next.

use std::f32::consts::TAU;

use wide::{f32x4, i16x8, i32x4};

use super::{
    bank::{BLOCK, Bank, Block, SUM_OF_UNIT},
    tones::{FREQUENCIES, radians},
};

/// Blocks in a step: 10 ms.
pub(super) const STEP_BLOCKS: usize = 5;

/// Samples in a step.
pub(crate) const STEP: usize = STEP_BLOCKS * BLOCK;

/// Samples in a window: 20 ms, so that of a neighbouring tone (at least 73 Hz apart) 15 dB less is seen
/// at least, and of one of the other group 26 dB less: weights that stay the same for a block make images
/// every 500 Hz.
pub(crate) const WINDOW: usize = 2 * STEP;

/// The blocks of one step.
pub(super) type Blocks = [Block; STEP_BLOCKS];

/// The window, as the tables of its blocks.
#[derive(Clone)]
pub(super) struct Slopes {
    pub(super) rising: [Weight; STEP_BLOCKS],
    pub(super) falling: [Weight; STEP_BLOCKS],
}

/// The tables of one block of a window.
#[derive(Clone)]
pub(super) struct Weight {
    pub(super) energy: f32x4,
    /// What brings the block to one phase with the others, times its weight: the factors of its
    /// real and imaginary parts that make the sum's real part, and its imaginary part.
    pub(super) real: [i16x8; 2],
    pub(super) imaginary: [i16x8; 2],
}

/// What one step gives to a view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Half {
    /// Real parts, for rows and columns.
    pub(super) real: [i32x4; 2],
    pub(super) imaginary: [i32x4; 2],
    /// Sum of squares, in four parts still to be added up.
    pub(super) energy: f32x4,
    pub(super) slow_energy: f32,
}

/// What one step gives to the view that it ends, and to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Halves {
    pub(super) newer: Half,
    pub(super) older: Half,
}

/// Puts the samples of a step through the bank.
pub(super) type Hear = fn(&Bank, &Slopes, &[i16; STEP], &mut Blocks) -> Halves;

/// The way of doing it that does the most at once on this processor.
pub(super) fn fastest() -> Hear {
    #[cfg(target_arch = "x86_64")]
    if let Some(hear) = super::avx2::hear() {
        return hear;
    }
    hear
}

/// The way that every processor has.
pub(super) fn hear(
    bank: &Bank,
    slopes: &Slopes,
    samples: &[i16; STEP],
    blocks: &mut Blocks,
) -> Halves {
    for (samples, block) in samples.as_chunks().0.iter().zip(blocks.iter_mut()) {
        bank.block(samples, block);
    }
    // Not in the same loop, whose calls would have the sums leave their registers.
    let mut halves = Halves::SILENT;
    for (i, block) in blocks.iter().enumerate() {
        halves.newer.add(block, &slopes.falling[i]);
        halves.older.add(block, &slopes.rising[i]);
    }
    halves
}

impl Slopes {
    pub(super) fn new() -> Self {
        Self {
            rising: Weight::slope(0),
            falling: Weight::slope(STEP_BLOCKS),
        }
    }
}

impl Weight {
    /// Half a window from block `first` of ten on.
    fn slope(first: usize) -> [Self; STEP_BLOCKS] {
        std::array::from_fn(|block| {
            let before = (BLOCK * (first + block)) as f32;
            let middle = before + 0.5 * BLOCK as f32;
            let weight = 0.5 - 0.5 * (TAU * middle / WINDOW as f32).cos();
            // (re + j im) e^(-ja) = (re cos a + im sin a) + j (im cos a - re sin a)
            let table = |factors: fn(f32) -> [f32; 2]| {
                [0, 1].map(|group| {
                    i16x8::new(std::array::from_fn(|lane| {
                        let angle = radians(FREQUENCIES[4 * group + lane / 2]);
                        let factor = factors(angle * before)[lane % 2];
                        (weight * factor * UNIT).round() as i16
                    }))
                })
            };
            Self {
                energy: f32x4::splat(weight),
                real: table(|angle| [angle.cos(), angle.sin()]),
                imaginary: table(|angle| [-angle.sin(), angle.cos()]),
            }
        })
    }
}

impl Half {
    pub(super) const SILENT: Self = Self {
        real: [i32x4::ZERO; 2],
        imaginary: [i32x4::ZERO; 2],
        energy: f32x4::ZERO,
        slow_energy: 0.0,
    };

    #[inline(always)]
    fn add(&mut self, block: &Block, weight: &Weight) {
        for group in 0..2 {
            self.real[group] += block.sums[group].dot(weight.real[group]);
            self.imaginary[group] += block.sums[group].dot(weight.imaginary[group]);
        }
        self.energy += block.energy * weight.energy;
        self.slow_energy += block.slow_energy * weight.energy.as_array()[0];
    }
}

impl Halves {
    pub(super) const SILENT: Self = Self {
        newer: Half::SILENT,
        older: Half::SILENT,
    };
}

/// 1 in the tables: thirteen bits, so that ten weighted blocks fit thirty-two.
const UNIT: f32 = 8192.0;

/// What makes the power of a view's sum the squared amplitude of a tone: the weights add up to half
/// the blocks.
pub(super) const POWER_OF_UNIT: f32 = {
    let sum = SUM_OF_UNIT * STEP_BLOCKS as f32 * UNIT;
    1.0 / (sum * sum)
};
