//! Where speech begins and ends, and how loud it was.

use voiceagent::{
    audio::{Rng, SampleTime},
    speech::{Detector, Event, Limits},
};

use crate::line::{MS, add, digital, events, white};

/// A burst of loud noise in quiet noise; speech as energy knows it.
fn burst(rng: &mut Rng, onset: usize, length: usize, level: f32) -> Vec<f32> {
    let mut line = white(rng, -58.0, onset + length + 8_000);
    add(&mut line, onset, &white(rng, level, length));
    line
}

#[test]
fn onset_end_and_level_are_those_of_the_burst() {
    for seed in 0..50 {
        let mut rng = Rng::new(seed);
        let onset = rng.index(4_000, 9_000);
        let length = rng.index(100 * MS, 450 * MS);
        let level = rng.between(-40.0, -5.0);
        let heard = events(&burst(&mut rng, onset, length, level));
        let [Event::Start(start), Event::End(end)] = heard[..] else {
            panic!("seed {seed}: {heard:?}");
        };
        assert_eq!(start.onset, end.onset);
        let off = |at: SampleTime, exact: usize| at.samples().abs_diff(exact as u64);
        assert!(off(start.onset, onset) <= 20 * MS as u64, "seed {seed}");
        assert!(
            off(end.end, onset + length) <= 20 * MS as u64,
            "seed {seed}"
        );
        // Of the first and last frame up to all but a little may be quiet.
        let error = end.level.0 - level;
        assert!((-2.5..0.7).contains(&error), "seed {seed}: {error} dB");
    }
}

#[test]
fn a_burst_is_told_within_80_ms_and_its_end_after_the_hang_over() {
    for seed in 0..50 {
        let mut rng = Rng::new(seed);
        let onset = rng.index(4_000, 4_400);
        let line = digital(&burst(&mut rng, onset, 400 * MS, -24.0));
        let mut detector = Detector::new(&Limits::default());
        let mut told = Vec::new();
        for (i, packet) in line.chunks(160).enumerate() {
            detector.push(packet, &mut |_| told.push((i + 1) * 160));
        }
        assert_eq!(told.len(), 2, "seed {seed}");
        assert!(
            told[0] - onset <= 80 * MS,
            "start after {} samples",
            told[0] - onset
        );
        let pause = told[1] - (onset + 400 * MS);
        assert!(
            (200 * MS..=300 * MS).contains(&pause),
            "end after {pause} samples"
        );
    }
}

#[test]
fn a_pause_within_a_word_does_not_end_it_and_one_between_words_does() {
    for (pause, bursts) in [(100, 1), (180, 1), (300, 2), (500, 2)] {
        let mut rng = Rng::new(pause as u64);
        let mut line = white(&mut rng, -58.0, 24_000);
        let second = 8_000 + (300 + pause) * MS;
        add(&mut line, 8_000, &white(&mut rng, -24.0, 300 * MS));
        add(&mut line, second, &white(&mut rng, -24.0, 300 * MS));
        assert_eq!(events(&line).len(), 2 * bursts, "pause of {pause} ms");
    }
}

#[test]
fn speech_at_the_end_of_the_stream_is_ended() {
    let mut rng = Rng::new(1);
    let mut line = white(&mut rng, -58.0, 8_000);
    add(&mut line, 6_000, &white(&mut rng, -24.0, 2_000));
    let heard = events(&line);
    assert!(
        matches!(heard[..], [Event::Start(_), Event::End(_)]),
        "{heard:?}"
    );
}
