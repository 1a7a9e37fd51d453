//! The tones themselves: how long, how loud, how far off.

use voiceagent::dtmf::Limits;

use crate::{
    score::{FRAME_20_MS, row, row_with},
    signal::{Law, Presses},
};

#[test]
fn clean_keys_are_all_heard_within_31_and_41_ms() {
    for presses in [Presses::default(), Presses::lasting(40.0, 40.0)] {
        let score = row(|seed| presses.record(seed));
        assert_eq!((score.heard, score.doubled, score.wrong), (480, 0, 0));
        assert!(score.latency(50) <= 32.0, "{}", score.latency(50));
        assert!(score.latency(99) <= 41.5, "{}", score.latency(99));
    }
}

#[test]
fn frames_of_10_ms_save_5_ms() {
    let score = row_with(&Limits::ETSI, 80, |seed| Presses::default().record(seed));
    assert_eq!(score.heard, score.pressed);
    assert!(score.latency(50) <= 27.0, "{}", score.latency(50));
    assert!(score.latency(99) <= 31.5, "{}", score.latency(99));
}

#[test]
fn tones_of_22_ms_are_keys_and_those_of_20_ms_are_not() {
    for snr in [None, Some(15.0), Some(12.0)] {
        let heard = |tone_ms: f32| {
            row(|seed| {
                let line = Presses::lasting(tone_ms, 60.0).record(seed);
                match snr {
                    Some(snr) => line.with_white_noise(snr),
                    None => line,
                }
            })
            .percent()
        };
        for tone_ms in [22.0, 25.0] {
            assert!(heard(tone_ms) >= 99.0, "{tone_ms} ms at {snr:?} dB");
        }
        assert!(heard(20.0) <= 0.5, "20 ms at {snr:?} dB");
        assert_eq!(heard(18.0), 0.0, "18 ms at {snr:?} dB");
    }
}

#[test]
fn each_profile_draws_its_line_between_two_milliseconds() {
    for (limits, never, always) in [(Limits::ATT, 23.0, 25.0), (Limits::NTT, 24.0, 26.0)] {
        let heard = |tone_ms| {
            row_with(&limits, FRAME_20_MS, |seed| {
                Presses::lasting(tone_ms, 60.0).record(seed)
            })
            .percent()
        };
        assert_eq!(heard(never), 0.0);
        assert!(heard(always) >= 99.0);
    }
}

#[test]
fn the_ntt_profile_does_not_answer_at_minus_29_dbm0() {
    let heard = |level| {
        row_with(&Limits::NTT, FRAME_20_MS, |seed| {
            Presses::at(level).record(seed)
        })
        .percent()
    };
    assert_eq!(heard(-24.0), 100.0);
    assert_eq!(heard(-29.0), 0.0);
}

#[test]
fn both_tones_may_be_2_percent_off_and_neither_3() {
    for (low, high) in [(2.0, 2.0), (-2.0, -2.0), (2.0, -2.0), (-2.0, 2.0)] {
        let score = row(|seed| Presses::off_by(low, high).record(seed));
        assert_eq!(score.heard, score.pressed, "{low} and {high} %");
        let score = row(|seed| {
            Presses::off_by(low, high)
                .record(seed)
                .with_white_noise(12.0)
        });
        assert!(score.percent() >= 99.5, "{low} and {high} % in noise");
    }
    for (low, high) in [(3.0, 0.0), (-3.0, 0.0), (0.0, 3.0), (0.0, -3.0), (3.5, 3.5)] {
        for snr in [60.0, 12.0] {
            let line = |seed| {
                Presses::off_by(low, high)
                    .record(seed)
                    .with_white_noise(snr)
            };
            let score = row(line);
            assert_eq!(
                (score.heard, score.wrong),
                (0, 0),
                "{low} and {high} % at {snr} dB"
            );
        }
    }
}

#[test]
fn levels_from_3_to_minus_45_dbm0_are_heard_and_10_db_of_twist() {
    for level in [3.0, 0.0, -10.0, -25.0, -40.0, -45.0] {
        let score = row(|seed| Presses::at(level).record(seed));
        assert_eq!((score.heard, score.wrong), (480, 0), "{level} dBm0");
    }
    for twist in [-10.0, -8.0, 4.0, 10.0] {
        let presses = Presses::at(-12.0).with_twist(twist);
        let score = row(|seed| presses.record(seed));
        assert_eq!((score.heard, score.wrong), (480, 0), "{twist} dB");
    }
}

#[test]
fn twelve_db_of_twist_is_too_much() {
    for twist in [-12.0, 12.0] {
        let presses = Presses::at(-12.0).with_twist(twist);
        assert_eq!(row(|seed| presses.record(seed)).heard, 0, "{twist} dB");
    }
}

#[test]
fn g711_changes_nothing() {
    for law in [Law::A, Law::Mu] {
        for level in [-3.0, -10.0, -25.0, -40.0] {
            let score = row(|seed| Presses::at(level).record(seed).through_g711(law));
            let all = (score.heard, score.doubled, score.wrong);
            assert_eq!(all, (480, 0, 0), "{law:?} at {level} dBm0");
        }
    }
}

#[test]
fn keys_are_heard_through_g722_at_every_level_and_length_and_in_noise() {
    for level in [3.0, -10.0, -25.0, -40.0, -45.0] {
        let score = row(|seed| Presses::at(level).record(seed).through_g722());
        let all = (score.heard, score.doubled, score.wrong);
        assert_eq!(all, (480, 0, 0), "{level} dBm0");
    }
    for (ms, snr_db, least) in [(24.0, 15.0, 99.0), (50.0, 6.0, 99.0)] {
        let score = row(|seed| {
            let presses = Presses::lasting(ms, 60.0);
            presses.record(seed).with_white_noise(snr_db).through_g722()
        });
        assert!(
            score.percent() >= least,
            "{ms} ms: {:.1} %",
            score.percent()
        );
        assert_eq!((score.doubled, score.wrong), (0, 0), "{ms} ms");
    }
}

#[test]
fn the_tones_may_start_5_ms_apart() {
    let presses = Presses {
        stagger_ms: 5.0,
        ..Presses::default()
    };
    let score = row(|seed| presses.record(seed));
    assert_eq!((score.heard, score.doubled, score.wrong), (480, 0, 0));
}
