//! With `barge_in` a caller who talks skips the greeting, and the greeting's own echo does not.

use std::{fs, path::PathBuf};

use voiceagent::{
    audio::{Dbm0, Reading, Recording, SAMPLE_RATE, Synth, Target},
    prompts::Prompts,
    sim::{Caller, Script, Timeline},
};

use crate::support::{CONFIG, run_with, unanswered};

/// When the agent heard somebody talk, if it did: seconds from the answer.
fn talks(timeline: &Timeline) -> Option<f64> {
    let notes = timeline.entries.iter().map(|entry| entry.what.as_str());
    let since = notes
        .filter_map(|what| what.strip_prefix("speech since "))
        .find_map(|what| what.split_whitespace().next());
    since.map(|seconds| seconds.parse().unwrap())
}

/// A call to someone whose greeting may be talked over, with these limits for speech.
fn call(audio: &[i16], prompts: Option<Prompts>, limits: &str) -> Option<f64> {
    let config = format!("{CONFIG}[greeting]\nbarge_in = true\n[speech]\n{limits}\n");
    let caller = Caller {
        audio: audio.to_vec(),
        ..Caller::default()
    };
    talks(&run_with(
        &config,
        &Script {
            caller,
            prompts,
            ..unanswered()
        },
    ))
}

/// A second of quiet, then the echo of the greeting, 33 dB under full scale, and no caller.
fn echo() -> Vec<i16> {
    let mut synth = Synth::new(SAMPLE_RATE);
    synth.silence(1.0);
    let mut echo = Synth::new(SAMPLE_RATE);
    echo.silence(2.0);
    echo.add_noise(Dbm0(-33.0), 1);
    [synth.into_samples(), echo.into_samples()].concat()
}

#[test]
fn the_echo_of_a_real_call_is_no_caller_and_the_caller_is() {
    let file = "fixtures/live/speech-over-greeting.asterisk-16.alaw";
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
    let audio = Recording::read_mixed(&file, &Reading::default()).unwrap();
    let since = call(&audio, None, "").expect("the caller talks");
    assert!((1.0..1.1).contains(&since), "{since} s");
}

#[test]
fn what_is_set_of_echo_counts_as_in_a_call() {
    assert_eq!(call(&echo(), None, ""), None);
    let talks = call(&echo(), None, "echo_loss_db = 30");
    assert!(talks.is_some(), "nothing returns as loud over such a loss");
}

#[test]
fn a_greeting_whose_sounds_are_there_is_known() {
    let data = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("call_barge_in");
    let _ = fs::remove_dir_all(&data);
    fs::create_dir_all(data.join("sounds/en/digits")).unwrap();
    for (file, seconds) in [
        ("vm-theperson", 2.04),
        ("digits/1", 0.911),
        ("digits/0", 0.911),
    ] {
        let mut quiet = Synth::new(SAMPLE_RATE);
        quiet.silence(seconds);
        let path = data.join(format!("sounds/en/{file}.sln"));
        let target = Target::new(&path, None).unwrap();
        target.write(&quiet.into_samples()).unwrap();
    }
    let since = call(&echo(), Some(Prompts::new(&data)), "").expect("silence has no echo");
    assert!((1.0..1.1).contains(&since), "{since} s");
}
