//! Any samples at all: no panic, no overflow, events in order.

use voiceagent::{
    audio::SampleTime,
    dtmf::{Detector, Event, Limits},
};

use crate::signal::{Presses, Random};

/// Hears `samples` in pieces of chance with losses of chance between, and checks what must always
/// hold.
fn survive(samples: &[i16], random: &mut Random, what: &str) {
    for limits in [Limits::ETSI, Limits::NTT] {
        let mut detector = Detector::new(&limits);
        let mut down = None;
        let mut last = SampleTime::ZERO;
        let mut on_event = |event: Event| match event {
            Event::Down(event) => {
                assert_eq!(down, None, "{what}: two keys down at once");
                assert!(
                    event.level.0.is_finite() && event.twist_db.is_finite(),
                    "{what}"
                );
                assert!(event.onset >= last, "{what}: back in time");
                down = Some((event.key, event.onset));
                last = event.onset;
            }
            Event::Up(event) => {
                assert_eq!(down.take(), Some((event.key, event.onset)), "{what}");
                assert!(event.end >= event.onset, "{what}: ends before it begins");
                last = event.end;
            }
        };
        let mut rest = samples;
        let mut heard = 0;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(random.bits() as usize % 500));
            detector.push(now, &mut on_event);
            heard += now.len() as u64;
            if random.bits().is_multiple_of(40) {
                let lost = random.bits() % 1000;
                detector.lost(lost, &mut on_event);
                heard += lost;
            }
            assert_eq!(detector.now().samples(), heard, "{what}");
            rest = later;
        }
        detector.finish(&mut on_event);
        assert_eq!(detector.held(), None, "{what}");
        assert_eq!(down, None, "{what}");
    }
}

#[test]
fn extremes_are_survived() {
    const SAMPLES: usize = 16_000;
    let square = |half: usize| {
        let wave = (0..SAMPLES).map(move |i| {
            if (i / half).is_multiple_of(2) {
                i16::MAX
            } else {
                i16::MIN
            }
        });
        wave.collect::<Vec<_>>()
    };
    let mut cases = vec![
        ("nothing", vec![]),
        ("silence", vec![0; SAMPLES]),
        ("the lowest number", vec![i16::MIN; SAMPLES]),
        ("the highest number", vec![i16::MAX; SAMPLES]),
        (
            "impulses",
            (0..SAMPLES)
                .map(|i| if i % 97 == 0 { i16::MIN } else { 0 })
                .collect(),
        ),
        (
            "one step",
            (0..SAMPLES)
                .map(|i| if i < 8000 { i16::MIN } else { i16::MAX })
                .collect(),
        ),
        (
            "a ramp",
            (0..SAMPLES).map(|i| (i * 37) as u16 as i16).collect(),
        ),
    ];
    for half in [1, 2, 3, 5, 6, 40] {
        cases.push(("a square wave", square(half)));
    }
    let mut random = Random::new(31);
    for (what, samples) in cases {
        survive(&samples, &mut random, what);
    }
}

#[test]
fn any_mixture_is_survived() {
    let mut random = Random::new(32);
    for round in 0..60 {
        let presses = Presses {
            low_dbm0: 12.0 * random.normal() - 6.0,
            high_dbm0: 12.0 * random.normal() - 6.0,
            dropout_ms: Some((80.0 * random.uniform(), 30.0 * random.uniform())),
            low_offset_percent: random.normal(),
            high_offset_percent: random.normal(),
            ..Presses::lasting(10.0 + 90.0 * random.uniform(), 60.0 * random.uniform())
        };
        let mut samples = presses.record(random.bits()).samples();
        let mut at = 0;
        while at < samples.len() {
            let stretch = (at + random.bits() as usize % 4000).min(samples.len());
            let kind = random.bits() % 8;
            let size = 15.0 * random.uniform();
            for sample in &mut samples[at..stretch] {
                match kind {
                    0 => *sample = random.bits() as i16,
                    1 => *sample = sample.saturating_mul(100),
                    2 => *sample = i16::MIN,
                    3 => *sample = sample.saturating_add((random.normal() * size.exp2()) as i16),
                    4 => *sample = sample.saturating_sub(size.exp2() as i16),
                    _ => {}
                }
            }
            at = stretch + 1;
        }
        survive(&samples, &mut random, &format!("mixture {round}"));
    }
}
