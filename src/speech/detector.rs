//! Frames into starts and ends of speech.

use std::time::Duration;

use super::{
    FRAME, Limits, Prompt,
    burst::{Burst, Rise},
    echo::Echo,
    energy::{Energy, Sound},
    floor::Floor,
    keys::Keys,
    sent::Sent,
};
use crate::audio::{Dbm0, SampleTime};

/// What the detector tells, in order of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The caller began to speak.
    Start(Start),
    /// The caller stopped.
    End(End),
}

/// The beginning of a burst of speech.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// Where its first frame of 20 ms begins.
    pub onset: SampleTime,
}

/// A whole burst of speech.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// Where its first frame of 20 ms begins.
    pub onset: SampleTime,
    /// Where its last frame ends; the hang-over is not part of it.
    pub end: SampleTime,
    /// Mean level of its frames, pauses left out.
    pub level: Dbm0,
}

/// Speech on and off in one stream of audio.
///
/// Inputs are audio ([`push`](Self::push), [`lost`](Self::lost)), keys as soon as they are known
/// ([`key_down`](Self::key_down), [`key_up`](Self::key_up)) and what the agent plays
/// ([`playing`](Self::playing)); events come out of the first two and of
/// [`finish`](Self::finish). A key must be told before the first sample after its detection is
/// pushed: give each piece of audio to the key detector first, then to this one.
///
/// Nothing is allocated after [`new`](Self::new), and the work for a sample is bounded.
#[derive(Clone, Debug)]
pub struct Detector {
    limits: Limits,
    now: SampleTime,
    frame: Energy,
    floor: Floor,
    sent: Sent,
    echo: Echo,
    keys: Keys,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Quiet,
    Rising(Rise),
    Speaking(Burst),
}

/// One frame, judged.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Stands out of noise and echo.
    Voice(Sound),
    /// Noise and echo, a key, or nothing received.
    Other,
}

impl Detector {
    /// A detector at the first sample of a stream.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            now: SampleTime::ZERO,
            frame: Energy::default(),
            floor: Floor::new(),
            sent: Sent::new(Dbm0(limits.unknown_prompt_dbm0)),
            echo: Echo::new(limits.echo_loss_db),
            keys: Keys::default(),
            state: State::Quiet,
        }
    }

    /// The next samples, 8 kHz mono. How they are cut into pieces makes no difference.
    pub fn push(&mut self, samples: &[i16], on_event: &mut impl FnMut(Event)) {
        let mut rest = samples;
        while !rest.is_empty() {
            let (frame, later) = rest.split_at(rest.len().min(self.room()));
            self.frame.add(frame);
            self.advance(frame.len(), on_event);
            rest = later;
        }
    }

    /// The next samples are known to be missing.
    ///
    /// Nothing is learned from a gap, and it counts as a pause.
    pub fn lost(&mut self, samples: u64, on_event: &mut impl FnMut(Event)) {
        let mut rest = samples.min(u64::MAX - self.now.samples());
        while rest > 0 {
            let frame = rest.min(self.room() as u64);
            self.advance(frame as usize, on_event);
            rest -= frame;

            let frames = (rest / FRAME as u64).saturating_sub(REMEMBERED);
            self.now = self.now + frames * FRAME as u64;
            self.sent.skip(frames as usize);
            rest -= frames * FRAME as u64;
        }
    }

    /// A key went down at `onset`, and is still. What was taken for speech of it no longer is,
    /// but a start already told.
    pub fn key_down(&mut self, onset: SampleTime) {
        self.keys.down(onset);
        // Frames that have been judged: however far the next one is full, the same.
        let judged = self.now - self.now.samples() % FRAME as u64;
        let frames = judged.since(onset).div_ceil(FRAME as u64) as usize;
        if frames == 0 {
            return;
        }
        match &mut self.state {
            State::Quiet => {}
            State::Rising(_) => self.state = State::Quiet,
            State::Speaking(burst) => burst.revoke(frames),
        }
    }

    /// The key went up again; `end` is where its sound ended.
    pub fn key_up(&mut self, end: SampleTime) {
        self.keys.up(end);
    }

    /// What the agent plays towards the caller from here on, `None` when nothing.
    ///
    /// Tell each piece of a greeting as it is begun: the echo of the one before is remembered.
    pub fn playing(&mut self, prompt: Option<Prompt>) {
        self.sent.play(prompt);
    }

    /// So much of the audio that should have come by now has not: it is late, or was lost and nothing stands
    /// in for it. What is played has gone on meanwhile. Tell it with each packet.
    pub fn behind(&mut self, time: Duration) {
        self.sent.behind(time);
    }

    /// The stream is over: ends what has not ended.
    pub fn finish(&mut self, on_event: &mut impl FnMut(Event)) {
        if let State::Speaking(burst) = self.state {
            on_event(Event::End(burst.ended()));
        }
        self.state = State::Quiet;
    }

    /// Where in the stream the next sample lies.
    #[must_use]
    pub fn now(&self) -> SampleTime {
        self.now
    }

    /// Samples until the frame is full.
    fn room(&self) -> usize {
        FRAME - (self.now.samples() % FRAME as u64) as usize
    }

    fn advance(&mut self, samples: usize, on_event: &mut impl FnMut(Event)) {
        self.now = self.now + samples as u64;
        if self.room() == FRAME {
            self.sent.advance();
            let frame = self.judge();
            self.follow(frame, on_event);
        }
    }

    /// Says what the frame that ends here is, and learns from it.
    fn judge(&mut self) -> Frame {
        let received = self.frame.samples();
        let sound = self.frame.take();
        if received < ENOUGH || self.keys.sounded(self.now - FRAME as u64, self.now) {
            return Frame::Other;
        }

        let level = Dbm0::from_mean_square(sound.mean_square).0;
        let echo = self.echo.loudest(&self.sent);
        self.floor.update(level);
        let mut threshold = self
            .limits
            .min_level_dbm0
            .max(self.floor.level() + self.limits.above_noise_db);
        if let Some(loudest) = echo {
            threshold = threshold.max(loudest + self.limits.above_echo_db);
        }
        if matches!(self.state, State::Speaking(_)) {
            threshold -= HYSTERESIS_DB;
        }
        if level > threshold {
            Frame::Voice(sound)
        } else {
            self.echo.learn(&self.sent, sound.mean_square);
            Frame::Other
        }
    }

    /// Moves the state on by a frame.
    fn follow(&mut self, frame: Frame, on_event: &mut impl FnMut(Event)) {
        self.state = match (self.state, frame) {
            (State::Quiet, Frame::Other) => State::Quiet,
            (State::Quiet, Frame::Voice(sound)) => State::Rising(Rise::new(self.now, sound)),
            (State::Rising(mut rise), Frame::Other) => {
                if rise.sink() {
                    State::Rising(rise)
                } else {
                    State::Quiet
                }
            }
            (State::Rising(mut rise), Frame::Voice(sound)) => {
                rise.add(self.now, sound);
                if rise.is_speech(self.limits.start_ms) {
                    let burst = rise.burst();
                    let onset = burst.onset();
                    on_event(Event::Start(Start { onset }));
                    State::Speaking(burst)
                } else {
                    State::Rising(rise)
                }
            }
            (State::Speaking(mut burst), Frame::Voice(sound)) => {
                burst.add(self.now, sound.mean_square);
                State::Speaking(burst)
            }
            (State::Speaking(mut burst), Frame::Other) => {
                burst.pause();
                if burst.pause_ms(self.now) >= self.limits.hang_over_ms {
                    on_event(Event::End(burst.ended()));
                    State::Quiet
                } else {
                    State::Speaking(burst)
                }
            }
        };
    }
}

/// Samples of a frame that must have been received for its energy to mean something: half.
const ENOUGH: usize = FRAME / 2;
/// Frames of a gap that are walked through; more than anything but the hang-over, which goes by
/// the clock, remembers.
const REMEMBERED: u64 = 64;
/// How far speech once begun may sink below what made it begin, in dB.
const HYSTERESIS_DB: f32 = 3.0;
