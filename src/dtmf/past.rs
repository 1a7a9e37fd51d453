//! What there was before a key.

use std::ops::Range;

use super::{
    bands::{Bands, SIDE, Splitter, energy},
    company::{ALONE_LOW, GONE_BEFORE},
    excerpt::SPAN,
    fit::Model,
    products::powers_at,
};

/// What was there right before two tones, each in a unit of theirs.
pub(super) struct Past {
    /// Energies relative to both.
    pub(super) rest: Bands,
    /// Powers at each one's frequency, relative to its own.
    pub(super) tones: [f32; 2],
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

    /// Whether one of the tones seems to have been there already.
    pub(super) fn has_a_tone(&self) -> bool {
        self.strongest() > ALREADY_THERE
    }

    /// Whether it holds something like the key itself, or splinters of it: both tones, in a few
    /// milliseconds, which are as wide as all that is among them.
    fn may_be_of_the_key(&self) -> bool {
        let both = self.tones[0].min(self.tones[1]) >= QUIET;
        let splinters = both && self.rest.among > GONE_BEFORE;
        splinters || (ALREADY_THERE..LOUDEST_BEGINNING).contains(&self.strongest())
    }
}

/// Who looks before two tones.
pub(super) struct Retrospect<'a> {
    pub(super) splitter: &'a Splitter,
    pub(super) samples: &'a [f32; SPAN],
    pub(super) model: &'a Model,
    /// What makes an energy a sample one that is relative to the tones'.
    pub(super) per_sample: f32,
    /// Whether there is company now, which what there was then may excuse.
    pub(super) company: bool,
    /// Whether the key may have broken off before.
    pub(super) may_be_broken: bool,
}

impl Retrospect<'_> {
    /// Whether what is left beside tones is company.
    pub(super) fn is_company(residual: &Bands) -> bool {
        has_company_among(residual) || residual.high > NOTHING_HIGH || residual.low > ALONE_LOW
    }

    /// What there was before `onset`, a sample of the excerpt.
    pub(super) fn before(&self, onset: usize) -> Past {
        if onset < REACH {
            return Past::UNKNOWN;
        }
        let start = onset - BEFORE_GAP - BEFORE;
        let past = Past {
            rest: self.rest(start),
            tones: self.tones(start..start + BEFORE),
        };
        if !(past.may_be_of_the_key() && self.may_be_broken) {
            return past;
        }
        // A clean key with something like itself just before: a bouncing contact, or a key that
        // a lost frame has broken or a codec bent, if all was quiet before that.
        (1..=BROKEN_STEPS)
            .map_while(|steps| start.checked_sub(steps * BEFORE))
            .take_while(|&start| start >= OLDEST)
            .map(|start| (start, self.tones(start..start + BEFORE)))
            .find(|(_, tones)| tones[0].max(tones[1]) < QUIET)
            .map_or(past, |(start, tones)| Past {
                rest: self.rest(start),
                tones,
            })
    }

    /// The company from `start` on.
    fn rest(&self, start: usize) -> Bands {
        if !self.company {
            return Bands::default();
        }
        let samples = &self.samples[start - SIDE..start + BEFORE];
        let scale = self.per_sample / BEFORE as f32;
        self.splitter.split(samples, SIDE).scaled(scale)
    }

    /// Power at each tone's frequency, relative to the tone's.
    fn tones(&self, range: Range<usize>) -> [f32; 2] {
        let powers = self.model.powers();
        let weaker = powers[0].min(powers[1]);
        let samples = &self.samples[range];
        // No tone has more power than all there is, which is quicker to tell.
        let most = 4.0 * energy(samples) / samples.len() as f32;
        if most < NO_TONES * weaker {
            return [most / weaker; 2];
        }
        let then = powers_at(samples, self.model.radians);
        [0, 1].map(|tone| then[tone] / powers[tone])
    }
}

/// Whether there is anything among the tones.
pub(super) fn has_company_among(residual: &Bands) -> bool {
    residual.among > NOTHING_AMONG
}

/// Samples between the onset and what is called "before", 1.5 ms: a filter's ringing.
pub(super) const BEFORE_GAP: usize = 12;

/// Samples of "before", 15 ms.
pub(super) const BEFORE: usize = 120;

/// Samples before the onset that are needed.
pub(super) const REACH: usize = BEFORE_GAP + BEFORE + SIDE;

/// Samples at the excerpt's begin that the filters have not settled on.
const OLDEST: usize = 28;

/// Relative energies; larger than any, where the past is out of reach.
const UNKNOWN: f32 = 9.0;

/// Relative energies below which nothing need have been there before.
const NOTHING_AMONG: f32 = 0.018;
const NOTHING_HIGH: f32 = 0.07;

/// Relative power of a tone before the onset that no limit comes near.
const NO_TONES: f32 = 0.01;

/// Relative powers and energy in the test for a broken key, and how far back it looks: 45 ms.
const BROKEN_STEPS: usize = 3;
const ALREADY_THERE: f32 = 0.1;
pub(super) const QUIET: f32 = 0.05;

/// Relative power, 9 dB, of a tone in a beginning of the same key: a codec may make it 8 dB louder than
/// the rest. What is louder was something else.
const LOUDEST_BEGINNING: f32 = 8.0;
