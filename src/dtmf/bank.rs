//! The block bank: every 2 ms, how much of each tone the audio holds.
//!
//! All else is built on these short sums, so they are made once for each sample and never again.
//! They are the only work that every sample costs, so the block is folded about its middle (the sum
//! of a mirrored pair meets only cosines, the difference only sines) and all is done in whole
//! numbers: sixteen bits times thirteen, added up in thirty-two, eight at a time.

use std::f64::consts::TAU;

use wide::{bytemuck::cast, f32x4, i16x8, i16x16, i32x4, i32x8};

use super::tones::FREQUENCIES;
use crate::audio::SAMPLE_RATE;

/// Samples in a block: 2 ms.
pub(super) const BLOCK: usize = 16;

/// What one block says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Block {
    /// The sum of `x e^(-jwm)` for each nominal tone `w`, real and imaginary parts in turn, rows in
    /// the first and columns in the second half; `m` is counted from the middle of the block. A
    /// tone of amplitude A gives [`SUM_OF_UNIT`] A.
    pub(super) sums: [i16x8; 2],
    /// Sum of squares, in four parts still to be added up.
    pub(super) energy: f32x4,
    /// The share of it that is the block's mean: all DC, 96 % of a hum of 50 or 60 Hz, and at most
    /// 5 % of a tone (697 Hz).
    pub(super) slow_energy: f32,
}

impl Block {
    pub(super) const SILENT: Self = Self {
        sums: [i16x8::ZERO; 2],
        energy: f32x4::ZERO,
        slow_energy: 0.0,
    };

    /// Real and imaginary part of one tone's sum.
    pub(super) fn sum(&self, tone: usize) -> [f32; 2] {
        let sums = self.sums[tone / 4].to_array();
        [0, 1].map(|part| f32::from(sums[2 * (tone % 4) + part]))
    }
}

/// The tables of the bank.
#[derive(Clone)]
pub(super) struct Bank {
    /// For two neighbouring places at a time: the cosines of all tones.
    pub(super) cosines: [i16x16; PAIRS],
    /// The same for minus the sines.
    pub(super) sines: [i16x16; PAIRS],
    /// Minus the lowest sample of silence, a power of two.
    raise: i16x8,
    /// Bits that no raised sample of silence has set.
    loud_bits: i16x8,
}

impl Bank {
    /// A bank for which samples of less than `quiet`, in 16-bit steps, are silence.
    pub(super) fn new(quiet: f32) -> Self {
        let table = |of: fn(f64) -> f64| {
            std::array::from_fn(|pair| {
                i16x16::new(std::array::from_fn(|lane| {
                    (of(angle(lane / 2, 2 * pair + lane % 2)) * UNIT).round() as i16
                }))
            })
        };
        let quiet_bits = (quiet as u16).checked_ilog2().unwrap_or(0);
        Self {
            cosines: table(f64::cos),
            sines: table(|angle| -angle.sin()),
            raise: i16x8::splat(1 << quiet_bits),
            loud_bits: i16x8::splat(-2 << quiet_bits),
        }
    }

    /// Whether all of these samples, whole blocks of them, are silence.
    #[inline]
    pub(super) fn all_quiet(&self, samples: &[i16]) -> bool {
        let (blocks, rest) = samples.as_chunks::<BLOCK>();
        debug_assert!(rest.is_empty(), "whole blocks are asked about");
        let Some((first, others)) = blocks.split_first() else {
            return true;
        };
        // What sounds mostly does so at once: then the others need not be looked at.
        self.raised(first) & self.loud_bits == i16x8::ZERO && {
            let bits = others
                .iter()
                .fold(i16x8::ZERO, |bits, block| bits | self.raised(block));
            bits & self.loud_bits == i16x8::ZERO
        }
    }

    /// All bits of a block's samples, raised so that those of silence are not negative.
    #[inline]
    fn raised(&self, block: &[i16; BLOCK]) -> i16x8 {
        let [earlier, later]: [i16x8; 2] = cast(*block);
        (earlier + self.raise) | (later + self.raise)
    }

    /// Makes `block` of one block of samples.
    ///
    /// Out of line: where its loop is repeated, the tables are copied to the stack before it.
    #[inline(never)]
    pub(super) fn block(&self, samples: &[i16; BLOCK], block: &mut Block) {
        // Without the lowest number, whose square is the only one of which two do not fit a sum.
        let all = i16x16::new(*samples).max(i16x16::splat(-i16::MAX));
        let squares: [i32x4; 2] = cast(all.dot(all));
        let sums: [i32x4; 2] = cast(all.dot(i16x16::splat(1)));
        let energy = f32x4::from_i32x4(squares[0]) + f32x4::from_i32x4(squares[1]);
        let sum = (sums[0] + sums[1]).reduce_add() as f32;
        let slow_energy = sum * sum * (1.0 / BLOCK as f32);
        // Halved, so that a sum of two fits.
        let [earlier, later]: [i16x8; 2] = cast(all >> 1i32);
        let earlier = reversed(earlier);
        let re = folded_sums(later + earlier, &self.cosines);
        let im = folded_sums(later - earlier, &self.sines);
        *block = Block {
            sums: interleaved(re, im),
            energy,
            slow_energy,
        };
    }
}

/// The sums of one half of a folded block times a table.
#[inline(always)]
fn folded_sums(folded: i16x8, table: &[i16x16; PAIRS]) -> i16x8 {
    let pairs: [i32; PAIRS] = cast(folded);
    let mut sums = i32x8::splat(HALF_OF_LAST_BIT);
    for (pair, table) in pairs.into_iter().zip(table) {
        let pair: i16x16 = cast(i32x8::splat(pair));
        sums += pair.dot(*table);
    }
    i16x8::from_i32x8_saturate(sums >> SHIFT)
}

/// What a tone of amplitude 1 adds up to in a block: half its samples, halved again by folding.
pub(super) const SUM_OF_UNIT: f32 = (BLOCK / 4) as f32 * UNIT as f32 / (1 << SHIFT) as f32;

/// Phase of a tone at a place counted from the middle of the block, in radians.
fn angle(tone: usize, place: usize) -> f64 {
    TAU * f64::from(FREQUENCIES[tone]) / f64::from(SAMPLE_RATE) * (place as f64 + 0.5)
}

#[inline]
fn reversed(x: i16x8) -> i16x8 {
    let [a, b, c, d, e, f, g, h] = x.to_array();
    i16x8::new([h, g, f, e, d, c, b, a])
}

/// Real and imaginary parts in turn, in two halves.
#[inline]
fn interleaved(re: i16x8, im: i16x8) -> [i16x8; 2] {
    let [a, b, c, d, e, f, g, h] = re.to_array();
    let [i, j, k, l, m, n, o, p] = im.to_array();
    [
        i16x8::new([a, i, b, j, c, k, d, l]),
        i16x8::new([e, m, f, n, g, o, h, p]),
    ]
}

/// Pairs of places in half a block.
pub(super) const PAIRS: usize = BLOCK / 4;

/// 1 in the tables: thirteen bits, so that eight products with sixteen bits fit thirty-two.
const UNIT: f64 = 8192.0;

/// Sums are kept without so many bits: then the loudest fits sixteen, and the weakest key of
/// -46 dBm0 still gives 57.
pub(super) const SHIFT: i32 = 16;

/// What is added before, so that sums are rounded.
pub(super) const HALF_OF_LAST_BIT: i32 = 1 << (SHIFT - 1);

#[cfg(test)]
mod tests {
    use super::*;

    /// The same sums, one product after the other.
    fn plainly(samples: &[i16; BLOCK], tone: usize) -> [f32; 2] {
        let half = |i: usize| i64::from(samples[i].max(-i16::MAX) >> 1);
        let mut sums = [i64::from(HALF_OF_LAST_BIT); 2];
        for place in 0..BLOCK / 2 {
            let (later, earlier) = (half(8 + place), half(7 - place));
            let factor = |of: f64| (of * UNIT).round() as i64;
            sums[0] += (later + earlier) * factor(angle(tone, place).cos());
            sums[1] += (later - earlier) * factor(-angle(tone, place).sin());
        }
        sums.map(|sum| (sum >> SHIFT) as f32)
    }

    #[test]
    fn the_sums_are_those_of_plain_arithmetic_to_the_bit() {
        let bank = Bank::new(1.0);
        let mut state = 1u32;
        for round in 0..2000 {
            let samples: [i16; BLOCK] = std::array::from_fn(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                match round % 3 {
                    0 => (state >> 16) as i16,
                    1 => {
                        if state >> 31 == 0 {
                            i16::MIN
                        } else {
                            i16::MAX
                        }
                    }
                    _ => ((state >> 16) as i16) >> 8,
                }
            });
            let mut block = Block::SILENT;
            bank.block(&samples, &mut block);
            for tone in 0..8 {
                assert_eq!(block.sum(tone), plainly(&samples, tone));
            }
        }
    }

    #[test]
    fn silence_is_what_stays_below_a_power_of_two_under_the_limit() {
        let bank = Bank::new(25.0);
        for (sample, quiet) in [
            (0, true),
            (15, true),
            (-16, true),
            (16, false),
            (-17, false),
        ] {
            let mut samples = [0; 80];
            samples[77] = sample;
            assert_eq!(bank.all_quiet(&samples), quiet, "{sample}");
        }
        assert!(!bank.all_quiet(&[i16::MIN; 80]));
    }
}
