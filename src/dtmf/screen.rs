//! The screen: which key could this be, and does it just begin?
//!
//! Every 10 ms it sees powers of the eight tones and the energy of all. It must let every key
//! through and be cheap; that it passes on no more than a thousandth or three of speech is what
//! makes everything behind it free.

use wide::f32x4;

use super::{
    coded::OverCompany,
    excerpt::Underlay,
    step::{STEP, WINDOW},
    tones::{Pair, TONES},
    verdict::{Rejection, Test},
    window::View,
};

/// The last looks.
#[derive(Clone)]
pub(super) struct Screen {
    past: [[f32; TONES]; KEPT],
    /// Looks so far; the newest is at `(looks - 1) % KEPT`.
    looks: usize,
    /// Least power of a tone here: the limit less what a window may miss of it.
    least_power: f32,
    /// Samples of the shortest key.
    shortest: f32,
    /// Looks back in which the tones of a key must have begun.
    onset_looks: usize,
}

/// How far a pair that begins has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Beginning {
    /// It began so lately, out of nothing, that it cannot be a key before the next look: only if it is
    /// over by then it must be looked into.
    Young,
    /// It was at its fullest so many looks ago.
    Full(usize),
}

/// Whether a pair is that of a key that is not up yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Held {
    No,
    /// It sounds, or stopped some time ago and may go on.
    Yes,
    /// It has just stopped.
    Tail,
}

/// Why a pair does not just begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NotBegun {
    /// It was there before.
    Before,
    /// It has only begun to grow.
    Growing,
    /// It is on its way down, after a key that is down or because it is almost gone.
    Falling { tail_of_hold: bool },
}

/// A key that might be there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) pair: Pair,
    pub(super) underlay: Underlay,
}

impl Screen {
    /// A screen for keys whose tones have `least_power` and last `shortest` samples at least.
    pub(super) fn new(least_power: f32, shortest: f32) -> Self {
        Self {
            past: [[0.0; TONES]; KEPT],
            looks: 0,
            least_power: least_power * PARTLY,
            shortest,
            onset_looks: onset_looks(shortest),
        }
    }

    /// Lets one look pass in which there is nothing to see.
    #[inline]
    pub(super) fn pass(&mut self) {
        self.past[self.looks % KEPT] = [0.0; TONES];
        self.looks = self.looks.wrapping_add(1);
    }

    /// Takes one look: the strongest row and column, if they stand out.
    #[inline]
    pub(super) fn look(&mut self, view: &View, dial_tone: f32) -> Option<Candidate> {
        self.past[self.looks % KEPT] = view.powers;
        self.looks = self.looks.wrapping_add(1);
        let (low_power, high_power) = (view.peak(0), view.peak(4));
        let all = view.mean_square;
        let tones = 0.5 * (low_power + high_power);
        let direct = tones >= TONES_SHARE * all;
        let rest = (all - dial_tone).max(LEAST_REST * all);
        let over_dial_tone = (dial_tone > DIAL_TONE_LARGE * all) & (tones >= TONES_SHARE * rest);
        // All at once: each by itself is true as often as not, and a processor cannot foretell it.
        let [low, high] = [low_power, high_power];
        let are_tones = f32x4::new([low, high, LARGEST_TWIST * low, LARGEST_TWIST * high])
            .simd_ge(f32x4::new([self.least_power, self.least_power, high, low]));
        let mostly = if direct | over_dial_tone { 0b1111 } else { 0 };
        if are_tones.to_bitmask() & mostly != 0b1111 {
            return None;
        }
        let underlay = if !direct || dial_tone > DIAL_TONE_SMALL * all {
            Underlay::DialTone
        } else if view.slow_mean_square > HUM * all {
            Underlay::Hum
        } else {
            Underlay::Nothing
        };
        Some(Candidate {
            pair: view.strongest_pair(),
            underlay,
        })
    }

    /// Which test the strongest row and column of `view` do not pass.
    pub(super) fn rejection(&self, view: &View) -> Rejection {
        let (low_power, high_power) = (view.peak(0), view.peak(4));
        if low_power < self.least_power || high_power < self.least_power {
            return Rejection {
                test: Test::Level,
                measured: low_power.min(high_power),
                limit: self.least_power,
            };
        }
        if high_power > LARGEST_TWIST * low_power || low_power > LARGEST_TWIST * high_power {
            let limit = 10.0 * LARGEST_TWIST.log10();
            return Rejection {
                test: Test::Twist,
                measured: 10.0 * (high_power / low_power).log10(),
                limit: limit.copysign(high_power - low_power),
            };
        }
        Rejection {
            test: Test::Fit,
            measured: 1.0 - 0.5 * (low_power + high_power) / view.mean_square,
            limit: 1.0 - TONES_SHARE,
        }
    }

    /// How far the pair has come if it just begins.
    ///
    /// Both tones were once much weaker, no longer ago than a key may take to be known, and have been
    /// growing for long enough to be judged. `mean_square_before` is that of the 2 ms before the view.
    /// Where another key has just ended that has one of them as well, the other one tells for both:
    /// `shared` is 0 for the low tone, 1 for the high one.
    #[inline]
    pub(super) fn begins(
        &self,
        view: &View,
        mean_square_before: f32,
        pair: Pair,
        held: Held,
        shared: Option<usize>,
    ) -> Result<Beginning, NotBegun> {
        let [low, high] = pair.tones();
        let (low_power, high_power) = (view.powers[low], view.powers[high]);
        let weaker = |age: usize, factor: f32| {
            let then = self.ago(age);
            let low = then[low] <= factor * low_power;
            let high = then[high] <= factor * high_power;
            match shared {
                Some(0) => (high, high),
                Some(_) => (low, low),
                None => (low, high),
            }
        };
        let rose = (1..=self.onset_looks).any(|age| weaker(age, ONSET) == (true, true));
        if !rose {
            return Err(NotBegun::Before);
        }
        let tones = 0.5 * (low_power + high_power);
        let young = self.shortest >= NO_LONGER_YOUNG
            && mean_square_before <= NOTHING_BEFORE * view.mean_square
            && weaker(2, NO_TONE) == (true, true);
        match weaker(1, GROWING) {
            (true, true) if young && tones >= HARDLY_ELSE * view.mean_square => {
                return Ok(Beginning::Young);
            }
            (false, false) if young => return Ok(Beginning::Young),
            (false, false) => {}
            (true, false) | (false, true)
                if held == Held::No && tones >= NOTHING_ELSE * view.mean_square => {}
            _ => return Err(NotBegun::Growing),
        }
        let previous = self.ago(1);
        if low_power < FALLING * previous[low] && high_power < FALLING * previous[high] {
            let gone = low_power < GONE_POWER * previous[low];
            let tail_of_hold = held == Held::Tail;
            if gone || tail_of_hold {
                return Err(NotBegun::Falling { tail_of_hold });
            }
            return Ok(Beginning::Full(1));
        }
        Ok(Beginning::Full(0))
    }

    /// Which test a pair that does not begin does not pass.
    pub(super) fn not_begun(&self, why: NotBegun, view: &View, pair: Pair) -> Rejection {
        let [low, high] = pair.tones();
        let (low_power, high_power) = (view.powers[low], view.powers[high]);
        let previous = self.ago(1);
        match why {
            NotBegun::Before => {
                let then =
                    |age| (self.ago(age)[low] / low_power).max(self.ago(age)[high] / high_power);
                Rejection {
                    test: Test::Onset,
                    measured: (1..=self.onset_looks)
                        .map(then)
                        .fold(f32::INFINITY, f32::min),
                    limit: ONSET,
                }
            }
            NotBegun::Growing => Rejection {
                test: Test::Growth,
                measured: (low_power / previous[low]).max(high_power / previous[high]),
                limit: 1.0 / GROWING,
            },
            NotBegun::Falling { tail_of_hold } => Rejection {
                test: Test::Fall,
                measured: low_power / previous[low],
                limit: if tail_of_hold { FALLING } else { GONE_POWER },
            },
        }
    }

    /// Which test a pair does not pass that is [`Beginning::Young`].
    pub(super) fn too_young(&self, view: &View, pair: Pair) -> Rejection {
        let growth = self.not_begun(NotBegun::Growing, view, pair);
        if growth.measured > growth.limit {
            return growth;
        }
        Rejection {
            test: Test::Duration,
            measured: WINDOW as f32,
            limit: self.shortest,
        }
    }

    /// Powers of an earlier look.
    fn ago(&self, age: usize) -> &[f32; TONES] {
        &self.past[self.looks.wrapping_sub(1 + age) % KEPT]
    }
}

/// In how many looks a key is known if it ever is, where the shortest has so many samples and none is in
/// more doubt than in company: six, 60 ms, for 21 ms.
fn onset_looks(shortest: f32) -> usize {
    let samples = shortest + OverCompany::GOES_ON.longer + BETWEEN_LOOKS;
    ((samples / STEP as f32).ceil() as usize).min(KEPT - 1)
}

/// Looks kept; a power of two.
const KEPT: usize = 16;

/// Samples, 8.5 ms: most of the time between two looks.
const BETWEEN_LOOKS: f32 = 68.0;

/// Share of a tone's power that a window two thirds full shows.
const PARTLY: f32 = 0.25;

/// Power ratio, 13 dB: the limit with room for what the window does to it.
const LARGEST_TWIST: f32 = 20.0;

/// Share of the energy that the two tones make up, at SNR 0 dB and less than full.
const TONES_SHARE: f32 = 0.42;

/// Share of the energy from which a dial tone must be thought of, and must be discounted.
const DIAL_TONE_SMALL: f32 = 0.05;
const DIAL_TONE_LARGE: f32 = 0.2;

/// Share of the energy that is left at least when a dial tone is discounted.
const LEAST_REST: f32 = 0.01;

/// DC or hum over all other energy from which a fit would notice it. A tone alone has 0.05.
const HUM: f32 = 0.25;

/// Power ratio, 6 dB: so much weaker both tones must have been.
const ONSET: f32 = 0.25;

/// Power ratio, 7 dB: a tone that was weaker than this a look ago has sounded for less than 13 ms
/// of the window. (0.35 would let a tone of 21 ms wait for one more look.)
const GROWING: f32 = 0.2;

/// Energy ratio: of tones of 21 ms more than this is in the 2 ms before a window of 20 ms, however
/// their phases lie; noise of 12 dB leaves as much.
const NOTHING_BEFORE: f32 = 0.03;

/// Share of the energy that tones alone make up once they have sounded for 12.5 ms of a window: if that
/// is all there is of them, it may still be a piece of a key.
const HARDLY_ELSE: f32 = 0.75;

/// The same of tones that fill the window: if one of them seems to have just begun, the phases of both jumped
/// where frames are missing, and in the window before the two parts cancelled.
const NOTHING_ELSE: f32 = 0.9;

/// Samples, 21 ms.
const NO_LONGER_YOUNG: f32 = 168.0;

/// Power ratio, 13 dB: what a first part of the same tones, before a break, exceeds.
const NO_TONE: f32 = 0.05;

/// Power ratios: both tones are on the way down, or down.
const FALLING: f32 = 0.8;
const GONE_POWER: f32 = 0.03;
