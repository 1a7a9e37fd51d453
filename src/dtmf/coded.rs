//! What speech codecs make of keys.
//!
//! A codec for speech looks for a voice: it has one pitch for both tones, takes from one and gives to the
//! other by the frame, and puts what does not fit among them. But it adds nothing where a voice has the
//! most, below the tones, and nothing above.

use super::{
    company::{CLIPPED_HIGH, DOUBTFUL_TWIST, HARMONICS},
    decide::samples,
    evidence::Evidence,
    excerpt::Underlay,
};

/// Samples more than the shortest that a key lasts that a speech codec has bent into this, `None` if none
/// can have.
pub(super) fn longer_if_bent(evidence: &Evidence) -> Option<f32> {
    let (rest, past) = (&evidence.residual, &evidence.before);
    let (offset, twist) = (evidence.largest_offset(), evidence.twist_db.abs());
    let within = rest.low + rest.among + rest.high;
    let alone = rest.low <= CODED_LOW
        && rest.high <= CODED_HIGH
        && (past.among + past.high <= CODED_SILENCE || evidence.rest <= CODED_AT_EDGES * within)
        && evidence.underlay != Underlay::DialTone
        && evidence.apart() <= CODED_APART
        && evidence.decay() <= DECAYED * evidence.rest;
    let plain = twist <= DOUBTFUL_TWIST
        && offset <= CODED_OFFSET
        && rest.among <= CODED_AMONG
        && past.among + past.high <= CODED_BEFORE
        && past.low <= CODED_LOW_BEFORE;
    let tilted = offset <= TILTED_OFFSET
        && rest.among <= TILTED_AMONG
        && past.among + past.high <= TILTED_BEFORE
        && past.low <= TILTED_BEFORE;
    if alone && plain {
        let longer = if is_true_out_of_silence(evidence) {
            LONGER_IF_TRUE
        } else if rest.among <= LITTLE_CODED {
            LONGER_IF_LITTLE_CODED
        } else {
            LONGER_IF_CODED
        };
        Some(longer)
    } else if OverCompany::ADDED.allows(evidence) {
        Some(OverCompany::ADDED.longer)
    } else if alone && tilted {
        Some(LONGER_IF_TILTED)
    } else if goes_on_in_company(evidence) {
        Some(OverCompany::GOES_ON.longer)
    } else {
        None
    }
}

/// Samples more than the shortest that a key lasts if all that is wrong with these tones is what GSM makes
/// of one, `None` if that is not all: it takes from one tone and gives to the other by the frame, so that
/// they swell, decay, and seem to be off and to have more twist than they had: `excess` is by how many dB
/// it is beyond its limit.
pub(super) fn longer_if_bent_by_gsm(evidence: &Evidence, excess: f32) -> Option<f32> {
    let (rest, past) = (&evidence.residual, &evidence.before);
    let underlaid = evidence.underlay != Underlay::Nothing || past.low > GSM_LOW_BEFORE;
    if !evidence.through_gsm || underlaid {
        return None;
    }
    let (offset, before) = (evidence.largest_offset(), evidence.before_either());
    let allowed = LEFT_BY_GSM.iter().filter(|left| {
        excess <= left.excess
            && offset <= left.offset
            && rest.low <= left.low
            && rest.among <= left.among
            && rest.high <= left.high
            && before <= left.tones_before
            && past.among + past.high <= left.before
    });
    allowed.map(|left| left.longer).reduce(f32::min)
}

/// Whether bent tones are where a telephone puts them, with nothing below or above them and next to
/// nothing before them: all that a codec with little to say (G.729, AMR) leaves of a short key is so.
fn is_true_out_of_silence(evidence: &Evidence) -> bool {
    let (rest, past) = (&evidence.residual, &evidence.before);
    evidence.largest_offset() <= TRUE_OFFSET
        && rest.among <= TRUE_AMONG
        && rest.low + rest.high <= TRUE_BESIDE
        && past.among + past.high <= TRUE_BEFORE
        && evidence.before_either() <= TRUE_TONES_BEFORE
}

/// Whether bent tones go on over company: they have nothing of their harmonics with them, and no dial tone
/// hides what is below them.
fn goes_on_in_company(evidence: &Evidence) -> bool {
    let rest = &evidence.residual;
    evidence.underlay != Underlay::DialTone
        && evidence.harmonics <= HARMONICS * (rest.among + rest.high)
        && OverCompany::GOES_ON.allows(evidence)
}

// A key that a speech codec has bent (GSM full rate, Opus, G.723.1): frequencies are true and nothing
// sounds below the tones or above them, which is where voices and instruments have the most. Among
// them there may be much, and before them what the codec makes of their onset and of the key before.
// Energies are relative to the tones', offsets to their frequencies.

/// Energy that a bent key may have in each band.
const CODED_AMONG: f32 = 0.45;
pub(super) const CODED_LOW: f32 = 0.03;
pub(super) const CODED_HIGH: f32 = 0.03;

/// Energy before it: among the tones and above them, and below them.
const CODED_BEFORE: f32 = 0.5;
const CODED_LOW_BEFORE: f32 = 1.5;

/// All that is left over what the three bands show of it. What a codec bends lies about the tones; a
/// note at the edge of two bands has half its amplitude in each, and so half its energy in both. Not
/// asked where no more than so much was there before.
const CODED_AT_EDGES: f32 = 1.2;
const CODED_SILENCE: f32 = 0.03;

/// Share of all that is left that is the tones' own decay: a plucked string leaves little else, a codec
/// much.
const DECAYED: f32 = 0.9;

/// Offset of either tone, and one's less the other's.
const CODED_OFFSET: f32 = 0.015;
const CODED_APART: f32 = 0.015;

/// Samples more, and the energy among the tones up to which it is fewer.
const LITTLE_CODED: f32 = 0.06;
const LONGER_IF_LITTLE_CODED: f32 = samples(3.0);
const LONGER_IF_CODED: f32 = samples(7.0);

/// The same out of silence and with true frequencies: two notes do not begin so in 900 h of
/// talk and music, with `TRUE_AMONG` at 0.3 neither.
const TRUE_OFFSET: f32 = 0.005;
const TRUE_AMONG: f32 = 0.2;
const TRUE_BESIDE: f32 = 0.012;
const TRUE_BEFORE: f32 = 0.2;
const TRUE_TONES_BEFORE: f32 = 0.1;
const LONGER_IF_TRUE: f32 = samples(1.0);

/// How a codec may have bent tones over other sound (a road, talk, music), some of which it puts among
/// them: both tones and all among them were quiet before, they are where a telephone puts them, little is
/// above them, and they do not just decay.
pub(super) struct OverCompany {
    /// Of either tone before, relative to its power.
    tones_before: f32,
    /// Among the tones before, relative to their energy.
    before: f32,
    /// dB.
    twist: f32,
    /// Of either tone, relative.
    offset: f32,
    /// Left in each band, relative to the tones' energy.
    low: f32,
    among: f32,
    high: f32,
    /// The same above tones that are clipped.
    high_if_clipped: f32,
    /// Samples more than the shortest that they last.
    pub(super) longer: f32,
}

impl OverCompany {
    /// Two notes hardly ever begin with so little there before, frequencies so true and nothing above.
    const ADDED: Self = Self {
        tones_before: 0.05,
        before: 0.12,
        twist: 10.0,
        offset: 0.005,
        low: 0.35,
        among: 0.16,
        high: 0.02,
        high_if_clipped: 0.02,
        longer: LONGER_IF_CODED,
    };

    /// Bent at any time, so that only their going on tells. With 20 ms more, two pairs of notes in 850 h
    /// are so, at any of 29 speeds; with 25 ms more, none. With 10 dB of twist, one motif of a tune is.
    pub(super) const GOES_ON: Self = Self {
        tones_before: 0.19,
        before: 0.2,
        twist: 8.0,
        offset: 0.004,
        low: 0.13,
        among: 0.25,
        high: 0.1,
        high_if_clipped: CLIPPED_HIGH,
        longer: samples(27.0),
    };

    fn allows(&self, evidence: &Evidence) -> bool {
        let (rest, past) = (&evidence.residual, &evidence.before);
        let high = if evidence.clipped {
            self.high_if_clipped
        } else {
            self.high
        };
        evidence.before_either() <= self.tones_before
            && past.among <= self.before
            && evidence.twist_db.abs() <= self.twist
            && evidence.largest_offset() <= self.offset
            && rest.low <= self.low
            && rest.among <= self.among
            && rest.high <= high
            && evidence.decay() <= DECAYED_OVER_COMPANY * rest.among
    }
}

/// Share of what is left among them that is their own decay: plucked strings over a bass leave 0.8.
const DECAYED_OVER_COMPANY: f32 = 0.6;

/// The same with a twist that is doubtful: a codec for speech may take 10 dB off a high tone, for some
/// frames. Out of silence only.
const TILTED_AMONG: f32 = 0.25;
const TILTED_BEFORE: f32 = 0.1;
const TILTED_OFFSET: f32 = 0.012;
const LONGER_IF_TILTED: f32 = samples(10.0);

/// What there may be besides tones, and wrong with them, where it is known that the audio comes from GSM's
/// decoder, and how much longer they must last for it.
struct LeftByGsm {
    /// Twist beyond its limit, dB.
    excess: f32,
    /// Of either tone, relative.
    offset: f32,
    /// Left in each band, relative to the tones' energy.
    low: f32,
    among: f32,
    high: f32,
    /// Of either tone before, relative to its power.
    tones_before: f32,
    /// Among the tones and above them before, relative to their energy.
    before: f32,
    /// Samples.
    longer: f32,
}

impl LeftByGsm {
    /// Hardly bent, as true as GSM leaves tones, and next to nothing below or above them.
    const LITTLE: Self = Self {
        excess: 0.0,
        offset: 0.008,
        low: 0.02,
        among: 0.1,
        high: 0.01,
        tones_before: 0.04,
        before: 0.25,
        longer: samples(1.0),
    };
}

/// In 88 h of speech and music through GSM no two notes begin like any of these, nor, of the true ones, at
/// two other speeds.
const LEFT_BY_GSM: [LeftByGsm; 9] = [
    LeftByGsm::LITTLE,
    // Off and with twist, but with nothing beside it and out of nothing.
    LeftByGsm {
        excess: 1.5,
        offset: 0.022,
        low: 0.004,
        among: 0.045,
        high: 0.003,
        tones_before: 0.05,
        before: 0.1,
        longer: 0.0,
    },
    // Bent in all.
    LeftByGsm {
        excess: 4.5,
        offset: CODED_OFFSET,
        low: 0.02,
        among: 0.3,
        high: 0.02,
        tones_before: 0.2,
        before: 0.35,
        longer: samples(4.0),
    },
    // Behind a beginning that was louder.
    LeftByGsm {
        low: 0.01,
        high: 0.006,
        tones_before: 1.5,
        before: 1.5,
        longer: samples(4.0),
        ..LeftByGsm::LITTLE
    },
    // Much bent and behind a beginning, with nothing below or above it.
    LeftByGsm {
        offset: 0.004,
        low: 0.006,
        among: 0.4,
        high: 0.004,
        tones_before: 0.5,
        before: 1.1,
        longer: samples(9.0),
        ..LeftByGsm::LITTLE
    },
    // Much bent, out of little.
    LeftByGsm {
        among: 0.9,
        tones_before: 0.05,
        before: 0.3,
        longer: samples(13.0),
        ..LeftByGsm::LITTLE
    },
    // Added to company, most of which is below them.
    LeftByGsm {
        offset: 0.0045,
        low: 0.25,
        among: 0.2,
        high: 0.008,
        tones_before: 0.3,
        before: 0.6,
        longer: samples(15.0),
        ..LeftByGsm::LITTLE
    },
    // Bent with its company.
    LeftByGsm {
        low: 0.1,
        among: 0.15,
        high: 0.02,
        tones_before: 0.2,
        before: 0.4,
        longer: samples(15.0),
        ..LeftByGsm::LITTLE
    },
    // Behind a beginning that was bent beyond knowing.
    LeftByGsm {
        among: 0.5,
        tones_before: 0.6,
        before: 2.5,
        longer: samples(24.0),
        ..LeftByGsm::LITTLE
    },
];

/// Below them, before any of these.
const GSM_LOW_BEFORE: f32 = 0.4;
