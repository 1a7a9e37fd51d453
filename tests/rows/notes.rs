//! Notes of instruments that begin two at a time at a key's frequencies, beside other sound.

use std::f32::consts::TAU;

use voiceagent::audio::Dbm0;

use crate::{
    score::row,
    signal::{COLUMNS, Line, Presses, RATE, ROWS},
};

/// Two bass notes that beat, 5 dB under each tone: a steady one might be a dial tone.
const BASS: &[(f32, f32)] = &[(131.0, -15.0), (156.0, -15.0)];

impl Line {
    /// Presses of which less and less is left, as of a plucked string.
    pub fn decaying(mut self, by_half_each_ms: f32) -> Self {
        for press in &self.presses {
            for i in press.from..press.to {
                let ms = 1000.0 * (i - press.from) as f32 / RATE as f32;
                self.audio[i] *= (-ms / by_half_each_ms).exp2();
            }
        }
        self
    }

    /// While each key is down, so long before it or both, a sine of a level of its own.
    pub fn with_notes(
        mut self,
        dbm0: f32,
        when: When,
        hertz: impl Fn(usize, usize) -> f32,
    ) -> Self {
        for press in &self.presses {
            let (row, column) = press.key.position();
            let radians = TAU * hertz(row, column) / RATE as f32;
            let phase = TAU * self.random.uniform();
            let sounds = match when {
                When::Meanwhile => press.from..press.to,
                When::Before => press.from - BEFORE..press.from,
                When::Throughout => press.from - BEFORE..press.to,
            };
            for (i, x) in self.audio[sounds].iter_mut().enumerate() {
                *x += Dbm0(dbm0).amplitude() * (radians * i as f32 + phase).sin();
            }
        }
        self
    }
}

/// When a note sounds beside a key.
#[derive(Clone, Copy)]
pub enum When {
    Meanwhile,
    Before,
    Throughout,
}

/// Samples before a key, 25 ms.
const BEFORE: usize = 200;

#[test]
fn a_key_that_one_gain_takes_down_is_a_key() {
    // By 10 and by 14 dB in 80 ms, as an automatic gain does at the onset.
    for half_each_ms in [48.0, 34.0] {
        let presses = Presses::lasting(80.0, 80.0);
        let score = row(|seed| presses.record(seed).decaying(half_each_ms));
        let all = (score.heard, score.doubled, score.wrong);
        assert_eq!(all, (480, 0, 0), "{half_each_ms} ms");
    }
}

#[test]
fn notes_that_decay_over_a_bass_are_no_key() {
    let notes = Presses::lasting(150.0, 100.0);
    let score = row(|seed| notes.record(seed).decaying(20.0).with_sines(BASS));
    assert!(score.percent() <= 1.0, "{:.1} %", score.percent());
    assert_eq!(score.wrong, 0);
}

#[test]
fn keys_over_a_bass_are_keys() {
    let score = row(|seed| Presses::default().record(seed).with_sines(BASS));
    assert_eq!((score.heard, score.doubled, score.wrong), (480, 0, 0));
}

#[test]
fn notes_that_decay_are_no_key_where_one_is_much_louder() {
    for twist_db in [-9.0, 9.0] {
        let notes = Presses::lasting(150.0, 100.0).with_twist(twist_db);
        let decaying = row(|seed| notes.record(seed).decaying(30.0));
        assert!(decaying.percent() <= 1.0, "{:.1} %", decaying.percent());
        let steady = row(|seed| notes.record(seed));
        assert_eq!((steady.heard, steady.doubled, steady.wrong), (480, 0, 0));
    }
}

/// As instruments are tuned, near a key's tones but not at them.
pub fn tuned(tone_ms: f32) -> Presses {
    Presses {
        low_offset_percent: SHARP,
        high_offset_percent: SHARP,
        ..Presses::lasting(tone_ms, 60.0)
    }
}

pub const SHARP: f32 = 0.6;

#[test]
fn notes_that_bring_their_harmonics_are_no_key() {
    let sharp = 1.0 + SHARP / 100.0;
    let of_low = |row: usize, _| 3.0 * sharp * ROWS[row];
    let of_high = |_, column: usize| 2.0 * sharp * COLUMNS[column];
    let score = row(|seed| {
        let line = tuned(60.0).record(seed);
        let line = line.with_notes(-20.0, When::Meanwhile, of_low);
        line.with_notes(-20.0, When::Meanwhile, of_high)
    });
    assert!(score.percent() <= 1.0, "{:.1} %", score.percent());
    assert_eq!(score.wrong, 0);
    // As much above the tones, but no multiples of theirs.
    let score = row(|seed| {
        let line = tuned(60.0).record(seed);
        let line = line.with_notes(-20.0, When::Meanwhile, |_, _| 2_010.0);
        line.with_notes(-20.0, When::Meanwhile, |_, _| 3_370.0)
    });
    assert_eq!((score.heard, score.doubled, score.wrong), (480, 0, 0));
}

#[test]
fn notes_that_take_the_place_of_another_are_no_key() {
    let chord = |seed| {
        let line = tuned(60.0).record(seed);
        line.with_notes(-19.0, When::Meanwhile, |_, _| 480.0)
    };
    let score = row(|seed| chord(seed).with_notes(-8.0, When::Before, |_, _| 1_050.0));
    assert!(score.percent() <= 1.0, "{:.1} %", score.percent());
    assert_eq!(score.wrong, 0);
    // Added to another note that goes on they may be one.
    let score = row(|seed| chord(seed).with_notes(-22.0, When::Throughout, |_, _| 1_050.0));
    assert_eq!((score.heard, score.doubled, score.wrong), (480, 0, 0));
}

#[test]
fn tones_that_are_off_together_are_a_key_and_as_far_apart_two_notes() {
    let beside = |low_percent, high_percent| {
        row(|seed| {
            let line = Presses::off_by(low_percent, high_percent).record(seed);
            line.with_notes(-24.0, When::Meanwhile, |_, _| 480.0)
        })
    };
    for both in [1.4, -1.4] {
        let together = beside(both, both);
        let all = (together.heard, together.doubled, together.wrong);
        assert_eq!(all, (480, 0, 0), "{both} %");
        let apart = beside(both, -both);
        assert!(apart.percent() <= 1.0, "{:.1} %", apart.percent());
        assert_eq!(apart.wrong, 0);
    }
}
