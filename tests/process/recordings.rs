//! Calls that are recorded, and run again.

use std::{
    fs,
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

use voiceagent::{
    Key,
    audio::{Press, SAMPLE_RATE, Synth},
};

use crate::support::{Agent, Audio, CONFIG, noise};

/// An empty folder of this test's own.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recordings_{test}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The usual configuration, with calls recorded in this folder.
fn config(folder: &Path) -> String {
    format!("record = {folder:?}\n{CONFIG}")
}

/// The recordings in a folder, by name.
fn recordings(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "recording"));
    paths.sort();
    paths
}

/// The one recording in a folder, once it has such a line.
fn recording_with(folder: &Path, line: &str) -> (PathBuf, String) {
    let given_up = Instant::now() + Duration::from_secs(20);
    loop {
        if let [path] = &recordings(folder)[..] {
            let text = fs::read_to_string(path).unwrap();
            if text.lines().any(|text| text.contains(line)) {
                return (path.clone(), text);
            }
        }
        assert!(Instant::now() < given_up, "no {line:?}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// `*` after a little silence, as slin bytes.
fn star() -> Vec<u8> {
    let mut synth = Synth::new(SAMPLE_RATE);
    synth.silence(0.1);
    synth.press(Key::STAR, &Press::default());
    synth.silence(0.1);
    let samples = synth.into_samples();
    samples.into_iter().flat_map(i16::to_le_bytes).collect()
}

/// A call in which `*` comes in the audio, in pieces.
fn call_with_star(config: &str) {
    let mut agent = Agent::start_with(config, Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    let audio = star();
    thread::sleep(Duration::from_secs_f64(audio.len() as f64 / 16_000.0));
    for piece in audio.chunks(333) {
        agent.audio.as_mut().unwrap().write_all(piece).unwrap();
    }
    agent.answer_until("GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\"");
    agent.say("200 result=1 (slin)\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(commands.contains(&"EXEC VoiceMailMain \"101@sales\"".to_owned()));
}

/// The closing line of a call that nobody answers.
fn plain_call(config: &str) -> String {
    let mut agent = Agent::start_with(config, Audio::Pipe);
    agent.header();
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
    commands.last().unwrap().clone()
}

fn replay(recording: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_voiceagent"))
        .args(["simulate", "--replay"])
        .arg(recording)
        .args(more)
        .env_remove("AST_AGI_DIR")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_recorded_call_is_the_same_when_it_is_run_again() {
    let folder = folder("same");
    call_with_star(&config(&folder));
    let (path, recorded) = recording_with(&folder, " end 0");
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(
        name.ends_with("_101_SIP%2Fpeter-00000001.recording"),
        "{name}"
    );
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(recorded.contains("| [extensions.101]\n"), "{recorded}");

    let done = replay(&path, &[]);
    let said = text(&done.stdout);
    assert_eq!(
        (done.status.code(), text(&done.stderr)),
        (Some(0), ""),
        "{said}"
    );
    assert!(said.contains("key * in the audio since"), "{said}");
    assert!(said.contains("VOICEAGENTSTATUS=MAILBOX\n"), "{said}");
    assert!(said.contains("\nno difference: "), "{said}");
}

#[test]
fn nothing_of_a_header_is_shown_where_a_name_in_it_has_an_empty_line() {
    let folder = folder("header");
    let mut agent = Agent::start_with(&config(&folder), Audio::Pipe);
    agent.say(
        "agi_channel: SIP/peter-00000001\nagi_calleridname: x\n\ny\nagi_extension: 101\n\
         agi_enhanced: 1.0\nagi_threadid: 1\n\n",
    );
    let (commands, _) = agent.answer_to_the_end();
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
    let (path, _) = recording_with(&folder, " end 0");
    let done = replay(&path, &[]);
    let said = text(&done.stdout);
    assert!(said.contains("\nno difference: "), "{said}");
    assert!(!said.contains("agi_"), "{said}");
}

#[test]
fn by_another_configuration_the_first_difference_is_named() {
    let folder = folder("different");
    call_with_star(&config(&folder));
    let (path, _) = recording_with(&folder, " end 0");
    let other = folder.join("other.toml");
    fs::write(&other, format!("{CONFIG}star = false\n")).unwrap();
    let other = other.to_str().unwrap();
    let done = replay(&path, &["--config", other]);
    let said = text(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{said}");
    // The greeting no longer names the key as one that ends it.
    for expected in [
        "\nfirst difference at ",
        "\n  then: STREAM FILE \"vm-theperson\" \"*#\"\n",
        "\n  now:  STREAM FILE \"vm-theperson\" \"#\"\n",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let done = replay(&path, &["--config", other, "--json"]);
    let differences: Vec<serde_json::Value> = text(&done.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|object: &serde_json::Value| object["type"] == "difference")
        .collect();
    let [difference] = &differences[..] else {
        panic!("{}", text(&done.stdout));
    };
    assert_eq!(difference["after"], "200 result=1 (slin)");
}

#[test]
fn a_call_that_was_killed_is_there_up_to_then() {
    let folder = folder("killed");
    let mut agent = Agent::start_with(&config(&folder), Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    agent
        .audio
        .as_mut()
        .unwrap()
        .write_all(&star()[..320])
        .unwrap();
    recording_with(&folder, " audio ");
    agent.kill();
    let (path, _) = recording_with(&folder, "STREAM FILE");
    let done = replay(&path, &[]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stdout));
    assert!(text(&done.stdout).contains("no difference"));
    assert!(text(&done.stderr).contains("the program was killed"));
}

#[test]
fn where_nothing_can_be_recorded_the_call_goes_on_and_says_so() {
    let folder = folder("refused");
    let file = folder.join("file");
    fs::write(&file, "").unwrap();
    let link = folder.join("link");
    symlink("/proc/self", &link).unwrap();
    for place in [&folder.join("missing"), &file, &link] {
        let told = plain_call(&config(place));
        let expected = format!(", cannot record in {}: ", place.display());
        assert!(told.contains(&expected), "{told}");
    }
}

#[test]
fn on_a_full_disk_the_call_goes_on_and_says_so() {
    let folder = folder("full");
    // In units of 512 bytes: less than the header and the configuration need.
    let mut agent = Agent::start_by("ulimit -f 1", &config(&folder), Audio::Pipe);
    agent.header();
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    let told = commands.last().unwrap();
    assert!(told.contains(", cannot record in "), "{told}");
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
}

#[test]
fn while_the_disk_stands_still_the_call_goes_on_and_says_so() {
    let folder = folder("stalled");
    let mut agent = Agent::start_with(&config(&folder), Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    let writes = agent.children();
    let [writes] = &writes[..] else {
        panic!("one process writes: {writes:?}");
    };
    let signal = |name: &str| {
        let sent = Command::new("kill")
            .args([name, writes.as_str()])
            .status()
            .unwrap();
        assert!(sent.success());
    };
    signal("-STOP");
    agent.say("200 result=0 endpos=800\n");
    let (commands, status) = agent.answer_to_the_end();
    signal("-CONT");
    assert!(status.success());
    let told = commands
        .iter()
        .find(|line| line.starts_with("VERBOSE"))
        .unwrap();
    assert!(told.contains("the disk does not keep up"), "{told}");
}

#[test]
fn where_the_header_is_long_in_coming_the_call_goes_on_and_says_so() {
    let folder = folder("no_header");
    let mut agent = Agent::start_with(&config(&folder), Audio::Pipe);
    let no_header = "no line of a header\n".repeat(1_000);
    for _ in 0..100 {
        agent.say(&no_header);
    }
    agent.header();
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
    let told = commands.last().unwrap();
    let expected = format!(
        ", cannot record in {}: too much came before the call's header was complete",
        folder.display()
    );
    assert!(told.contains(&expected), "{told}");
    assert_eq!(recordings(&folder), [] as [PathBuf; 0]);
}

#[test]
fn a_long_configuration_is_no_disk_that_does_not_keep_up() {
    let folder = folder("long");
    let remark = "# More is said of who is rung than anybody reads.\n".repeat(40_000);
    let told = plain_call(&format!("{remark}{}", config(&folder)));
    assert!(!told.contains("record"), "{told}");
    let (_, recorded) = recording_with(&folder, " end 0");
    assert!(recorded.len() > remark.len());
}

#[test]
fn a_call_has_its_share_of_the_folder_and_no_more() {
    let folder = folder("share");
    let config = format!("record_call_limit_mib = 1\n{}", config(&folder));
    let mut agent = Agent::start_with(&config, Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    let audio = noise(960_000);
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    agent.say("200 result=0 endpos=800\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    let told = commands.last().unwrap();
    assert!(
        told.contains(", recorded in part only: record_call_limit_mib is 1"),
        "{told}"
    );
    let (path, recorded) = recording_with(&folder, " full");
    assert!(
        recorded.len() > 900_000 && recorded.len() <= 1 << 20,
        "{}",
        recorded.len()
    );
    let done = replay(&path, &[]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stdout));
    assert!(text(&done.stderr).contains("record_call_limit_mib was reached"));
}

#[test]
fn the_oldest_recordings_give_way() {
    let folder = folder("oldest");
    let old = |n| folder.join(format!("20200101T00000{n}.000000Z_101_x.recording"));
    for n in 0..4 {
        fs::write(old(n), vec![b' '; 400_000]).unwrap();
    }
    fs::write(folder.join("notes.txt"), vec![b' '; 4_000_000]).unwrap();
    plain_call(&format!(
        "record_limit_mib = 2\nrecord_call_limit_mib = 1\n{}",
        config(&folder)
    ));
    let there: Vec<_> = (0..4).filter(|&n| old(n).exists()).collect();
    assert_eq!(there, [2, 3]);
    assert_eq!(recordings(&folder).len(), 3);
    assert!(folder.join("notes.txt").exists());
}

#[test]
fn a_call_under_way_keeps_its_recording_when_later_ones_need_room() {
    let folder = folder("under_way");
    let config = format!(
        "record_limit_mib = 1\nrecord_call_limit_mib = 1\n{}",
        config(&folder)
    );
    let mut agent = Agent::start_with(&config, Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    let (long, _) = recording_with(&folder, "STREAM FILE");
    let older = folder.join("20200101T000000.000000Z_101_x.recording");
    fs::write(&older, vec![b' '; 600_000]).unwrap();
    let told = plain_call(&config);
    assert!(!told.contains("record"), "{told}");
    assert!(!older.exists());
    fs::remove_file(recordings(&folder).pop().unwrap()).unwrap();
    agent.say("200 result=0 endpos=800\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    let told = commands.last().unwrap();
    assert!(!told.contains("record"), "{told}");
    assert_eq!(recording_with(&folder, " end 0").0, long);
}

#[test]
fn a_recording_that_was_removed_during_the_call_is_told() {
    let folder = folder("removed");
    let mut agent = Agent::start_with(&config(&folder), Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    let (path, _) = recording_with(&folder, "STREAM FILE");
    fs::remove_file(path).unwrap();
    agent.say("200 result=0 endpos=800\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    let told = commands.last().unwrap();
    let expected = format!(
        ", cannot record in {}: its file was removed during the call",
        folder.display()
    );
    assert!(told.contains(&expected), "{told}");
}

#[test]
fn what_is_no_recording_is_refused_by_its_place() {
    let folder = folder("foreign");
    let file = folder.join("x.recording");
    for (content, expected) in [
        (&b""[..], "line 1: this is no recording"),
        (b"RIFF\0\0\0\0WAVEfmt ", "line 1: this is no recording"),
        (
            b"voiceagent recording 2\n",
            "line 1: a recording of format 2;",
        ),
        (
            b"voiceagent recording 1\nby 1 at 2\ncall\n",
            "line 3: expected \"config",
        ),
        (
            b"voiceagent recording 1\nby 1 at 2\nconfig whole /x\n| [extension.101]\ncall\n",
            "line 4: unknown key \"extension\"; did you mean \"extensions\"?",
        ),
        (
            b"voiceagent recording 1\nby 1 at 2\nconfig whole /x\ncall\n0.000001 timout\n",
            "line 5: \"timout\" is nothing that happens in a call",
        ),
    ] {
        fs::write(&file, content).unwrap();
        let done = replay(&file, &[]);
        assert_eq!(done.status.code(), Some(1));
        let said = text(&done.stderr);
        let place = format!("voiceagent: {}: ", file.display());
        assert!(
            said.starts_with(&place) && said.contains(expected),
            "{said}"
        );
    }
    let done = replay(&folder.join("none"), &[]);
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done.stderr).contains("none: it cannot be read: "));
}
