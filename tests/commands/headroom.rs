use std::{
    fs,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::support::Folder;

#[test]
fn json_has_all_that_is_measured() {
    let folder = Folder::new("headroom_json");
    let done = folder.run(&["headroom", "--json", "--seconds", "1", "--calls", "3"]);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let [report] = &done.json()[..] else {
        panic!("{}", done.stdout);
    };
    for field in ["cpus", "first_command_ms", "starts", "peak_kib"] {
        assert!(report[field].as_f64().unwrap() > 0.0, "{field}");
    }
    for hearing in ["keys", "keys_and_speech"] {
        for field in ["ns_per_sample", "calls_per_core", "share_of_core"] {
            assert!(report["detector"][hearing][field].as_f64().unwrap() > 0.0);
        }
    }
    for field in ["calls", "calls_per_core", "share_of_core"] {
        assert!(report.get(field).is_some(), "{field}");
    }
    assert!(report["limit"]["what"].is_string());
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps[0]["calls"], 3);
    for field in [
        "cores",
        "asterisk_cores",
        "other_cores",
        "keys",
        "median_ms",
        "p99_ms",
    ] {
        assert!(steps[0].get(field).is_some(), "{field}");
    }
}

#[test]
fn no_process_is_left_when_it_is_ended() {
    let mut headroom = Command::new(env!("CARGO_BIN_EXE_voiceagent"))
        .args(["headroom", "--calls", "3"])
        .env_remove("AST_AGI_DIR")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_until(|| agents_of(&headroom) == 3);
    // Not SIGINT, which a shell has its background jobs ignore, and so this one too.
    let ended = Command::new("kill")
        .args(["-TERM", &headroom.id().to_string()])
        .status()
        .unwrap();
    assert!(ended.success());
    assert!(!headroom.wait().unwrap().success());
    wait_until(|| agents_of(&headroom) == 0);
}

/// Processes that run with the configuration which this one made.
fn agents_of(headroom: &Child) -> usize {
    let configuration = format!("VOICEAGENT_CONFIG=/proc/{}/fd/", headroom.id());
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| fs::read(process.path().join("environ")).ok())
        .filter(|environment| {
            environment
                .split(|byte| *byte == 0)
                .any(|variable| variable.starts_with(configuration.as_bytes()))
        })
        .count()
}

fn wait_until(condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "it never happened");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Long for any machine.
const PATIENCE: Duration = Duration::from_secs(30);
