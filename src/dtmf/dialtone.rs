//! Is a dial tone on?
//!
//! Keys are pressed over it, and it may be ten times as strong. What gives it away is that it is
//! low and does not change: looked at every 90 ms, from the fifth look's worth of silence it costs
//! nothing, and in speech almost nothing.

use std::f32::consts::TAU;

use wide::f32x4;

use super::{bank::BLOCK, history::History, tones::radians};

/// Blocks from one look to the next: 90 ms.
pub(super) const LOOK_BLOCKS: u32 = 45;

/// Samples looked at, 90 ms.
const LOOK: usize = LOOK_BLOCKS as usize * BLOCK;

/// What was last seen of it.
#[derive(Clone)]
pub(super) struct DialTone {
    /// Mean square of the dial tone, 0 without one.
    mean_square: f32,
    /// Least mean square for a dial tone to be looked for.
    least: f32,
    cosines: [f32; PIECE],
    sines: [f32; PIECE],
}

impl DialTone {
    /// One that sees dial tones of `least` mean square and more.
    pub(super) fn new(least: f32) -> Self {
        let table = |of: fn(f32) -> f32| {
            std::array::from_fn(|i| {
                let hann = 0.5 - 0.5 * (TAU * (i as f32 + 0.5) / PIECE as f32).cos();
                hann * of(radians(MIDDLE) * i as f32)
            })
        };
        Self {
            mean_square: 0.0,
            least,
            cosines: table(f32::cos),
            sines: table(f32::sin),
        }
    }

    /// Its mean square, 0 without one.
    pub(super) fn mean_square(&self) -> f32 {
        self.mean_square
    }

    /// All was quiet since the last look.
    pub(super) fn clear(&mut self) {
        self.mean_square = 0.0;
    }

    /// Looks at the last 90 ms.
    pub(super) fn look(&mut self, history: &History, now: u64) {
        let heard: &[i16; LOOK] = history
            .range(now - LOOK as u64, now)
            .try_into()
            .expect("the range is as long as a look");
        if self.mean_square == 0.0 && !might_be(heard) {
            return;
        }
        let sum: i32 = heard.iter().map(|&x| i32::from(x)).sum();
        let mean = sum as f32 / LOOK as f32;
        let samples = heard.map(|x| f32::from(x) - mean);
        let mut quarters = [0.0f32; 4];
        for (i, quarter) in quarters.iter_mut().enumerate() {
            for piece in PIECES * i..PIECES * (i + 1) {
                *quarter += self.piece(&samples[piece * PIECE / 2..][..PIECE]);
            }
            *quarter /= PIECES as f32;
        }
        let most = quarters.into_iter().fold(0.0, f32::max);
        let least = quarters.into_iter().fold(f32::MAX, f32::min);
        self.mean_square = if most < STEADY * least && most > self.least {
            quarters.iter().sum::<f32>() / 4.0
        } else {
            0.0
        };
    }

    /// Mean square near 390 Hz of a piece.
    fn piece(&self, samples: &[f32]) -> f32 {
        let mut cosine = f32x4::ZERO;
        let mut sine = f32x4::ZERO;
        let (samples, _) = samples.as_chunks::<4>();
        let (cosines, _) = self.cosines.as_chunks::<4>();
        let (sines, _) = self.sines.as_chunks::<4>();
        for ((&x, &c), &s) in samples.iter().zip(cosines).zip(sines) {
            cosine += f32x4::new(x) * f32x4::new(c);
            sine += f32x4::new(x) * f32x4::new(s);
        }
        let (cosine, sine) = (cosine.reduce_add(), sine.reduce_add());
        // A sine of amplitude A sums up to A/2 times the weights, which add up to half a piece.
        const SCALE: f32 = 8.0 / (PIECE * PIECE) as f32;
        (cosine * cosine + sine * sine) * SCALE
    }
}

/// A cheap look first: steady energy, and low-pitched.
fn might_be(heard: &[i16; LOOK]) -> bool {
    let energies: [f32; 4] = std::array::from_fn(|i| {
        heard[LOOK / 4 * i..][..LOOK / 4]
            .iter()
            .map(|&x| f32::from(x) * f32::from(x))
            .sum()
    });
    let most = energies.into_iter().fold(0.0, f32::max);
    let least = energies.into_iter().fold(f32::MAX, f32::min);
    if most > ROUGHLY_STEADY * least {
        return false;
    }
    let last = &heard[LOOK - LOW_PITCHED_LOOK..];
    let energy: f32 = last.iter().map(|&x| f32::from(x) * f32::from(x)).sum();
    let changes: f32 = last
        .windows(2)
        .map(|pair| {
            let change = f32::from(pair[1]) - f32::from(pair[0]);
            change * change
        })
        .sum();
    changes <= LOW_PITCHED * energy
}

/// Hz; between the dial tones of the world (350 to 450), all within the window's lobe.
const MIDDLE: f32 = 390.0;

/// Samples in a piece, 6 ms: a Hann window that hears 230 to 550 Hz and no keypad tone.
const PIECE: usize = 48;

/// Half-overlapping pieces in a quarter of the look, 22 ms.
const PIECES: usize = 7;

/// Ratio of the strongest to the weakest quarter's power: beats of 90 to 100 Hz leave less.
const STEADY: f32 = 1.4;

/// The same for the whole audio, where a key may have begun.
const ROUGHLY_STEADY: f32 = 1.6;

/// Samples of the second test.
const LOW_PITCHED_LOOK: usize = 160;

/// Energy of the differences over that of the samples: a sine of 480 Hz has 0.14, one of 760 Hz
/// this.
const LOW_PITCHED: f32 = 0.35;
