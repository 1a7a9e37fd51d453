//! A key in a burst of its own.
//!
//! A speech codec may bend a short key so much that no stretch of it is two steady tones, or that they
//! seem to be off. But keys are pressed in pauses: what sounds comes out of quiet and goes back to
//! it, all at once. Where that is so, it is taken in pieces of 12 ms, each with phases, levels and
//! frequencies of its own. If in every piece two tones make up most, the same two in all, it was a key:
//! words and notes hardly ever stand so alone for so short. `codec` has what may be wrong with them.
//!
//! That is known when it is over, 50 to 105 ms after the onset: it is the last thing that is tried.

mod codec;

use std::ops::Range;

use super::{
    bands::{Bands, Splitter, energy},
    decide::Judge,
    evidence::{Analysis, Evidence, twist_db},
    excerpt::{Excerpt, SPAN, Underlay},
    fit::Model,
    history::History,
    products::powers_at,
    step::STEP,
    tones::{FREQUENCIES, Pair, TONES, radians},
    window::View,
};
use codec::{Alone, Codec};

/// Tones that were seen and became no key so far.
#[derive(Clone, Default)]
pub(super) struct Unheard {
    seen: Option<Seen>,
}

#[derive(Clone, Copy)]
struct Seen {
    /// Position up to which they were seen.
    until: u64,
    /// The largest mean square of a look at them.
    loudest: f32,
}

impl Unheard {
    /// Whether there are any.
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        self.seen.is_some()
    }

    /// They belong to a key that is down, or to none.
    pub(super) fn forget(&mut self) {
        self.seen = None;
    }

    /// Takes the look that ends `now` into account, in which they are `seen` or not; true when it is a
    /// quiet one after them.
    #[inline]
    pub(super) fn may_be_over(&mut self, seen: bool, view: &View, now: u64) -> bool {
        let before = self.seen.take();
        self.seen = before.filter(|before| now - before.until <= LONGEST_WAIT);
        if seen {
            let loudest = self.seen.map_or(0.0, |before| before.loudest);
            self.seen = Some(Seen {
                until: now,
                loudest: view.mean_square.max(loudest),
            });
            return false;
        }
        self.seen
            .is_some_and(|before| view.mean_square <= MOSTLY_OVER * before.loudest)
    }

    /// The key that they were, if they are over; it began after what sounded up to `after`.
    #[inline(never)]
    pub(super) fn key(
        &mut self,
        after: u64,
        history: &History,
        now: u64,
        analysis: &Analysis,
        judge: &Judge,
    ) -> Option<Evidence> {
        let mut samples = [0.0; SPAN];
        let excerpt = Excerpt::new(history, now, &mut samples);
        let codec = Codec::of(&excerpt);
        let powers = powers_of_frames(excerpt.samples);
        let mut over = true;
        for alone in codec.alone {
            match Burst::find(&powers, alone.loud) {
                Some(burst) if excerpt.start + burst.start() >= after + STEP as u64 => {
                    let key = burst.key(alone, codec, &excerpt, analysis, judge);
                    if key.is_some() {
                        return key;
                    }
                }
                Some(_) => {}
                None => over = false,
            }
        }
        if over {
            self.forget();
        }
        None
    }
}

/// What sounded between two silences, in samples of an excerpt.
struct Burst {
    within: Range<usize>,
    /// Mean squares before and after it, relative to its own.
    before: f32,
    after: f32,
}

impl Burst {
    /// The one that was over 10 to 35 ms before the end of frames with these `powers`: all of it has
    /// this share of its loudest two at least, `loud`.
    fn find(powers: &[f32; FRAMES], loud: f32) -> Option<Self> {
        let of_two = |last: usize| 0.5 * (powers[last - 1] + powers[last]);
        let loudest = (1..FRAMES).map(of_two).fold(0.0, f32::max);
        let mut within = (1..FRAMES)
            .rev()
            .filter(|&last| of_two(last) >= loud * loudest);
        let last = within.next()?;
        // Back to where it was quiet for as long as it must have been before.
        let mut first = last;
        for earlier in within {
            if first - earlier > BEFORE {
                break;
            }
            first = earlier;
        }
        let (start, end) = (first - 1, last + 1);
        if !(SHORTEST_AFTER..=LONGEST_AFTER).contains(&(FRAMES - end)) || start < BEFORE {
            return None;
        }
        let mean = |frames: Range<usize>| {
            let count = frames.len() as f32;
            powers[frames].iter().sum::<f32>() / count
        };
        let own = mean(start..end);
        Some(Self {
            within: start * FRAME..end * FRAME,
            before: mean(start - BEFORE..start) / own,
            after: mean(end..FRAMES) / own,
        })
    }

    /// Samples it lasted: the frames at its edges are not all its own.
    fn length(&self) -> usize {
        self.within.len() - FRAME
    }

    /// Sample of the excerpt that it begins with.
    fn start(&self) -> u64 {
        self.within.start as u64
    }

    /// The key that it is, if it stands `alone` and `codec` may have bent one into this.
    fn key(
        &self,
        alone: &Alone,
        codec: &Codec,
        excerpt: &Excerpt,
        analysis: &Analysis,
        judge: &Judge,
    ) -> Option<Evidence> {
        let length = self.length();
        let is_alone = length as f32 >= judge.shortest() + alone.longer
            && length <= alone.longest
            && self.before <= alone.before
            && self.after <= alone.after;
        if !is_alone {
            return None;
        }
        let (evidence, worst) = self.two_tones(codec.others, excerpt, analysis.splitter())?;
        let is_key = evidence.rest >= UNBENT
            && codec.bent.iter().any(|bent| bent.allows(&evidence, worst))
            && judge.allows(&evidence);
        is_key.then_some(evidence)
    }

    /// The two tones that have the most of it, and what others have of the piece that has the most of
    /// them, `None` where other rows or columns have more than `most`. Frequencies and levels are means
    /// over the pieces.
    fn two_tones(
        &self,
        most: f32,
        excerpt: &Excerpt,
        splitter: &Splitter,
    ) -> Option<(Evidence, f32)> {
        let count = self.within.len() / PIECE;
        let length = self.within.len() / count;
        let pieces = excerpt.samples[self.within.clone()].chunks_exact(length);
        let (pair, others) = strongest_pair(pieces.clone());
        if others > most {
            return None;
        }
        let nominal = pair.radians();
        let (mut offsets, mut powers) = ([0.0; 2], [0.0; 2]);
        let (mut tones, mut left, mut worst) = (0.0, 0.0, 0f32);
        let mut bands = Bands::default();
        let mut last = Model::default();
        for piece in pieces {
            let model = Model::fit_settled(piece, nominal, FIT_STEPS)?;
            let mut rest = [0.0; 2 * PIECE];
            let rest = &mut rest[..length];
            let of_tones = model.leave(0, piece, rest);
            let of_rest = energy(rest);
            for (tone, power) in model.powers().into_iter().enumerate() {
                powers[tone] += power;
                offsets[tone] += power * (model.radians[tone] / nominal[tone] - 1.0);
            }
            tones += of_tones;
            left += of_rest;
            worst = worst.max(of_rest / (of_tones + of_rest));
            bands = bands.plus(splitter.split(rest, 0));
            last = model;
        }
        let position = |sample: usize| excerpt.start + sample as u64;
        let evidence = Evidence {
            pair,
            onset: position(self.within.start),
            resumed: position(self.within.start),
            end: position(self.within.end),
            ongoing: false,
            duration: self.length() as f32,
            offsets: [0, 1].map(|tone| offsets[tone] / powers[tone]),
            powers: powers.map(|power| power / count as f32),
            twist_db: twist_db(powers),
            residual: bands.scaled(1.0 / tones),
            rest: left / tones,
            growth: [0.0; 2],
            measured: self.length(),
            harmonics: 0.0,
            before: Bands::all_within(self.before),
            tones_before: [self.before; 2],
            underlay: Underlay::Nothing,
            clipped: false,
            through_gsm: false,
            model: last,
            model_start: position(self.within.start + (count - 1) * length),
        };
        Some((evidence, worst))
    }
}

/// The mean square of each frame.
fn powers_of_frames(samples: &[f32; SPAN]) -> [f32; FRAMES] {
    let mut powers = [0.0; FRAMES];
    for (power, frame) in powers.iter_mut().zip(samples.chunks_exact(FRAME)) {
        *power = energy(frame) / FRAME as f32;
    }
    powers
}

/// The row and the column with the most power in all pieces, and what the next strongest of either has,
/// relative to it.
fn strongest_pair<'a>(pieces: impl Iterator<Item = &'a [f32]>) -> (Pair, f32) {
    let mut powers = [0.0; TONES];
    for piece in pieces {
        for row in 0..TONES / 2 {
            let tones = [row, row + TONES / 2];
            let of_piece = powers_at(piece, tones.map(|tone| radians(FREQUENCIES[tone])));
            for (tone, power) in tones.into_iter().zip(of_piece) {
                powers[tone] += power;
            }
        }
    }
    let [(row, rows), (column, columns)] =
        [&powers[..TONES / 2], &powers[TONES / 2..]].map(|group| {
            let mut order: [usize; TONES / 2] = std::array::from_fn(|i| i);
            order.sort_by(|&a, &b| group[b].total_cmp(&group[a]));
            (order[0], group[order[1]] / group[order[0]])
        });
    (Pair { row, column }, rows.max(columns))
}

/// Samples, 40 ms: a look sees no tones any more in what a codec has bent to the utmost.
const LONGEST_WAIT: u64 = 320;

/// Share of the loudest look's energy that a look has once they are over for 12 ms.
const MOSTLY_OVER: f32 = 0.25;

/// Samples, 2.5 ms: a burst's edges are found by the energy of two such frames, as long as one of
/// GSM's subframes (GSM 06.10, 3.1), within which no codec changes much.
const FRAME: usize = 20;
const FRAMES: usize = SPAN / FRAME;

/// Frames: 12 ms of quiet before it, and 10 to 35 ms after it, by which a look is quiet.
const BEFORE: usize = 5;
const SHORTEST_AFTER: usize = 4;
const LONGEST_AFTER: usize = 14;

/// Samples, 12 ms, in the shortest piece, which tells neighbouring tones apart.
const PIECE: usize = 96;

/// Steps of a fit from the nominal frequencies.
const FIT_STEPS: usize = 3;

/// Energy left, relative to the tones', up to which nothing has bent them: such tones have been judged as
/// they sounded.
const UNBENT: f32 = 0.08;
