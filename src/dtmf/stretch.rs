//! The stretch of an excerpt in which a pair sounds, and the model of it.
//!
//! A first model, of the newest 16 ms, tells how far the tones go. A second, of as much of that as one
//! model can be true for, tells their edges to the sample. If that held more than lies between them, a
//! third is made of nothing else.

use std::ops::Range;

use super::{
    bands::energy,
    edges::{self, Placed, Run},
    evidence::Place,
    excerpt::{Excerpt, SPAN, Underlay},
    fit::{Model, SHORTEST},
    products::powers_at,
    verdict::{Rejection, Test},
};

/// Where two tones sound, in samples of an excerpt, and what they are.
pub(super) struct Stretch {
    pub(super) run: Run,
    pub(super) placed: Placed,
    pub(super) onset: usize,
    /// The sample after the last.
    pub(super) end: usize,
    /// What of it was modelled, without its first sample and its last, which are tone only in part.
    pub(super) inside: Range<usize>,
    /// The model's from the nominal frequencies, relative.
    pub(super) offsets: [f32; 2],
}

impl Stretch {
    /// Looks for `place.pair` in the newest samples; what its model makes of them inside is left in
    /// `tones`. No tone may be off by more than `limit`, relative.
    pub(super) fn find(
        place: &Place,
        limit: f32,
        excerpt: &mut Excerpt,
        tones: &mut [f32; SPAN],
    ) -> Result<Self, Rejection> {
        let offsets = Offsets {
            nominal: place.pair.radians(),
            limit,
        };
        let first = first_model(place, &offsets, excerpt.samples)?;
        if let Some(previous) = &place.previous {
            previous.take_out_of(excerpt, place.underlay, &first);
        }
        let samples = &*excerpt.samples;
        let run = Run::find(samples, &first, FIRST_FIT).ok_or(Rejection::UNDETERMINED)?;
        let longer = longer_model(&run, &first.model, &offsets, samples)?;
        Self::between_edges(run, longer, &offsets, samples, tones)
    }

    /// Edges to the sample, and a model of nothing but what is between them.
    fn between_edges(
        run: Run,
        longer: Placed,
        offsets: &Offsets,
        samples: &[f32; SPAN],
        tones: &mut [f32; SPAN],
    ) -> Result<Self, Rejection> {
        let mut placed = longer;
        let reach = edges::reach(&run);
        placed.synthesize(reach.start, &mut tones[reach]);
        let onset = edges::onset(samples, tones, run.start);
        let end = edges::end(samples, tones, run.stop);
        let (from, stop) = (longer.at, run.whole.end);
        let inside = from.max(onset + 1)..stop.min(end.saturating_sub(1));
        Rejection::unless_above(
            Test::Duration,
            inside.len() as f32,
            SHORTEST_RESIDUAL as f32,
        )?;
        let outside = |range: Range<usize>| tones.get(range).map_or(0.0, energy);
        if outside(from..onset) + outside(end..stop) > OUTSIDE * longer.model.explained {
            let own = &samples[inside.clone()];
            placed = Placed {
                model: Model::fit_settled(own, longer.model.radians, REFIT_STEPS)
                    .ok_or(Rejection::UNDETERMINED)?,
                at: inside.start,
            };
            placed.synthesize(inside.start, &mut tones[inside.clone()]);
        }
        let offsets = offsets.check(&placed.model, 0.0)?;
        Ok(Self {
            run,
            placed,
            onset,
            end,
            inside,
            offsets,
        })
    }
}

/// A model of the newest 16 ms.
fn first_model(
    place: &Place,
    offsets: &Offsets,
    samples: &[f32; SPAN],
) -> Result<Placed, Rejection> {
    let end = SPAN - place.back;
    let newest = &samples[end - FIRST_FIT..end];
    let start = match place.underlay {
        Underlay::Nothing => place.start,
        Underlay::Hum | Underlay::DialTone => coarse_frequencies(newest, offsets.nominal),
    };
    let model = Model::fit_settled(newest, start, FIRST_STEPS).ok_or(Rejection::UNDETERMINED)?;
    offsets.check(&model, FIRST_OFFSET_ERROR)?;
    let unexplained = 1.0 - model.explained / energy(newest).max(1.0);
    Rejection::unless_below(Test::Fit, unexplained, MOSTLY_OTHER)?;
    Ok(Placed {
        model,
        at: end - FIRST_FIT,
    })
}

/// A better model, of as much of the run as one can be true for.
fn longer_model(
    run: &Run,
    first: &Model,
    offsets: &Offsets,
    samples: &[f32; SPAN],
) -> Result<Placed, Rejection> {
    let stop = run.whole.end;
    let from = run.whole.start.max(stop.saturating_sub(LONGEST_FIT));
    Rejection::unless_above(
        Test::Duration,
        stop.saturating_sub(from) as f32,
        SHORTEST_RUN as f32,
    )?;
    let longer = &samples[from..stop];
    let refit = Model::fit(longer, first.radians, 1).ok_or(Rejection::UNDETERMINED)?;
    offsets.check(&refit, REFIT_OFFSET_ERROR)?;
    let model = refit
        .settled(longer, first.radians, REFIT_STEPS - 1)
        .ok_or(Rejection::UNDETERMINED)?;
    Ok(Placed { model, at: from })
}

/// By how much a pair's tones may be off.
struct Offsets {
    /// Radians a sample.
    nominal: [f32; 2],
    /// Relative.
    limit: f32,
}

impl Offsets {
    /// The offsets of a model, relative, unless they are beyond the limit by more than the model may be
    /// wrong.
    fn check(&self, model: &Model, error: f32) -> Result<[f32; 2], Rejection> {
        let limit = self.limit;
        let offsets = [0, 1].map(|tone| model.radians[tone] / self.nominal[tone] - 1.0);
        for offset in offsets {
            Rejection::unless_below(Test::Frequency, offset.abs(), limit + error)
                .map_err(|rejection| Rejection { limit, ..rejection })?;
        }
        Ok(offsets)
    }
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

/// At most, from another model's frequencies: usually one is enough.
const REFIT_STEPS: usize = 4;

/// Relative; the first fit is good to 1 %, and the refit to a quarter of it.
const FIRST_OFFSET_ERROR: f32 = 0.01;
const REFIT_OFFSET_ERROR: f32 = 0.0025;

/// Share of the energy that two tones leave unexplained when most is something else.
pub(super) const MOSTLY_OTHER: f32 = 0.55;

/// Samples, 36 ms: longer, and a tone that drifts a little would no longer fit.
pub(super) const LONGEST_FIT: usize = 288;

/// Samples, 12 ms.
const SHORTEST_RUN: usize = 96;
const _: () = assert!(SHORTEST_RUN >= SHORTEST);

/// Share of the model's energy in samples that are none of the tones': it makes their level 0.02 dB
/// too low.
const OUTSIDE: f32 = 0.002;

/// Samples, 10 ms; on fewer a residual says nothing.
const SHORTEST_RESIDUAL: usize = 80;

/// Relative; 16 ms tell frequencies 60 Hz apart, these are at most 33 Hz apart.
const COARSE_OFFSETS: [f32; 3] = [-0.02, 0.0, 0.02];
