//! The decision: is this evidence a key, and after how many samples of it?
//!
//! There are six ways to be one: alone, over noise, over talk or music, exact over more of it, bent by a
//! codec, and bent by GSM where it is known that the audio comes from there (`coded`). All want both
//! tones to start together out of little; they differ in what may be left beside the tones, and the
//! more that is, the longer the tones must last. (`burst` and `pure` know keys by how they stand in time.)
//!
//! Notes begin together too, two of them near a key's tones. But an instrument's notes swell or
//! decay, bring their harmonics with them and take the place of other notes, where a key is switched
//! on over whatever else there is, and stays as it is. So tones in company are asked for that.

use super::{
    bands::Bands,
    coded::{self, decay, longer_if_bent_by_gsm},
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
            let twist = twist_db(evidence);
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
            && evidence
                .tones_before
                .iter()
                .all(|&tone| tone <= self.before)
            && self.check_excused_residual(evidence).is_ok()
            && self.check_twist(evidence).is_ok()
    }

    /// Whether what is excused is not too far beyond its limit.
    fn check_excused(&self, evidence: &Evidence) -> Result<(), Rejection> {
        let [low, high] = evidence.tones_before;
        let most = EXCUSED_BEFORE * self.before;
        Rejection::unless_below(Test::Contrast, low.max(high), most)?;
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
        let twist = twist_db(evidence);
        let [low, high] = evidence.tones_before;
        let before = low.max(high);
        Rejection::unless_below(Test::Contrast, before, self.before)?;
        let Bands { low, among, high } = evidence.residual;
        let white = low + among <= APART_WHITE * high;
        for left in LEFT_IF_APART {
            if apart(evidence) > left.apart {
                let most = if white { left.noise } else { left.rest };
                Rejection::unless_below(Test::Residual, evidence.rest, most)?;
            }
        }
        let needed = self.needed(evidence, twist.abs(), before)?;
        self.check_duration(evidence, needed)
    }

    /// Whether neither tone is too much the stronger.
    pub(super) fn check_twist(&self, evidence: &Evidence) -> Result<(), Rejection> {
        let twist = twist_db(evidence);
        if twist >= 0.0 {
            Rejection::unless_below(Test::Twist, twist, self.twist)
        } else {
            Rejection::unless_above(Test::Twist, twist, -self.reverse_twist)
        }
    }

    /// Samples of tone that make this a key.
    fn needed(&self, evidence: &Evidence, twist: f32, before: f32) -> Result<f32, Rejection> {
        let rest = &evidence.residual;
        let offset = largest_offset(evidence);
        if offset > CLEAR_OFFSET {
            Rejection::unless_below(Test::Twist, twist, DOUBTFUL_TWIST)?;
            is_added(evidence, twist)?;
            return self.fringe(evidence, offset, before);
        }
        let clipping = left_by_clipping(evidence);
        let clean = self.residual + clipping;
        if rest.among <= clean && rest.high <= CLEAN_HIGH + clipping {
            if twist > DOUBTFUL_TWIST && offset > MUCH_NOISE_OFFSET {
                let left = rest.among + rest.high;
                Rejection::unless_below(Test::Residual, left, DOUBLY_DOUBTFUL * clean)?;
            }
            if rest.low <= ALONE_LOW + clipping && !is_doubtful(evidence, twist) {
                return Ok(self.shortest);
            }
            return match is_added(evidence, twist) {
                Ok(()) => Ok(self.shortest),
                Err(why) => self.bent_by_codec(evidence, twist, before).ok_or(why),
            };
        }
        let added = is_added(evidence, twist);
        let plain = added.and_then(|()| {
            let share = evidence.harmonics / (rest.among + rest.high);
            Rejection::unless_below(Test::Harmonics, share, HARMONICS)
        });
        let over_other_sound = plain
            .ok()
            .and_then(|()| self.over_noise_or_talk(evidence, twist, before));
        let exact = added.is_ok() && is_exact(evidence, twist);
        let exact = exact.then_some(self.shortest + LONGER_IF_EXACT);
        let bent = self.bent_by_codec(evidence, twist, before);
        let ways = [over_other_sound, exact, bent].into_iter().flatten();
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

    /// Samples that a key over noise, or over talk or music, lasts; `None` if this is neither.
    fn over_noise_or_talk(&self, evidence: &Evidence, twist: f32, before: f32) -> Option<f32> {
        let rest = &evidence.residual;
        let offset = largest_offset(evidence);
        let clear = if rest.among <= SOME_NOISE {
            offset <= NOISE_OFFSET
        } else {
            offset <= MUCH_NOISE_OFFSET && twist <= DOUBTFUL_TWIST
        };
        let clear = clear && before <= NOISE_TONES_BEFORE;
        if clear && evidence.underlay != Underlay::DialTone && self.is_noise(rest, &evidence.before)
        {
            let longer = if rest.among <= LITTLE_NOISE {
                0.0
            } else if rest.among <= SOME_NOISE {
                LONGER_IN_SOME_NOISE
            } else {
                LONGER_IN_MUCH_NOISE
            };
            return Some(self.shortest + longer);
        }
        let talked_before = self.residual + TALK_VARIES * evidence.before.among;
        let talk = if twist <= PLAIN_TWIST {
            talked_before.clamp(TALK_AMONG, LOUD_TALK_AMONG)
        } else {
            TALK_AMONG
        };
        let is_talk = rest.among <= talk
            && before <= TALK_BEFORE
            && offset <= TALK_OFFSET
            && rest.low <= TALK_LOW
            && rest.high <= TALK_HIGH;
        is_talk.then_some(self.shortest + LONGER_IN_TALK)
    }

    /// Frequencies at the fringe of what is accepted: only beyond any doubt.
    fn fringe(&self, evidence: &Evidence, offset: f32, before: f32) -> Result<f32, Rejection> {
        let rest = &evidence.residual;
        // What is below the tones cannot be known beside a dial tone.
        if evidence.underlay == Underlay::DialTone {
            Rejection::unless_below(Test::Frequency, offset, CLEAR_OFFSET)?;
        }
        Rejection::unless_below(Test::Frequency, apart(evidence), FRINGE_APART)?;
        let among = if offset <= FRINGE_OFFSET {
            self.residual
        } else {
            DOUBLY_DOUBTFUL * self.residual
        };
        Rejection::unless_below(Test::Residual, rest.among, among)?;
        Rejection::unless_below(Test::ResidualBelow, rest.low, FRINGE_LOW)?;
        Rejection::unless_below(Test::ResidualAbove, rest.high, FRINGE_HIGH)?;
        Rejection::unless_below(Test::Contrast, before, FRINGE_BEFORE)?;
        Ok(self.shortest)
    }

    /// Samples that a key lasts that a speech codec has bent into this, `None` if none can have.
    fn bent_by_codec(&self, evidence: &Evidence, twist: f32, before: f32) -> Option<f32> {
        let longer = coded::longer_if_bent(evidence, twist, before)?;
        Some(self.shortest + longer)
    }

    /// Whether the rest is noise that was there before the onset, and is as white as noise.
    fn is_noise(&self, rest: &Bands, before: &Bands) -> bool {
        // White noise above the tones tells of that among them too, and so with less chance.
        let before_among = if before.among <= NOISE_BEFORE {
            before
                .among
                .max(WHITE_SHARE * before.high.min(NOISE_BEFORE))
        } else {
            0.0
        };
        let among = (self.residual + NOISE_VARIES * before_among).min(NOISE_AMONG);
        let high = (NOISE_FREE_HIGH + NOISE_VARIES_HIGH * before.high).min(NOISE_HIGH);
        let low = (NOISE_FREE_LOW + NOISE_VARIES * before.low).min(NOISE_LOW);
        let white = rest.among <= NOT_MUCH || rest.high >= WHITENESS * rest.among;
        rest.among <= among && rest.high <= high && rest.low <= low && white
    }
}

/// Whether tones in company were added to it: they neither swell nor decay, nothing among them went
/// away when they came, and where they are doubtful nothing below them came with them and they
/// themselves were not there before.
fn is_added(evidence: &Evidence, twist: f32) -> Result<(), Rejection> {
    let (rest, past) = (&evidence.residual, &evidence.before);
    let doubtful = is_doubtful(evidence, twist);
    let grown = if doubtful { GROWTH_IF_DOUBTFUL } else { GROWTH };
    if doubtful || !fade_alone(evidence) {
        check_steadiness(evidence, grown)?;
    }
    let gone = GONE_BEFORE.max(GONE_VARIES * rest.among);
    Rejection::unless_below(Test::Replacement, past.among, gone)?;
    if doubtful {
        let [low, high] = evidence.tones_before;
        Rejection::unless_below(Test::Contrast, low.max(high), DOUBTFUL_BEFORE)?;
        Rejection::unless_below(
            Test::ResidualBelow,
            rest.low,
            ALONE_LOW + left_by_clipping(evidence) + LOW_VARIES * past.low,
        )?;
    }
    Ok(())
}

/// Whether both tones have grown by no more than `grown`, and what the rest makes them seem to have.
pub(super) fn check_steadiness(evidence: &Evidence, grown: f32) -> Result<(), Rejection> {
    let among = evidence.residual.among;
    let both: f32 = evidence.powers.iter().sum();
    for (growth, power) in evidence.growth.iter().zip(evidence.powers) {
        let variance = GROWTH_OF_NOISE * among * both / (power * evidence.measured as f32);
        let limit = grown + GROWTH_VARIES * variance.sqrt();
        Rejection::unless_below(Test::Steadiness, growth.abs(), limit)?;
    }
    Ok(())
}

/// Whether both tones only fade, and alike: one gain takes them down, as an automatic one does at their
/// onset, and nothing else is there. Two strings fade each at its own rate, and among others.
fn fade_alone(evidence: &Evidence) -> bool {
    let [low, high] = evidence.growth;
    let [low_before, high_before] = evidence.tones_before;
    let past = &evidence.before;
    low.max(high) < 0.0
        && low.min(high) >= -FADING_FASTEST * evidence.measured as f32
        && (low - high).abs() <= FADING_APART
        && evidence.rest - decay(evidence) <= FADING_REST
        && largest_offset(evidence) <= FADING_OFFSET
        && apart(evidence) <= FADING_OFFSETS_APART
        && low_before.max(high_before) <= FADING_TONES_BEFORE
        && past.among + past.high <= FADING_BEFORE
}

/// Energy that a clipped key may have in each band besides, relative to that of its tones.
fn left_by_clipping(evidence: &Evidence) -> f32 {
    if evidence.clipped { CLIPPING } else { 0.0 }
}

/// Whether both tones are where a crystal puts them, in spite of loud company. Of the notes that are
/// near enough to a key's tone one in sixteen is so near, of those that are near both of a key's one
/// pair in 250; and a note of a voice or an instrument has lower ones beside it.
fn is_exact(evidence: &Evidence, twist: f32) -> bool {
    let rest = &evidence.residual;
    let high = if evidence.clipped {
        CLIPPED_HIGH
    } else {
        TALK_HIGH
    };
    largest_offset(evidence) <= EXACT_OFFSET
        && twist <= EXACT_TWIST
        && rest.low <= EXACT_LOW
        && rest.among <= EXACT_AMONG
        && rest.high <= high
}

/// Whether one tone is much the louder, or they are off as two notes are.
fn is_doubtful(evidence: &Evidence, twist: f32) -> bool {
    twist > DOUBTFUL_TWIST || apart(evidence) > APART
}

/// One tone's offset less the other's, relative.
pub(super) fn apart(evidence: &Evidence) -> f32 {
    let [low, high] = evidence.offsets;
    (low - high).abs()
}

/// Of both tones, relative.
pub(super) fn largest_offset(evidence: &Evidence) -> f32 {
    evidence.offsets[0].abs().max(evidence.offsets[1].abs())
}

/// High tone over low tone in dB.
pub(super) fn twist_db(evidence: &Evidence) -> f32 {
    10.0 * (evidence.powers[1] / evidence.powers[0]).log10()
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

/// Relative: one tone's offset less the other's. A telephone makes both tones from one clock, so that
/// they are off together; 2 % of one alone is as much as any test has, and noise of 12 dB adds 0.15 %.
/// Tones farther apart are two notes, unless next to nothing is left beside them, or white noise.
const APART: f32 = 0.0215;

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

/// Relative; in noise: the 1.5 % that every standard accepts at least, and twice what noise of 6 dB
/// makes of it in 21 ms.
const NOISE_OFFSET: f32 = 0.0175;

/// Relative; in much noise: the 1.5 % that every standard accepts at least.
const MUCH_NOISE_OFFSET: f32 = 0.015;

/// dB; the twist that every standard accepts at least (6 dB in ES 201 235-3), where something else
/// is in doubt.
pub(super) const DOUBTFUL_TWIST: f32 = 6.0;

/// dB; what telephones send (1 to 4 dB, BT SIN 351).
pub(super) const PLAIN_TWIST: f32 = 4.0;

// Energies relative to both tones' from here on.

/// Above the tones of a clean key: harmonics of a cheap telephone, 11 dB down.
const CLEAN_HIGH: f32 = 0.08;

/// Below the tones of a key that is alone: more is company.
pub(super) const ALONE_LOW: f32 = 0.03;

/// Relative; by how much a tone in company may grow from the first sample measured to the last. What
/// telephones send is steady to a few per cent; a plucked note changes by this in 10 to 30 ms.
pub(super) const GROWTH: f32 = 0.15;

/// The same where they are doubtful, and what there may have been of either tone before it, relative.
const GROWTH_IF_DOUBTFUL: f32 = 0.05;
const DOUBTFUL_BEFORE: f32 = 0.05;

/// Of two tones that fade alike: how much faster one may, relative to its amplitude, over what is measured;
/// what is left beside them but their fading; the offset of either and one's less the other's, relative;
/// and what there was before them, of either and in all. In 1240 h of talk and music at 29 speeds no two
/// notes are so.
const FADING_FASTEST: f32 = 0.0035;
const FADING_APART: f32 = 0.2;
const FADING_REST: f32 = 0.045;
const FADING_OFFSET: f32 = 0.012;
const FADING_OFFSETS_APART: f32 = 0.005;
const FADING_TONES_BEFORE: f32 = 0.03;
const FADING_BEFORE: f32 = 0.1;

/// Standard deviations of the growth that the rest makes a tone seem to have. Their square, for a tone of
/// power P over n samples beside white noise whose share among the tones (1250 of 4000 Hz) is r of both
/// powers, is 24 (4000 / 1250) r (P1 + P2) / 2 / (P n).
const GROWTH_VARIES: f32 = 2.5;
const GROWTH_OF_NOISE: f32 = 24.0 * 3.2 * 0.5;

/// Among the tones before the onset: when more was there, and so many times more than there is now,
/// the tones took its place. Noise of 0 dB has 0.16.
pub(super) const GONE_BEFORE: f32 = 0.3;
const GONE_VARIES: f32 = 4.0;

/// Below the tones, over what was there before: a measure of talk over 15 ms varies by this factor.
const LOW_VARIES: f32 = 2.5;

/// Share of the rest above 600 Hz that two and three times the low tone's and twice the high tone's
/// frequency may have: three lines in noise have 0.04, and hardly ever 0.13.
pub(super) const HARMONICS: f32 = 0.18;

/// A clipped key leaves so much more of itself: the tones' sums and differences.
const CLIPPING: f32 = 0.035;

/// The fringe: nothing anywhere.
const FRINGE_LOW: f32 = 0.03;
const FRINGE_HIGH: f32 = 0.04;
const FRINGE_BEFORE: f32 = 0.05;

/// White noise among the tones over that above them, by the bands' widths: 1250 over 2150 Hz, less
/// what the filters' slopes take.
const WHITE_SHARE: f32 = 0.5;

/// Power at a tone's frequency before the onset, relative to the tone's: noise of 0 dB comes to
/// 0.017 in 15 ms, and once in two hundred times to this.
const NOISE_TONES_BEFORE: f32 = 0.1;

/// Noise before the onset says nothing beyond this.
const NOISE_BEFORE: f32 = 0.32;

/// A measure of noise over 15 ms varies by this factor.
const NOISE_VARIES: f32 = 1.5;
const NOISE_VARIES_HIGH: f32 = 2.2;

/// What needs no noise before it.
const NOISE_FREE_LOW: f32 = 0.03;
const NOISE_FREE_HIGH: f32 = 0.03;

/// Never more noise than this: 0 dB of SNR in each tone's terms, and its share of each band.
const NOISE_LOW: f32 = 0.15;
const NOISE_AMONG: f32 = 0.25;
const NOISE_HIGH: f32 = 0.5;

/// Noise fills the 2150 Hz above the tones as it does the 1250 Hz among them; music does not.
const WHITENESS: f32 = 1.2;

/// Among the tones; too little for its colour to be known.
const NOT_MUCH: f32 = 0.035;

/// Among the tones, in noise, and samples of tone more that it takes.
const LITTLE_NOISE: f32 = 0.05;
const SOME_NOISE: f32 = 0.10;
const LONGER_IN_SOME_NOISE: f32 = samples(7.0);
const LONGER_IN_MUCH_NOISE: f32 = samples(13.0);

/// Talk or music behind a key with sharp edges and true frequencies, and samples more.
const TALK_AMONG: f32 = 0.05;

/// Louder talk was there before: what is left is no more than so many times what was then.
const LOUD_TALK_AMONG: f32 = 0.09;
const TALK_VARIES: f32 = 3.0;
const TALK_LOW: f32 = 0.5;
const TALK_HIGH: f32 = 0.1;
const TALK_BEFORE: f32 = 0.03;
const TALK_OFFSET: f32 = 0.015;
const LONGER_IN_TALK: f32 = samples(7.0);

/// A key whose tones are exact, over loud talk or music: samples more, the relative offset that
/// this much of it makes an exact tone seem to have in 36 ms, dB, and relative energies.
const LONGER_IF_EXACT: f32 = samples(15.0);
const EXACT_OFFSET: f32 = 0.0012;
const EXACT_TWIST: f32 = 3.0;
const EXACT_AMONG: f32 = 0.12;
const EXACT_LOW: f32 = 0.15;

/// Above the tones of a key that is clipped by 12 dB: most of what that leaves.
pub(super) const CLIPPED_HIGH: f32 = 0.2;
