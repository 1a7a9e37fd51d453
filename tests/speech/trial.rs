//! A caller before a greeting: what is sent, what comes back, and when the detector hears.

use std::{sync::Arc, time::Duration};

use voiceagent::{
    audio::{Dbm0, Rng, talk},
    speech::{Detector, Envelope, Event, Limits, Prompt},
};

/// Recordings, or what stands for them: voices the agent plays and voices of callers.
pub(crate) struct Voices {
    pub(crate) agent: Vec<Vec<f32>>,
    pub(crate) callers: Vec<Vec<f32>>,
}

impl Voices {
    /// Made by rule.
    pub(crate) fn synthetic(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let mut several = || -> Vec<Vec<f32>> {
            (0..40)
                .map(|_| {
                    let length = rng.index(6_000, 40_000);
                    talk(&mut rng, length)
                })
                .collect()
        };
        Self {
            agent: several(),
            callers: several(),
        }
    }
}

/// The circumstances of a trial, levels in dBm0, losses in dB.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    /// Active level of the greeting.
    pub(crate) greeting: f32,
    /// Loss of its echo.
    pub(crate) echo_loss: f32,
    /// Active level of the caller, who may stay silent.
    pub(crate) caller: Option<f32>,
    /// Milliseconds in which the echo dies away by 60 dB.
    pub(crate) dies_away: f32,
    /// White noise of the line, when the call begins and when it ends.
    pub(crate) noise: [f32; 2],
    /// Per cent of the packets from the caller that are lost, and how many in a row.
    pub(crate) lost: (f32, usize),
}

impl Default for Call {
    fn default() -> Self {
        Self {
            greeting: -16.0,
            echo_loss: 20.0,
            caller: Some(-24.0),
            dies_away: 13.0,
            noise: [-58.0, -58.0],
            lost: (0.0, 1),
        }
    }
}

/// What became of a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// Speech was heard where there was none (yet).
    False,
    /// The caller was heard this many milliseconds after beginning.
    Heard(f32),
    /// Nothing was heard.
    Nothing,
}

impl Call {
    /// Plays it through once.
    pub(crate) fn take_place(&self, voices: &Voices, seed: u64) -> Outcome {
        let mut rng = Rng::new(seed);
        let greeting = Greeting::new(&voices.agent, self.greeting, &mut rng);
        let mut received = self.echo(&greeting.samples, &mut rng);

        let onset = self.caller.map(|level| {
            let onset = rng.index(LENGTH * 5 / 16, LENGTH * 9 / 16);
            let mut speech = join(&voices.callers, LENGTH - onset, &mut rng).samples;
            let loudest = speech.iter().fold(0.0f32, |a, b| a.max(b.abs()));
            let begins = speech.iter().position(|x| x.abs() > 0.05 * loudest);
            speech.drain(..begins.unwrap_or(0));
            set_level(&mut speech, level);
            for (x, s) in received[onset..].iter_mut().zip(speech) {
                *x += s;
            }
            onset
        });

        let [first, last] = self.noise;
        let step = (last - first) / received.len() as f32;
        let received: Vec<i16> = received
            .iter()
            .enumerate()
            .map(|(i, x)| {
                let noise = Dbm0(first + step * i as f32).mean_square().sqrt();
                (x + noise * rng.normal()).round() as i16
            })
            .collect();
        let mut still_lost = 0;
        let packets = received.chunks(PACKET).map(|packet| {
            if still_lost == 0 && rng.unit() < 0.01 * self.lost.0 / self.lost.1 as f32 {
                still_lost = self.lost.1;
            }
            let arrives = still_lost == 0;
            still_lost = still_lost.saturating_sub(1);
            arrives.then_some(packet)
        });
        match (heard(&greeting, packets), onset) {
            (None, _) => Outcome::Nothing,
            (Some(_), None) => Outcome::False,
            (Some(at), Some(onset)) if at <= onset + 80 => Outcome::False,
            (Some(at), Some(onset)) => Outcome::Heard((at - onset) as f32 / 8.0),
        }
    }

    /// What comes back through a random hybrid or room, 20 to 300 ms late: 80 reflections that die away.
    fn echo(&self, sent: &[f32], rng: &mut Rng) -> Vec<f32> {
        let delay = rng.index(160, 2_400);
        // Three times 20 dB.
        let length = (8.0 * self.dies_away) as usize;
        let taps: Vec<(usize, f32)> = (0..80)
            .map(|i| {
                let at = i * length / 80;
                let amplitude = 10f32.powf(-3.0 * at as f32 / length as f32);
                (at, rng.normal() * amplitude)
            })
            .collect();
        let energy: f32 = taps.iter().map(|(_, tap)| tap * tap).sum();
        let gain = 10f32.powf(-self.echo_loss / 20.0) / energy.sqrt();
        let mut echo = vec![0.0; sent.len()];
        for (at, tap) in taps {
            let returns = &mut echo[delay + at..];
            for (y, x) in returns.iter_mut().zip(sent) {
                *y += gain * tap * x;
            }
        }
        echo
    }
}

/// Several prompts one after another.
struct Greeting {
    samples: Vec<f32>,
    /// Where each piece was announced, and its envelope.
    pieces: Vec<(usize, Arc<Envelope>)>,
}

impl Greeting {
    fn new(voices: &[Vec<f32>], level: f32, rng: &mut Rng) -> Self {
        let Joined {
            mut samples,
            starts,
        } = join(voices, LENGTH, rng);
        set_level(&mut samples, level);
        let ends = starts.iter().skip(1).copied().chain([LENGTH]);
        let pieces = starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| {
                let audio: Vec<i16> = samples[start..end].iter().map(|&x| x as i16).collect();
                // The agent's word and Asterisk's first packet are up to 30 ms apart.
                let announced = start.saturating_sub(rng.index(0, 240));
                (announced, Arc::new(Envelope::of(&audio)))
            })
            .collect();
        Self { samples, pieces }
    }
}

/// Eight seconds, in samples.
const LENGTH: usize = 64_000;

/// Samples in a packet, 20 ms.
const PACKET: usize = 160;

struct Joined {
    samples: Vec<f32>,
    starts: Vec<usize>,
}

/// Voices one after another with short pauses.
fn join(voices: &[Vec<f32>], length: usize, rng: &mut Rng) -> Joined {
    let mut samples = Vec::new();
    let mut starts = Vec::new();
    while samples.len() < length {
        starts.push(samples.len());
        samples.extend_from_slice(&voices[rng.index(0, voices.len())]);
        samples.resize(samples.len() + rng.index(800, 3_200), 0.0);
    }
    samples.truncate(length);
    Joined { samples, starts }
}

/// Brings speech to a level, pauses left out: frames within 30 dB of the loudest count.
fn set_level(speech: &mut [f32], level: f32) {
    let frames: Vec<f32> = speech
        .chunks_exact(160)
        .map(|frame| frame.iter().map(|x| x * x).sum::<f32>() / 160.0)
        .collect();
    let loudest = frames.iter().fold(0.0f32, |a, &b| a.max(b));
    let active = frames.iter().filter(|&&e| e > loudest * 1e-3);
    let mean_square = active.clone().sum::<f32>() / active.count().max(1) as f32;
    let gain = (Dbm0(level).mean_square() / mean_square).sqrt();
    for x in speech {
        *x *= gain;
    }
}

/// Where the first start is told, counted in samples sent.
fn heard<'a>(
    greeting: &Greeting,
    packets: impl Iterator<Item = Option<&'a [i16]>>,
) -> Option<usize> {
    let mut detector = Detector::new(&Limits::default());
    let mut pieces = greeting.pieces.iter().peekable();
    let mut heard = None;
    let mut lost = 0;
    for (i, packet) in packets.enumerate() {
        while let Some((_, envelope)) = pieces.next_if(|(announced, _)| *announced <= i * PACKET) {
            detector.playing(Some(Prompt::Known(Arc::clone(envelope))));
        }
        let Some(packet) = packet else {
            lost += 1;
            continue;
        };
        detector.push(packet, &mut |event| {
            if let Event::Start(_) = event {
                heard.get_or_insert((i + 1) * PACKET);
            }
        });
        detector.behind(Duration::from_millis(20 * lost));
    }
    heard
}
