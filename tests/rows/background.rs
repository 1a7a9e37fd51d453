//! What else is on the line: noise, hum, dial tone, echo.

use std::f32::consts::TAU;

use voiceagent::{audio::Dbm0, dtmf::Limits};

use crate::{
    score::{hear, row, row_with},
    signal::{Line, Presses, RATE, Random, voice},
};

impl Line {
    /// A sine whose amplitude goes up and down by nine tenths, so many times a second.
    fn with_modulated_sine(mut self, hertz: f32, dbm0: f32, times_a_second: f32) -> Self {
        let amplitude = Dbm0(dbm0).amplitude();
        let phases = [0, 1].map(|_| self.random.uniform());
        for (i, x) in self.audio.iter_mut().enumerate() {
            let [carrier, swing] =
                [(hertz, phases[0]), (times_a_second, phases[1])].map(|(hertz, phase)| {
                    let turns = f64::from(hertz) * i as f64 / RATE as f64;
                    (TAU * (turns.fract() as f32 + phase)).sin()
                });
            *x += amplitude * (1.0 + 0.9 * swing) * carrier;
        }
        self
    }
}

#[test]
fn white_noise_takes_nothing_at_6_db_and_little_at_0() {
    for (snr, percent) in [
        (15.0, 100.0),
        (9.0, 100.0),
        (6.0, 99.7),
        (3.0, 99.0),
        (0.0, 94.0),
    ] {
        let score = row(|seed| Presses::default().record(seed).with_white_noise(snr));
        assert!(
            score.percent() >= percent,
            "{:.1} % at {snr} dB",
            score.percent()
        );
        assert_eq!((score.doubled, score.wrong), (0, 0), "{snr} dB");
    }
}

#[test]
fn long_keys_that_alone_are_asked_for_are_heard_in_noise_too() {
    for min_duration_ms in [40.0, 50.0, 55.0, 60.0] {
        let limits = Limits {
            min_duration_ms,
            ..Limits::ETSI
        };
        for (snr, percent) in [(12.0, 100.0), (3.0, 99.0), (1.0, 94.0)] {
            let score = row_with(&limits, 160, |seed| {
                Presses::lasting(200.0, 200.0)
                    .record(seed)
                    .with_white_noise(snr)
            });
            assert!(
                score.percent() >= percent,
                "{:.1} % of {min_duration_ms} ms at {snr} dB",
                score.percent()
            );
            assert_eq!((score.doubled, score.wrong), (0, 0), "{snr} dB");
        }
    }
}

#[test]
fn noise_alone_is_no_key() {
    let silence = Presses {
        keys: Vec::new(),
        ..Presses::default()
    };
    let mut line = silence.record(7);
    line.audio.resize(60 * RATE, 0.0);
    for snr in [0.0, -10.0, 20.0] {
        let samples = line.clone().with_white_noise(snr).samples();
        assert!(hear(&samples, 160, &Limits::ETSI).is_empty());
    }
}

/// Every key of `dbm0` a tone is heard once, and nothing else, where sines of `hertz` are on that are
/// each stronger by `over` dB.
fn all_are_heard_through(hertz: &[f32], dbm0: f32, over: f32) {
    let sines: Vec<_> = hertz.iter().map(|&hertz| (hertz, dbm0 + over)).collect();
    let score = row(|seed| Presses::at(dbm0).record(seed).with_sines(&sines));
    let all = (score.heard, score.doubled, score.wrong);
    assert_eq!(all, (480, 0, 0), "{hertz:?} {over} dB over");
}

#[test]
fn dial_tones_10_db_over_each_tone_are_heard_through() {
    // ITU-T E.180 supplement 2: North America, most of Europe, United Kingdom.
    for tones in [&[350.0, 440.0][..], &[425.0], &[350.0, 450.0]] {
        for over in [0.0, 5.0, 10.0] {
            all_are_heard_through(tones, -16.0, over);
        }
    }
}

#[test]
fn dial_tones_that_beat_and_ringing_are_heard_through() {
    // ITU-T E.180 supplement 2: Australia, twice; ringing of the United Kingdom and of North America.
    for tones in [
        &[413.0, 438.0][..],
        &[400.0, 425.0, 450.0],
        &[400.0, 450.0],
        &[440.0, 480.0],
    ] {
        for over in [0.0, 6.0, 10.0] {
            all_are_heard_through(tones, -20.0, over);
        }
    }
}

#[test]
fn dial_tones_that_are_modulated_are_heard_through() {
    // India and South Africa.
    for times_a_second in [25.0, 33.0] {
        for over in [0.0, 6.0, 10.0] {
            let score = row(|seed| {
                let line = Presses::at(-20.0).record(seed);
                line.with_modulated_sine(400.0, -20.0 + over, times_a_second)
            });
            let all = (score.heard, score.doubled, score.wrong);
            let by = format!("{times_a_second} Hz, {over} dB over");
            assert_eq!(all, (480, 0, 0), "{by}");
        }
    }
}

#[test]
fn hum_10_db_over_each_tone_is_heard_through() {
    for mains in [50.0, 60.0] {
        for harmonics in [&[][..], &[(3.0 * mains, -10.0), (5.0 * mains, -20.0)]] {
            let mut sines = vec![(mains, 0.0)];
            sines.extend(harmonics);
            let score = row(|seed| Presses::at(-10.0).record(seed).with_sines(&sines));
            let all = (score.heard, score.doubled, score.wrong);
            assert_eq!(all, (480, 0, 0), "{sines:?}");
        }
    }
}

#[test]
fn dc_larger_than_the_tones_is_heard_through() {
    for steps in [300.0, 1000.0, 3000.0] {
        let score = row(|seed| Presses::at(-25.0).record(seed).with_dc(steps));
        assert_eq!(
            (score.heard, score.doubled, score.wrong),
            (480, 0, 0),
            "{steps}"
        );
    }
}

#[test]
fn a_line_echo_is_no_second_key() {
    for (ms, down_db) in [(20.0, 10.0), (20.0, 16.0), (50.0, 16.0)] {
        let score = row(|seed| Presses::default().record(seed).with_echo(ms, down_db));
        let all = (score.heard, score.doubled, score.wrong);
        assert_eq!(all, (480, 0, 0), "{ms} ms, {down_db} dB");
    }
}

#[test]
fn a_voice_12_db_under_each_tone_hides_almost_no_key_and_makes_none() {
    let voice = voice(41, 60);
    let score = row(|seed| {
        Presses::default()
            .record(seed)
            .with_background(&voice, 12.0)
    });
    assert!(score.percent() >= 99.0, "{:.1} %", score.percent());
    assert_eq!((score.doubled, score.wrong), (0, 0));
    let alone: Vec<i16> = voice.iter().map(|x| *x as i16).collect();
    assert!(hear(&alone, 160, &Limits::ETSI).is_empty());
}

#[test]
fn what_is_played_comes_back_9_db_under_each_tone_and_hides_next_to_no_key() {
    for (what, played, least) in [
        ("a prompt", voice(45, 60), 98.0),
        ("music", music(46), 100.0),
    ] {
        let score = row(|seed| {
            Presses::default()
                .record(seed)
                .with_background(&played, 9.0)
        });
        assert!(score.percent() >= least, "{what}: {:.1} %", score.percent());
        assert_eq!((score.doubled, score.wrong), (0, 0), "{what}");
    }
}

/// A minute of plucked triads, each note with four harmonics and a decay of its own.
fn music(seed: u64) -> Vec<f32> {
    const BEAT: usize = 3 * RATE / 10;
    let mut random = Random::new(seed);
    let mut audio = vec![0.0; 60 * RATE];
    for from in (0..audio.len()).step_by(BEAT) {
        let root = (random.bits() % 25) as f32;
        for step in [0.0, 4.0, 7.0] {
            let hertz = 130.8 * 2f32.powf((root + step) / 12.0);
            let decay = 0.1 + 0.4 * random.uniform();
            for (i, x) in audio[from..].iter_mut().take(2 * BEAT).enumerate() {
                let seconds = i as f32 / RATE as f32;
                let loud = (-seconds / decay).exp();
                *x += (1..=4).map(|n| n as f32).fold(0.0, |sum, n| {
                    sum + 1000.0 / (n * n) * loud * (TAU * (n * hertz * seconds).fract()).sin()
                });
            }
        }
    }
    audio
}

#[test]
fn keys_that_are_clipped_by_12_db_are_heard() {
    for over_db in [6.0, 12.0] {
        // Nobody sends so much; an amplifier does, and what is beyond full scale is cut off. It may be
        // made fainter later.
        for down_db in [0.0, 10.0, 25.0] {
            let clipped = |seed| Presses::at(over_db).record(seed).clipped();
            let score = row(|seed| clipped(seed).fainter(down_db));
            let all = (score.heard, score.doubled, score.wrong);
            assert_eq!(all, (480, 0, 0), "by {over_db} dB, {down_db} dB down");
        }
    }
    // What is clipped makes the weaker tone weaker still.
    for (over_db, twist_db) in [(6.0, 4.0), (7.0, -4.0)] {
        let presses = Presses::at(over_db).with_twist(twist_db);
        let score = row(|seed| presses.record(seed).clipped().fainter(10.0));
        let all = (score.heard, score.doubled, score.wrong);
        assert_eq!(all, (480, 0, 0), "{twist_db} dB of twist");
    }
}

/// What may be heard until a telephone mutes it: a voice, noise, a chord.
fn other_sounds() -> [(&'static str, Vec<f32>); 3] {
    let mut random = Random::new(44);
    let noise = (0..20 * RATE).map(|_| 1000.0 * random.normal()).collect();
    let sine = |i: usize, hertz: f32| (TAU * (hertz * i as f32 / RATE as f32).fract()).sin();
    let chord = |i| {
        1000.0
            * [392.0, 523.3, 659.3]
                .map(|hertz| sine(i, hertz))
                .iter()
                .sum::<f32>()
    };
    [
        ("a voice", voice(43, 60)),
        ("noise", noise),
        ("a chord", (0..20 * RATE).map(chord).collect()),
    ]
}

#[test]
fn a_key_is_heard_that_takes_the_place_of_louder_sound() {
    for (what, other) in other_sounds() {
        for tone_ms in [40.0, 50.0, 100.0] {
            for over_db in [0.0, 10.0] {
                let presses = Presses::lasting(tone_ms, 80.0);
                let score = row(|seed| presses.record(seed).in_place_of(&other, over_db));
                let what = format!("{what}, {over_db} dB over keys of {tone_ms} ms");
                assert!(score.percent() >= 99.5, "{what}: {:.1} %", score.percent());
                assert_eq!((score.doubled, score.wrong), (0, 0), "{what}");
            }
        }
        let noisy = row(|seed| {
            let line = Presses::lasting(50.0, 80.0).record(seed);
            line.in_place_of(&other, 6.0).with_white_noise(10.0)
        });
        let percent = noisy.percent();
        assert!(percent >= 99.0, "{what}, noise of 10 dB: {percent:.1} %");
        assert_eq!((noisy.doubled, noisy.wrong), (0, 0), "{what}, noise");
    }
}

#[test]
fn a_long_key_is_heard_though_louder_sound_goes_on_a_little_under_it() {
    let voice = voice(45, 60);
    let score = row(|seed| {
        let line = Presses::lasting(80.0, 80.0).record(seed);
        line.in_place_of(&voice, 10.0).with_background(&voice, 14.0)
    });
    assert!(score.percent() >= 98.0, "{:.1} %", score.percent());
    assert_eq!((score.doubled, score.wrong), (0, 0));
}

#[test]
fn what_takes_the_place_of_louder_sound_is_no_key_if_it_is_none_by_itself() {
    for (what, other) in other_sounds() {
        for (why, presses) in [
            ("15 ms", Presses::lasting(15.0, 80.0)),
            ("3.5 % high", Presses::off_by(3.5, 3.5)),
            ("one tone 3.5 % low", Presses::off_by(0.0, -3.5)),
            ("twist", Presses::default().with_twist(14.0)),
        ] {
            let score = row(|seed| presses.record(seed).in_place_of(&other, 10.0));
            let heard = (score.heard, score.wrong);
            assert_eq!(heard, (0, 0), "{what}, {why}");
        }
    }
}
