//! What the audio says about one possible key: everything measured, nothing decided.

use std::ops::Range;

use super::{
    bands::{Bands, SIDE, Splitter, energy},
    coded::{CODED_HIGH, CODED_LOW},
    decide::{ALONE_LOW, GONE_BEFORE},
    edges::{self, Placed, Run, STILL},
    excerpt::{Excerpt, SPAN, Underlay},
    fit::{Model, SHORTEST},
    previous::Previous,
    products::powers_at,
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
    /// Position after the last sample; the newest one where `ongoing`.
    pub(super) end: u64,
    /// Whether the tones sound up to the newest sample.
    pub(super) ongoing: bool,
    /// Samples of tone, less any break bridged.
    pub(super) duration: f32,
    /// Relative to the nominal frequencies, low tone first.
    pub(super) offsets: [f32; 2],
    /// Squared peak amplitudes in 16-bit steps squared, low tone first.
    pub(super) powers: [f32; 2],
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
    pub(super) fn new(offset_limit: f32, least_power: f32) -> Self {
        Self {
            splitter: Splitter::new(),
            offset_limit,
            least_power,
        }
    }

    /// What tells where energy is.
    pub(super) fn splitter(&self) -> &Splitter {
        &self.splitter
    }

    /// Whether tones are where they must be, and loud enough.
    pub(super) fn accepts(&self, evidence: &Evidence) -> bool {
        let near = |offset: &f32| offset.abs() <= self.offset_limit;
        let loud = |power: &f32| *power >= self.least_power;
        evidence.offsets.iter().all(near) && evidence.powers.iter().all(loud)
    }

    /// Looks for `place.pair` in the newest samples.
    pub(super) fn run(&self, place: Place, excerpt: &mut Excerpt) -> Result<Evidence, Rejection> {
        let raw = match place.underlay {
            Underlay::DialTone => Some(*excerpt.samples),
            Underlay::Nothing | Underlay::Hum => None,
        };
        excerpt.filter(place.underlay);
        let nominal = place.pair.radians();

        // A first model, of the newest 16 ms.
        let fit_end = SPAN - place.back;
        let newest = &excerpt.samples[fit_end - FIRST_FIT..fit_end];
        let start = match place.underlay {
            Underlay::Nothing => place.start,
            Underlay::Hum | Underlay::DialTone => coarse_frequencies(newest, nominal),
        };
        let first =
            Model::fit_settled(newest, start, FIRST_STEPS).ok_or(Rejection::UNDETERMINED)?;
        self.check_frequencies(&first, nominal, FIRST_OFFSET_ERROR)?;
        let unexplained = 1.0 - first.explained / energy(newest).max(1.0);
        Rejection::unless_below(Test::Fit, unexplained, MOSTLY_OTHER)?;

        // How far it goes, and a better model of as much of that as one model can be true for.
        let placed = Placed {
            model: first,
            at: fit_end - FIRST_FIT,
        };
        if let Some(previous) = &place.previous {
            previous.take_out_of(excerpt, place.underlay, &placed);
        }
        let samples = &*excerpt.samples;
        let run = Run::find(samples, &placed, FIRST_FIT).ok_or(Rejection::UNDETERMINED)?;
        let stop = run.whole.end;
        let from = run.whole.start.max(stop.saturating_sub(LONGEST_FIT));
        Rejection::unless_above(
            Test::Duration,
            stop.saturating_sub(from) as f32,
            SHORTEST_RUN as f32,
        )?;
        let longer = &samples[from..stop];
        let refit = Model::fit(longer, first.radians, 1).ok_or(Rejection::UNDETERMINED)?;
        self.check_frequencies(&refit, nominal, REFIT_OFFSET_ERROR)?;
        let model = refit
            .settled(longer, first.radians, REFIT_STEPS - 1)
            .ok_or(Rejection::UNDETERMINED)?;

        // Edges to the sample, and a model of nothing but what is between them.
        let mut placed = Placed { model, at: from };
        let mut tones = [0.0; SPAN];
        let reach = edges::reach(&run);
        placed.synthesize(reach.start, &mut tones[reach]);
        let onset = edges::onset(samples, &tones, run.start);
        let end = edges::end(samples, &tones, run.stop);
        let ongoing = end + STILL >= SPAN;
        let inside = from.max(onset + 1)..stop.min(end.saturating_sub(1));
        Rejection::unless_above(
            Test::Duration,
            inside.len() as f32,
            SHORTEST_RESIDUAL as f32,
        )?;
        let outside = |range: Range<usize>| tones.get(range).map_or(0.0, energy);
        if outside(from..onset) + outside(end..stop) > OUTSIDE * model.explained {
            placed = Placed {
                model: Model::fit_settled(&samples[inside.clone()], model.radians, REFIT_STEPS)
                    .ok_or(Rejection::UNDETERMINED)?,
                at: inside.start,
            };
            placed.synthesize(inside.start, &mut tones[inside.clone()]);
        }
        let model = placed.model;
        let offsets = self.check_frequencies(&model, nominal, 0.0)?;
        let powers = model.powers();
        for power in powers {
            Rejection::unless_above(Test::Level, power, self.least_power)?;
        }

        // What is left without it.
        let (length, first) = (inside.len(), inside.start - placed.at);
        let rest = &mut tones[inside.clone()];
        let tone_energy = energy(rest);
        for (rest, sample) in rest.iter_mut().zip(&samples[inside.clone()]) {
            *rest = sample - *rest;
        }
        let all = energy(rest) / tone_energy;
        let (growth, harmonics) = if all < NOTHING_LEFT {
            ([0.0; 2], 0.0)
        } else {
            (model.growth(rest, first), harmonics(rest, &model))
        };
        let mut residual = if all < NOTHING_LEFT {
            Bands::all_within(all)
        } else {
            self.splitter.split(rest, 0).scaled(1.0 / tone_energy)
        };

        // Before the onset.
        let mut onset = onset;
        let mut first_onset = if run.earlier > 0 { run.first } else { onset };
        let per_sample = length as f32 / tone_energy;
        let plain = offsets.iter().all(|offset| offset.abs() <= PLAIN_OFFSET)
            && powers[0] <= PLAIN_TWIST * powers[1]
            && powers[1] <= PLAIN_TWIST * powers[0];
        let alone = residual.low <= CODED_LOW && residual.high <= CODED_HIGH;
        let pure = if plain && alone { BENT } else { PURE };
        let mut past = self.past(samples, &model, first_onset, &residual, per_sample, pure);
        if past.strongest() > ALREADY_THERE && run.earlier == 0 && residual.among > NOTHING_AMONG {
            let reach = edges::hidden_reach(onset);
            placed.synthesize(reach.start, &mut tones[reach]);
            let hidden = edges::hidden_onset(samples, &tones, onset);
            if hidden < onset {
                (onset, first_onset) = (hidden, hidden);
                past = self.past(samples, &model, first_onset, &residual, per_sample, pure);
            }
        }
        if let Some(raw) = raw {
            residual.low = self.low_band(&raw, &placed, stop, place.dial_tone, tone_energy)?;
        }

        Ok(Evidence {
            pair: place.pair,
            onset: excerpt.start + onset as u64,
            resumed: excerpt.start + onset as u64,
            end: excerpt.start + end as u64,
            ongoing,
            duration: (end - onset + run.earlier) as f32,
            offsets,
            powers,
            residual,
            rest: all,
            growth,
            measured: length,
            harmonics,
            before: past.rest,
            tones_before: past.tones,
            underlay: place.underlay,
            clipped: all >= NOTHING_LEFT && is_clipped(&samples[inside], powers),
            through_gsm: all >= NOTHING_LEFT && excerpt.is_through_gsm(),
            model,
            model_start: excerpt.start + placed.at as u64,
        })
    }

    /// The offsets of a model from the nominal frequencies, relative, unless they are beyond the
    /// limit by more than the model may be wrong.
    fn check_frequencies(
        &self,
        model: &Model,
        nominal: [f32; 2],
        error: f32,
    ) -> Result<[f32; 2], Rejection> {
        let offsets = [0, 1].map(|tone| model.radians[tone] / nominal[tone] - 1.0);
        for offset in offsets {
            let limit = self.offset_limit;
            Rejection::unless_below(Test::Frequency, offset.abs(), limit + error)
                .map_err(|rejection| Rejection { limit, ..rejection })?;
        }
        Ok(offsets)
    }

    /// What was there before `onset`: the rest only where `residual` has something to excuse.
    /// `per_sample` makes energies a sample relative to the tones', and a key with less left than
    /// `pure` may have broken off before.
    fn past(
        &self,
        samples: &[f32; SPAN],
        model: &Model,
        onset: usize,
        residual: &Bands,
        per_sample: f32,
        pure: f32,
    ) -> Past {
        if onset < BEFORE_GAP + BEFORE + SIDE {
            return Past::UNKNOWN;
        }
        let company = residual.among > NOTHING_AMONG
            || residual.high > NOTHING_HIGH
            || residual.low > ALONE_LOW;
        let rest = |start: usize| {
            if company {
                self.splitter
                    .split(&samples[start - SIDE..start + BEFORE], SIDE)
                    .scaled(per_sample / BEFORE as f32)
            } else {
                Bands::default()
            }
        };
        let powers = model.powers();
        let weaker = powers[0].min(powers[1]);
        let tones = |range: Range<usize>| {
            let samples = &samples[range];
            // No tone has more power than all there is, which is quicker to tell.
            let most = 4.0 * energy(samples) / samples.len() as f32;
            if most < NO_TONES * weaker {
                return [most / weaker; 2];
            }
            let then = powers_at(samples, model.radians);
            [0, 1].map(|tone| then[tone] / powers[tone])
        };
        let start = onset - BEFORE_GAP - BEFORE;
        let past = Past {
            rest: rest(start),
            tones: tones(start..start + BEFORE),
        };
        if past.may_be_of_the_key() && residual.among < pure {
            // A clean key with something like itself just before: a bouncing contact, or a key that
            // a lost frame has broken or a codec bent, if all was quiet before that.
            for steps in 1..=BROKEN_STEPS {
                let Some(start) = start.checked_sub(steps * BEFORE).filter(|&at| at >= OLDEST)
                else {
                    break;
                };
                let tones = tones(start..start + BEFORE);
                if tones[0].max(tones[1]) < QUIET {
                    return Past {
                        rest: rest(start),
                        tones,
                    };
                }
            }
        }
        past
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
        model.synthesize(0, rest);
        for (rest, sample) in rest.iter_mut().zip(samples) {
            *rest = sample - *rest;
        }
        let energy = self.splitter.split(rest, SIDE).low;
        let power = energy / (rest.len() - SIDE) as f32;
        Ok(if power <= dial_tone {
            0.0
        } else {
            energy / tone_energy
        })
    }
}

/// What was there before a key.
struct Past {
    /// Relative to the tones' energy.
    rest: Bands,
    /// Each relative to its tone's power.
    tones: [f32; 2],
}

impl Past {
    /// Out of reach: more than any limit allows.
    const UNKNOWN: Self = Self {
        rest: Bands {
            low: UNKNOWN,
            among: UNKNOWN,
            high: UNKNOWN,
        },
        tones: [UNKNOWN; 2],
    };

    fn strongest(&self) -> f32 {
        self.tones[0].max(self.tones[1])
    }

    /// Whether it holds something like the key itself, or splinters of it: both tones, in a few
    /// milliseconds, which are as wide as all that is among them.
    fn may_be_of_the_key(&self) -> bool {
        let both = self.tones[0].min(self.tones[1]) >= QUIET;
        let splinters = both && self.rest.among > GONE_BEFORE;
        splinters || (ALREADY_THERE..LOUDEST_BEGINNING).contains(&self.strongest())
    }
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

/// The best of three frequencies for each tone: near enough for a fit to start from.
fn coarse_frequencies(samples: &[f32], nominal: [f32; 2]) -> [f32; 2] {
    let mut best = [0.0; 2];
    let mut frequencies = nominal;
    for offset in COARSE_OFFSETS {
        let tried = nominal.map(|radians| radians * (1.0 + offset));
        let powers = powers_at(samples, tried);
        for tone in 0..2 {
            if powers[tone] > best[tone] {
                (best[tone], frequencies[tone]) = (powers[tone], tried[tone]);
            }
        }
    }
    frequencies
}

/// Samples in the first fit, 16 ms: less than the shortest key, enough for a frequency.
const FIRST_FIT: usize = 128;

/// From block phases or a coarse search, two steps leave less than 1 Hz.
const FIRST_STEPS: usize = 2;

/// From another model's frequencies, usually one is enough.
const REFIT_STEPS: usize = 4;

/// Relative; the first fit is good to 1 %, and the refit to a quarter of it.
const FIRST_OFFSET_ERROR: f32 = 0.01;
const REFIT_OFFSET_ERROR: f32 = 0.0025;

/// Share of the energy that two tones leave unexplained when most is something else.
pub(super) const MOSTLY_OTHER: f32 = 0.55;

/// Samples, 36 ms: longer, and a tone that drifts a little would no longer fit.
const LONGEST_FIT: usize = 288;

/// Samples, 12 ms.
const SHORTEST_RUN: usize = 96;
const _: () = assert!(SHORTEST_RUN >= SHORTEST);

/// Share of the model's energy in samples that are none of the tones': it makes their level 0.02 dB
/// too low.
const OUTSIDE: f32 = 0.002;

/// Samples, 10 ms; on fewer a residual says nothing.
const SHORTEST_RESIDUAL: usize = 80;

/// Samples between the onset and what is called "before", 1.5 ms: a filter's ringing.
pub(super) const BEFORE_GAP: usize = 12;

/// Samples of "before", 15 ms.
pub(super) const BEFORE: usize = 120;

/// Samples at the excerpt's begin that the filters have not settled on.
const OLDEST: usize = 28;

/// Relative energies; larger than any, where the past is out of reach.
const UNKNOWN: f32 = 9.0;

/// Relative energy that no band's limit comes near: no need to tell where it is.
const NOTHING_LEFT: f32 = 0.004;

/// Relative energies below which nothing need have been there before.
const NOTHING_AMONG: f32 = 0.018;
const NOTHING_HIGH: f32 = 0.07;

/// Relative power of a tone before the onset that no limit comes near.
const NO_TONES: f32 = 0.01;

/// Relative powers and energy in the test for a broken key, and how far back it looks: 45 ms.
const BROKEN_STEPS: usize = 3;
const ALREADY_THERE: f32 = 0.1;
const PURE: f32 = 0.012;
const BENT: f32 = 0.2;
pub(super) const QUIET: f32 = 0.05;

/// Relative power, 9 dB, of a tone in a beginning of the same key: a codec may make it 8 dB louder than
/// the rest. What is louder was something else.
const LOUDEST_BEGINNING: f32 = 8.0;

/// Relative offset and power ratio (6 dB) that every standard accepts at least: so plain a key may
/// have been bent.
const PLAIN_OFFSET: f32 = 0.015;
const PLAIN_TWIST: f32 = 4.0;

/// Amplitudes together over the largest of 80 samples or more: 1.01 of two whole tones, and hardly ever
/// this, 1.2 of tones that are clipped by 2 dB.
const CUT_OFF: f32 = 1.1;

/// Relative; 16 ms tell frequencies 60 Hz apart, these are at most 33 Hz apart.
const COARSE_OFFSETS: [f32; 3] = [-0.02, 0.0, 0.02];
