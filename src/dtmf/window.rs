//! The view over 20 ms that the screen looks through: a Hann window made of blocks.
//!
//! It moves by half its length, so each step of 10 ms is seen twice: as the newer, falling half of
//! one view and as the older, rising half of the next.

use std::f32::consts::TAU;

use wide::{f32x4, i16x8, i32x4};

use super::{
    bank::{BLOCK, Bank, Block, SUM_OF_UNIT},
    tones::{FREQUENCIES, Pair, TONES, radians},
};

/// Blocks in a step: 10 ms.
pub(super) const STEP_BLOCKS: usize = 5;

/// Samples in a step.
pub(super) const STEP: usize = STEP_BLOCKS * BLOCK;

/// Samples in a window: 20 ms, so that neighbouring tones (at least 73 Hz apart) stand in each
/// other's way by less than 6 dB and those of the other group by less than 60.
pub(super) const WINDOW: usize = 2 * STEP;

/// The newest steps and the window's tables.
#[derive(Clone)]
pub(super) struct Window {
    rising: [Weight; STEP_BLOCKS],
    falling: [Weight; STEP_BLOCKS],
    /// Sine and cosine of what each tone turns in a block.
    turns: [(f32, f32); TONES],
    /// The newest step as the older half of the next view.
    older: Half,
    steps: [[Block; STEP_BLOCKS]; KEPT_STEPS],
    /// Steps heard; the newest is at `(heard - 1) % KEPT_STEPS`.
    heard: usize,
    /// Steps of silence heard last.
    silent: usize,
}

/// The tables of one block of a window.
#[derive(Clone)]
struct Weight {
    energy: f32x4,
    /// What brings the block to one phase with the others, times its weight: the factors of its
    /// real and imaginary parts that make the sum's real part, and its imaginary part.
    real: [i16x8; 2],
    imaginary: [i16x8; 2],
}

/// What one step gives to a view.
#[derive(Clone, Copy)]
struct Half {
    /// Real and imaginary parts, for rows and columns.
    sums: [[i32x4; 2]; 2],
    /// In four parts still to be added up.
    energy: f32x4,
    slow_energy: f32,
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

    #[inline]
    fn new(older: &Half, newer: &Half) -> Self {
        let mut powers = [0.0; TONES];
        for (group, powers) in powers.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let [re, im] = [0, 1]
                .map(|part| f32x4::from_i32x4(older.sums[group][part] + newer.sums[group][part]));
            *powers = ((re * re + im * im) * f32x4::splat(POWER_OF_UNIT)).to_array();
        }
        // The weights add up to half the blocks.
        let scale = 2.0 / WINDOW as f32;
        let slow_mean_square = scale * (older.slow_energy + newer.slow_energy);
        Self {
            powers,
            mean_square: scale * (older.energy.reduce_add() + newer.energy.reduce_add())
                - slow_mean_square,
            slow_mean_square,
        }
    }

    /// The power of the strongest of the four tones from `first` on.
    #[inline]
    pub(super) fn peak(&self, first: usize) -> f32 {
        // Not `f32::max`, which takes care of what is no number.
        let larger = |a: f32, b: f32| if a > b { a } else { b };
        let [a, b, c, d] = [0, 1, 2, 3].map(|tone| self.powers[first + tone]);
        larger(larger(a, b), larger(c, d))
    }

    /// The strongest row and column.
    #[inline]
    pub(super) fn strongest_pair(&self) -> Pair {
        Pair {
            row: self.strongest(0),
            column: self.strongest(4) - 4,
        }
    }

    /// The strongest of the four tones from `first` on.
    fn strongest(&self, first: usize) -> usize {
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
        Self {
            rising: Weight::slope(0),
            falling: Weight::slope(STEP_BLOCKS),
            turns: FREQUENCIES.map(|hertz| (radians(hertz) * BLOCK as f32).sin_cos()),
            older: Half::SILENT,
            steps: [[Block::SILENT; STEP_BLOCKS]; KEPT_STEPS],
            heard: 0,
            silent: KEPT_STEPS,
        }
    }

    /// Moves on by a step, put through `bank`, and shows the last 20 ms; `None` where their mean
    /// square is below `least`.
    #[inline]
    pub(super) fn hear(&mut self, bank: &Bank, samples: &[i16; STEP], least: f32) -> Option<View> {
        let step = &mut self.steps[self.heard % KEPT_STEPS];
        for (block, samples) in step.iter_mut().zip(samples.as_chunks::<BLOCK>().0) {
            bank.block(samples, block);
        }
        self.silent = 0;
        self.move_on(least)
    }

    /// The same for a step in which nothing sounds.
    #[inline]
    pub(super) fn hear_silence(&mut self, least: f32) -> Option<View> {
        if self.silent >= KEPT_STEPS {
            return None;
        }
        self.steps[self.heard % KEPT_STEPS] = [Block::SILENT; STEP_BLOCKS];
        self.silent += 1;
        self.move_on(least)
    }

    #[inline]
    fn move_on(&mut self, least: f32) -> Option<View> {
        let step = &self.steps[self.heard % KEPT_STEPS];
        self.heard = self.heard.wrapping_add(1);
        let mut newer = Half::SILENT;
        let mut older = Half::SILENT;
        for (i, block) in step.iter().enumerate() {
            newer.add(block, &self.falling[i]);
            older.add(block, &self.rising[i]);
        }
        let view = View::new(&self.older, &newer);
        self.older = older;
        (view.mean_square >= least).then_some(view)
    }

    /// Mean square of the block before the last view.
    pub(super) fn mean_square_before(&self) -> f32 {
        self.block(2 * STEP_BLOCKS).energy.reduce_add() * (1.0 / BLOCK as f32)
    }

    /// A block so many before the newest.
    #[inline]
    fn block(&self, ago: usize) -> &Block {
        let step = self.heard.wrapping_sub(1 + ago / STEP_BLOCKS) % KEPT_STEPS;
        &self.steps[step][STEP_BLOCKS - 1 - ago % STEP_BLOCKS]
    }

    /// The angles in radians that the tones of `pair` turned a block more than they should have,
    /// over the 16 ms that ended `blocks_ago`: where the fit starts.
    pub(super) fn phase_steps(&self, pair: Pair, blocks_ago: usize) -> [f32; 2] {
        let tones = pair.tones();
        let sums = |ago: usize| {
            let block = self.block(ago);
            [block.sum(tones[0]), block.sum(tones[1])]
        };
        let mut products = [[0.0; 2]; 2];
        let mut late = sums(blocks_ago);
        for ago in blocks_ago + 1..=blocks_ago + PHASE_STEPS {
            let early = sums(ago);
            for (product, ([late_re, late_im], [early_re, early_im])) in
                products.iter_mut().zip(late.into_iter().zip(early))
            {
                product[0] += late_re * early_re + late_im * early_im;
                product[1] += late_im * early_re - late_re * early_im;
            }
            late = early;
        }
        std::array::from_fn(|i| {
            let ([re, im], (sin, cos)) = (products[i], self.turns[tones[i]]);
            (im * cos - re * sin).atan2(re * cos + im * sin)
        })
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
    const SILENT: Self = Self {
        sums: [[i32x4::ZERO; 2]; 2],
        energy: f32x4::ZERO,
        slow_energy: 0.0,
    };

    #[inline(always)]
    fn add(&mut self, block: &Block, weight: &Weight) {
        for group in 0..2 {
            let [real, imaginary] = &mut self.sums[group];
            *real += block.sums[group].dot(weight.real[group]);
            *imaginary += block.sums[group].dot(weight.imaginary[group]);
        }
        self.energy += block.energy * weight.energy;
        self.slow_energy += block.slow_energy * weight.energy.as_array()[0];
    }
}

/// 1 in the tables: thirteen bits, so that ten weighted blocks fit thirty-two.
const UNIT: f32 = 8192.0;

/// What makes the power of a sum the squared amplitude of a tone: the weights add up to half the
/// blocks.
const POWER_OF_UNIT: f32 = {
    let sum = SUM_OF_UNIT * STEP_BLOCKS as f32 * UNIT;
    1.0 / (sum * sum)
};

/// Steps between eight blocks, 16 ms: as long as the first fit.
const PHASE_STEPS: usize = 7;

/// A power of two, so that no division is needed, that holds the blocks of [`Window::phase_steps`]
/// with a step left out.
const KEPT_STEPS: usize = 4;
const _: () = assert!(KEPT_STEPS * STEP_BLOCKS > STEP_BLOCKS + PHASE_STEPS);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_seen_with_its_own_power_and_the_mean_with_none() {
        let bank = Bank::new(1.0);
        for (tone, hertz) in FREQUENCIES.into_iter().enumerate() {
            let after_30_ms = |mean: f32| {
                let mut window = Window::new();
                let mut view = None;
                for step in 0..3 {
                    let samples = std::array::from_fn(|i| {
                        let angle = radians(hertz) * (STEP * step + i) as f32;
                        (mean + 2000.0 * angle.sin()) as i16
                    });
                    view = window.hear(&bank, &samples, 0.0);
                }
                (view.expect("it is loud enough"), window)
            };
            let (view, _) = after_30_ms(1000.0);
            let amplitude = view.powers[tone].sqrt();
            assert!(
                (amplitude / 2000.0 - 1.0).abs() < 0.05,
                "{amplitude} at {hertz} Hz"
            );
            assert!(
                (view.mean_square / 2e6 - 1.0).abs() < 0.06,
                "{}",
                view.mean_square
            );
            let (_, window) = after_30_ms(0.0);
            // 0.15 radians in 16 samples are 12 Hz, near enough for a fit to start from.
            let pair = Pair {
                row: tone % 4,
                column: tone % 4,
            };
            let step = window.phase_steps(pair, 0)[tone / 4];
            assert!(step.abs() < 0.15, "{hertz} Hz");
        }
    }
}
