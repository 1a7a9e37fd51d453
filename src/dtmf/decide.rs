//! The decision: is this evidence a key, and after how many samples of it?
//!
//! There are six ways to be one: alone, over noise, over talk or music, exact over more of it (`company`),
//! bent by a codec, and bent by GSM where it is known that the audio comes from there (`coded`). All want both
//! tones to start together out of little; they differ in what may be left beside the tones, and the
//! more that is, the longer the tones must last. (`burst` and `pure` know keys by how they stand in time.)

use super::{
    bands::Bands,
    coded::{self, longer_if_bent_by_gsm},
    company::{
        self, ALONE_LOW, APART, DOUBTFUL_TWIST, HARMONICS, LONGER_IF_EXACT, MUCH_NOISE_OFFSET,
        is_added, is_doubtful, is_exact, left_by_clipping,
    },
    evidence::Evidence,
    excerpt::{SPAN, Underlay},
    limits::Limits,
    past::REACH,
    step::STEP,
    verdict::{Rejection, Test},
};
use crate::audio::{Dbm0, SAMPLE_RATE};

/// Limits in the units of the computation.
#[derive(Clone)]
pub(super) struct Judge {
    /// Samples.
    shortest: f32,
    /// Relative, of a tone.
    offset: f32,
    /// Of a tone, in 16-bit steps squared.
    least_power: f32,
    /// dB, high over low.
    twist: f32,
    reverse_twist: f32,
    /// Relative energy among the tones.
    residual: f32,
    /// Relative power of a tone before its onset.
    before: f32,
    /// Samples.
    longest_gap: u64,
}

impl Judge {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            shortest: samples(limits.min_duration_ms),
            offset: 0.01 * limits.max_offset_percent,
            least_power: Dbm0(limits.min_level_dbm0).amplitude().powi(2),
            twist: limits.max_twist_db,
            reverse_twist: limits.max_reverse_twist_db,
            residual: power_ratio(limits.max_residual_db),
            before: power_ratio(limits.max_before_db),
            longest_gap: samples(limits.max_gap_ms) as u64,
        }
    }

    /// Samples that the shortest key lasts.
    pub(super) fn shortest(&self) -> f32 {
        self.shortest
    }

    /// Samples that a key may be broken off for.
    pub(super) fn longest_gap(&self) -> u64 {
        self.longest_gap
    }

    /// Largest relative offset of a tone.
    pub(super) fn offset(&self) -> f32 {
        self.offset
    }

    /// Power of the weakest tone.
    pub(super) fn least_power(&self) -> f32 {
        self.least_power
    }

    /// Whether this is a key now.
    pub(super) fn judge(&self, evidence: &Evidence) -> Result<(), Rejection> {
        let as_heard = self.judge_as_heard(evidence).or_else(|why| {
            let twist = evidence.twist_db;
            let excess = (twist - self.twist).max(-twist - self.reverse_twist);
            let longer = longer_if_bent_by_gsm(evidence, excess).ok_or(why)?;
            self.check_duration(evidence, self.shortest + longer)
                .map_err(|_| why)
        });
        as_heard.and_then(|()| self.check_excused(evidence))
    }

    /// Whether what it is known by otherwise leaves it within every limit.
    pub(super) fn allows(&self, evidence: &Evidence) -> bool {
        let near = |offset: &f32| offset.abs() <= self.offset;
        let loud = |power: &f32| *power >= self.least_power;
        evidence.offsets.iter().all(near)
            && evidence.powers.iter().all(loud)
            && evidence.before_either() <= self.before
            && self.check_excused_residual(evidence).is_ok()
            && self.check_twist(evidence).is_ok()
    }

    /// Whether what is excused is not too far beyond its limit.
    fn check_excused(&self, evidence: &Evidence) -> Result<(), Rejection> {
        let most = EXCUSED_BEFORE * self.before;
        Rejection::unless_below(Test::Contrast, evidence.before_either(), most)?;
        self.check_excused_residual(evidence)
    }

    fn check_excused_residual(&self, evidence: &Evidence) -> Result<(), Rejection> {
        let most = EXCUSED_RESIDUAL * self.residual;
        Rejection::unless_below(Test::Residual, evidence.residual.among, most)
    }

    fn check_duration(&self, evidence: &Evidence, needed: f32) -> Result<(), Rejection> {
        Rejection::unless_above(
            Test::Duration,
            evidence.duration,
            needed.min(LONGEST_NEEDED),
        )
    }

    fn judge_as_heard(&self, evidence: &Evidence) -> Result<(), Rejection> {
        self.check_twist(evidence)?;
        Rejection::unless_below(Test::Contrast, evidence.before_either(), self.before)?;
        check_apart(evidence)?;
        let needed = self.needed(evidence)?;
        self.check_duration(evidence, needed)
    }

    /// Whether neither tone is too much the stronger.
    pub(super) fn check_twist(&self, evidence: &Evidence) -> Result<(), Rejection> {
        let twist = evidence.twist_db;
        if twist >= 0.0 {
            Rejection::unless_below(Test::Twist, twist, self.twist)
        } else {
            Rejection::unless_above(Test::Twist, twist, -self.reverse_twist)
        }
    }

    /// Samples of tone that make this a key.
    fn needed(&self, evidence: &Evidence) -> Result<f32, Rejection> {
        let rest = &evidence.residual;
        let (offset, twist) = (evidence.largest_offset(), evidence.twist_db.abs());
        if offset > CLEAR_OFFSET {
            Rejection::unless_below(Test::Twist, twist, DOUBTFUL_TWIST)?;
            is_added(evidence)?;
            return self.fringe(evidence, offset);
        }
        let clipping = left_by_clipping(evidence);
        let clean = self.residual + clipping;
        if rest.among <= clean && rest.high <= CLEAN_HIGH + clipping {
            if twist > DOUBTFUL_TWIST && offset > MUCH_NOISE_OFFSET {
                let left = rest.among + rest.high;
                Rejection::unless_below(Test::Residual, left, DOUBLY_DOUBTFUL * clean)?;
            }
            if rest.low <= ALONE_LOW + clipping && !is_doubtful(evidence) {
                return Ok(self.shortest);
            }
            return match is_added(evidence) {
                Ok(()) => Ok(self.shortest),
                Err(why) => self.bent_by_codec(evidence).ok_or(why),
            };
        }
        let added = is_added(evidence);
        let plain = added.and_then(|()| {
            let share = evidence.harmonics / (rest.among + rest.high);
            Rejection::unless_below(Test::Harmonics, share, HARMONICS)
        });
        let over_sound = plain.ok().and_then(|()| {
            let longer = company::longer_over_sound(evidence, self.residual)?;
            Some(self.shortest + longer)
        });
        let exact = added.is_ok() && is_exact(evidence);
        let exact = exact.then_some(self.shortest + LONGER_IF_EXACT);
        let bent = self.bent_by_codec(evidence);
        let ways = [over_sound, exact, bent].into_iter().flatten();
        if let Some(needed) = ways.reduce(f32::min) {
            return Ok(needed);
        }
        plain?;
        Rejection::unless_below(Test::Residual, rest.among, clean)?;
        Err(Rejection {
            test: Test::ResidualAbove,
            measured: rest.high,
            limit: CLEAN_HIGH + clipping,
        })
    }

    /// Frequencies at the fringe of what is accepted: only beyond any doubt.
    fn fringe(&self, evidence: &Evidence, offset: f32) -> Result<f32, Rejection> {
        let rest = &evidence.residual;
        // What is below the tones cannot be known beside a dial tone.
        if evidence.underlay == Underlay::DialTone {
            Rejection::unless_below(Test::Frequency, offset, CLEAR_OFFSET)?;
        }
        Rejection::unless_below(Test::Frequency, evidence.apart(), FRINGE_APART)?;
        let among = if offset <= FRINGE_OFFSET {
            self.residual
        } else {
            DOUBLY_DOUBTFUL * self.residual
        };
        Rejection::unless_below(Test::Residual, rest.among, among)?;
        Rejection::unless_below(Test::ResidualBelow, rest.low, FRINGE_LOW)?;
        Rejection::unless_below(Test::ResidualAbove, rest.high, FRINGE_HIGH)?;
        Rejection::unless_below(Test::Contrast, evidence.before_either(), FRINGE_BEFORE)?;
        Ok(self.shortest)
    }

    /// Samples that a key lasts that a speech codec has bent into this, `None` if none can have.
    fn bent_by_codec(&self, evidence: &Evidence) -> Option<f32> {
        let longer = coded::longer_if_bent(evidence)?;
        Some(self.shortest + longer)
    }
}

/// Whether tones that are off as two notes are have as little beside them as two notes never have.
fn check_apart(evidence: &Evidence) -> Result<(), Rejection> {
    let Bands { low, among, high } = evidence.residual;
    let white = low + among <= APART_WHITE * high;
    for left in LEFT_IF_APART {
        if evidence.apart() > left.apart {
            let most = if white { left.noise } else { left.rest };
            Rejection::unless_below(Test::Residual, evidence.rest, most)?;
        }
    }
    Ok(())
}

fn power_ratio(db: f32) -> f32 {
    10f32.powf(0.1 * db)
}

/// Samples in so many milliseconds.
pub(super) const fn samples(ms: f32) -> f32 {
    ms * SAMPLE_RATE as f32 / 1000.0
}

/// Energies over those of the limits, 17 and 11 dB: what of a key is excused, by noise, other sound or a
/// codec, is so up to here. As the profiles have them, what is left has as much as the tones.
const EXCUSED_RESIDUAL: f32 = 50.0;
const EXCUSED_BEFORE: f32 = 12.6;

/// Samples, 68 ms: no more of a key is seen at every look with enough of what was before it.
const LONGEST_NEEDED: f32 = (SPAN - REACH - STEP - EDGES) as f32;

/// Samples that a look may leave out at both edges.
const EDGES: usize = 24;

/// Relative; up to here a frequency is a keypad's: what the most generous standard accepts.
const CLEAR_OFFSET: f32 = 0.0197;

/// Relative; 2 % and three times what noise of 12 dB makes of it in 21 ms. Beyond, all must be
/// cleaner still.
const FRINGE_OFFSET: f32 = 0.0222;

/// Relative; at the fringe, one tone's offset less the other's: a telephone makes both from one clock,
/// and 2 % up and 2 % down is as far as any test takes them apart. Noise of 12 dB adds 0.15 %.
const FRINGE_APART: f32 = 0.0415;

/// Share of the usual residual that is left to what is doubtful in two ways.
const DOUBLY_DOUBTFUL: f32 = 0.5;

/// How much may be left beside tones that are farther apart than this.
struct LeftIfApart {
    /// One tone's offset less the other's, relative.
    apart: f32,
    /// Energy of anything, relative to the tones'.
    rest: f32,
    /// The same of white noise: that of 12 dB has 0.032.
    noise: f32,
}

const LEFT_IF_APART: [LeftIfApart; 2] = [
    LeftIfApart {
        apart: APART,
        rest: 0.012,
        noise: 0.04,
    },
    // As far as codecs and company take a key apart. The formants of a synthesised vowel are farther, and one
    // in five of the notes that were taken for keys.
    LeftIfApart {
        apart: 0.0125,
        rest: 0.06,
        noise: f32::INFINITY,
    },
];

/// Energy of noise below 1850 Hz over that above: 0.86 by the widths, and in 22 ms hardly ever this.
const APART_WHITE: f32 = 2.0;

// Energies relative to both tones' from here on.

/// Above the tones of a clean key: harmonics of a cheap telephone, 11 dB down.
const CLEAN_HIGH: f32 = 0.08;

/// The fringe: nothing anywhere.
const FRINGE_LOW: f32 = 0.03;
const FRINGE_HIGH: f32 = 0.04;
const FRINGE_BEFORE: f32 = 0.05;
