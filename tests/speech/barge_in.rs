//! The caller who speaks over a greeting is heard, the greeting's own echo is not.
//!
//! Voices are made by rule here; `benches/barge_in.rs` measures the same with more trials and
//! with recordings.

use crate::trial::{Call, Outcome, Voices};

/// How many of the trials ended in a false start.
fn false_starts(call: Call, voices: &Voices) -> usize {
    (0..TRIALS)
        .filter(|&seed| call.take_place(voices, seed) == Outcome::False)
        .count()
}

/// Median delay in milliseconds; callers who were not heard count as late.
fn median_delay(call: Call, voices: &Voices) -> f32 {
    let mut delays: Vec<f32> = (0..TRIALS)
        .map(|seed| match call.take_place(voices, seed) {
            Outcome::Heard(delay) => delay,
            Outcome::Nothing => f32::INFINITY,
            Outcome::False => 0.0,
        })
        .collect();
    delays.sort_by(f32::total_cmp);
    delays[delays.len() / 2]
}

#[test]
fn echo_15_db_down_and_more_is_not_speech() {
    let voices = Voices::synthetic(11);
    for echo_loss in [15.0, 20.0, 30.0] {
        let call = Call {
            echo_loss,
            caller: None,
            ..Call::default()
        };
        let number = false_starts(call, &voices);
        assert!(number <= 2, "{number} of {TRIALS} at {echo_loss} dB");
    }
}

#[test]
fn a_caller_is_heard_over_an_echo_20_db_down() {
    let voices = Voices::synthetic(12);
    let delay = median_delay(Call::default(), &voices);
    assert!(delay <= 80.0, "{delay} ms");
}

#[test]
fn a_loud_caller_is_heard_over_an_echo_15_db_down() {
    let voices = Voices::synthetic(13);
    let call = Call {
        echo_loss: 15.0,
        caller: Some(-18.0),
        ..Call::default()
    };
    let delay = median_delay(call, &voices);
    assert!(delay <= 80.0, "{delay} ms");
}

#[test]
fn noise_of_the_line_adds_no_false_starts() {
    let voices = Voices::synthetic(14);
    let call = Call {
        caller: None,
        noise: [-45.0, -45.0],
        ..Call::default()
    };
    let number = false_starts(call, &voices);
    assert!(number <= 2, "{number} of {TRIALS}");
}

#[test]
fn noise_that_grows_under_the_greeting_is_not_speech() {
    let voices = Voices::synthetic(15);
    let call = Call {
        caller: None,
        echo_loss: 25.0,
        noise: [-55.0, -40.0],
        ..Call::default()
    };
    let number = false_starts(call, &voices);
    assert!(number <= 2, "{number} of {TRIALS}");
}

#[test]
fn a_caller_is_heard_as_soon_where_nothing_echoes() {
    let voices = Voices::synthetic(16);
    let call = Call {
        echo_loss: 90.0,
        ..Call::default()
    };
    let delay = median_delay(call, &voices);
    assert!(delay <= 80.0, "{delay} ms");
    let never = (0..TRIALS).filter(|&seed| call.take_place(&voices, seed) == Outcome::Nothing);
    assert_eq!(never.count(), 0);
}

#[test]
fn the_echo_of_a_furnished_room_is_not_speech() {
    let voices = Voices::synthetic(17);
    let call = Call {
        caller: None,
        dies_away: 400.0,
        ..Call::default()
    };
    let number = false_starts(call, &voices);
    assert!(number <= 2, "{number} of {TRIALS}");
}

#[test]
fn echo_is_not_speech_where_packets_of_it_are_lost() {
    let voices = Voices::synthetic(18);
    for lost in [(1.0, 1), (3.0, 1), (1.0, 5)] {
        let call = Call {
            caller: None,
            lost,
            ..Call::default()
        };
        let number = false_starts(call, &voices);
        assert!(number <= 2, "{number} of {TRIALS} where {lost:?} are lost");
    }
}

const TRIALS: u64 = 60;
