//! Is a dial tone on?
//!
//! Keys are pressed over it, and over ringing, and it may be ten times as strong. What gives it away
//! is that it is low, that nothing else sounds when it comes, and that it goes on. It need not be
//! steady: tones that beat, and one that is modulated, rise and fall twenty times a second or more,
//! but over 90 ms they are what they were. Looked at so rarely, they cost almost nothing.

use std::f32::consts::TAU;

use wide::{bytemuck::cast, f32x4, i16x8, i32x4};

use super::{excerpt::mean, history::History, step::STEP, tones::radians, window::View};

/// What was last seen of it.
#[derive(Clone)]
pub(super) struct DialTone {
    /// The largest mean square that it may have in a view, 0 without one.
    most: f32,
    /// Its mean square in the last look, or that of what may become one; 0 without either.
    low: f32,
    /// Least mean square for a dial tone to be looked for.
    least: f32,
    /// Views since the last look, and how many of them were low.
    views: u32,
    low_views: u32,
    cosines: [i16x8; HANN_PIECE / LANES],
    sines: [i16x8; HANN_PIECE / LANES],
    /// What the cosines and the sines add up to.
    sums: [f32; 2],
}

impl DialTone {
    /// One that sees dial tones of `least` mean square and more.
    pub(super) fn new(least: f32) -> Self {
        let table = |of: fn(f32) -> f32| -> [i16; HANN_PIECE] {
            std::array::from_fn(|i| {
                let hann = 0.5 - 0.5 * (TAU * (i as f32 + 0.5) / HANN_PIECE as f32).cos();
                (UNIT * hann * of(radians(MIDDLE) * i as f32)).round() as i16
            })
        };
        let (cosines, sines) = (table(f32::cos), table(f32::sin));
        let sum = |table: [i16; HANN_PIECE]| table.into_iter().map(f32::from).sum();
        Self {
            most: 0.0,
            low: 0.0,
            least,
            views: 0,
            low_views: 0,
            cosines: cast(cosines),
            sines: cast(sines),
            sums: [sum(cosines), sum(sines)],
        }
    }

    /// The largest mean square that it may have in a view, 0 without one.
    pub(super) fn most(&self) -> f32 {
        self.most
    }

    /// Takes one more view into account, `None` for one too quiet to matter.
    #[inline]
    pub(super) fn hear(&mut self, view: Option<&View>, history: &History, now: u64) {
        self.low_views += u32::from(view.is_some_and(is_low));
        self.views += 1;
        if self.views < LOOK_VIEWS {
            return;
        }
        if self.low > 0.0 || self.low_views >= LOW_VIEWS {
            self.look(history, now);
        }
        (self.views, self.low_views) = (0, 0);
    }

    /// Looks at the last 90 ms.
    #[inline(never)]
    fn look(&mut self, history: &History, now: u64) {
        let heard: &[i16; LOOK] = history
            .range(now - LOOK as u64, now)
            .try_into()
            .expect("the range is as long as a look");
        let mean = mean(heard);
        let pieces: [f32; 4 * HANN_PIECES] =
            std::array::from_fn(|i| self.piece(&heard[i * HANN_PIECE / 2..][..HANN_PIECE], mean));
        let quarters: [f32; 4] = std::array::from_fn(|i| {
            pieces[HANN_PIECES * i..][..HANN_PIECES].iter().sum::<f32>() / HANN_PIECES as f32
        });
        let (groups, _) = pieces.as_chunks();
        let strongest = groups.iter().fold(f32x4::ZERO, |strongest, &group| {
            strongest.fast_max(f32x4::new(group))
        });
        let strongest = strongest.to_array().into_iter().fold(0.0, f32::max);
        let most = quarters.into_iter().fold(0.0, f32::max);
        let least = quarters.into_iter().fold(f32::MAX, f32::min);
        let low = quarters.iter().sum::<f32>() / 4.0;
        let is_pure = || low >= PURE * mean_square_about(mean, heard);
        let goes_on = low < CONSTANT * self.low && self.low < CONSTANT * low;
        let is_on = most > self.least
            && strongest <= LARGEST_PEAK * low
            && (goes_on || (most < STEADY * least && is_pure()));
        self.most = if is_on { DULLED * strongest } else { 0.0 };
        self.low = if is_on || is_pure() { low } else { 0.0 };
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
        const SCALE: f32 = 8.0 / ((HANN_PIECE * HANN_PIECE) as f32 * UNIT * UNIT);
        (cosine * cosine + sine * sine) * SCALE
    }
}

/// Whether next to nothing of a view is among the rows' tones, and not too much far below.
#[inline]
fn is_low(view: &View) -> bool {
    // Both at once: a processor can foretell neither.
    (view.slow_mean_square <= FAR_BELOW * view.mean_square)
        & (view.peak(0) <= AMONG * view.mean_square)
}

/// The mean square of `heard` about its `mean`.
fn mean_square_about(mean: f32, heard: &[i16; LOOK]) -> f32 {
    let (groups, _) = heard.as_chunks::<LANES>();
    let energy = groups.iter().fold(f32x4::ZERO, |energy, &group| {
        // Without the lowest number, whose square is the only one of which two do not fit a sum.
        let x = i16x8::new(group).max(i16x8::splat(-i16::MAX));
        energy + f32x4::from_i32x4(x.dot(x))
    });
    energy.reduce_add() / LOOK as f32 - mean * mean
}

/// Views of a look that must be low for there to be one: in the troughs of a tone modulated by 25 to
/// 33 Hz some are not, and in the last ones a key may have begun.
const LOW_VIEWS: u32 = 6;

/// Mean square of the blocks' means over that about them: a tone of 350 Hz has 0.16, one of 270 Hz
/// 0.52, voices and basses of 250 Hz and less 0.68 and more.
const FAR_BELOW: f32 = 0.6;

/// Power of the strongest row over a view's mean square: white noise 9 dB under a dial tone has this.
const AMONG: f32 = 0.01;

/// Hz; between the dial tones of the world (350 to 450), all within the window's lobe.
const MIDDLE: f32 = 390.0;

/// Views in a look.
const LOOK_VIEWS: u32 = 9;
/// Samples looked at, 90 ms.
const LOOK: usize = LOOK_VIEWS as usize * STEP;
/// Samples in a piece, 6 ms: a Hann window that hears 230 to 550 Hz and no keypad tone.
const HANN_PIECE: usize = 48;

/// Samples multiplied at once.
const LANES: usize = 8;

/// 1 in the tables: twelve bits, so that a piece of sixteen-bit samples adds up within thirty-two.
const UNIT: f32 = 4096.0;

/// Half-overlapping pieces in a quarter of the look, 22 ms.
const HANN_PIECES: usize = 7;

/// Ratio of the strongest to the weakest quarter's power: beats of 90 to 100 Hz leave less, and what
/// is so steady need not be looked at twice.
const STEADY: f32 = 1.4;

/// Ratio of the power in two looks, one after the other: beats of 20 Hz and more leave less.
const CONSTANT: f32 = 1.5;

/// Power of the strongest piece over the mean of all: three tones that beat come to 3, plucked strings
/// to more.
const LARGEST_PEAK: f32 = 3.5;

/// Share of all power that the pieces must show of what comes: of 440 and 480 Hz they show 0.79, of
/// 350 and 440 Hz 0.91, and of chords with a bass mostly less than half.
const PURE: f32 = 0.6;

/// Power of a tone of 480 Hz, the highest, over what a piece shows of it.
const DULLED: f32 = 1.5;
