//! What listening costs, by kind of sound, by format, and in the slowest frame of a call.
//!
//! Elements are samples at 8 kHz: a throughput of 8 Kelem/s is one call in real time, so
//! elements a second over 8,000 are the calls that one core can listen to. With
//! `--features peers` spandsp's detector (Debian's libspandsp-dev) is measured in the same groups;
//! `cargo bench --features peers --bench table` prints both side by side.

mod support;

use std::{sync::Arc, time::Instant};

use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use support::{FRAME, Listener, hear_all, ours, signals};
use voiceagent::{
    audio::{AudioFormat, Codes},
    dtmf,
    ear::Ear,
    speech::{self, Envelope, Prompt},
};

/// The key detector alone.
fn keys(c: &mut Criterion) {
    let mut group = c.benchmark_group("keys");
    for signal in signals::all() {
        group.throughput(Throughput::Elements(signal.samples.len() as u64));
        hear(&mut group, "voiceagent", &signal, ours);
        #[cfg(feature = "peers")]
        hear(
            &mut group,
            "spandsp",
            &signal,
            support::spandsp::Spandsp::new,
        );
    }
    group.finish();
}

fn hear<L: Listener>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    who: &str,
    signal: &signals::Signal,
    new: impl Fn() -> L,
) {
    assert_eq!(
        hear_all(&mut new(), &signal.samples),
        signal.keys,
        "{who} hears other keys than there are"
    );
    let mut listener = new();
    group.bench_function(BenchmarkId::new(who, signal.name), |b| {
        b.iter(|| hear_all(&mut listener, &signal.samples));
    });
}

/// The speech detector alone, and with an echo to be told from the caller.
fn speech(c: &mut Criterion) {
    let samples = signals::speech();
    let prompt = Prompt::Known(Arc::new(Envelope::of(&samples)));
    let mut group = c.benchmark_group("speech");
    group.throughput(Throughput::Elements(samples.len() as u64));
    for (name, prompt) in [("no prompt", None), ("prompt", Some(prompt))] {
        let mut detector = speech::Detector::new(&speech::Limits::default());
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut events = 0;
                detector.playing(prompt.clone());
                for frame in samples.chunks(FRAME) {
                    detector.push(frame, &mut |_| events += 1);
                }
                events
            });
        });
    }
    group.finish();
}

/// Speech from the bytes on descriptor 3 to what is heard, keys and speech, in each format.
fn formats(c: &mut Criterion) {
    let samples = signals::speech();
    let mut group = c.benchmark_group("formats");
    group.throughput(Throughput::Elements(samples.len() as u64));
    for name in ["slin", "ulaw", "alaw", "g722", "slin16", "slin48"] {
        let format: AudioFormat = name.parse().expect("one of Asterisk's");
        let bytes = encode(&samples, format);
        let mut ear = Ear::new(
            format,
            &dtmf::Limits::default(),
            Some(&speech::Limits::default()),
        )
        .expect("a usual rate");
        let frame = bytes.len() / samples.len() * FRAME;
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut heard = 0;
                for frame in bytes.chunks(frame) {
                    ear.hear(frame, &mut |_| heard += 1);
                }
                heard
            });
        });
    }
    group.finish();
}

/// As Asterisk would write them; at higher rates each sample is held, which costs the same to
/// hear as a band-limited signal.
fn encode(samples: &[i16], format: AudioFormat) -> Vec<u8> {
    let times = (format.rate() / voiceagent::audio::SAMPLE_RATE) as usize;
    let held: Vec<i16> = samples
        .iter()
        .flat_map(|&x| std::iter::repeat_n(x, times))
        .collect();
    Codes::new(format.encoding()).encode(&held)
}

/// The one frame of each signal that takes longest: how late a call can make its neighbours.
fn slowest_frame(c: &mut Criterion) {
    let mut group = c.benchmark_group("slowest frame");
    group.throughput(Throughput::Elements(FRAME as u64));
    for signal in signals::all() {
        let (before, frame) = slowest(&signal.samples);
        group.bench_function(signal.name, |b| {
            b.iter_batched_ref(
                || before.clone(),
                |detector| detector.hear(frame),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// The frame whose fastest of several tries is the slowest, and the detector before it.
fn slowest(samples: &[i16]) -> (dtmf::Detector, &[i16]) {
    let mut detector = ours();
    let timed = samples.chunks(FRAME).map(|frame| {
        let before = detector.clone();
        let fastest = (0..TRIES).map(|_| {
            let mut detector = before.clone();
            let began = Instant::now();
            detector.hear(frame);
            began.elapsed()
        });
        let fastest = fastest.min();
        detector.hear(frame);
        (fastest, before, frame)
    });
    let (_, before, frame) = timed
        .max_by_key(|(fastest, ..)| *fastest)
        .expect("a signal has frames");
    (before, frame)
}

/// Of the same frame: enough that one of them is not interrupted.
const TRIES: usize = 9;

/// A detector is made for each greeting.
fn new(c: &mut Criterion) {
    c.bench_function("new", |b| b.iter(ours));
}

criterion_group!(benches, keys, speech, formats, slowest_frame, new);
criterion_main!(benches);
