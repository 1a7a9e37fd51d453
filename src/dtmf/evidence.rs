//! What the audio says about one possible key: everything measured, nothing decided.

use super::{
    bands::{Bands, SIDE, Splitter, energy},
    coded::{CODED_HIGH, CODED_LOW},
    decide::Judge,
    edges::{self, Placed, STILL},
    excerpt::{Excerpt, SPAN, Underlay},
    fit::Model,
    past::{Past, Retrospect, has_company_among},
    previous::Previous,
    products::powers_at,
    stretch::{LONGEST_FIT, Stretch},
    tones::Pair,
    verdict::{Rejection, Test},
};

/// Two tones found in the audio, with their surroundings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
    pub(super) pair: Pair,
    /// Position of the first sample.
    pub(super) onset: u64,
    /// Where its newest stretch without a gap began.
    pub(super) resumed: u64,
    /// Position after the last sample; where `ongoing`, the newest one or up to 3 ms before it.
    pub(super) end: u64,
    /// Whether the tones sound up to the newest sample.
    pub(super) ongoing: bool,
    /// Samples of tone, less any break bridged.
    pub(super) duration: f32,
    /// Relative to the nominal frequencies, low tone first.
    pub(super) offsets: [f32; 2],
    /// Squared peak amplitudes in 16-bit steps squared, low tone first.
    pub(super) powers: [f32; 2],
    /// High tone over low tone.
    pub(super) twist_db: f32,
    /// What is left without the tones, relative to their energy.
    pub(super) residual: Bands,
    /// The same in all.
    pub(super) rest: f32,
    /// By how much each tone grew where it was measured, relative to its mean amplitude.
    pub(super) growth: [f32; 2],
    /// Samples it was measured over.
    pub(super) measured: usize,
    /// Energy left at the tones' harmonics, relative to theirs; measured where there is company.
    pub(super) harmonics: f32,
    /// What was there before the onset, in the same unit.
    pub(super) before: Bands,
    /// Power at each tone's frequency before the onset, relative to its power.
    pub(super) tones_before: [f32; 2],
    pub(super) underlay: Underlay,
    /// Whether its crests are cut off: no sample is as large as its amplitudes together.
    pub(super) clipped: bool,
    /// Whether it comes from GSM's decoder.
    pub(super) through_gsm: bool,
    pub(super) model: Model,
    /// Position of the model's first sample.
    pub(super) model_start: u64,
}

impl Evidence {
    /// Phases at a position, radians.
    pub(super) fn phases_at(&self, position: u64) -> [f32; 2] {
        self.model
            .phases((position as i64 - self.model_start as i64) as f32)
    }

    /// One tone's offset less the other's, relative.
    pub(super) fn apart(&self) -> f32 {
        let [low, high] = self.offsets;
        (low - high).abs()
    }

    /// Of both tones, relative.
    pub(super) fn largest_offset(&self) -> f32 {
        self.offsets[0].abs().max(self.offsets[1].abs())
    }

    /// Power at the frequency of the tone that had more before the onset, relative to its power.
    pub(super) fn before_either(&self) -> f32 {
        self.tones_before[0].max(self.tones_before[1])
    }

    /// How much of what is left the tones leave by growing weaker, relative to their energy.
    ///
    /// A tone whose amplitude A falls by g A over n samples leaves the square of g A m / n times a cosine:
    /// over all m the part g^2 / 12 of its own energy.
    pub(super) fn decay(&self) -> f32 {
        let both: f32 = self.powers.iter().sum();
        let tones = self.growth.iter().zip(self.powers);
        tones
            .map(|(growth, power)| growth.min(0.0).powi(2) / 12.0 * power / both)
            .sum()
    }
}

/// Where to look for which key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) pair: Pair,
    /// Samples to leave out at the end, because the tones are falling there.
    pub(super) back: usize,
    pub(super) underlay: Underlay,
    /// The largest mean square that a dial tone may have, 0 without one.
    pub(super) dial_tone: f32,
    /// Radians a sample, from the phases of the blocks; of no use with an underlay.
    pub(super) start: [f32; 2],
    /// The key right before, if there is one.
    pub(super) previous: Option<Previous>,
}

/// The tools of the analysis.
#[derive(Clone)]
pub(super) struct Analysis {
    splitter: Splitter,
    /// Largest relative offset of a tone.
    offset_limit: f32,
    /// Least power of a tone.
    least_power: f32,
}

impl Analysis {
    pub(super) fn new(judge: &Judge) -> Self {
        Self {
            splitter: Splitter::new(),
            offset_limit: judge.offset(),
            least_power: judge.least_power(),
        }
    }

    /// What tells where energy is.
    pub(super) fn splitter(&self) -> &Splitter {
        &self.splitter
    }

    /// Looks for `place.pair` in the newest samples.
    pub(super) fn run(&self, place: &Place, excerpt: &mut Excerpt) -> Result<Evidence, Rejection> {
        let raw = match place.underlay {
            Underlay::DialTone => Some(*excerpt.samples),
            Underlay::Nothing | Underlay::Hum => None,
        };
        excerpt.filter(place.underlay);
        let mut tones = [0.0; SPAN];
        let stretch = Stretch::find(place, self.offset_limit, excerpt, &mut tones)?;
        let (placed, powers) = (&stretch.placed, stretch.placed.model.powers());
        for power in powers {
            Rejection::unless_above(Test::Level, power, self.least_power)?;
        }
        let samples = &*excerpt.samples;
        let mut left = self.left(&stretch, samples, &mut tones);
        let (onset, past) = self.past(&stretch, &left, samples, &mut tones);
        if let Some(raw) = raw {
            let stop = stretch.run.whole.end;
            left.residual.low =
                self.low_band(&raw, placed, stop, place.dial_tone, left.of_tones)?;
        }

        let inside = &samples[stretch.inside.clone()];
        let something = left.rest >= NOTHING_LEFT;
        Ok(Evidence {
            pair: place.pair,
            onset: excerpt.start + onset as u64,
            resumed: excerpt.start + onset as u64,
            end: excerpt.start + stretch.end as u64,
            ongoing: stretch.end + STILL >= SPAN,
            duration: (stretch.end - onset + stretch.run.earlier) as f32,
            offsets: stretch.offsets,
            powers,
            twist_db: twist_db(powers),
            residual: left.residual,
            rest: left.rest,
            growth: left.growth,
            measured: inside.len(),
            harmonics: left.harmonics,
            before: past.rest,
            tones_before: past.tones,
            underlay: place.underlay,
            clipped: something && is_clipped(inside, powers),
            through_gsm: something && excerpt.is_through_gsm(),
            model: placed.model,
            model_start: excerpt.start + placed.at as u64,
        })
    }

    /// What is left without the tones, of which `tones` is made.
    fn left(&self, stretch: &Stretch, samples: &[f32; SPAN], tones: &mut [f32; SPAN]) -> Left {
        let (inside, model) = (stretch.inside.clone(), &stretch.placed.model);
        let rest = &mut tones[inside.clone()];
        let of_tones = energy(rest);
        for (rest, sample) in rest.iter_mut().zip(&samples[inside.clone()]) {
            *rest = sample - *rest;
        }
        let all = energy(rest) / of_tones;
        if all < NOTHING_LEFT {
            return Left {
                rest: all,
                residual: Bands::all_within(all),
                growth: [0.0; 2],
                harmonics: 0.0,
                of_tones,
            };
        }
        Left {
            rest: all,
            residual: self.splitter.split(rest, 0).scaled(1.0 / of_tones),
            growth: model.growth(rest, inside.start - stretch.placed.at),
            harmonics: harmonics(rest, model),
            of_tones,
        }
    }

    /// What was there before the tones, and the sample they began with: an earlier one where other sound
    /// has hidden it.
    fn past(
        &self,
        stretch: &Stretch,
        left: &Left,
        samples: &[f32; SPAN],
        tones: &mut [f32; SPAN],
    ) -> (usize, Past) {
        let (run, placed, onset) = (&stretch.run, &stretch.placed, stretch.onset);
        let (residual, powers) = (&left.residual, placed.model.powers());
        let plain = stretch
            .offsets
            .iter()
            .all(|offset| offset.abs() <= PLAIN_OFFSET)
            && powers[0] <= PLAIN_TWIST * powers[1]
            && powers[1] <= PLAIN_TWIST * powers[0];
        let alone = residual.low <= CODED_LOW && residual.high <= CODED_HIGH;
        let pure = if plain && alone { BENT } else { PURE };
        let retrospect = Retrospect {
            splitter: &self.splitter,
            samples,
            model: &placed.model,
            per_sample: stretch.inside.len() as f32 / left.of_tones,
            company: Retrospect::is_company(residual),
            may_be_broken: residual.among < pure,
        };
        if run.earlier > 0 {
            return (onset, retrospect.before(run.first));
        }
        let past = retrospect.before(onset);
        if past.has_a_tone() && has_company_among(residual) {
            let reach = edges::hidden_reach(onset);
            placed.synthesize(reach.start, &mut tones[reach]);
            let hidden = edges::hidden_onset(samples, tones, onset);
            if hidden < onset {
                return (hidden, retrospect.before(hidden));
            }
        }
        (onset, past)
    }

    /// The low band under the key, relative to the tones: 0 where it is no more than the mean square
    /// that `dial_tone` may have.
    fn low_band(
        &self,
        raw: &[f32; SPAN],
        placed: &Placed,
        stop: usize,
        dial_tone: f32,
        tone_energy: f32,
    ) -> Result<f32, Rejection> {
        let samples = &raw[placed.at..stop];
        let model = Model::fit(samples, placed.model.radians, 1).ok_or(Rejection::UNDETERMINED)?;
        let mut rest = [0.0; LONGEST_FIT];
        let rest = &mut rest[..samples.len()];
        model.leave(0, samples, rest);
        let energy = self.splitter.split(rest, SIDE).low;
        let power = energy / (rest.len() - SIDE) as f32;
        Ok(if power <= dial_tone {
            0.0
        } else {
            energy / tone_energy
        })
    }
}

/// High tone over low tone in dB, of their powers.
pub(super) fn twist_db([low, high]: [f32; 2]) -> f32 {
    10.0 * (high / low).log10()
}

/// What tones leave of the samples they are in, relative to their energy.
struct Left {
    residual: Bands,
    /// The same in all.
    rest: f32,
    /// By how much each tone grew, relative to its mean amplitude.
    growth: [f32; 2],
    /// At the tones' harmonics.
    harmonics: f32,
    /// The tones' energy itself.
    of_tones: f32,
}

/// Whether two tones of these powers have had their crests cut off, wherever that was on the way.
fn is_clipped(samples: &[f32], powers: [f32; 2]) -> bool {
    let [low, high] = powers.map(f32::sqrt);
    let crest = CUT_OFF.recip() * (low + high);
    samples.iter().all(|x| x.abs() < crest)
}

/// Energy of `rest` at twice and three times the low tone's and twice the high tone's frequency,
/// relative to that of the tones.
fn harmonics(rest: &[f32], model: &Model) -> f32 {
    let [low, high] = model.radians;
    let [second, of_high] = powers_at(rest, [2.0 * low, 2.0 * high]);
    let [third, _] = powers_at(rest, [3.0 * low, 3.0 * low]);
    (second + third + of_high) / model.powers().iter().sum::<f32>()
}

/// Relative energy that no band's limit comes near: no need to tell where it is.
const NOTHING_LEFT: f32 = 0.004;

/// Energy among the tones, relative to theirs, of a key that may have broken off before: of any, and of one
/// that a codec may have bent.
const PURE: f32 = 0.012;
const BENT: f32 = 0.2;

/// Relative offset and power ratio (6 dB) that every standard accepts at least: so plain a key may
/// have been bent.
const PLAIN_OFFSET: f32 = 0.015;
const PLAIN_TWIST: f32 = 4.0;

/// Amplitudes together over the largest of 80 samples or more: 1.01 of two whole tones, and hardly ever
/// this, 1.2 of tones that are clipped by 2 dB.
const CUT_OFF: f32 = 1.1;
