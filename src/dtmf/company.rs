//! Keys over other sound: noise, talk, music.
//!
//! Notes begin together too, two of them near a key's tones. But an instrument's notes swell or
//! decay, bring their harmonics with them and take the place of other notes, where a key is switched
//! on over whatever else there is, and stays as it is. So tones in company are asked for that.

use super::{
    bands::Bands,
    decide::samples,
    evidence::Evidence,
    excerpt::Underlay,
    verdict::{Rejection, Test},
};

/// Samples more than the shortest that a key over other sound lasts, `None` if these tones are none.
///
/// `clean` is the energy that is left among the tones of a key that is alone.
pub(super) fn longer_over_sound(evidence: &Evidence, clean: f32) -> Option<f32> {
    over_noise(evidence, clean).or_else(|| over_talk(evidence, clean))
}

fn over_noise(evidence: &Evidence, clean: f32) -> Option<f32> {
    let among = evidence.residual.among;
    let offset = evidence.largest_offset();
    let clear = if among <= SOME_NOISE {
        offset <= NOISE_OFFSET
    } else {
        offset <= MUCH_NOISE_OFFSET && evidence.twist_db.abs() <= DOUBTFUL_TWIST
    };
    let over = clear
        && evidence.before_either() <= NOISE_TONES_BEFORE
        && evidence.underlay != Underlay::DialTone
        && is_noise(&evidence.residual, &evidence.before, clean);
    over.then_some(if among <= LITTLE_NOISE {
        0.0
    } else if among <= SOME_NOISE {
        LONGER_IN_SOME_NOISE
    } else {
        LONGER_IN_MUCH_NOISE
    })
}

fn over_talk(evidence: &Evidence, clean: f32) -> Option<f32> {
    let rest = &evidence.residual;
    let talk = if evidence.twist_db.abs() <= PLAIN_TWIST {
        let talked_before = clean + TALK_VARIES * evidence.before.among;
        talked_before.clamp(TALK_AMONG, LOUD_TALK_AMONG)
    } else {
        TALK_AMONG
    };
    let over = rest.among <= talk
        && evidence.before_either() <= TALK_BEFORE
        && evidence.largest_offset() <= TALK_OFFSET
        && rest.low <= TALK_LOW
        && rest.high <= TALK_HIGH;
    over.then_some(LONGER_IN_TALK)
}

/// Whether the rest is noise that was there before the onset, and is as white as noise.
fn is_noise(rest: &Bands, before: &Bands, clean: f32) -> bool {
    // White noise above the tones tells of that among them too, and so with less chance.
    let before_among = if before.among <= NOISE_BEFORE {
        before
            .among
            .max(WHITE_SHARE * before.high.min(NOISE_BEFORE))
    } else {
        0.0
    };
    let among = (clean + NOISE_VARIES * before_among).min(NOISE_AMONG);
    let high = (NOISE_FREE_HIGH + NOISE_VARIES_HIGH * before.high).min(NOISE_HIGH);
    let low = (NOISE_FREE_LOW + NOISE_VARIES * before.low).min(NOISE_LOW);
    let white = rest.among <= NOT_MUCH || rest.high >= WHITENESS * rest.among;
    rest.among <= among && rest.high <= high && rest.low <= low && white
}

/// Whether tones in company were added to it: they neither swell nor decay, nothing among them went
/// away when they came, and where they are doubtful nothing below them came with them and they
/// themselves were not there before.
pub(super) fn is_added(evidence: &Evidence) -> Result<(), Rejection> {
    let (rest, past) = (&evidence.residual, &evidence.before);
    let doubtful = is_doubtful(evidence);
    let grown = if doubtful { GROWTH_IF_DOUBTFUL } else { GROWTH };
    if doubtful || !fade_alone(evidence) {
        check_steadiness(evidence, grown)?;
    }
    let gone = GONE_BEFORE.max(GONE_VARIES * rest.among);
    Rejection::unless_below(Test::Replacement, past.among, gone)?;
    if doubtful {
        Rejection::unless_below(Test::Contrast, evidence.before_either(), DOUBTFUL_BEFORE)?;
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
    let past = &evidence.before;
    low.max(high) < 0.0
        && low.min(high) >= -FADING_FASTEST * evidence.measured as f32
        && (low - high).abs() <= FADING_APART
        && evidence.rest - evidence.decay() <= FADING_REST
        && evidence.largest_offset() <= FADING_OFFSET
        && evidence.apart() <= FADING_OFFSETS_APART
        && evidence.before_either() <= FADING_TONES_BEFORE
        && past.among + past.high <= FADING_BEFORE
}

/// Whether both tones are where a crystal puts them, in spite of loud company. Of the notes that are
/// near enough to a key's tone one in sixteen is so near, of those that are near both of a key's one
/// pair in 250; and a note of a voice or an instrument has lower ones beside it.
pub(super) fn is_exact(evidence: &Evidence) -> bool {
    let rest = &evidence.residual;
    let high = if evidence.clipped {
        CLIPPED_HIGH
    } else {
        TALK_HIGH
    };
    evidence.largest_offset() <= EXACT_OFFSET
        && evidence.twist_db.abs() <= EXACT_TWIST
        && rest.low <= EXACT_LOW
        && rest.among <= EXACT_AMONG
        && rest.high <= high
}

/// Whether one tone is much the louder, or they are off as two notes are.
pub(super) fn is_doubtful(evidence: &Evidence) -> bool {
    evidence.twist_db.abs() > DOUBTFUL_TWIST || evidence.apart() > APART
}

/// Energy that a clipped key may have in each band besides, relative to that of its tones.
pub(super) fn left_by_clipping(evidence: &Evidence) -> f32 {
    if evidence.clipped { CLIPPING } else { 0.0 }
}

/// Relative: one tone's offset less the other's. A telephone makes both tones from one clock, so that
/// they are off together; 2 % of one alone is as much as any test has, and noise of 12 dB adds 0.15 %.
/// Tones farther apart are two notes, unless next to nothing is left beside them, or white noise.
pub(super) const APART: f32 = 0.0215;

/// Relative; in noise: the 1.5 % that every standard accepts at least, and twice what noise of 6 dB
/// makes of it in 21 ms.
const NOISE_OFFSET: f32 = 0.0175;

/// Relative; in much noise: the 1.5 % that every standard accepts at least.
pub(super) const MUCH_NOISE_OFFSET: f32 = 0.015;

/// dB; the twist that every standard accepts at least (6 dB in ES 201 235-3), where something else
/// is in doubt.
pub(super) const DOUBTFUL_TWIST: f32 = 6.0;

/// dB; what telephones send (1 to 4 dB, BT SIN 351).
pub(super) const PLAIN_TWIST: f32 = 4.0;

// Energies relative to both tones' from here on.

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
pub(super) const LONGER_IF_EXACT: f32 = samples(15.0);
const EXACT_OFFSET: f32 = 0.0012;
const EXACT_TWIST: f32 = 3.0;
const EXACT_AMONG: f32 = 0.12;
const EXACT_LOW: f32 = 0.15;

/// Above the tones of a key that is clipped by 12 dB: most of what that leaves.
pub(super) const CLIPPED_HIGH: f32 = 0.2;
