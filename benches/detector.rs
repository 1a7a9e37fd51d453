//! What the key detector costs: nanoseconds a sample are the reported time over the samples.
//!
//! 8000 samples are a second of one caller, so a rate of 1 Gelem/s is 125 000 callers on a core.

use std::{f32::consts::TAU, hint::black_box};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use voiceagent::dtmf::{Detector, Limits};

const SECOND: usize = 8_000;
const FRAME: usize = 160;

fn kinds(c: &mut Criterion) {
    let mut group = c.benchmark_group("detector");
    for (name, samples) in [
        ("silence", vec![0; 20 * SECOND]),
        ("white noise", noise(20 * SECOND, 1000.0)),
        ("voice", voice(20 * SECOND)),
        ("chords", chords(20 * SECOND)),
        ("keys 50/50 ms", keys(400, 400)),
        ("a key held", keys(19 * SECOND, SECOND)),
    ] {
        group.throughput(Throughput::Elements(samples.len() as u64));
        group.bench_function(name, |b| {
            let mut detector = Detector::new(&Limits::ETSI);
            b.iter(|| {
                for frame in samples.chunks(FRAME) {
                    detector.push(black_box(frame), &mut |event| {
                        black_box(event);
                    });
                }
            });
        });
    }
    group.finish();
}

/// The frame that completes a key has to fit one analysis between two others.
fn slowest_frame(c: &mut Criterion) {
    let samples = keys(400, 400);
    let mut heard = Detector::new(&Limits::ETSI);
    let mut deciding = None;
    for frame in samples.chunks(FRAME) {
        let before = heard.clone();
        let mut down = false;
        heard.push(frame, &mut |_| down = true);
        if down {
            deciding = Some((before, frame));
            break;
        }
    }
    let (before, frame) = deciding.expect("there are keys");
    c.bench_function("detector/the frame that reports a key", |b| {
        b.iter_batched_ref(
            || before.clone(),
            |detector| {
                detector.push(black_box(frame), &mut |event| {
                    black_box(event);
                });
            },
            BatchSize::SmallInput,
        );
    });
}

fn start(c: &mut Criterion) {
    c.bench_function("detector/new", |b| {
        b.iter(|| black_box(Detector::new(black_box(&Limits::ETSI))));
    });
}

fn uniform(state: &mut u64) -> f32 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f32 / (1u64 << 24) as f32
}

fn noise(samples: usize, deviation: f32) -> Vec<i16> {
    let mut state = 1;
    (0..samples)
        .map(|_| {
            let sum: f32 = (0..12).map(|_| uniform(&mut state)).sum();
            (deviation * (sum - 6.0)) as i16
        })
        .collect()
}

/// Harmonics of a wandering pitch in syllables.
fn voice(samples: usize) -> Vec<i16> {
    let mut turns = 0.0;
    (0..samples)
        .map(|i| {
            let t = i as f32 / SECOND as f32;
            turns += (140.0 + 40.0 * (TAU * 0.7 * t).sin()) / SECOND as f32;
            let sum: f32 = (1..20)
                .map(|k| (TAU * (k as f32 * turns).fract()).sin() / k as f32)
                .sum();
            (4000.0 * (TAU * 2.0 * t).sin().max(0.0) * sum) as i16
        })
        .collect()
}

/// Three notes at a time, a new chord every 200 ms.
fn chords(samples: usize) -> Vec<i16> {
    let mut state = 2;
    let mut notes = [0.0f32; 3];
    (0..samples)
        .map(|i| {
            if i % 1600 == 0 {
                notes =
                    notes.map(|_| 220.0 * 2f32.powf((36.0 * uniform(&mut state)).floor() / 12.0));
            }
            let turns = |hertz: f32| (hertz * i as f32 / SECOND as f32).fract();
            let sum: f32 = notes.iter().map(|&hertz| (TAU * turns(hertz)).sin()).sum();
            (3000.0 * sum) as i16
        })
        .collect()
}

/// Keys in turn, 20 s of them or a little more.
fn keys(tone: usize, pause: usize) -> Vec<i16> {
    const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
    const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
    let mut samples = Vec::new();
    let mut key = 0;
    while samples.len() < 20 * SECOND {
        let (row, column) = (ROWS[key % 4], COLUMNS[key / 4 % 4]);
        samples.extend((0..tone).map(|i| {
            let sine = |hertz: f32| (TAU * (hertz * i as f32 / SECOND as f32).fract()).sin();
            (5000.0 * (sine(row) + sine(column))) as i16
        }));
        samples.resize(samples.len() + pause, 0);
        key += 1;
    }
    samples
}

criterion_group!(benches, kinds, slowest_frame, start);
criterion_main!(benches);
