//! The view over 20 ms that the screen looks through: a Hann window made of blocks.

use wide::f32x8;

use super::{
    bank::{BLOCK, Block},
    tones::{FREQUENCIES, TONES, radians},
};

/// Blocks in a window: 20 ms, so that neighbouring tones (at least 73 Hz apart) stand in each
/// other's way by less than 6 dB and those of the other group by less than 60.
pub(super) const WINDOW_BLOCKS: usize = 10;

/// Samples in a window.
pub(super) const WINDOW: usize = WINDOW_BLOCKS * BLOCK;

/// The newest blocks and the window's tables.
#[derive(Clone)]
pub(super) struct Window {
    blocks: [Block; KEPT_BLOCKS],
    /// Blocks seen; the newest is at `(seen - 1) % KEPT_BLOCKS`.
    seen: usize,
    weights: [f32; WINDOW_BLOCKS],
    /// Weights times `e^(-jw BLOCK b)`, which brings the blocks to one phase.
    turn_re: [f32x8; WINDOW_BLOCKS],
    turn_im: [f32x8; WINDOW_BLOCKS],
}

/// What is seen through the window.
#[derive(Clone, Copy)]
pub(super) struct View {
    /// Squared peak amplitude at each nominal tone, in 16-bit steps squared.
    pub(super) powers: [f32; TONES],
    /// Mean square of the audio about the blocks' means.
    pub(super) mean_square: f32,
    /// Mean square of the blocks' means: DC and hum.
    pub(super) slow_mean_square: f32,
}

impl View {
    pub(super) const SILENT: Self = Self {
        powers: [0.0; TONES],
        mean_square: 0.0,
        slow_mean_square: 0.0,
    };

    /// The strongest of the four tones from `first` on.
    pub(super) fn strongest(&self, first: usize) -> usize {
        (first + 1..first + 4).fold(first, |best, tone| {
            if self.powers[tone] > self.powers[best] {
                tone
            } else {
                best
            }
        })
    }
}

impl Window {
    pub(super) fn new() -> Self {
        let weights: [f32; WINDOW_BLOCKS] = std::array::from_fn(|block| {
            let turn = std::f32::consts::TAU * (block as f32 + 0.5) / WINDOW_BLOCKS as f32;
            0.5 - 0.5 * turn.cos()
        });
        let turn = |of: fn(f32) -> f32| {
            std::array::from_fn(|block| {
                f32x8::new(std::array::from_fn(|tone| {
                    let angle = radians(FREQUENCIES[tone]) * (BLOCK * block) as f32;
                    weights[block] * of(angle)
                }))
            })
        };
        Self {
            blocks: [Block::SILENT; KEPT_BLOCKS],
            seen: 0,
            weights,
            turn_re: turn(f32::cos),
            turn_im: turn(|angle| -angle.sin()),
        }
    }

    pub(super) fn push(&mut self, block: Block) {
        self.blocks[self.seen % KEPT_BLOCKS] = block;
        self.seen = self.seen.wrapping_add(1);
    }

    /// The last 20 ms, `None` where their mean square is below `least`.
    #[inline]
    pub(super) fn view(&self, least: f32) -> Option<View> {
        let mut energy = 0.0;
        let mut slow_energy = 0.0;
        let first = self.seen.wrapping_sub(WINDOW_BLOCKS);
        for (i, weight) in self.weights.iter().enumerate() {
            let block = &self.blocks[first.wrapping_add(i) % KEPT_BLOCKS];
            energy += weight * block.energy;
            slow_energy += weight * block.slow_energy;
        }
        // The weights add up to half the blocks.
        const SAMPLES: f32 = (WINDOW / 2) as f32;
        let mean_square = energy / SAMPLES;
        if mean_square < least {
            return None;
        }
        let mut re = f32x8::ZERO;
        let mut im = f32x8::ZERO;
        for i in 0..WINDOW_BLOCKS {
            let block = &self.blocks[first.wrapping_add(i) % KEPT_BLOCKS];
            re += block.re * self.turn_re[i] - block.im * self.turn_im[i];
            im += block.re * self.turn_im[i] + block.im * self.turn_re[i];
        }
        // A sine of amplitude A sums up to A/2 a weighted sample.
        let scale = f32x8::splat(4.0 / (SAMPLES * SAMPLES));
        Some(View {
            powers: ((re * re + im * im) * scale).to_array(),
            mean_square,
            slow_mean_square: slow_energy / SAMPLES,
        })
    }

    /// The angle in radians that `tone` turned a block more than it should have, over the 16 ms
    /// that ended `blocks_ago`: where the fit starts.
    pub(super) fn phase_step(&self, tone: usize, blocks_ago: usize) -> f32 {
        let last = self.seen.wrapping_sub(1 + blocks_ago);
        let (sin, cos) = (radians(FREQUENCIES[tone]) * BLOCK as f32).sin_cos();
        let (mut re, mut im) = (0.0, 0.0);
        for age in 0..PHASE_STEPS {
            let late = &self.blocks[last.wrapping_sub(age) % KEPT_BLOCKS];
            let early = &self.blocks[last.wrapping_sub(age + 1) % KEPT_BLOCKS];
            let (late_re, late_im) = (late.re.to_array()[tone], late.im.to_array()[tone]);
            let (early_re, early_im) = (early.re.to_array()[tone], early.im.to_array()[tone]);
            re += late_re * early_re + late_im * early_im;
            im += late_im * early_re - late_re * early_im;
        }
        (im * cos - re * sin).atan2(re * cos + im * sin)
    }
}

/// Steps between eight blocks, 16 ms: as long as the first fit.
const PHASE_STEPS: usize = 7;

/// A power of two, so that no division is needed, that holds a window and a step back from it.
const KEPT_BLOCKS: usize = 16;
