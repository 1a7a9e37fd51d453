//! The time of day is set: a call goes by a clock of its own, and only its logs tell the time.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{Agent, Audio, CONFIG, in_real_time, pressed};

/// A library that moves the time of day by an hour at every look at it, there and back.
fn moved_clock() -> PathBuf {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moved_clock.so");
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let built = Command::new(compiler)
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/process/moved_clock.c"))
        .status()
        .expect("what links Rust compiles C");
    assert!(built.success());
    library
}

/// A call in which `#` is pressed; its commands, and what was logged of it.
fn call(before: &str, name: &str) -> (Vec<String>, serde_json::Value) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clock_{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (log, calls) = (folder.join("log"), folder.join("calls"));
    let logging = format!("[logging]\nlevel = \"debug\"\nto = {log:?}\ncalls = {calls:?}\n");
    let mut agent = Agent::start_by(before, &format!("{CONFIG}{logging}"), Audio::Pipe);
    agent.header();
    let mut commands = agent.answer_all_until("STREAM FILE");
    let audio = pressed("#");
    in_real_time(&audio);
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    let format = "GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\"";
    commands.extend(agent.answer_all_until(format));
    agent.say("200 result=1 (slin)\n");
    let (rest, status) = agent.answer_to_the_end();
    assert!(status.success());
    commands.extend(rest);
    // How often silence is played until the key's signal can come no more is a matter of speed.
    commands.retain(|command| !command.contains("silence/1"));
    // So is whether the last silence is stopped, by the same question as the greeting, or over.
    commands.dedup();
    let line = fs::read_to_string(calls).unwrap();
    (commands, serde_json::from_str(&line).unwrap())
}

#[test]
fn a_call_does_not_notice_that_the_clock_is_moved_by_an_hour_again_and_again() {
    let minute = |line: &serde_json::Value| {
        let time = line["time"].as_str().unwrap();
        let [hour, minute] = [11..13, 14..16].map(|part| time[part].parse::<i32>().unwrap());
        60 * hour + minute
    };
    let (usual, right) = call("", "right");
    let preload = format!("export LD_PRELOAD={:?}", moved_clock());
    let (commands, moved) = call(&preload, "moved");
    assert_eq!(commands, usual);
    assert!(moved["seconds"].as_f64().unwrap() < 60.0, "{moved}");
    assert_eq!(moved["missing_s"], 0.0);
    // The library did its work: the log tells another time.
    let between = (minute(&moved) - minute(&right)).rem_euclid(24 * 60);
    assert!((30..=24 * 60 - 30).contains(&between), "{moved}, {right}");
}
