//! A step of 10 ms, and samples without their mean, on processors with AVX2, which multiply sixteen
//! numbers at once.
//!
//! The same sums as in `step`, `bank` and `excerpt`, in the same order, so that they are equal to the bit.
//!
//! The only unsafe lines of the program are here. It runs on every processor, so whether AVX2 is there is
//! known when it runs, and code that needs it can be called in no other way from code that does not.

#![expect(
    unsafe_code,
    reason = "code that needs AVX2 can be called in no other way"
)]

use std::arch::x86_64::{
    __m256i, _mm_add_epi16, _mm_setr_epi8, _mm_shuffle_epi8, _mm_sub_epi16, _mm256_add_epi32,
    _mm256_broadcastsi128_si256, _mm256_castsi256_si128, _mm256_extracti128_si256,
    _mm256_madd_epi16, _mm256_max_epi16, _mm256_packs_epi32, _mm256_set1_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_shuffle_epi32, _mm256_srai_epi16,
    _mm256_srai_epi32,
};

use wide::{bytemuck::cast, f32x4, i16x8, i16x16, i32x4};

use super::{
    bank::{BLOCK, Bank, Block, HALF_OF_LAST_BIT, PAIRS, SHIFT},
    excerpt::{WithoutMean, without_mean_anywhere},
    step::{Blocks, Half, Halves, Hear, STEP, Slopes, Weight},
};

/// How to put a step through the bank with AVX2, if this processor has it.
pub(super) fn hear() -> Option<Hear> {
    is_x86_feature_detected!("avx2").then_some(|bank, slopes, samples, blocks| {
        // SAFETY: nobody has this closure but where AVX2 was detected.
        unsafe { hear_step(bank, slopes, samples, blocks) }
    })
}

/// How to take the mean from samples with AVX2, likewise.
#[inline]
pub(super) fn without_mean() -> Option<WithoutMean> {
    is_x86_feature_detected!("avx2").then_some(|heard, samples| {
        // SAFETY: nobody has this closure but where AVX2 was detected.
        unsafe { without_mean_here(heard, samples) }
    })
}

/// The same code as everywhere: the compiler takes twice as many samples at once, and widens them in
/// one instruction where it takes three.
#[target_feature(enable = "avx2")]
fn without_mean_here(heard: &[i16], samples: &mut [f32]) {
    without_mean_anywhere(heard, samples);
}

#[target_feature(enable = "avx2")]
fn hear_step(bank: &Bank, slopes: &Slopes, samples: &[i16; STEP], blocks: &mut Blocks) -> Halves {
    let mut newer = Sums::new();
    let mut older = Sums::new();
    for (i, (samples, block)) in samples.as_chunks().0.iter().zip(blocks).enumerate() {
        let sums;
        (sums, *block) = hear_block(bank, samples);
        newer.add(sums, block, &slopes.falling[i]);
        older.add(sums, block, &slopes.rising[i]);
    }
    Halves {
        newer: newer.into(),
        older: older.into(),
    }
}

/// One block, as [`Bank::block`] makes it, and its sums once more in the processor's own type.
#[inline]
#[target_feature(enable = "avx2")]
fn hear_block(bank: &Bank, samples: &[i16; BLOCK]) -> (__m256i, Block) {
    let all = _mm256_max_epi16(cast(*samples), _mm256_set1_epi16(-i16::MAX));
    let squares: [i32x4; 2] = cast(_mm256_madd_epi16(all, all));
    let parts: [i32x4; 2] = cast(_mm256_madd_epi16(all, _mm256_set1_epi16(1)));
    let sum = (parts[0] + parts[1]).reduce_add() as f32;
    let halved = _mm256_srai_epi16::<1>(all);
    let reversed = _mm_setr_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1);
    let earlier = _mm_shuffle_epi8(_mm256_castsi256_si128(halved), reversed);
    let later = _mm256_extracti128_si256::<1>(halved);
    let even = _mm256_broadcastsi128_si256(_mm_add_epi16(later, earlier));
    let odd = _mm256_broadcastsi128_si256(_mm_sub_epi16(later, earlier));
    let re = folded_sums(even, &bank.cosines);
    let im = folded_sums(odd, &bank.sines);
    // Packed, each half has four real and four imaginary parts.
    let interleaved = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
    ));
    let sums = _mm256_shuffle_epi8(_mm256_packs_epi32(re, im), interleaved);
    let block = Block {
        sums: cast(sums),
        energy: f32x4::from_i32x4(squares[0]) + f32x4::from_i32x4(squares[1]),
        slow_energy: sum * sum * (1.0 / BLOCK as f32),
    };
    (sums, block)
}

/// The sums of one half of a folded block, given twice, times a table.
#[inline]
#[target_feature(enable = "avx2")]
fn folded_sums(folded: __m256i, table: &[i16x16; PAIRS]) -> __m256i {
    let pairs = [
        _mm256_shuffle_epi32::<0b00_00_00_00>(folded),
        _mm256_shuffle_epi32::<0b01_01_01_01>(folded),
        _mm256_shuffle_epi32::<0b10_10_10_10>(folded),
        _mm256_shuffle_epi32::<0b11_11_11_11>(folded),
    ];
    let mut sums = _mm256_set1_epi32(HALF_OF_LAST_BIT);
    for (pair, table) in pairs.into_iter().zip(table) {
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pair, cast(*table)));
    }
    _mm256_srai_epi32::<SHIFT>(sums)
}

/// A [`Half`] in the processor's own types: between them and those of 128 bits all would go through
/// memory.
struct Sums {
    real: __m256i,
    imaginary: __m256i,
    energy: f32x4,
    slow_energy: f32,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new() -> Self {
        Self {
            real: _mm256_setzero_si256(),
            imaginary: _mm256_setzero_si256(),
            energy: f32x4::ZERO,
            slow_energy: 0.0,
        }
    }

    /// The same as a [`Half`] does.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn add(&mut self, sums: __m256i, block: &Block, weight: &Weight) {
        let dot = |table: [i16x8; 2]| _mm256_madd_epi16(sums, cast(table));
        self.real = _mm256_add_epi32(self.real, dot(weight.real));
        self.imaginary = _mm256_add_epi32(self.imaginary, dot(weight.imaginary));
        self.energy += block.energy * weight.energy;
        self.slow_energy += block.slow_energy * weight.energy.as_array()[0];
    }
}

impl From<Sums> for Half {
    #[inline]
    fn from(sums: Sums) -> Self {
        Self {
            real: cast(sums.real),
            imaginary: cast(sums.imaginary),
            energy: sums.energy,
            slow_energy: sums.slow_energy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audio::Rng,
        dtmf::step::{self, STEP_BLOCKS},
    };

    #[test]
    fn all_is_equal_to_the_bit_to_what_every_processor_does() {
        // Nothing to compare where there is no AVX2.
        let (Some(wide), Some(without_mean)) = (hear(), without_mean()) else {
            return;
        };
        let (bank, slopes) = (Bank::new(1.0), Slopes::new());
        let mut rng = Rng::new(1);
        for round in 0..4000 {
            let samples = std::array::from_fn(|_| {
                let sample = (rng.bits() >> 48) as i16;
                match round % 4 {
                    0 => sample,
                    1 => sample >> 7,
                    2 => [i16::MIN, i16::MAX][usize::from(sample < 0)],
                    _ => i16::MIN,
                }
            });
            let mut blocks = [[Block::SILENT; STEP_BLOCKS]; 2];
            let halves = [
                step::hear(&bank, &slopes, &samples, &mut blocks[0]),
                wide(&bank, &slopes, &samples, &mut blocks[1]),
            ];
            assert_eq!(blocks[0], blocks[1], "{samples:?}");
            assert_eq!(halves[0], halves[1], "{samples:?}");
            let mut floats = [[0.0; STEP]; 2];
            without_mean_anywhere(&samples, &mut floats[0]);
            without_mean(&samples, &mut floats[1]);
            assert_eq!(floats[0], floats[1], "{samples:?}");
        }
    }
}
