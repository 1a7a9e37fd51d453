//! How often the echo of a greeting is taken for the caller, and how soon the caller is heard.
//!
//! `cargo bench --bench barge_in` tries voices made by rule. With `SPEECH_PROMPTS` set to a
//! folder of sound folders as Asterisk installs them (`/usr/share/asterisk/sounds`), the English
//! recordings in it are the greetings and all others the callers. `TRIALS` sets how many there
//! are.

#[path = "../tests/speech/trial.rs"]
mod trial;

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
    let echoes = [10.0, 15.0, 20.0, 30.0, f32::INFINITY].map(|echo_loss| {
        let call = Call {
            echo_loss,
            ..Call::default()
        };
        (format!("{echo_loss} dB"), call)
    });
    table(&mut out, "echo loss", &voices, trials, &echoes)?;
    writeln!(out)?;
    table(&mut out, "echo 20 dB down, and", &voices, trials, &others())
}

/// What else there is on a line.
fn others() -> [(String, Call); 5] {
    let lost = |per_cent: f32, in_a_row| Call {
        lost: (per_cent, in_a_row),
        ..Call::default()
    };
    [
        ("1 % of the packets lost", lost(1.0, 1)),
        ("3 % of the packets lost", lost(3.0, 1)),
        ("1 % of them, five in a row", lost(1.0, 5)),
        (
            "a room, 0.4 s",
            Call {
                dies_away: 400.0,
                ..Call::default()
            },
        ),
        (
            "noise from -55 to -40 dBm0",
            Call {
                noise: [-55.0, -40.0],
                ..Call::default()
            },
        ),
    ]
    .map(|(what, call)| (what.to_owned(), call))
}

/// What becomes of calls like each of these, by callers of three levels and silent ones.
fn table(
    out: &mut impl Write,
    head: &str,
    voices: &Voices,
    trials: u64,
    calls: &[(String, Call)],
) -> io::Result<()> {
    writeln!(
        out,
        "| {head} | caller | false, silent caller | false | missed | median | p95 |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |")?;
    for (row, (what, call)) in calls.iter().enumerate() {
        let try_all = |caller: Option<f32>| -> Vec<Outcome> {
            let call = Call { caller, ..*call };
            (0..trials)
                .map(|trial| call.take_place(voices, 100_000 * (1 + row as u64) + trial))
                .collect()
        };
        let alarms = percent(&try_all(None), Outcome::False);
        for caller in [-18.0, -24.0, -30.0] {
            let outcomes = try_all(Some(caller));
            let delays = delays(&outcomes);
            let delay = |part: f32| delays.get((delays.len() as f32 * part) as usize);
            writeln!(
                out,
                "| {what} | {caller} dBm0 | {alarms:.1} % | {:.1} % | {:.1} % | {:.0} ms | {:.0} ms |",
                percent(&outcomes, Outcome::False),
                percent(&outcomes, Outcome::Nothing),
                delay(0.5).unwrap_or(&f32::NAN),
                delay(0.95).unwrap_or(&f32::NAN),
            )?;
        }
    }
    Ok(())
}

/// How many per cent of the outcomes are this one.
fn percent(outcomes: &[Outcome], which: Outcome) -> f32 {
    let number = outcomes.iter().filter(|&&outcome| outcome == which).count();
    100.0 * number as f32 / outcomes.len() as f32
}

/// The delays of the callers who were heard, in order.
fn delays(outcomes: &[Outcome]) -> Vec<f32> {
    let mut delays: Vec<f32> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Heard(delay) => Some(*delay),
            Outcome::False | Outcome::Nothing => None,
        })
        .collect();
    delays.sort_by(f32::total_cmp);
    delays
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
