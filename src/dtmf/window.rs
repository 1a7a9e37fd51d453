//! The view over 20 ms that the screen looks through: a Hann window made of blocks.

use wide::{f32x4, i16x8, i32x4};

use super::{
    bank::{BLOCK, Block, SUM_OF_UNIT},
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
    /// Silent blocks pushed last; when all kept are, there is nothing to push.
    silent: usize,
    weights: [f32; WINDOW_BLOCKS],
    /// For each block what brings it to one phase with the others, times its weight: the factors
    /// of its real and imaginary parts that make the sum's real part, and its imaginary part.
    real: [[i16x8; 2]; WINDOW_BLOCKS],
    imaginary: [[i16x8; 2]; WINDOW_BLOCKS],
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
        // (re + j im) e^(-ja) = (re cos a + im sin a) + j (im cos a - re sin a)
        let table = |factors: fn(f32) -> [f32; 2]| {
            std::array::from_fn(|block| {
                [0, 1].map(|group| {
                    i16x8::new(std::array::from_fn(|lane| {
                        let angle = radians(FREQUENCIES[4 * group + lane / 2]);
                        let factor = factors(angle * (BLOCK * block) as f32)[lane % 2];
                        (weights[block] * factor * UNIT).round() as i16
                    }))
                })
            })
        };
        Self {
            blocks: [Block::SILENT; KEPT_BLOCKS],
            seen: 0,
            silent: KEPT_BLOCKS,
            weights,
            real: table(|angle| [angle.cos(), angle.sin()]),
            imaginary: table(|angle| [-angle.sin(), angle.cos()]),
        }
    }

    #[inline]
    pub(super) fn push(&mut self, block: Block) {
        self.silent = 0;
        self.blocks[self.seen % KEPT_BLOCKS] = block;
        self.seen = self.seen.wrapping_add(1);
    }

    /// So many blocks of silence.
    #[inline]
    pub(super) fn push_silence(&mut self, blocks: usize) {
        if self.silent < KEPT_BLOCKS {
            let silent = self.silent + blocks;
            for _ in 0..blocks {
                self.push(Block::SILENT);
            }
            self.silent = silent;
        }
    }

    /// The last 20 ms, `None` where their mean square is below `least`.
    #[inline]
    pub(super) fn view(&self, least: f32) -> Option<View> {
        if self.silent >= WINDOW_BLOCKS {
            return None;
        }
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
        let mut sums = [[i32x4::ZERO; 2]; 2];
        for i in 0..WINDOW_BLOCKS {
            let block = &self.blocks[first.wrapping_add(i) % KEPT_BLOCKS];
            for (group, [real, imaginary]) in sums.iter_mut().enumerate() {
                *real += block.sums[group].dot(self.real[i][group]);
                *imaginary += block.sums[group].dot(self.imaginary[i][group]);
            }
        }
        let mut powers = [0.0; TONES];
        for (powers, [real, imaginary]) in powers.as_chunks_mut::<4>().0.iter_mut().zip(sums) {
            let [re, im] = [real, imaginary].map(f32x4::from_i32x4);
            *powers = ((re * re + im * im) * f32x4::splat(POWER_OF_UNIT)).to_array();
        }
        Some(View {
            powers,
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
            let [late_re, late_im] = late.sum(tone);
            let [early_re, early_im] = early.sum(tone);
            re += late_re * early_re + late_im * early_im;
            im += late_im * early_re - late_re * early_im;
        }
        (im * cos - re * sin).atan2(re * cos + im * sin)
    }
}

/// 1 in the tables: thirteen bits, so that ten weighted blocks fit thirty-two.
const UNIT: f32 = 8192.0;

/// What makes the power of a sum the squared amplitude of a tone: the weights add up to half the
/// blocks.
const POWER_OF_UNIT: f32 = {
    let sum = SUM_OF_UNIT * (WINDOW_BLOCKS / 2) as f32 * UNIT;
    1.0 / (sum * sum)
};

/// Steps between eight blocks, 16 ms: as long as the first fit.
const PHASE_STEPS: usize = 7;

/// A power of two, so that no division is needed, that holds a window and a step back from it.
const KEPT_BLOCKS: usize = 16;
