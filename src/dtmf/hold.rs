//! Following a key that is down until it is up.

use std::ops::Range;

use wide::{bytemuck::cast, i16x8};

use super::{
    edges::{STILL, last_match},
    evidence::Evidence,
    excerpt::{Excerpt, SPAN, Underlay},
    fit::{Model, SHORTEST},
    history::{History, in_stream},
    tones::Pair,
    window::View,
};

/// A key that was reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    pub(super) pair: Pair,
    /// Where the key began.
    pub(super) onset: u64,
    /// Where its newest stretch without a break began.
    resumed: u64,
    /// Powers of the tones at their fullest.
    full: [f32; 2],
    model: Model,
    model_start: u64,
    /// What the model was freed of, and so what its end is looked for without.
    underlay: Underlay,
    pub(super) state: State,
}

/// What the tones do.
#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    /// They sound; `seen` is the end of the last window that was full of them.
    Sounding { seen: u64 },
    /// They stopped, perhaps only for a moment.
    Stopped {
        /// Position after the last sample.
        end: u64,
        /// Phases there and frequencies, where they are known.
        phases: Option<[f32; 2]>,
    },
}

impl Hold {
    /// A key down from `onset` on.
    pub(super) fn new(onset: u64, evidence: &Evidence, view: &View, now: u64) -> Self {
        let tones = evidence.pair.tones();
        Self {
            pair: evidence.pair,
            onset,
            resumed: evidence.onset,
            full: [0, 1].map(|i| view.powers[tones[i]].max(FULL * evidence.powers[i])),
            model: evidence.model,
            model_start: evidence.model_start,
            underlay: evidence.underlay,
            state: if evidence.ongoing {
                State::Sounding { seen: now }
            } else {
                State::Stopped {
                    end: evidence.end,
                    phases: None,
                }
            },
        }
    }

    /// The same press goes on after a break.
    pub(super) fn resume(&mut self, evidence: &Evidence, view: &View, now: u64) {
        *self = Self::new(self.onset, evidence, view, now);
    }

    /// Takes the newest window into account; true while the key sounds on, after a break of no more
    /// than `gap` samples too.
    pub(super) fn follow(
        &mut self,
        history: &History,
        view: &View,
        strongest: Option<Pair>,
        now: u64,
        gap: u64,
    ) -> bool {
        let tones = self.pair.tones();
        let full = strongest == Some(self.pair)
            && (0..2).all(|i| view.powers[tones[i]] > DIPPED * self.full[i]);
        match self.state {
            State::Sounding { .. } if full => {
                self.state = State::Sounding { seen: now };
                true
            }
            State::Sounding { seen } => {
                self.stop(history, seen, now);
                matches!(self.state, State::Sounding { .. })
            }
            // Only phases jumped, as between a frame and its repetition.
            State::Stopped { end, .. } if full && now - FULL_AFTER <= end + gap => {
                self.state = State::Sounding { seen: now };
                self.resumed = now - FULL_AFTER;
                self.model_start = 0;
                true
            }
            State::Stopped { .. } => false,
        }
    }

    /// Finds the last sample of tones that are going.
    ///
    /// The window still looked full up to 7 ms after the end, so the model is taken from before
    /// that. Where it goes on up to now, something else hid them: they sound.
    fn stop(&mut self, history: &History, seen: u64, now: u64) {
        let sure = seen - WINDOW_LAG;
        let from = (sure - REFIT).max(self.resumed);
        let length = (now - from) as usize;
        let sure_length = sure.saturating_sub(from) as usize;
        let mut samples = [0.0; REACH];
        let mut end = seen;
        let mut phases = None;
        if (SHORTEST..length).contains(&sure_length) && length <= REACH {
            let samples = &mut samples[..length];
            self.listen(history, from, now, samples);
            let placed = if sure.saturating_sub(self.model_start) < MODEL_AGE {
                Some((self.model, self.model_start))
            } else {
                Model::fit(&samples[..sure_length], self.model.radians, 2)
                    .map(|model| (model, from))
            };
            if let Some((model, start)) = placed {
                let search = sure_length.saturating_sub(SEARCH_BEFORE);
                let offset = from as i64 - start as i64;
                let mut tones = [0.0; REACH];
                let tones = &mut tones[..length - search];
                model.synthesize(offset + search as i64, tones);
                let last = search + last_match(&samples[search..], tones).unwrap_or(0);
                end = from + last as u64;
                if end + STILL as u64 >= now {
                    self.state = State::Sounding { seen: now };
                    return;
                }
                phases = Some(model.phases((last as i64 + offset) as f32));
                (self.model, self.model_start) = (model, start);
            }
        }
        self.state = State::Stopped { end, phases };
    }

    /// The audio between two positions without what the model was freed of.
    fn listen(&self, history: &History, from: u64, to: u64, samples: &mut [f32]) {
        if self.underlay != Underlay::Nothing {
            let mut excerpt = Excerpt::new(history, to);
            excerpt.filter(self.underlay);
            samples.copy_from_slice(&excerpt.samples[SPAN - samples.len()..]);
            return;
        }
        let heard = history.range(from, to);
        let mean = heard.iter().map(|&x| i32::from(x)).sum::<i32>() as f32 / heard.len() as f32;
        for (sample, &x) in samples.iter_mut().zip(heard) {
            *sample = f32::from(x) - mean;
        }
    }

    /// Whether `evidence`, after a break, is the same press.
    pub(super) fn continues(&self, evidence: &Evidence, history: &History, gap: u64) -> bool {
        let State::Stopped { end, phases } = self.state else {
            return false;
        };
        if evidence.pair != self.pair {
            return false;
        }
        let silence = evidence.onset.saturating_sub(end);
        silence <= gap
            || phases.is_some_and(|phases| {
                silence <= LONGEST_SILENCE
                    && self.in_phase(phases, evidence, silence)
                    && lost_frames(history, end, evidence.onset)
            })
    }

    /// Whether the key is up for good: the same press can no longer go on.
    ///
    /// The view tells whether tones have begun again that are still to be judged.
    pub(super) fn is_over(&self, history: &History, view: &View, now: u64, gap: u64) -> bool {
        let State::Stopped { end, phases } = self.state else {
            return false;
        };
        let tones = self.pair.tones();
        let sounds = (0..2).all(|i| view.powers[tones[i]] >= RETURNING * self.full[i]);
        let silence = now - end;
        let could_resume = silence <= gap + SEEN_AFTER || (sounds && silence <= gap + JUDGED_AFTER);
        let frames_lost = phases.is_some() && silence <= FINAL && may_be_lost(history, end, now);
        !could_resume && !frames_lost && silence > TAIL
    }

    /// Whether both tones go on as if they had never stopped.
    fn in_phase(&self, phases: [f32; 2], evidence: &Evidence, silence: u64) -> bool {
        let resumed = evidence.phases();
        (0..2).all(|i| {
            let radians = 0.5 * (self.model.radians[i] + evidence.model.radians[i]);
            let expected = phases[i] + radians * silence as f32;
            let turns = (resumed[i] - expected) / std::f32::consts::TAU;
            (turns - turns.round()).abs() < PHASE_TOLERANCE
        })
    }
}

/// Whether the audio between two positions is whole frames of digital silence, as they stand in
/// for frames lost on the way.
fn lost_frames(history: &History, end: u64, onset: u64) -> bool {
    let middle = (end + onset) / 2;
    let quiet = quiet_around(history, middle, end - EDGE_ERROR..onset + EDGE_ERROR);
    is_aligned(quiet.start)
        && is_whole(&quiet)
        && quiet.start <= end + EDGE_ERROR
        && quiet.end + EDGE_ERROR >= onset
}

/// Whether the audio from `end` to `now` may be the begin of such frames, or such frames and
/// tones after them that are still to be judged.
fn may_be_lost(history: &History, end: u64, now: u64) -> bool {
    let quiet = quiet_around(history, end + EDGE_ERROR, end - EDGE_ERROR..now);
    let since = now - quiet.end;
    is_aligned(quiet.start)
        && quiet.end - quiet.start <= LONGEST_SILENCE
        && (since == 0 || (is_whole(&quiet) && since <= JUDGED_AFTER))
}

/// The digital silence around `position`, as far as it reaches within `limits`.
fn quiet_around(history: &History, position: u64, limits: Range<u64>) -> Range<u64> {
    let is_quiet = |sample: &&i16| sample.unsigned_abs() <= DIGITAL;
    let before = history.range(limits.start, position).iter().rev();
    let after = history.range(position, limits.end.max(position));
    // It is looked at again with each step of silence, and so sixteen samples at a time.
    let (groups, _) = after.as_chunks::<16>();
    let quiet_groups = groups.iter().take_while(|&&group| {
        let [a, b]: [i16x8; 2] = cast(group);
        let limit = i16x8::splat(DIGITAL as i16);
        let beyond = (a.max(b) - limit).max(-limit - a.min(b));
        beyond.max(i16x8::ZERO) == i16x8::ZERO
    });
    let quiet = 16 * quiet_groups.count();
    let rest = after[quiet..].iter().take_while(is_quiet);
    position - before.take_while(is_quiet).count() as u64..position + (quiet + rest.count()) as u64
}

/// Whether frames begin there. A tone may end or begin with a sample or two that are as small.
fn is_aligned(position: u64) -> bool {
    (in_stream(position) + FRAME_SLACK / 2) % FRAME <= FRAME_SLACK
}

/// Whether this is one frame or more, and nothing besides.
fn is_whole(silence: &Range<u64>) -> bool {
    let length = silence.end - silence.start;
    (length + FRAME_SLACK / 2) % FRAME <= FRAME_SLACK && length + FRAME_SLACK >= FRAME
}

/// Powers reach this share of the model's at least; a window rarely sees all of it.
const FULL: f32 = 0.9;

/// Share of the full power below which a tone is going.
const DIPPED: f32 = 0.6;

/// Samples, 13 ms: tones that fill a window above that share have sounded for as long.
const FULL_AFTER: u64 = 104;

/// Samples, 7 ms: how long a Hann window of 20 ms looks full after the end.
const WINDOW_LAG: u64 = 56;

/// Samples refitted for the end, 18 ms.
const REFIT: u64 = 144;

/// Samples, 60 ms: until then the model from the start is still in phase.
const MODEL_AGE: u64 = 480;

/// Samples before the last sure one that the end may lie at.
const SEARCH_BEFORE: usize = 16;

/// Samples: the refit, the lag and the longest step of the screen.
const REACH: usize = 416;

/// Share of the full power that a tone shows when it has sounded for 10 ms of a window, less what
/// noise takes from it.
const RETURNING: f32 = 0.1;

/// Samples, 12.5 ms: tones that were not seen by then have not begun.
const SEEN_AFTER: u64 = 100;

/// Samples, 35 ms: tones that have begun are known by then to be the same key, or not to be.
const JUDGED_AFTER: u64 = 280;

/// Samples, 30 ms: until then a falling tone is the tail of the key that just ended.
pub(super) const TAIL: u64 = 240;

/// Samples, 96 ms: an end is waited for no longer, whatever comes after it.
const FINAL: u64 = LONGEST_SILENCE + JUDGED_AFTER;

/// Samples, 10 ms: the shortest frame in use, and a divisor of the others.
const FRAME: u64 = 80;

/// Samples that the edges of such a silence may be off by.
const FRAME_SLACK: u64 = 4;

/// Samples, three frames of 20 ms.
const LONGEST_SILENCE: u64 = 484;

/// Samples that the ends of the tones may be misjudged by.
const EDGE_ERROR: u64 = 12;

/// 16-bit steps: what silence decodes to in any law.
const DIGITAL: u16 = 8;

/// Turns; 1 Hz of error in 20 ms is a fiftieth.
const PHASE_TOLERANCE: f32 = 0.1;
