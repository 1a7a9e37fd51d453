//! Each limit moves the edge that it is named after.

use voiceagent::dtmf::Limits;

use crate::{
    score::{FRAME_20_MS, Score, row_with},
    signal::{Line, Presses, voice},
};

/// Presses of the key 5 alone, whose company can be told by its frequency.
fn fives(presses: Presses) -> Presses {
    Presses {
        keys: vec![voiceagent::Key::ALL[5]; 80],
        ..presses
    }
}

fn heard(limits: &Limits, make: impl Fn(u64) -> Line) -> Score {
    row_with(limits, FRAME_20_MS, make)
}

/// Whether all of these are heard within `lax`, and none within `strict`.
fn moves(lax: &Limits, strict: &Limits, make: impl Fn(u64) -> Line) {
    let lax = heard(lax, &make);
    assert_eq!((lax.heard, lax.doubled), (lax.pressed, 0), "lax");
    let strict = heard(strict, &make);
    assert_eq!(strict.heard + strict.wrong, 0, "strict");
}

#[test]
fn shortest_key() {
    let limits = |min_duration_ms| Limits {
        min_duration_ms,
        ..Limits::ETSI
    };
    let make = |seed| Presses::lasting(35.0, 60.0).record(seed);
    moves(&limits(33.0), &limits(37.0), make);
    let make = |seed| Presses::lasting(57.0, 60.0).record(seed);
    moves(&limits(55.0), &limits(59.0), make);
}

#[test]
fn the_longest_shortest_key_is_heard_over_other_sound_too() {
    for min_duration_ms in [21.0, 45.0, 60.0] {
        let limits = Limits {
            min_duration_ms,
            ..Limits::ETSI
        };
        let row = heard(&limits, |seed| {
            let company = [(400.0, -17.0), (1060.0, -14.5)];
            fives(Presses::lasting(200.0, 60.0))
                .record(seed)
                .with_sines(&company)
        });
        assert_eq!(row.heard, row.pressed, "{min_duration_ms} ms");
        assert_eq!(row.doubled + row.wrong, 0, "{min_duration_ms} ms");
    }
}

#[test]
fn longest_break() {
    let make = |seed| {
        let presses = Presses {
            dropout_ms: Some((45.0, 14.0)),
            ..Presses::lasting(100.0, 60.0)
        };
        presses.record(seed)
    };
    let doubled = |max_gap_ms| {
        let limits = Limits {
            max_gap_ms,
            ..Limits::ETSI
        };
        heard(&limits, make).doubled
    };
    assert_eq!(doubled(17.0), 0);
    assert!(doubled(5.0) > 100);
}

#[test]
fn frequency_offset() {
    let limits = |max_offset_percent| Limits {
        max_offset_percent,
        ..Limits::ETSI
    };
    for percent in [-1.0, 1.0] {
        let make = |seed| Presses::off_by(percent, percent).record(seed);
        moves(&limits(1.3), &limits(0.7), make);
    }
}

#[test]
fn twist_either_way() {
    let limits = |max_twist_db, max_reverse_twist_db| Limits {
        max_twist_db,
        max_reverse_twist_db,
        ..Limits::ETSI
    };
    let make = |seed| Presses::default().with_twist(5.0).record(seed);
    moves(&limits(6.0, 0.0), &limits(4.0, 12.0), make);
    let make = |seed| Presses::default().with_twist(-5.0).record(seed);
    moves(&limits(0.0, 6.0), &limits(12.0, 4.0), make);
}

#[test]
fn weakest_tone() {
    let limits = |min_level_dbm0| Limits {
        min_level_dbm0,
        ..Limits::ETSI
    };
    let make = |seed| Presses::at(-20.0).record(seed);
    moves(&limits(-20.5), &limits(-19.5), make);
}

#[test]
fn what_is_left_beside_the_tones() {
    let limits = |max_residual_db| Limits {
        max_residual_db,
        ..Limits::ETSI
    };
    // A third tone is taken for what a codec left, and so for more than the limit itself has.
    let make = |seed| {
        fives(Presses::lasting(100.0, 60.0))
            .record(seed)
            .with_sines(&[(1050.0, -16.0)])
    };
    moves(&limits(-17.0), &limits(-30.0), make);
    let talk = voice(33, 20);
    let over_talk = |limits: &Limits| {
        let row = heard(limits, |seed| {
            Presses::default().record(seed).with_background(&talk, 12.0)
        });
        row.heard
    };
    assert!(over_talk(&limits(-30.0)) < over_talk(&limits(-17.0)));
}

#[test]
fn what_was_there_before() {
    let heard = |max_before_db| {
        let limits = Limits {
            max_before_db,
            ..Limits::ETSI
        };
        // Too short for tones that are known by being alone.
        let row = heard(&limits, |seed| {
            fives(Presses::lasting(26.0, 60.0))
                .record(seed)
                .with_sines(&[(770.0, -20.0)])
        });
        row.percent()
    };
    assert!(
        heard(-3.0) > 80.0 && heard(-20.0) < 5.0,
        "{} {}",
        heard(-3.0),
        heard(-20.0)
    );
}
