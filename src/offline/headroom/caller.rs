//! What a caller says: speech, and a key now and then, over and over.

use std::time::Duration;

use crate::{
    audio::{AudioFormat, Dbm0, Press, Rng, SAMPLE_RATE, Synth, g711, talk},
    dtmf,
    ear::{Ear, Heard},
    key::Key,
};

/// Two seconds of a caller's audio, as Asterisk sends it.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// Frames of 20 ms in A-law.
    frames: Vec<Vec<u8>>,
    /// The frame by which the key is known.
    known: usize,
}

impl Caller {
    /// Always the same one.
    pub(super) fn new() -> Self {
        let mut rng = Rng::new(SEED);
        let mut line = Synth::new(SAMPLE_RATE);
        line.silence(KEY_AT);
        line.press(KEY, &Press::default());
        line.silence(SECONDS - line.seconds());
        line.add_noise(Dbm0(-60.0), SEED as u32);
        let mut samples = line.into_samples();
        // A second of speech is in the pause behind the key, and a little in the one before it.
        let turns = [(0.0, KEY_AT - PAUSE), (KEY_AT + 0.1 + PAUSE, SECONDS)];
        for turn in turns.map(|(from, to)| sample_at(from)..sample_at(to)) {
            let voice = talk(&mut rng, turn.len());
            for (sample, voice) in samples[turn].iter_mut().zip(voice) {
                *sample += (Dbm0(-10.0).amplitude() * voice) as i16;
            }
        }
        let codes: Vec<u8> = samples.into_iter().map(g711::linear_to_alaw).collect();
        let frames: Vec<Vec<u8>> = codes.chunks(FRAME).map(<[u8]>::to_vec).collect();
        let known = known(&frames);
        Self { frames, known }
    }

    /// The frame that comes as the `number`th, and whether the key in it is then known.
    pub(super) fn frame(&self, number: usize) -> (&[u8], bool) {
        let number = number % self.frames.len();
        (&self.frames[number], number == self.known)
    }

    /// How many frames there are before the first comes again.
    pub(super) fn frames(&self) -> usize {
        self.frames.len()
    }
}

fn known(frames: &[Vec<u8>]) -> usize {
    let mut ear = Ear::new(FORMAT, &dtmf::Limits::default(), None).expect("8 kHz need nothing");
    let mut known = Vec::new();
    for (number, frame) in frames.iter().enumerate() {
        ear.hear(frame, &mut |heard| {
            if matches!(heard, Heard::KeyDown { down, .. } if down.key == KEY) {
                known.push(number);
            }
        });
    }
    let [known] = known[..] else {
        unreachable!("a clean key is heard once");
    };
    known
}

fn sample_at(seconds: f64) -> usize {
    (seconds * f64::from(SAMPLE_RATE)).round() as usize
}

/// The key that rings the same person anew, so that a call can go on for ever.
pub(super) const KEY: Key = Key::ALL[0];
/// As most lines outside North America carry it.
pub(super) const FORMAT: AudioFormat = AudioFormat::ALAW;
/// Between two frames.
pub(super) const FRAME_TIME: Duration = Duration::from_millis(20);
/// Samples, and in A-law bytes, of a frame.
pub(super) const FRAME: usize = SAMPLE_RATE as usize / 50;
/// After a key the agent is busy for half a second, then it must be listening again.
const SECONDS: f64 = 2.0;
/// Seconds from the beginning to the key.
const KEY_AT: f64 = 0.7;
/// Seconds of quiet before and after the key.
const PAUSE: f64 = 0.1;
/// Any number would do.
const SEED: u64 = 20_261_123;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_key_and_nothing_else_is_heard_each_time_round() {
        let caller = Caller::new();
        let mut ear = Ear::new(FORMAT, &dtmf::Limits::default(), None).expect("8 kHz");
        let mut heard = Vec::new();
        let rounds = 5;
        for number in 0..rounds * caller.frames() {
            let (frame, known) = caller.frame(number);
            let before = heard.len();
            ear.hear(frame, &mut |event| {
                if let Heard::KeyDown { down, .. } = event {
                    heard.push(down.key);
                }
            });
            assert_eq!(heard.len() > before, known, "frame {number}");
        }
        assert_eq!(heard, vec![KEY; rounds]);
    }
}
