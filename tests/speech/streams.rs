//! Whatever comes, however it is cut: bounded, in order, the same.

use std::{sync::Arc, time::Duration};

use voiceagent::{
    audio::{Rng, SampleTime, talk},
    speech::{Detector, Envelope, Event, Limits, Prompt},
};

use crate::line::{add, digital, white};

/// Starts and ends take turns, and time goes on.
fn assert_in_order(events: &[Event]) {
    let mut open = None;
    let mut last = SampleTime::ZERO;
    for event in events {
        match *event {
            Event::Start(start) => {
                assert_eq!(open, None, "a start within speech");
                assert!(start.onset >= last);
                open = Some(start.onset);
                last = start.onset;
            }
            Event::End(end) => {
                assert_eq!(open.take(), Some(end.onset));
                assert!(end.end > end.onset && end.level.0.is_finite());
                last = end.end;
            }
        }
    }
}

/// A talker on a noisy line, at the level of `-20` dBm0 or so.
fn talker(rng: &mut Rng) -> Vec<i16> {
    let mut line = white(rng, -55.0, 10 * 8_000);
    let speech: Vec<f32> = talk(rng, 9 * 8_000).iter().map(|x| 9_000.0 * x).collect();
    add(&mut line, 3_333, &speech);
    digital(&line)
}

#[test]
fn however_the_samples_are_cut_the_events_are_the_same() {
    let mut rng = Rng::new(1);
    let samples = talker(&mut rng);
    let prompt: Vec<f32> = talk(&mut rng, 40_000).iter().map(|x| 9_000.0 * x).collect();
    let prompt = Arc::new(Envelope::of(&digital(&prompt)));
    let heard = |piece: usize| {
        let mut detector = Detector::new(&Limits::default());
        let mut events = Vec::new();
        detector.playing(Some(Prompt::Known(Arc::clone(&prompt))));
        for piece in samples.chunks(piece) {
            detector.push(piece, &mut |event| events.push(event));
        }
        detector.finish(&mut |event| events.push(event));
        assert_eq!(
            detector.now(),
            SampleTime::from_samples(samples.len() as u64)
        );
        events
    };
    let whole = heard(samples.len());
    assert!(whole.len() >= 4, "{whole:?}");
    assert_in_order(&whole);
    for piece in [1, 7, 77, 160, 1_000] {
        assert_eq!(heard(piece), whole, "in pieces of {piece}");
    }
}

#[test]
fn however_a_gap_is_cut_the_events_are_the_same() {
    let samples = talker(&mut Rng::new(2));
    let heard = |pieces: &[u64]| {
        let mut detector = Detector::new(&Limits::default());
        let mut events = Vec::new();
        detector.push(&samples[..30_011], &mut |event| events.push(event));
        for &piece in pieces {
            detector.lost(piece, &mut |event| events.push(event));
        }
        detector.push(&samples[30_011..], &mut |event| events.push(event));
        detector.finish(&mut |event| events.push(event));
        events
    };
    for gap in [1, 159, 160, 3_000, 100_000] {
        let whole = heard(&[gap]);
        assert_in_order(&whole);
        assert_eq!(heard(&[1, gap - 1]), whole, "a gap of {gap}");
        assert_eq!(heard(&[gap / 2, gap - gap / 2]), whole, "a gap of {gap}");
    }
}

#[test]
fn a_lost_packet_does_not_split_speech() {
    let mut rng = Rng::new(3);
    let mut line = white(&mut rng, -58.0, 24_000);
    add(&mut line, 8_000, &white(&mut rng, -24.0, 6_400));
    let samples = digital(&line);
    let mut detector = Detector::new(&Limits::default());
    let mut events = Vec::new();
    for (i, packet) in samples.chunks(160).enumerate() {
        if i % 9 == 0 {
            detector.lost(160, &mut |event| events.push(event));
        } else {
            detector.push(packet, &mut |event| events.push(event));
        }
    }
    assert!(
        matches!(events[..], [Event::Start(_), Event::End(_)]),
        "{events:?}"
    );
}

#[test]
fn the_longest_gap_takes_no_time_and_ends_speech() {
    let mut rng = Rng::new(4);
    let mut line = white(&mut rng, -58.0, 8_000);
    add(&mut line, 4_000, &white(&mut rng, -24.0, 4_000));
    let mut detector = Detector::new(&Limits::default());
    let mut events = Vec::new();
    detector.push(&digital(&line), &mut |event| events.push(event));
    for _ in 0..3 {
        detector.lost(u64::MAX, &mut |event| events.push(event));
    }
    assert!(
        matches!(events[..], [Event::Start(_), Event::End(_)]),
        "{events:?}"
    );
    assert_eq!(detector.now(), SampleTime::from_samples(u64::MAX));
}

#[test]
fn any_samples_any_keys_any_prompts_and_any_losses_are_borne() {
    for seed in 0..40 {
        let mut rng = Rng::new(seed);
        let mut detector = Detector::new(&Limits::default());
        let mut events = Vec::new();
        for _ in 0..400 {
            let at = detector.now() + rng.index(0, 4_000) as u64 - rng.index(0, 4_000) as u64;
            match rng.index(0, 13) {
                0 => detector.key_down(at),
                1 => detector.key_up(at),
                2 => detector.playing(None),
                3 => detector.playing(Some(Prompt::Unknown)),
                4 => {
                    let audio = digital(&white(&mut rng, 0.0, 9_999));
                    detector.playing(Some(Prompt::Known(Arc::new(Envelope::of(&audio)))));
                }
                5 => detector.lost(rng.bits() % 5_000, &mut |event| events.push(event)),
                6 => detector.behind(Duration::from_millis(rng.bits() >> rng.index(32, 64))),
                _ => {
                    let length = rng.index(1, 2_000);
                    let shift = rng.index(0, 16);
                    let samples: Vec<i16> = match rng.index(0, 3) {
                        0 => vec![i16::MIN; length],
                        1 => (0..length)
                            .map(|i| if i % 2 == 0 { i16::MIN } else { i16::MAX })
                            .collect(),
                        _ => (0..length).map(|_| (rng.bits() as i16) >> shift).collect(),
                    };
                    detector.push(&samples, &mut |event| events.push(event));
                }
            }
        }
        detector.finish(&mut |event| events.push(event));
        assert_in_order(&events);
    }
}

#[test]
fn the_echo_of_an_unknown_prompt_is_not_speech() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let mut line = white(&mut rng, -58.0, 80_000);
        // As a prompt of -16 dBm0 returns over 15 dB of loss.
        let echo: Vec<f32> = talk(&mut rng, 76_000).iter().map(|x| 2_500.0 * x).collect();
        add(&mut line, 4_000, &echo);
        let mut detector = Detector::new(&Limits::default());
        detector.playing(Some(Prompt::Unknown));
        let mut events = Vec::new();
        detector.push(&digital(&line), &mut |event| events.push(event));
        assert_eq!(events, [], "seed {seed}");
    }
}

#[test]
fn a_detector_is_small() {
    assert!(size_of::<Detector>() <= 4 * 1024);
}
