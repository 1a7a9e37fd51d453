//! A key that takes the place of other sound.
//!
//! A telephone mutes its microphone while it sends a key: what was heard until then, a voice, a street,
//! music, breaks off where the tones begin. If it was as loud as they are, they seem to have been there
//! before, or it seems to be among them. But then there are two tones and nothing else, from one moment to
//! the next. Words never are so, and notes swell, ring on and bring others with them.
//!
//! That is known with the second look that sees little else, 30 to 40 ms after the onset. In noise, or with
//! other sound that goes on a little, it takes some looks more.

use std::ops::RangeInclusive;

use super::{
    bands::{Bands, energy},
    company::{DOUBTFUL_TWIST, GROWTH, PLAIN_TWIST, check_steadiness},
    decide::{Judge, samples},
    evidence::{Analysis, Evidence, twist_db},
    excerpt::{Excerpt, SPAN, Underlay},
    fit::Model,
    history::History,
    step::{STEP, WINDOW},
    tones::Pair,
    window::View,
};

/// Looks that saw two tones and little else.
#[derive(Clone)]
pub(super) struct Pure {
    seen: Option<(Pair, u32)>,
    /// After how many of them a key may be known: the later the more may be left.
    looks: RangeInclusive<u32>,
}

impl Pure {
    pub(super) fn new(judge: &Judge) -> Self {
        let later = (judge.shortest() + LONGER - WINDOW as f32) / STEP as f32;
        let first = 1 + later.max(1.0).ceil() as u32;
        Self {
            seen: None,
            looks: first..=first + MORE_LOOKS,
        }
    }

    /// There is nothing to see.
    #[inline]
    pub(super) fn pass(&mut self) {
        self.seen = None;
    }

    /// Takes one look, in which `strongest` is seen; the pair that may have taken the place of other sound.
    #[inline]
    pub(super) fn look(&mut self, view: &View, strongest: Option<Pair>) -> Option<Pair> {
        let is_alone = || 0.5 * (view.peak(0) + view.peak(4)) >= SHARE * view.mean_square;
        let alone = strongest.filter(|_| is_alone());
        self.seen = alone.map(|alone| match self.seen {
            Some((pair, looks)) if pair == alone => (pair, looks.saturating_add(1)),
            _ => (alone, 1),
        });
        let (pair, looks) = self.seen?;
        self.looks.contains(&looks).then_some(pair)
    }
}

/// The key that `pair` is if it took the place of other sound, not long before `now`.
#[inline(never)]
pub(super) fn key(
    pair: Pair,
    history: &History,
    now: u64,
    analysis: &Analysis,
    judge: &Judge,
) -> Option<Evidence> {
    let (evidence, before) = measure(pair, history, now, analysis)?;
    let left = evidence.rest;
    let longer = if left <= LEFT {
        LONGER
    } else if left <= NOISE && is_white(&evidence.residual) {
        LONGER_IN_NOISE
    } else if left <= MUCH && is_true(&evidence) {
        LONGER_IF_TRUE
    } else {
        return None;
    };
    let is_key = before >= OTHER
        && evidence.duration >= judge.shortest() + longer
        && evidence.largest_offset() <= OFFSET
        && evidence.apart() <= APART
        && evidence.twist_db.abs() <= DOUBTFUL_TWIST
        && check_steadiness(&evidence, GROWTH).is_ok()
        && judge.allows(&evidence);
    is_key.then_some(evidence)
}

/// What the newest samples say about `pair`, and what is left right before it if it is taken for having
/// sounded there too.
fn measure(
    pair: Pair,
    history: &History,
    now: u64,
    analysis: &Analysis,
) -> Option<(Evidence, f32)> {
    let mut heard = [0.0; SPAN];
    let Excerpt { start, .. } = Excerpt::new(history, now, &mut heard);
    let at = SPAN - MEASURED;
    // The mean of all is one of the other sound too.
    let mean = heard[at..].iter().sum::<f32>() / MEASURED as f32;
    for x in &mut heard {
        *x -= mean;
    }
    let nominal = pair.radians();
    let model = Model::fit_settled(&heard[at..], nominal, FIT_STEPS)?;
    let mut rest = [0.0; SPAN];
    model.leave(-(at as i64), &heard[..at], &mut rest[..at]);
    let of_tones = model.leave(0, &heard[at..], &mut rest[at..]);
    let share = |rest: &[f32]| energy(rest) / rest.len() as f32 * MEASURED as f32 / of_tones;

    let pieces = rest[..at].rchunks_exact(PIECE);
    let onset = at - PIECE * pieces.take_while(|rest| share(rest) <= BEGUN).count();
    let before = share(&rest[onset.checked_sub(BEFORE)?..onset]);
    let powers = model.powers();
    let evidence = Evidence {
        pair,
        onset: start + onset as u64,
        resumed: start + onset as u64,
        end: now,
        ongoing: true,
        duration: (SPAN - onset) as f32,
        offsets: [0, 1].map(|tone| model.radians[tone] / nominal[tone] - 1.0),
        powers,
        twist_db: twist_db(powers),
        residual: analysis
            .splitter()
            .split(&rest[at..], 0)
            .scaled(1.0 / of_tones),
        rest: share(&rest[at..]),
        growth: model.growth(&rest[at..], 0),
        measured: MEASURED,
        harmonics: 0.0,
        before: Bands::default(),
        tones_before: [0.0; 2],
        underlay: Underlay::Nothing,
        clipped: false,
        through_gsm: false,
        model,
        model_start: start + at as u64,
    };
    Some((evidence, before))
}

/// Whether what is left is spread as noise is: most above the tones, least below them.
fn is_white(rest: &Bands) -> bool {
    rest.low <= rest.among && rest.among <= rest.high
}

/// Whether the tones are where a telephone puts them, and most of what is left is among them: a codec may
/// have bent them, or a little of the other sound goes on.
fn is_true(evidence: &Evidence) -> bool {
    let Bands { low, high, .. } = evidence.residual;
    evidence.largest_offset() <= TRUE_OFFSET
        && evidence.twist_db.abs() <= PLAIN_TWIST
        && low.max(high) <= BESIDE
}

/// Share of a look's energy that the two tones have.
const SHARE: f32 = 0.78;

/// Looks after the first that may know it.
const MORE_LOOKS: u32 = 5;

/// Samples more than the shortest key that it lasts.
const LONGER: f32 = samples(6.0);
const LONGER_IN_NOISE: f32 = samples(16.0);
const LONGER_IF_TRUE: f32 = samples(23.0);

/// Samples, 27 ms, that there is nothing else in.
const MEASURED: usize = 216;

/// Steps of a fit from the nominal frequencies.
const FIT_STEPS: usize = 4;

/// Samples that the onset is found to, 1 ms.
const PIECE: usize = 8;

// Energies relative to the tones' from here on.

/// Left beside the tones while they are alone: of anything, of noise (that of 9 dB has 0.063), and where
/// they are true, with so much of it below and above them.
const LEFT: f32 = 0.02;
const NOISE: f32 = 0.09;
const MUCH: f32 = 0.15;
const BESIDE: f32 = 0.06;

/// Left in the pieces that belong to it before that.
const BEGUN: f32 = 0.5;

/// Left if the tones are taken for having sounded, in the last 10 ms before them: 1 in silence, and more
/// in other sound.
const OTHER: f32 = 0.5;
const BEFORE: usize = 80;

/// Relative: the 1.5 % that every standard accepts at least, and as much as two tones of one clock are
/// ever off by against each other.
const OFFSET: f32 = 0.015;
const APART: f32 = 0.01;

/// Relative: as true as codecs leave tones.
const TRUE_OFFSET: f32 = 0.005;
