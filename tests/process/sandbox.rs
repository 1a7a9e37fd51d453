//! `sandbox = true`: the same call, by a process that can do less.

use std::{fs, io::Write, path::Path};

use crate::support::{Agent, Audio, CONFIG, in_real_time, pressed};

/// A call in which `#` is pressed: its commands, and what Linux tells of the process in the greeting.
fn call(config: &str) -> (Vec<String>, String) {
    let mut agent = Agent::start_with(config, Audio::Pipe);
    agent.header();
    let mut commands = agent.answer_all_until("STREAM FILE");
    let audio = pressed("#");
    in_real_time(&audio);
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    commands.extend(agent.answer_all_until("GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\""));
    agent.say("200 result=1 (slin)\n");
    let status = agent.proc("status");
    let (rest, exit) = agent.answer_to_the_end();
    assert!(exit.success());
    commands.extend(rest);
    // How often silence is played until the key's signal can come no more, and asked in which format it
    // is heard, is a matter of speed.
    commands.retain(|command| !command.contains("silence/1"));
    commands.dedup();
    (commands, status)
}

#[test]
fn a_call_goes_on_in_the_sandbox_as_without_and_is_logged() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (log, calls) = (folder.join("log"), folder.join("calls"));
    let logging = format!("[logging]\nlevel = \"debug\"\nto = {log:?}\ncalls = {calls:?}\n");
    let (usual, _) = call(&format!("{CONFIG}{logging}"));
    let (mut commands, process) = call(&format!("sandbox = true\n{CONFIG}{logging}"));
    let told = commands.last().unwrap();
    // A kernel that cannot do it says so in the closing line.
    if let Some((as_usual, _)) = told.split_once(", not in its sandbox: ") {
        *commands.last_mut().unwrap() = format!("{as_usual}\" 3");
    } else {
        assert!(process.contains("\nSeccomp:\t2\n"), "{process}");
        assert!(process.contains("\nNoNewPrivs:\t1\n"), "{process}");
    }
    assert_eq!(commands, usual);
    assert_eq!(fs::read_to_string(calls).unwrap().lines().count(), 2);
    let log = fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("a call begins").count(), 2, "{log}");
}
