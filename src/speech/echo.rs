//! The echo of what is sent: how late and how loud it comes back.

use super::sent::{DELAYS, Sent};
use crate::audio::Dbm0;

/// The echo path as far as it is known.
///
/// Where it loses much, or nothing echoes at all, its delay is never found. But what comes back is the
/// quieter beside the loudest that was sent, whenever it returns.
#[derive(Clone, Debug)]
pub(super) struct Echo {
    /// Gain of the path before it has been measured, in dB.
    assumed: f32,
    likeness: Likeness,
    /// By the loudest of all that may return now.
    anywhere: Coupling,
    /// By what returns at the path's delay, once that is known.
    found: Option<Found>,
}

/// A path whose delay is known.
#[derive(Clone, Debug)]
struct Found {
    /// Steps.
    delay: usize,
    coupling: Coupling,
}

impl Echo {
    /// A path of which only is known that it loses `loss` dB.
    pub(super) fn new(loss: f32) -> Self {
        Self {
            assumed: -loss,
            likeness: Likeness::new(),
            anywhere: Coupling::new(-loss, ANY_DELAY),
            found: None,
        }
    }

    /// The loudest that echo can make the current frame, in dBm0; nothing when what was sent
    /// leaves none.
    pub(super) fn loudest(&self, sent: &Sent) -> Option<f32> {
        if sent.is_silent() {
            return None;
        }
        let (returning, gain) = match &self.found {
            None => (level(sent.powers()), self.anywhere.level.max(NO_ECHO_DB)),
            Some(found) => (found.returning(sent), found.coupling.level),
        };
        (returning > INAUDIBLE_DBM0).then_some(returning + gain)
    }

    /// Takes in the mean square of a frame that holds neither speech nor a key.
    pub(super) fn learn(&mut self, sent: &Sent, mean_square: f32) {
        let loudest = level(sent.powers());
        if sent.is_silent() || !sent.is_known() || loudest < LOUD_DBM0 {
            return;
        }
        let received = Dbm0::from_mean_square(mean_square).0;
        self.anywhere.learn(received - loudest);
        if let Some(delay) = self.likeness.learn(sent, mean_square) {
            match &mut self.found {
                Some(found) if found.delay.abs_diff(delay) <= SPREAD => found.delay = delay,
                found => {
                    *found = Some(Found {
                        delay,
                        coupling: Coupling::new(self.assumed, ONE_DELAY),
                    });
                }
            }
        }
        if let Some(found) = &mut self.found {
            let returning = found.returning(sent);
            if returning > LOUD_DBM0 {
                found.coupling.learn(received - returning);
            }
        }
    }
}

impl Found {
    /// Level of the loudest that was sent and can return now, in dBm0.
    fn returning(&self, sent: &Sent) -> f32 {
        let first = self.delay.saturating_sub(SPREAD);
        let last = (self.delay + SPREAD + sent.lateness()).min(DELAYS - 1);
        let powers = sent.powers();
        let dying = powers[last + 1..].iter().take(TAIL).rev();
        let tail = dying.fold(0.0f32, |tail, &power| DECAY * tail.max(power));
        level(&powers[first..=last]).max(Dbm0::from_mean_square(tail).0)
    }
}

/// Level of the loudest of these mean squares, in dBm0.
fn level(powers: &[f32]) -> f32 {
    let loudest = powers
        .iter()
        .fold(0.0f32, |loudest, &power| loudest.max(power));
    Dbm0::from_mean_square(loudest).0
}

/// How like what comes back is to what was sent, at each delay: the correlation of their
/// amplitudes over the last seconds.
#[derive(Clone, Debug)]
struct Likeness {
    frames: u32,
    products: [f32; DELAYS],
    sent: [f32; DELAYS],
    received: f32,
}

impl Likeness {
    fn new() -> Self {
        Self {
            frames: 0,
            products: [0.0; DELAYS],
            sent: [0.0; DELAYS],
            received: 0.0,
        }
    }

    /// Takes in a frame; the delay of the greatest likeness, once it can be believed.
    fn learn(&mut self, sent: &Sent, mean_square: f32) -> Option<usize> {
        let received = mean_square.sqrt();
        self.received = MEMORY * self.received + mean_square;
        for (sum, power) in self.sent.iter_mut().zip(sent.powers()) {
            *sum = MEMORY * *sum + power;
        }
        for (sum, amplitude) in self.products.iter_mut().zip(sent.amplitudes()) {
            *sum = MEMORY * *sum + amplitude * received;
        }
        self.frames = self.frames.saturating_add(1);
        if self.frames < ENOUGH {
            return None;
        }

        let mut greatest = 0.0;
        let mut delay = 0;
        for (at, (product, sent)) in self.products.iter().zip(&self.sent).enumerate() {
            // At least one step of 16 bits: where nothing was sent nothing is alike.
            let likeness = product * product / sent.max(1.0);
            if likeness > greatest {
                greatest = likeness;
                delay = at;
            }
        }
        (greatest > LIKE * LIKE * self.received).then_some(delay)
    }
}

/// How much quieter echo is than what was sent: what all but a few of the latest frames stay
/// below.
#[derive(Clone, Debug)]
struct Coupling {
    /// In dB, at most what was assumed.
    level: f32,
    most: f32,
    /// Frames before a measurement is believed.
    fewest: usize,
    /// The latest frames, in units below `most`, and how many of them lie at each.
    recent: [u8; FRAMES],
    counts: [u8; DEPTH],
    total: usize,
    next: usize,
}

impl Coupling {
    fn new(most: f32, fewest: usize) -> Self {
        Self {
            level: most,
            most,
            fewest,
            recent: [0; FRAMES],
            counts: [0; DEPTH],
            total: 0,
            next: 0,
        }
    }

    /// Takes in a frame that came back `gain` dB louder than sent.
    fn learn(&mut self, gain: f32) {
        // The conversion saturates: louder than assumed counts as just that.
        let below = (((self.most - gain) / UNIT_DB) as u8).min(DEPTH as u8 - 1);
        if self.total == FRAMES {
            self.counts[usize::from(self.recent[self.next])] -= 1;
        } else {
            self.total += 1;
        }
        self.recent[self.next] = below;
        self.counts[usize::from(below)] += 1;
        self.next = (self.next + 1) % FRAMES;

        if self.total >= self.fewest {
            let few = self.total * (100 - PERCENTILE) / 100;
            let mut louder = 0;
            let unit = self.counts.iter().position(|&count| {
                louder += usize::from(count);
                louder > few
            });
            let unit = unit.expect("all frames together are more than a few of them");
            self.level = self.most - UNIT_DB * unit as f32;
        }
    }
}

/// What was sent below this level leaves no echo that stands out of any noise.
const INAUDIBLE_DBM0: f32 = -50.0;
/// What was sent above this level is loud enough to learn from.
const LOUD_DBM0: f32 = -40.0;
/// Steps before and after its delay at which echo is still expected: 15 ms, for the smear of the
/// path and because what the agent says it plays and what leaves Asterisk differ by up to a
/// packet.
const SPREAD: usize = 3;
/// Power of an echo a step later, and steps after which nothing of it stands out: 60 dB in 0.24 s. In a
/// furnished room it takes 0.4 s, but then most of it is in what came before.
const DECAY: f32 = 0.75;
const TAIL: usize = 24;
/// Gain below which no line is trusted to stay that is without an echo: a canceller may lose its way.
const NO_ECHO_DB: f32 = -30.0;
/// Weight of a frame in the likeness one frame later: a memory of two seconds.
const MEMORY: f32 = 0.99;
/// Frames compared before a delay is believed: 0.8 s, so that echo of half a second has been
/// there for a while.
const ENOUGH: u32 = 40;
/// Correlation above which a delay is believed. Unlike envelopes of speech reach 0.8, as neither
/// is ever negative.
const LIKE: f32 = 0.85;
/// Resolution of the coupling, well below its spread of 3 dB.
const UNIT_DB: f32 = 0.5;
/// Units told apart: 32 dB less than assumed, an echo no one hears.
const DEPTH: usize = 64;
/// Frames over which the coupling is measured: two seconds of loud prompt.
const FRAMES: usize = 100;
/// Frames before a measurement is believed: of what returns at one delay, and of what may return at any,
/// the longest and half a second.
const ONE_DELAY: usize = 20;
const ANY_DELAY: usize = 60;
/// Per cent of frames that stay below the coupling; what goes beyond is covered by the margin
/// `above_echo`, and by three frames in a row being needed.
const PERCENTILE: usize = 97;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::speech::{Envelope, FRAME, Prompt, STEP};

    /// A prompt whose level changes from step to step, by up to 20 dB.
    fn prompt(seconds: usize) -> Vec<i16> {
        let mut state = 1u32;
        let mut audio = Vec::new();
        while audio.len() < seconds * 8_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let amplitude = 400 + (state >> 20) as i16;
            let length = STEP * (4 + (state >> 12) as usize % 20);
            audio.extend([amplitude, -amplitude].repeat(length / 2));
        }
        audio
    }

    /// Lets the prompt return `delay` steps later, `gain` dB louder.
    fn after_echo(delay: usize, gain: f32) -> Echo {
        let audio = prompt(4);
        let mut returned = vec![0; delay * STEP];
        returned.extend(
            audio
                .iter()
                .map(|&x| f32::from(x) * 10f32.powf(gain / 20.0))
                .map(|x| x as i16),
        );

        let mut sent = Sent::new(Dbm0(-10.0));
        sent.play(Some(Prompt::Known(Arc::new(Envelope::of(&audio)))));
        let mut echo = Echo::new(8.0);
        for frame in returned.chunks_exact(FRAME) {
            let mean_square = frame.iter().map(|&x| f32::from(x).powi(2)).sum::<f32>();
            sent.advance();
            echo.learn(&sent, mean_square / FRAME as f32);
        }
        echo
    }

    #[test]
    fn delay_and_coupling_are_found() {
        for delay in [0, 1, 7, 40, 99] {
            for gain in [-12.0, -20.0, -30.0] {
                let Some(Found {
                    delay: found,
                    coupling,
                }) = after_echo(delay, gain).found
                else {
                    panic!("no delay found of {delay} steps at {gain} dB");
                };
                assert!(
                    found.abs_diff(delay) <= 1,
                    "{found} for {delay} steps at {gain} dB"
                );
                let error = coupling.level - gain;
                assert!(error.abs() <= 2.0, "{} for {gain} dB", coupling.level);
            }
        }
    }

    #[test]
    fn the_coupling_is_never_more_than_was_assumed() {
        let echo = after_echo(20, -2.0);
        let found = echo.found.expect("the delay is found");
        assert_eq!(found.coupling.level, -8.0);
        assert_eq!(echo.anywhere.level, -8.0);
    }

    #[test]
    fn a_few_louder_frames_do_not_raise_the_coupling() {
        let mut coupling = Coupling::new(-8.0, ONE_DELAY);
        for i in 0..FRAMES {
            coupling.learn(if i % 50 == 0 { -10.0 } else { -25.0 });
        }
        assert_eq!(coupling.level, -25.0);
    }
}
