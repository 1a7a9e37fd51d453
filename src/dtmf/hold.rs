//! Following a key that is down until it is up.

use super::{
    behind::{Behind, FOR_GOOD, FULL_AFTER, Known, have_risen, listen},
    edges::{STILL, last_match},
    evidence::Evidence,
    excerpt::{Excerpt, SPAN, Underlay},
    fit::{Model, SHORTEST},
    fragment::CLEAN,
    history::History,
    previous::Previous,
    silence::{LONGEST_SILENCE, Silence, frame_behind, is_a_frame},
    step::STEP,
    tones::Pair,
    window::View,
};
use crate::audio::{SAMPLE_RATE, SampleTime};

/// A key that was reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    pub(super) pair: Pair,
    /// Where the key began.
    pub(super) onset: u64,
    /// When that was: the losses before it may be forgotten by the time it is up.
    pub(super) began: SampleTime,
    /// Where its newest stretch without a break began.
    resumed: u64,
    /// Powers of the tones at their fullest.
    full: [f32; 2],
    /// The same at the last look at which they sounded.
    latest: [f32; 2],
    /// Whether they have gone down to that for good.
    dimmed: bool,
    model: Model,
    /// Position of the model's first sample, unless phases have jumped since.
    model_start: Option<u64>,
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
        /// Phases there, where they are known.
        phases: Option<[f32; 2]>,
        /// Digital silence from there on, once it is looked for.
        silence: Option<Silence>,
    },
}

impl State {
    const fn stopped(end: u64, phases: Option<[f32; 2]>) -> Self {
        Self::Stopped {
            end,
            phases,
            silence: None,
        }
    }
}

impl Hold {
    /// A key down from `onset` on, which was when it `began`.
    pub(super) fn new(
        onset: u64,
        began: SampleTime,
        evidence: &Evidence,
        view: &View,
        now: u64,
    ) -> Self {
        let seen = view.powers_of(evidence.pair);
        let full = [0, 1].map(|tone| seen[tone].max(FULL * evidence.powers[tone]));
        Self {
            pair: evidence.pair,
            onset,
            began,
            resumed: evidence.resumed,
            full,
            latest: full,
            dimmed: false,
            model: evidence.model,
            model_start: Some(evidence.model_start),
            underlay: evidence.underlay,
            state: if evidence.ongoing {
                State::Sounding { seen: now }
            } else {
                State::stopped(evidence.end, Some(evidence.phases_at(evidence.end)))
            },
        }
    }

    /// The same press goes on after a break.
    pub(super) fn resume(&mut self, evidence: &Evidence, view: &View, now: u64) {
        *self = Self {
            dimmed: self.dimmed,
            ..Self::new(self.onset, self.began, evidence, view, now)
        };
    }

    /// It sounds up to `now`, but phases jumped, as between a frame and its repetition.
    pub(super) fn jump(&mut self, now: u64) {
        self.state = State::Sounding { seen: now };
        self.resumed = now - FULL_AFTER;
        self.model_start = None;
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
        let sounds = |powers| strongest == Some(self.pair) && is_full(view, self.pair, powers);
        let full = sounds(self.full);
        // What a codec makes fainter goes little by little, what stops goes at once.
        let steady = full || sounds(self.latest);
        let powers = view.powers_of(self.pair);
        match self.state {
            State::Sounding { seen } if self.dimmed && have_risen(powers, self.full) => {
                self.state = State::stopped(seen, None);
                false
            }
            State::Sounding { .. } if steady => {
                self.latest = powers;
                self.state = State::Sounding { seen: now };
                true
            }
            State::Sounding { seen } => {
                self.stop(history, seen, now, strongest);
                matches!(self.state, State::Sounding { .. })
            }
            State::Stopped { end, .. } if full && self.behind(history, end).went_on(now, gap) => {
                self.jump(now);
                true
            }
            State::Stopped { end, .. }
                if now - end >= FOR_GOOD
                    && self.behind(history, end).is_dimmed(powers, view, now) =>
            {
                (self.full, self.latest, self.dimmed) = (powers, powers, true);
                self.jump(now);
                true
            }
            State::Stopped { .. } => false,
        }
    }

    /// What there is behind the `end` of its tones.
    fn behind<'a>(&self, history: &'a History, end: u64) -> Behind<'a> {
        Behind {
            tones: Known {
                radians: self.model.radians,
                powers: self.full,
            },
            end,
            history,
        }
    }

    /// Finds the last sample of tones that are going.
    ///
    /// The window still looked full up to 7 ms after the end, so the model is taken from before
    /// that. Where it goes on up to now, something else hid them: they sound. Where one of them is of
    /// the `strongest` pair as well, it may be another key's by now, and only the other one tells.
    #[inline(never)]
    fn stop(&mut self, history: &History, seen: u64, now: u64, strongest: Option<Pair>) {
        let sure = seen - WINDOW_LAG;
        // A model still in phase needs nothing to be fitted to.
        let young = |start: &u64| sure.saturating_sub(*start) < MODEL_AGE;
        let in_phase = self.model_start.filter(young);
        let before = in_phase.map_or(REFIT, |_| SEARCH_BEFORE);
        let from = (sure - before).max(self.resumed);
        let length = (now - from) as usize;
        let sure_length = sure.saturating_sub(from) as usize;
        let mut samples = [0.0; REACH];
        let mut end = seen;
        let mut phases = None;
        if sure >= self.resumed + SHORTEST as u64 && sure < now && length <= REACH {
            let samples = &mut samples[..length];
            self.listen_without_underlay(history, from, now, samples);
            let placed = match in_phase {
                Some(start) => Some((self.model, start)),
                None => Model::fit(&samples[..sure_length], self.model.radians, 2)
                    .map(|model| (model, from)),
            };
            if let Some((model, start)) = placed {
                let search = sure_length.saturating_sub(SEARCH_BEFORE as usize);
                let offset = from as i64 - start as i64;
                let mut tones = [0.0; REACH];
                let tones = &mut tones[..length - search];
                let telling = match strongest.and_then(|other| self.pair.shared_with(other)) {
                    Some(shared) => model.only(1 - shared),
                    None => model,
                };
                telling.synthesize(offset + search as i64, tones);
                let last = search + last_match(&samples[search..], tones).unwrap_or(0);
                end = from + last as u64;
                if end + STILL as u64 >= now {
                    self.state = State::Sounding { seen: now };
                    return;
                }
                phases = Some(model.phases((last as i64 + offset) as f32));
                (self.model, self.model_start) = (model, Some(start));
            }
        }
        self.state = State::stopped(end, phases);
    }

    /// This key when it was over, at `end`.
    pub(super) fn over(&self, end: u64) -> Previous {
        let in_phase = matches!(
            self.state,
            State::Stopped {
                phases: Some(_),
                ..
            }
        );
        Previous {
            pair: self.pair,
            onset: self.onset,
            end,
            model: self.model,
            model_start: self.model_start.filter(|_| in_phase),
            underlay: self.underlay,
        }
    }

    /// The audio between two positions without what the model was freed of.
    fn listen_without_underlay(&self, history: &History, from: u64, to: u64, samples: &mut [f32]) {
        if self.underlay != Underlay::Nothing {
            let mut all = [0.0; SPAN];
            Excerpt::new(history, to, &mut all).filter(self.underlay);
            samples.copy_from_slice(&all[SPAN - samples.len()..]);
            return;
        }
        listen(history, from..to, samples);
    }

    /// Whether `evidence`, after a break or of a look after the one it began with, is the same press; all
    /// was heard up to `now`.
    pub(super) fn continues(
        &self,
        evidence: &Evidence,
        history: &History,
        now: u64,
        gap: u64,
    ) -> bool {
        if evidence.pair != self.pair || (self.dimmed && have_risen(evidence.powers, self.full)) {
            return false;
        }
        let (end, phases) = match self.state {
            State::Sounding { seen } => (seen, None),
            State::Stopped { end, phases, .. } => (end, phases),
        };
        let silence = evidence.onset.saturating_sub(end);
        silence <= gap
            || self.behind(history, end).only_faded(evidence.onset, now)
            || phases.is_some_and(|phases| {
                silence <= LONGEST_SILENCE
                    && self.in_phase(phases, evidence, silence)
                    && (is_concealed(end, evidence)
                        || Silence::between(history, end, evidence.onset)
                            .is_lost_frames(end, evidence.onset))
            })
    }

    /// Whether the key is up for good: the same press can no longer go on.
    ///
    /// The view tells whether tones have begun again that are still to be judged.
    #[inline]
    pub(super) fn is_over(&mut self, history: &History, view: &View, now: u64, gap: u64) -> bool {
        let State::Stopped {
            end,
            phases,
            silence,
        } = self.state
        else {
            return false;
        };
        let since = now - end;
        if since <= TAIL {
            return false;
        }
        // A frame that something stood in for may end the break.
        let gap = gap.max(phases.and(frame_behind(end)).unwrap_or(0));
        let behind = self.behind(history, end);
        let powers = view.powers_of(self.pair);
        let could_resume = since <= gap + SEEN_AFTER
            || (since <= gap + JUDGED_AFTER && behind.have_returned(powers, view, now));
        // For good it is only at the next look that follows.
        let may_be_dimmed = since < FOR_GOOD + STEP as u64;
        if could_resume || (may_be_dimmed && behind.is_dimmed(powers, view, now)) {
            return false;
        }
        if phases.is_none() || since > FINAL {
            return true;
        }
        let mut silence = silence.unwrap_or_else(|| Silence::after(history, end));
        silence.go_on(history, now);
        self.state = State::Stopped {
            end,
            phases,
            silence: Some(silence),
        };
        !silence.may_be_lost_frames(now)
    }

    /// Whether both tones go on as if they had never stopped.
    fn in_phase(&self, phases: [f32; 2], evidence: &Evidence, silence: u64) -> bool {
        let resumed = evidence.phases_at(evidence.onset);
        let (phase_error, frequency_error) = if evidence.rest <= CLEAN {
            (PHASE_ERROR_IF_CLEAN, FREQUENCY_ERROR_IF_CLEAN)
        } else {
            (PHASE_ERROR, FREQUENCY_ERROR)
        };
        (0..2).all(|i| {
            let radians = 0.5 * (self.model.radians[i] + evidence.model.radians[i]);
            let expected = phases[i] + radians * silence as f32;
            let turns = (resumed[i] - expected) / std::f32::consts::TAU;
            (turns - turns.round()).abs() < phase_error + frequency_error * silence as f32
        })
    }
}

/// Whether what lies between tones that ended and others that are in phase with them stood in for one lost
/// frame, be it noise or anything else: only clean tones tell phases so well that pauses of as long go
/// together as rarely as behind silence.
fn is_concealed(end: u64, evidence: &Evidence) -> bool {
    evidence.rest <= CLEAN && is_a_frame(end, evidence.onset)
}

/// Whether a window is full of both tones, which have these powers.
pub(super) fn is_full(view: &View, pair: Pair, powers: [f32; 2]) -> bool {
    let seen = view.powers_of(pair);
    (0..2).all(|tone| seen[tone] > DIPPED * powers[tone])
}

/// Powers reach this share of the model's at least; a window rarely sees all of it.
const FULL: f32 = 0.9;

/// Share of the full power below which a tone is going.
const DIPPED: f32 = 0.6;

/// Samples, 7 ms: how long a Hann window of 20 ms looks full after the end.
const WINDOW_LAG: u64 = 56;

/// Samples refitted for the end, 18 ms.
const REFIT: u64 = 144;

/// Samples, 60 ms: until then the model from the start is still in phase.
const MODEL_AGE: u64 = 480;

/// Samples before the last sure one that the end may lie at.
const SEARCH_BEFORE: u64 = 16;

/// Samples: the refit, the lag and two steps.
const REACH: usize = (REFIT + WINDOW_LAG) as usize + 2 * STEP;

/// Samples, 12.5 ms: tones that were not seen by then have not begun.
const SEEN_AFTER: u64 = 100;

/// Samples, 35 ms: tones that have begun are known by then to be the same key, or not to be.
pub(super) const JUDGED_AFTER: u64 = 280;

/// Samples, 30 ms: until then a falling tone is the tail of the key that just ended.
pub(super) const TAIL: u64 = 240;

/// Samples, 96 ms: an end is waited for no longer, whatever comes after it.
const FINAL: u64 = LONGEST_SILENCE + JUDGED_AFTER;

/// Turns: what an end misjudged by a sample or two makes of phases, and turns a sample: 1.5 Hz, what
/// noise of 6 dB makes of the frequency of 21 ms.
const PHASE_ERROR: f32 = 0.03;
const FREQUENCY_ERROR: f32 = 1.5 / SAMPLE_RATE as f32;

/// The same where next to no noise is left (19 dB tell the frequency of 21 ms to 0.16 Hz): of two presses
/// with a pause of just a frame or two, one in 400 goes together so well by chance.
const PHASE_ERROR_IF_CLEAN: f32 = 0.01;
const FREQUENCY_ERROR_IF_CLEAN: f32 = 0.5 / SAMPLE_RATE as f32;
