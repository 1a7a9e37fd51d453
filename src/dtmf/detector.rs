//! The order of things: blocks, a screen every 10 ms, an analysis where it passes, a decision,
//! and a hold until the key is up. What became no key is looked at once more where it is alone, and when it
//! is over.

mod look;
mod why;

use look::{Look, Young};

use super::{
    Event, KeyDown, KeyUp,
    bank::Bank,
    burst::Unheard,
    decide::Judge,
    dialtone::DialTone,
    evidence::{Analysis, Evidence},
    history::{FIRST_POSITION, History},
    hold::{Hold, State, TAIL},
    limits::Limits,
    pieces::{Continued, Pieces},
    previous::Previous,
    pure::{self, Pure},
    screen::{Beginning, Held, NotBegun, Screen},
    step::STEP,
    tones::Pair,
    verdict::{Asker, Nobody, Verdict},
    window::{View, Window},
};
use crate::{
    audio::{Dbm0, SampleTime},
    key::Key,
};

/// Hears DTMF keys in audio of 8 kHz.
///
/// Feed it every sample with [`push`](Self::push), tell it of samples that went missing with
/// [`lost`](Self::lost), and at the end of a recording call [`finish`](Self::finish). Events come
/// in order, [`Event::Down`] and [`Event::Up`] in turn, and are the same for any division of the
/// samples into calls. All memory is inside; nothing is allocated.
#[derive(Clone)]
pub struct Detector {
    history: History,
    /// Samples missing behind the newest one.
    missing: u64,
    /// Position up to which the bank has seen the samples.
    done: u64,
    bank: Bank,
    window: Window,
    screen: Screen,
    dial_tone: DialTone,
    analysis: Analysis,
    judge: Judge,
    /// What was too young to be a key at the last look.
    young: Option<Young>,
    hold: Option<Hold>,
    pieces: Pieces,
    unheard: Unheard,
    pure: Pure,
    /// The last key that is up.
    released: Option<Previous>,
    /// Least mean square of a window worth a look.
    least_mean_square: f32,
}

impl Detector {
    /// A detector with these limits, which it takes as they are ([`Limits::check`] them first).
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let judge = Judge::new(limits);
        let least_power = judge.least_power();
        let pure = Pure::new(&judge);
        Self {
            history: History::new(),
            missing: 0,
            done: FIRST_POSITION,
            bank: Bank::new(least_power.sqrt() * SILENCE),
            window: Window::new(),
            screen: Screen::new(least_power, judge.shortest()),
            dial_tone: DialTone::new(least_power * LEAST_DIAL_TONE),
            analysis: Analysis::new(&judge),
            judge,
            young: None,
            hold: None,
            pieces: Pieces::default(),
            unheard: Unheard::default(),
            pure,
            released: None,
            least_mean_square: least_power * IDLE_WINDOW,
        }
    }

    /// Hears more samples.
    pub fn push(&mut self, samples: &[i16], on_event: &mut impl FnMut(Event)) {
        self.hear(samples, on_event, &mut Nobody);
    }

    /// As [`push`](Self::push), and says of each look, every 10 ms, that found no key and was not
    /// at one that is down which test failed.
    ///
    /// What fails at one look may pass at the next, with more of it heard: a verdict is not the
    /// last word on a key.
    pub fn push_explained(
        &mut self,
        samples: &[i16],
        on_event: &mut impl FnMut(Event),
        on_verdict: &mut impl FnMut(Verdict),
    ) {
        self.hear(samples, on_event, on_verdict);
    }

    /// So many samples are missing: time goes on, they count as no evidence.
    ///
    /// Told in one or in many pieces, it is the same loss until more samples are heard.
    pub fn lost(&mut self, samples: u64, on_event: &mut impl FnMut(Event)) {
        self.missing = self.missing.saturating_add(samples);
        if self.missing >= LONG_LOSS {
            self.finish(on_event);
        }
    }

    /// The end of the stream: a key that is still down is up. One that began within the last 40 ms may not
    /// be known yet; push as much silence first where it matters.
    pub fn finish(&mut self, on_event: &mut impl FnMut(Event)) {
        if let Some(hold) = self.hold.take() {
            let end = match hold.state {
                State::Sounding { .. } => self.history.end(),
                State::Stopped { end, .. } => end,
            };
            self.up(&hold, end, on_event);
        }
    }

    /// Samples pushed or lost so far.
    #[must_use]
    pub fn now(&self) -> SampleTime {
        let heard = self.history.time_of(self.history.end()).samples();
        SampleTime::from_samples(heard.saturating_add(self.missing))
    }

    /// The key that is down now.
    #[must_use]
    pub fn held(&self) -> Option<Key> {
        self.hold.as_ref().map(|hold| hold.pair.key())
    }

    #[inline]
    fn hear(&mut self, samples: &[i16], on_event: &mut impl FnMut(Event), asker: &mut impl Asker) {
        let pause = if self.missing > 0 && !samples.is_empty() {
            self.end_of_loss()
        } else {
            &[]
        };
        for mut samples in [pause, samples] {
            while !samples.is_empty() {
                let taken = self.history.take(samples);
                samples = &samples[taken..];
                while self.done + STEP as u64 <= self.history.end() {
                    self.step(on_event, asker);
                }
            }
        }
    }

    /// Samples come again after some were missing; what is to be heard before them.
    #[cold]
    #[inline(never)]
    fn end_of_loss(&mut self) -> &'static [i16] {
        let missing = std::mem::take(&mut self.missing);
        let pause: &[i16] = if missing >= LONG_LOSS {
            // It may have gone on: only what has been heard of it counts.
            self.unheard.forget();
            &PAUSE
        } else {
            &[]
        };
        let unheard = missing - pause.len() as u64;
        if unheard > 0 {
            self.history.lose(unheard);
        }
        pause
    }

    /// The next 10 ms.
    #[inline]
    fn step(&mut self, on_event: &mut impl FnMut(Event), asker: &mut impl Asker) {
        let samples: &[i16; STEP] = self
            .history
            .range(self.done, self.done + STEP as u64)
            .try_into()
            .expect("the range is a step");
        let view = if self.bank.all_quiet(samples) {
            self.window.hear_silence(self.least_mean_square)
        } else {
            self.window
                .hear(&self.bank, samples, self.least_mean_square)
        };
        self.done += STEP as u64;
        self.dial_tone.hear(view.as_ref(), &self.history, self.done);
        self.screen(view, on_event, asker);
    }

    /// One look at the last 20 ms, `None` if they are too quiet for it.
    #[inline]
    fn screen(
        &mut self,
        view: Option<View>,
        on_event: &mut impl FnMut(Event),
        asker: &mut impl Asker,
    ) {
        let quiet = view.is_none();
        if quiet && self.hold.is_none() && self.young.is_none() && !self.unheard.is_waiting() {
            self.screen.pass();
            self.pure.pass();
            return asker.tell(|| self.why_silence());
        }
        let view = view.unwrap_or(View::SILENT);
        let candidate = self.screen.look(&view, self.dial_tone.most());
        let young = self.young.take();
        let pair = candidate.map(|candidate| candidate.pair);
        let pure = self.pure.look(&view, pair);
        if self.sounds_on(pair, &view, on_event) {
            return;
        }
        let beginning = candidate.map(|candidate| (candidate, self.begins(candidate.pair, &view)));
        let look = match beginning {
            Some((candidate, Ok(Beginning::Full(back)))) => Some(Look {
                candidate,
                back,
                ago: 0,
                view,
            }),
            _ => None,
        };
        let young = young.filter(|young| {
            let still_young = matches!(beginning, Some((_, Ok(Beginning::Young))));
            if still_young {
                asker.tell(|| self.why_young(young, false));
            }
            !still_young
        });
        if look.is_some() || young.is_some() {
            self.analyse(look, young, on_event, asker);
        }
        if self.hold.is_none() && self.is_known_otherwise(pure, pair, &view, on_event) {
            return;
        }
        match beginning {
            Some((_, Ok(Beginning::Full(_)))) => {}
            Some((candidate, Ok(Beginning::Young))) => {
                self.young = Some(Young {
                    candidate,
                    view,
                    why: self.screen.too_young(&view, candidate.pair),
                });
            }
            Some((candidate, Err(why))) if !quiet => {
                asker.tell(|| self.why_not_begun(why, &view, candidate.pair));
            }
            None if !quiet => asker.tell(|| self.why_nothing(&view)),
            _ => asker.tell(|| self.why_silence()),
        }
    }

    /// How far the pair has come if it just begins.
    #[inline]
    fn begins(&self, pair: Pair, view: &View) -> Result<Beginning, NotBegun> {
        let held = match self.hold.as_ref().filter(|hold| hold.pair == pair) {
            None => Held::No,
            Some(Hold {
                state: State::Stopped { end, .. },
                ..
            }) if self.done - end < TAIL => Held::Tail,
            Some(_) => Held::Yes,
        };
        let before = self.window.mean_square_before();
        let shared = self
            .previous(pair)
            .and_then(|previous| pair.shared_with(previous.pair));
        self.screen.begins(view, before, pair, held, shared)
    }

    /// Another key than `pair` that has just ended.
    fn previous(&self, pair: Pair) -> Option<Previous> {
        let stopped = self.hold.as_ref().and_then(|hold| match hold.state {
            State::Stopped { end, .. } => Some(hold.over(end)),
            State::Sounding { .. } => None,
        });
        let previous = stopped.or(self.released)?;
        (previous.pair != pair && previous.has_just_ended(self.done)).then_some(previous)
    }

    /// Whether a key sounds on that is down, or one whose beginning was too short. `strongest` is the pair
    /// in `view`.
    #[inline]
    fn sounds_on(
        &mut self,
        strongest: Option<Pair>,
        view: &View,
        on_event: &mut impl FnMut(Event),
    ) -> bool {
        (self.hold.is_some() && self.holds_on(strongest, view, on_event))
            || (self.pieces.is_waiting() && self.went_on(strongest, view, on_event))
    }

    /// Whether the key sounds on that is down; if it is over, it is up.
    #[inline(never)]
    fn holds_on(
        &mut self,
        strongest: Option<Pair>,
        view: &View,
        on_event: &mut impl FnMut(Event),
    ) -> bool {
        let (now, gap) = (self.done, self.judge.longest_gap());
        let Some(hold) = &mut self.hold else {
            return false;
        };
        if hold.follow(&self.history, view, strongest, now, gap) {
            return true;
        }
        if let State::Stopped { end, .. } = hold.state
            && hold.is_over(&self.history, view, now, gap)
        {
            let hold = *hold;
            self.hold = None;
            self.up(&hold, end, on_event);
        }
        false
    }

    /// Whether a key is down now whose beginning was too short.
    fn went_on(
        &mut self,
        strongest: Option<Pair>,
        view: &View,
        on_event: &mut impl FnMut(Event),
    ) -> bool {
        let now = self.done;
        let continued = self
            .pieces
            .went_on(strongest, view, &self.judge, &self.history, now);
        let Some(Continued { whole, jumping }) = continued else {
            return false;
        };
        self.down(&whole, view, now, on_event);
        if jumping && let Some(hold) = &mut self.hold {
            hold.jump(now);
        }
        true
    }

    /// Whether a key is down now that no analysis found: `pure` took the place of other sound, or one that
    /// was seen in other looks is over.
    #[inline]
    fn is_known_otherwise(
        &mut self,
        pure: Option<Pair>,
        strongest: Option<Pair>,
        view: &View,
        on_event: &mut impl FnMut(Event),
    ) -> bool {
        let took_over = pure.and_then(|pair| self.took_over(pair));
        let Some(key) = took_over.or_else(|| self.was_unheard(strongest, view)) else {
            return false;
        };
        self.down(&key, view, self.done, on_event);
        true
    }

    /// The key that took the place of other sound.
    fn took_over(&self, pair: Pair) -> Option<Evidence> {
        let key = pure::key(pair, &self.history, self.done, &self.analysis, &self.judge)?;
        // The same key again is no other sound.
        let again = self
            .released
            .is_some_and(|last| last.pair == pair && last.has_just_ended(key.onset));
        (!again).then_some(key)
    }

    /// The key that was seen, and is over without having been known.
    #[inline]
    fn was_unheard(&mut self, strongest: Option<Pair>, view: &View) -> Option<Evidence> {
        let now = self.done;
        if !self.unheard.may_be_over(strongest.is_some(), view, now) {
            return None;
        }
        let after = self.released.map_or(0, |previous| previous.end);
        self.unheard
            .key(after, &self.history, now, &self.analysis, &self.judge)
    }

    fn down(
        &mut self,
        evidence: &Evidence,
        view: &View,
        now: u64,
        on_event: &mut impl FnMut(Event),
    ) {
        if let Some(hold) = self.hold.take() {
            let end = match hold.state {
                State::Sounding { seen } => seen,
                State::Stopped { end, .. } => end,
            };
            self.up(&hold, end.min(evidence.onset), on_event);
        }
        // Both edges are estimates; events must not overlap all the same.
        let released = self.released.map_or(0, |previous| previous.end);
        let onset = self.history.snapped(evidence.onset).max(released);
        self.pieces.forget();
        self.unheard.forget();
        let began = self.history.time_of(onset);
        self.hold = Some(Hold::new(onset, began, evidence, view, now));
        let [low, high] = evidence
            .powers
            .map(|power| Dbm0::from_amplitude(power.sqrt()));
        on_event(Event::Down(KeyDown {
            key: evidence.pair.key(),
            onset: began,
            level: Dbm0(0.5 * (low.0 + high.0)),
            twist_db: evidence.twist_db,
            snr_db: snr_db(evidence),
            low_offset: evidence.offsets[0],
            high_offset: evidence.offsets[1],
            residual: evidence.residual.among,
        }));
    }

    fn up(&mut self, hold: &Hold, end: u64, on_event: &mut impl FnMut(Event)) {
        let end = end.max(hold.onset);
        self.released = Some(hold.over(end));
        on_event(Event::Up(KeyUp {
            key: hold.pair.key(),
            onset: hold.began,
            end: self.history.end_of(end).max(hold.began),
        }));
    }
}

/// One tone, the mean of both in dB, over the rest.
fn snr_db(evidence: &Evidence) -> f32 {
    let [low, high] = evidence.powers;
    10.0 * ((low * high).sqrt() / ((low + high) * evidence.rest)).log10()
}

/// Sample over the weakest tone's amplitude that is silence: 13 dB under the weakest key, and up to 6 more,
/// as the bank takes a power of two.
const SILENCE: f32 = 0.22;

/// Mean square over the weakest tone's power (which is its squared amplitude) of a window not
/// looked into: 7 dB under the weakest key.
const IDLE_WINDOW: f32 = 0.2;

/// The same of the weakest dial tone that matters.
const LEAST_DIAL_TONE: f32 = 0.7;

/// Samples, 100 ms: a key does not go on behind so long a loss, whose beginning counts as a pause.
const LONG_LOSS: u64 = 800;

/// The beginning of so long a loss.
static PAUSE: [i16; LONG_LOSS as usize] = [0; LONG_LOSS as usize];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::{
        Test,
        tones::{FREQUENCIES, radians},
    };

    /// So many samples of the key 5.
    fn key_5(samples: i32) -> Vec<i16> {
        let tone = |i: i32, tone: usize| (radians(FREQUENCIES[tone]) * i as f32).cos();
        (0..samples)
            .map(|i| (5000.0 * (tone(i, 1) + tone(i, 5))) as i16)
            .collect()
    }

    #[test]
    fn a_detector_fits_into_16_kib() {
        let bytes = size_of::<Detector>();
        assert!(bytes <= 16 * 1024, "{bytes} bytes");
    }

    #[test]
    fn time_counts_what_was_pushed_and_what_was_lost() {
        let mut detector = Detector::new(&Limits::ETSI);
        detector.push(&[0; 137], &mut |_| ());
        detector.lost(160, &mut |_| ());
        detector.push(&[0; 3], &mut |_| ());
        assert_eq!(detector.now().samples(), 300);
        assert_eq!(detector.held(), None);
    }

    #[test]
    fn the_same_key_behind_a_long_loss_is_another_press() {
        let audio = key_5(480);
        for first in (100..480).step_by(20) {
            for lost in [LONG_LOSS, 8000] {
                let mut detector = Detector::new(&Limits::ETSI);
                let mut downs = Vec::new();
                let mut on_event = |event| {
                    if let Event::Down(down) = event {
                        downs.push(down.onset.samples());
                    }
                };
                detector.push(&audio[..first], &mut on_event);
                detector.lost(lost, &mut on_event);
                detector.push(&audio, &mut on_event);
                let second = first as u64 + lost;
                let heard = downs.iter().filter(|onset| onset.abs_diff(second) <= 8);
                assert_eq!(heard.count(), 1, "{first}, {lost} lost: {downs:?}");
                assert!(downs.len() == 1 || downs[0] <= 8, "{first}: {downs:?}");
            }
        }
    }

    #[test]
    fn the_longest_loss_takes_no_time() {
        let mut detector = Detector::new(&Limits::ETSI);
        for _ in 0..2 {
            detector.lost(u64::MAX, &mut |_| ());
            detector.push(&[0; 160], &mut |_| ());
        }
        assert_eq!(detector.now().samples(), u64::MAX);
    }

    #[test]
    fn a_key_that_is_up_began_when_it_was_said_to_whatever_was_lost_since() {
        let mut detector = Detector::new(&Limits::ETSI);
        let mut events = Vec::new();
        for frame in key_5(24_000).chunks(800) {
            detector.push(&frame[..720], &mut |event| events.push(event));
            detector.lost(80, &mut |event| events.push(event));
        }
        detector.finish(&mut |event| events.push(event));
        let [Event::Down(down), Event::Up(up)] = events[..] else {
            panic!("{events:?}");
        };
        assert_eq!((down.onset.samples(), up.onset), (0, down.onset));
        assert_eq!(up.end.samples(), 24_000 - 80);
    }

    #[test]
    fn tones_that_stop_before_they_can_be_a_key_are_told_of_all_the_same() {
        let mut audio = vec![0; 800];
        audio.extend(key_5(160));
        audio.extend([0; 800]);
        let mut verdicts = Vec::new();
        Detector::new(&Limits::ETSI).push_explained(
            &audio,
            &mut |event| panic!("{event:?}"),
            &mut |verdict: Verdict| verdicts.push(verdict),
        );
        let too_short = verdicts
            .iter()
            .filter(|verdict| verdict.analysed && verdict.failed == Test::Duration);
        let at: Vec<_> = too_short.map(|verdict| verdict.at.samples()).collect();
        assert_eq!(at.first(), Some(&960));
        assert!(verdicts.is_sorted_by_key(|verdict| verdict.at));
    }
}
