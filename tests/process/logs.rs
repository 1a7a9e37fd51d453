//! What a call leaves behind in logs, and what it does not.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use serde_json::Value;

use crate::support::{Agent, Audio, CONFIG, in_real_time, pressed};

/// An empty folder of this test's own.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("logs_{test}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The usual configuration, with this section `[logging]`.
fn config(logging: &str) -> String {
    format!("{CONFIG}\n[logging]\n{logging}\n")
}

/// A call that nobody answers, to its end; what the console was told last.
fn call(config: &str) -> String {
    commands(config).pop().unwrap()
}

/// The commands of such a call.
fn commands(config: &str) -> Vec<String> {
    let mut agent = Agent::start_with(config, Audio::Closed);
    agent.header();
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
    commands
}

/// The objects in a file, one a line.
fn objects(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.ends_with('\n'));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

#[test]
fn many_calls_at_once_write_whole_lines_into_the_same_files() {
    let folder = folder("many");
    let (log, calls) = (folder.join("log"), folder.join("calls"));
    let config = config(&format!(
        "level = \"debug\"\njson = true\nto = {log:?}\ncalls = {calls:?}"
    ));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..3).for_each(|_| drop(call(&config))));
        }
    });
    assert_eq!(objects(&calls).len(), 24);
    let messages = objects(&log);
    let count = |message: &str| {
        let of = |object: &&Value| object["message"] == message;
        messages.iter().filter(of).count()
    };
    assert_eq!(count("a call begins"), 24);
    assert_eq!(count("says EXEC Dial \"SIP/bob,5,g\""), 24);
}

#[test]
fn a_line_tells_what_a_call_was() {
    use std::io::Write;

    let folder = folder("line");
    let calls = folder.join("calls");
    let mut agent = Agent::start_with(&config(&format!("calls = {calls:?}")), Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    let audio = pressed("#");
    in_real_time(&audio);
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    agent.answer_until("GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\"");
    agent.say("200 result=1 (slin)\n");
    let (_, status) = agent.answer_to_the_end();
    assert!(status.success());

    let [line] = &objects(&calls)[..] else {
        panic!("one call, one line");
    };
    for (name, expected) in [
        ("channel", "SIP/peter-00000001"),
        ("unique_id", "1700000000.1"),
        ("extension", "101"),
        ("route", "101"),
        ("dial_status", "NOANSWER"),
        ("vm_status", "SUCCESS"),
        ("key", "#"),
        ("source", "audio"),
        ("format", "slin"),
        ("status", "VOICEMAIL"),
        ("cause", "SUCCESS"),
    ] {
        assert_eq!(line[name], expected, "{name}");
    }
    // All of it came at once, so that its last sample is as old as its first.
    let latency = line["latency_ms"].as_f64().unwrap();
    assert!((20.0..=300.0).contains(&latency), "{latency}");
    assert_eq!(line["heard_s"], audio.len() as f64 / 16_000.0);
    assert_eq!(line["missing_s"], 0.0);
    assert!(line["seconds"].as_f64().unwrap() > 0.0);
    assert!(line["time"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn no_key_is_logged_but_the_one_that_acts() {
    use std::io::Write;

    let folder = folder("keys");
    let (log, calls) = (folder.join("log"), folder.join("calls"));
    let config = config(&format!(
        "level = \"debug\"\nto = {log:?}\ncalls = {calls:?}\n[keys.goto]\n7 = \"101\""
    ));
    let mut agent = Agent::start_with(&config, Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    // Who knows the mailbox types the PIN at once; 7 would do something were it not for the `*`.
    let audio = pressed("5*738");
    in_real_time(&audio);
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    agent.answer_until("GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\"");
    agent.say("200 result=1 (slin)\n");
    agent.answer_until("STREAM FILE \"silence/1\"");
    agent.say("200 result=52 endpos=800\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(commands.contains(&"EXEC VoiceMailMain \"101@sales\"".to_owned()));

    let log = fs::read_to_string(log).unwrap();
    let keys: String = log
        .lines()
        .filter(|line| line.contains("DEBUG"))
        .filter_map(|line| line.split_once(": key "))
        .map(|(_, rest)| rest.chars().next().unwrap())
        .collect();
    // Each is heard down and up; the last is signalled.
    assert_eq!(keys, "??**???????", "{log}");
    assert_eq!(objects(&calls)[0]["key"], "*");
}

#[test]
fn a_file_that_cannot_be_written_is_told_on_the_console_and_the_call_goes_on() {
    let folder = folder("unwritable");
    let missing = folder.join("missing/file");
    let pipe = folder.join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    for key in ["to", "calls"] {
        for file in [&missing, &folder, &pipe] {
            let told = call(&config(&format!("{key} = {file:?}")));
            let expected = format!(", cannot log to {}: ", file.display());
            assert!(told.contains(&expected), "{told}");
        }
    }
}

#[test]
fn a_log_is_for_asterisk_and_its_group_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder("modes");
    for (umask, expected) in [("000", 0o640), ("022", 0o640), ("077", 0o600)] {
        let (log, calls) = (folder.join(format!("log-{umask}")), folder.join(umask));
        let config = config(&format!("to = {log:?}\ncalls = {calls:?}"));
        let mut agent = Agent::start_by(&format!("umask {umask}"), &config, Audio::Closed);
        agent.header();
        assert!(agent.answer_to_the_end().1.success());
        for file in [log, calls] {
            let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, expected, "{} by {umask}", file.display());
        }
    }
}

#[test]
fn a_line_that_is_lost_is_told_on_the_console_though_the_file_was_there() {
    let full = Path::new("/dev/full");
    let told = call(&config(&format!("calls = {full:?}")));
    assert!(told.starts_with("VERBOSE \"voiceagent: cannot log to /dev/full: No space left"));
}

#[test]
fn each_file_that_cannot_be_written_is_told() {
    for (log, calls) in [
        ("/missing/log", "/dev/full"),
        ("/dev/full", "/missing/calls"),
    ] {
        let logging = format!("to = \"{log}\"\ncalls = \"{calls}\"\nlevel = \"info\"");
        let told = commands(&config(&logging)).join("\n");
        for file in [log, calls] {
            let times = told.matches(&format!("cannot log to {file}: ")).count();
            assert_eq!(times, 1, "{file}: {told}");
        }
    }
}

#[test]
fn nothing_is_left_of_a_line_that_does_not_fit() {
    // Files may have 512 bytes: a part of the line fits, or none, and then who does not take the signal is
    // killed.
    let limit = "ulimit -f 1";
    for (sandbox, bytes) in [
        ("", 501),
        ("", 512),
        ("sandbox = true\n", 501),
        ("sandbox = true\n", 512),
    ] {
        let folder = folder("full");
        let calls = folder.join("calls");
        let before = format!("{}\n", "x".repeat(bytes - 1));
        fs::write(&calls, &before).unwrap();
        let config = format!("{sandbox}{}", config(&format!("calls = {calls:?}")));
        let mut agent = Agent::start_by(limit, &config, Audio::Closed);
        agent.header();
        let (commands, status) = agent.answer_to_the_end();
        assert!(status.success());
        let told = commands.last().unwrap();
        assert!(told.contains("voiceagent: cannot log to "), "{told}");
        assert_eq!(fs::read_to_string(&calls).unwrap(), before);
    }
}

#[test]
fn without_a_journal_the_call_goes_on() {
    let told = call(&config("to = \"journal\""));
    let journal = Path::new("/run/systemd/journal/socket").exists();
    assert_eq!(
        told.contains(", cannot log to the journal: "),
        !journal,
        "{told}"
    );
}

#[test]
fn the_level_decides_what_is_logged() {
    let folder = folder("level");
    for (level, expected) in [
        ("off", None),
        ("error", Some(0)),
        ("warn", Some(1)),
        ("info", Some(3)),
    ] {
        let log = folder.join(level);
        call(&config(&format!("level = \"{level}\"\nto = {log:?}")));
        let lines = fs::read_to_string(log).ok().map(|text| {
            let of_the_call =
                "call{channel=\"SIP/peter-00000001\" unique_id=\"1700000000.1\" extension=\"101\"}";
            text.lines()
                .inspect(|line| assert!(line.contains(of_the_call), "{line}"))
                .count()
        });
        assert_eq!(lines, expected, "{level}");
    }
}

#[test]
fn a_broken_file_that_a_call_does_without_is_told() {
    let folder = folder("set_aside");
    let people = folder.join("people");
    fs::create_dir(&people).unwrap();
    fs::write(people.join("a.toml"), "[extensions.103\n").unwrap();
    let log = folder.join("log");
    let config = config(&format!("to = {log:?}\njson = true"));
    call(&format!("include = {people:?}\n{config}"));
    let told = objects(&log)
        .into_iter()
        .find(|object| object["level"] == "WARN")
        .unwrap();
    let message = told["message"].as_str().unwrap();
    assert!(
        message.starts_with("passed over, since this call does without: ")
            && message.contains("people/a.toml: line 1: "),
        "{told}"
    );
}
