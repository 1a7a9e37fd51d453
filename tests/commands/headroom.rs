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
fn no_process_is_left_when_it_is_interrupted() {
    // On a busy machine it may be over before anybody has looked.
    let interrupted = (0..ATTEMPTS).any(|_| interrupt_while_it_measures());
    assert!(
        interrupted,
        "it was over {ATTEMPTS} times before its calls were seen"
    );
}

/// Whether it was under way when the interrupt came. Its processes are gone either way.
fn interrupt_while_it_measures() -> bool {
    let mut headroom = Command::new(env!("CARGO_BIN_EXE_voiceagent"))
        .args(["headroom", "--calls", "3"])
        .env_remove("AST_AGI_DIR")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_until(|| agents_of(&headroom) == 3 || headroom.try_wait().unwrap().is_some());
    if headroom.try_wait().unwrap().is_none() {
        let sent = Command::new("kill")
            .args(["-INT", &headroom.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }
    let interrupted = !headroom.wait().unwrap().success();
    wait_until(|| agents_of(&headroom) == 0);
    interrupted
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

fn wait_until(mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "it never happened");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Long for any machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// It measures for three seconds at least.
const ATTEMPTS: usize = 5;
