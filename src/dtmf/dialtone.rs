//! Is a dial tone on?
//!
//! Keys are pressed over it, and it may be ten times as strong. What gives it away is that it is
//! low and does not change; looked at every 90 ms, it costs almost nothing.

use std::f32::consts::TAU;

use wide::{bytemuck::cast, f32x4, i16x8, i32x4};

use super::{history::History, step::STEP, tones::radians, window::View};

/// Views in a look.
const LOOK_VIEWS: u32 = 9;

/// Samples looked at, 90 ms.
const LOOK: usize = LOOK_VIEWS as usize * STEP;

/// What was last seen of it.
#[derive(Clone)]
pub(super) struct DialTone {
    /// Mean square of the dial tone, 0 without one.
    mean_square: f32,
    /// Least mean square for a dial tone to be looked for.
    least: f32,
    /// Views since the last look, and the least and the most energy in them.
    views: u32,
    weakest: f32,
    strongest: f32,
    cosines: [i16x8; PIECE / LANES],
    sines: [i16x8; PIECE / LANES],
    /// What the cosines and the sines add up to.
    sums: [f32; 2],
}

impl DialTone {
    /// One that sees dial tones of `least` mean square and more.
    pub(super) fn new(least: f32) -> Self {
        let table = |of: fn(f32) -> f32| -> [i16; PIECE] {
            std::array::from_fn(|i| {
                let hann = 0.5 - 0.5 * (TAU * (i as f32 + 0.5) / PIECE as f32).cos();
                (UNIT * hann * of(radians(MIDDLE) * i as f32)).round() as i16
            })
        };
        let (cosines, sines) = (table(f32::cos), table(f32::sin));
        let sum = |table: [i16; PIECE]| table.into_iter().map(f32::from).sum();
        Self {
            mean_square: 0.0,
            least,
            views: 0,
            weakest: f32::MAX,
            strongest: 0.0,
            cosines: cast(cosines),
            sines: cast(sines),
            sums: [sum(cosines), sum(sines)],
        }
    }

    /// Its mean square, 0 without one.
    pub(super) fn mean_square(&self) -> f32 {
        self.mean_square
    }

    /// Takes one more view into account, `None` for one too quiet to matter.
    #[inline]
    pub(super) fn hear(&mut self, view: Option<&View>, history: &History, now: u64) {
        let mean_square = view.map_or(0.0, |view| view.mean_square);
        self.weakest = self.weakest.min(mean_square);
        self.strongest = self.strongest.max(mean_square);
        self.views += 1;
        if self.views < LOOK_VIEWS {
            return;
        }
        let steady = self.strongest <= ROUGHLY_STEADY * self.weakest;
        if self.strongest == 0.0 {
            self.mean_square = 0.0;
        } else if self.mean_square > 0.0 || (steady && is_low(history, now)) {
            self.look(history, now);
        }
        (self.views, self.weakest, self.strongest) = (0, f32::MAX, 0.0);
    }

    /// Looks at the last 90 ms.
    #[inline(never)]
    fn look(&mut self, history: &History, now: u64) {
        let heard: &[i16; LOOK] = history
            .range(now - LOOK as u64, now)
            .try_into()
            .expect("the range is as long as a look");
        let sum: i32 = heard.iter().map(|&x| i32::from(x)).sum();
        let mean = sum as f32 / LOOK as f32;
        let mut quarters = [0.0f32; 4];
        for (i, quarter) in quarters.iter_mut().enumerate() {
            for piece in PIECES * i..PIECES * (i + 1) {
                *quarter += self.piece(&heard[piece * PIECE / 2..][..PIECE], mean);
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

    /// Mean square near 390 Hz of a piece, less that of `mean`.
    fn piece(&self, samples: &[i16], mean: f32) -> f32 {
        let mut cosine = i32x4::ZERO;
        let mut sine = i32x4::ZERO;
        let (samples, _) = samples.as_chunks::<LANES>();
        for ((&x, &c), &s) in samples.iter().zip(&self.cosines).zip(&self.sines) {
            let x = i16x8::new(x);
            cosine += x.dot(c);
            sine += x.dot(s);
        }
        let [cosine, sine] = [
            cosine.reduce_add() as f32 - mean * self.sums[0],
            sine.reduce_add() as f32 - mean * self.sums[1],
        ];
        // A sine of amplitude A sums up to A/2 times the weights, which add up to half a piece.
        const SCALE: f32 = 8.0 / ((PIECE * PIECE) as f32 * UNIT * UNIT);
        (cosine * cosine + sine * sine) * SCALE
    }
}

/// Whether the last samples are low-pitched, by the energy of their differences.
fn is_low(history: &History, now: u64) -> bool {
    let last = history.range(now - LOW_PITCHED_LOOK - 1, now);
    let (earlier, _) = last[..last.len() - 1].as_chunks::<LANES>();
    let (later, _) = last[1..].as_chunks::<LANES>();
    let mut energy = f32x4::ZERO;
    // The energy of the differences is that of both less twice their products.
    let mut products = f32x4::ZERO;
    for (&earlier, &later) in earlier.iter().zip(later) {
        // Without the lowest number, whose square is the only one of which two do not fit a sum.
        let [earlier, later] = [earlier, later].map(|x| i16x8::new(x).max(i16x8::splat(-i16::MAX)));
        energy += f32x4::from_i32x4(later.dot(later));
        products += f32x4::from_i32x4(later.dot(earlier));
    }
    let energy = energy.reduce_add();
    let [oldest, newest] = [last[0], last[last.len() - 1]].map(|x| f32::from(x).powi(2));
    let changes = 2.0 * (energy - products.reduce_add()) + oldest - newest;
    changes <= LOW_PITCHED * energy
}

/// Hz; between the dial tones of the world (350 to 450), all within the window's lobe.
const MIDDLE: f32 = 390.0;

/// Samples in a piece, 6 ms: a Hann window that hears 230 to 550 Hz and no keypad tone.
const PIECE: usize = 48;

/// Samples multiplied at once.
const LANES: usize = 8;

/// 1 in the tables: twelve bits, so that a piece of sixteen-bit samples adds up within thirty-two.
const UNIT: f32 = 4096.0;

/// Half-overlapping pieces in a quarter of the look, 22 ms.
const PIECES: usize = 7;

/// Ratio of the strongest to the weakest quarter's power: beats of 90 to 100 Hz leave less.
const STEADY: f32 = 1.4;

/// The same for the whole audio, where a key may have begun.
const ROUGHLY_STEADY: f32 = 1.6;

/// Samples of the second test.
const LOW_PITCHED_LOOK: u64 = 160;

/// Energy of the differences over that of the samples: a sine of 480 Hz has 0.14, one of 760 Hz
/// this.
const LOW_PITCHED: f32 = 0.35;
