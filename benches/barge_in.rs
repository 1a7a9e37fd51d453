//! How often the echo of a greeting is taken for the caller, and how soon the caller is heard.
//!
//! `cargo bench --bench barge_in` tries voices made by rule. With `SPEECH_PROMPTS` set to a
//! folder of sound folders as Asterisk installs them (`/usr/share/asterisk/sounds`), the English
//! recordings in it are the greetings and all others the callers.

#[path = "../tests/speech/rng.rs"]
mod rng;
#[path = "../tests/speech/trial.rs"]
mod trial;
#[path = "../tests/speech/voice.rs"]
mod voice;

use std::{
    env, fs,
    io::{self, Write},
    path::Path,
};

use trial::{Call, Outcome, Voices};

fn main() -> io::Result<()> {
    let voices = match env::var_os("SPEECH_PROMPTS") {
        Some(folder) => recorded(Path::new(&folder))?,
        None => Voices::synthetic(1),
    };
    let trials: u64 = env::var("TRIALS").map_or(150, |n| n.parse().expect("TRIALS is a number"));
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} greetings, {} callers, {trials} trials of 8 s a cell",
        voices.agent.len(),
        voices.callers.len()
    )?;
    writeln!(
        out,
        "| echo loss | caller | false, silent caller | false | missed | median | p95 |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |")?;
    for echo_loss in [10.0, 15.0, 20.0, 30.0] {
        for caller in [-18.0, -24.0, -30.0] {
            let call = Call {
                echo_loss,
                caller: Some(caller),
                ..Call::default()
            };
            let seeds = || (0..trials).map(|i| i + 1_000 * echo_loss as u64 + 100_000);
            let silent = Call {
                caller: None,
                ..call
            };
            let alarms = seeds()
                .filter(|&seed| silent.take_place(&voices, seed) == Outcome::False)
                .count();
            let outcomes: Vec<Outcome> =
                seeds().map(|seed| call.take_place(&voices, seed)).collect();
            let count = |which| outcomes.iter().filter(|&&o| o == which).count();
            let mut delays: Vec<f32> = outcomes
                .iter()
                .filter_map(|outcome| match outcome {
                    Outcome::Heard(delay) => Some(*delay),
                    _ => None,
                })
                .collect();
            delays.sort_by(f32::total_cmp);
            let at = |part: f32| {
                delays
                    .get((delays.len() as f32 * part) as usize)
                    .copied()
                    .unwrap_or(0.0)
            };
            let percent = |n: usize| 100.0 * n as f32 / trials as f32;
            writeln!(
                out,
                "| {echo_loss} dB | {caller} dBm0 | {:.1} % | {:.1} % | {:.1} % | {:.0} ms | {:.0} ms |",
                percent(alarms),
                percent(count(Outcome::False)),
                percent(count(Outcome::Nothing)),
                at(0.5),
                at(0.95),
            )?;
        }
    }
    Ok(())
}

fn recorded(folder: &Path) -> io::Result<Voices> {
    let mut voices = Voices {
        agent: Vec::new(),
        callers: Vec::new(),
    };
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let english = entry.file_name().to_string_lossy().starts_with("en");
        let list = if english {
            &mut voices.agent
        } else {
            &mut voices.callers
        };
        collect(&entry.path(), list)?;
    }
    Ok(voices)
}

/// All WAV files of a folder and those below, without the shortest.
fn collect(folder: &Path, voices: &mut Vec<Vec<f32>>) -> io::Result<()> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, voices)?;
        } else if path.extension().is_some_and(|end| end == "wav") {
            let mut wav = hound::WavReader::open(&path).map_err(io::Error::other)?;
            let samples: Result<Vec<i16>, _> = wav.samples().collect();
            let samples = samples.map_err(io::Error::other)?;
            if samples.len() >= 3_000 {
                voices.push(samples.iter().map(|&x| f32::from(x)).collect());
            }
        }
    }
    Ok(())
}
