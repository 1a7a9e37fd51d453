//! Breaks inside keys, pauses between them, and frames lost on the way.

use voiceagent::Key;

use crate::{
    score::{lossy_row, row},
    signal::{Concealment, Presses},
};

#[test]
fn a_dropout_of_15_ms_doubles_no_key() {
    for ms in [5.0, 10.0, 12.0, 15.0] {
        for from_ms in [20.0, 45.0] {
            let presses = Presses {
                dropout_ms: Some((from_ms, ms)),
                ..Presses::lasting(100.0, 60.0)
            };
            let score = row(|seed| presses.record(seed));
            let all = (score.heard, score.doubled, score.wrong);
            assert_eq!(all, (480, 0, 0), "{ms} ms after {from_ms}");
        }
    }
}

#[test]
fn a_pause_of_20_ms_separates_the_same_key() {
    for key in ['5', '9'] {
        for ms in [20.0, 25.0, 30.0] {
            let presses = Presses {
                keys: vec![Key::from_char(key).unwrap(); 160],
                ..Presses::lasting(60.0, ms)
            };
            let clean = row(|seed| presses.record(seed));
            assert!(clean.percent() >= 99.0, "{ms} ms: {:.1} %", clean.percent());
            let noisy = row(|seed| presses.record(seed).with_white_noise(15.0));
            assert!(noisy.percent() >= 99.0, "{ms} ms: {:.1} %", noisy.percent());
            assert_eq!((clean.wrong, noisy.wrong), (0, 0), "{ms} ms");
        }
    }
}

#[test]
fn lost_frames_double_no_key_however_they_are_concealed() {
    use Concealment::{Missing, Repeated, Zeroed};
    for concealment in [Missing, Zeroed, Repeated] {
        for percent in [1.0, 3.0, 5.0] {
            let score = lossy_row(|seed| {
                Presses::lasting(100.0, 100.0)
                    .record(seed)
                    .losing(percent, concealment)
            });
            let what = format!("{concealment:?} {percent} %: {:.1} %", score.percent());
            assert_eq!((score.doubled, score.wrong), (0, 0), "{what}");
            assert!(score.percent() >= 100.0 - 0.6 * percent, "{what}");
        }
    }
}
