//! The view over the last 20 ms that the screen looks through.

use wide::f32x4;

use super::{
    bank::{BLOCK, Bank, Block},
    step::{Blocks, Half, Halves, Hear, POWER_OF_UNIT, STEP, STEP_BLOCKS, Slopes, WINDOW, fastest},
    tones::{FREQUENCIES, Pair, TONES, radians},
};

/// The newest steps and the window's tables.
#[derive(Clone)]
pub(super) struct Window {
    slopes: Slopes,
    hear: Hear,
    /// Sine and cosine of what each tone turns in a block.
    turns: [(f32, f32); TONES],
    /// The newest step as the older half of the next view.
    older: Half,
    steps: [Blocks; KEPT_STEPS],
    /// Steps heard; the newest is at `(heard - 1) % KEPT_STEPS`.
    heard: usize,
    /// Steps of silence heard last.
    silent: usize,
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
            let re = f32x4::from_i32x4(older.real[group] + newer.real[group]);
            let im = f32x4::from_i32x4(older.imaginary[group] + newer.imaginary[group]);
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

    /// The powers of a pair's tones.
    #[inline]
    pub(super) fn powers_of(&self, pair: Pair) -> [f32; 2] {
        pair.tones().map(|tone| self.powers[tone])
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
            slopes: Slopes::new(),
            hear: fastest(),
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
        let blocks = &mut self.steps[self.heard % KEPT_STEPS];
        let halves = (self.hear)(bank, &self.slopes, samples, blocks);
        self.silent = 0;
        self.move_on(&halves, least)
    }

    /// The same for a step in which nothing sounds.
    #[inline]
    pub(super) fn hear_silence(&mut self, least: f32) -> Option<View> {
        if self.silent >= KEPT_STEPS {
            return None;
        }
        self.steps[self.heard % KEPT_STEPS] = [Block::SILENT; STEP_BLOCKS];
        self.silent += 1;
        self.move_on(&Halves::SILENT, least)
    }

    #[inline]
    fn move_on(&mut self, halves: &Halves, least: f32) -> Option<View> {
        self.heard = self.heard.wrapping_add(1);
        let view = View::new(&self.older, &halves.newer);
        self.older = halves.older;
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
