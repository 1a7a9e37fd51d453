//! Noise of the line is not speech.

use voiceagent::{audio::Rng, speech::Event};

use crate::line::{MS, add, events, hiss, hum, white};

const SECOND: usize = 8_000;

#[test]
fn silence_is_not_speech() {
    assert_eq!(events(&vec![0.0; 10 * SECOND]), []);
}

#[test]
fn an_offset_is_not_speech() {
    assert_eq!(events(&vec![3_000.0; 10 * SECOND]), []);
}

#[test]
fn constant_noise_is_not_speech_even_at_the_beginning() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        for level in [-35.0, -40.0, -50.0, -60.0] {
            let length = 10 * SECOND;
            assert_eq!(events(&white(&mut rng, level, length)), [], "white {level}");
            assert_eq!(events(&hiss(&mut rng, level, length)), [], "hiss {level}");
            for mains in [50.0, 60.0] {
                assert_eq!(events(&hum(mains, level, length)), [], "{mains} Hz {level}");
            }
        }
    }
}

#[test]
fn noise_after_a_silent_beginning_is_not_speech() {
    let mut rng = Rng::new(1);
    let mut line = vec![0.0; 10 * SECOND];
    add(&mut line, SECOND / 10, &white(&mut rng, -40.0, 10 * SECOND));
    assert_eq!(events(&line), []);
}

#[test]
fn a_step_in_noise_is_over_within_a_second_and_does_not_come_back() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let mut line = white(&mut rng, -60.0, 20 * SECOND);
        add(&mut line, 3 * SECOND, &white(&mut rng, -36.0, 17 * SECOND));
        let heard = events(&line);
        let [Event::Start(_), Event::End(end)] = heard[..] else {
            panic!("seed {seed}: {heard:?}");
        };
        assert!(end.end.seconds() <= 4.0, "until {}", end.end);
    }
}

#[test]
fn noise_behind_a_hole_of_silence_is_not_speech() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        for level in [-40.0, -50.0] {
            for ms in [20, 40, 200, 2_000] {
                let mut line = white(&mut rng, level, 10 * SECOND);
                let from = 5 * SECOND + rng.index(0, 160);
                line[from..from + ms * MS].fill(0.0);
                assert_eq!(events(&line), [], "seed {seed}: {ms} ms in {level} dBm0");
            }
        }
    }
}

#[test]
fn a_click_is_not_speech() {
    let mut rng = Rng::new(1);
    let mut line = white(&mut rng, -58.0, 10 * SECOND);
    for second in 1..10 {
        add(&mut line, second * SECOND, &white(&mut rng, -10.0, 160));
    }
    assert_eq!(events(&line), []);
}
