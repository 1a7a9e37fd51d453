//! Keys and speech with their times, levels and twists.

use std::fs;

use crate::support::Folder;

/// All keys, none twice in a row.
const KEYS: &str = "1234567890*#ABCD";

#[test]
fn keys_made_by_tone_are_heard_with_their_times_and_levels() {
    let folder = Folder::new("analyze_round_trip");
    for file in [
        "a.wav", "a.raw", "a.sln16", "a.sln44", "a.sln192", "a.alaw", "a.ulaw",
    ] {
        let made = folder.run(&["tone", KEYS, file, "--lead", "500", "--level", "-14"]);
        assert_eq!(made.status, 0, "{}", made.stderr);
        let done = folder.run(&["analyze", "--json", file]);
        assert_eq!((done.status, done.stderr.as_str()), (0, ""));

        let keys = done.of_type("key");
        assert_eq!(keys.len(), KEYS.len(), "{file}: {}", done.stdout);
        for (n, (key, label)) in keys.iter().zip(KEYS.chars()).enumerate() {
            let due = 0.5 + 0.2 * n as f64;
            let number = |name: &str| key[name].as_f64().unwrap();
            assert_eq!(key["file"], file);
            assert_eq!(key["key"], label.to_string());
            assert!((number("onset") - due).abs() <= 0.001, "{file}: {key}");
            assert!((number("end") - due - 0.1).abs() <= 0.001, "{file}: {key}");
            assert!((number("level_dbm0") + 14.0).abs() <= 0.1, "{file}: {key}");
            assert!(number("twist_db").abs() <= 0.1, "{file}: {key}");
            let latency = number("detected") - due;
            assert!((0.02..0.06).contains(&latency), "{file}: {key}");
            let frames = number("detected") / 0.02;
            assert!((frames - frames.round()).abs() < 1e-6, "{file}: {key}");
        }
        let last = done.json().pop().unwrap();
        assert_eq!(last["type"], "summary");
        assert_eq!(last["keys"], KEYS);
        assert_eq!(last["seconds"], 3.9);
        assert!(last["cpu_ns_per_sample"].as_f64().unwrap() > 0.0);
        assert!(done.of_type("speech").is_empty(), "keys are no speech");
    }
}

#[test]
fn twist_is_told_with_its_sign() {
    let folder = Folder::new("analyze_twist");
    for twist in ["-6", "6"] {
        let made = folder.run(&["tone", "5", "a.wav", "--twist", twist]);
        assert_eq!(made.status, 0, "{}", made.stderr);
        let done = folder.run(&["analyze", "--json", "a.wav"]);
        let heard = done.of_type("key")[0]["twist_db"].as_f64().unwrap();
        assert!(
            (heard - twist.parse::<f64>().unwrap()).abs() <= 0.1,
            "{heard}"
        );
    }
}

#[test]
fn shorter_frames_mean_earlier_detection() {
    let folder = Folder::new("analyze_frames");
    folder.run(&["tone", "5", "a.wav", "--lead", "303"]);
    let detected = |frame_ms| {
        let done = folder.run(&["analyze", "--json", "--frame-ms", frame_ms, "a.wav"]);
        done.of_type("key")[0]["detected"].as_f64().unwrap()
    };
    assert!(detected("1") < detected("20"));
    assert!(detected("20") < detected("100"));
}

#[test]
fn no_key_is_detected_after_the_end_of_its_file() {
    let folder = Folder::new("analyze_last_frame");
    for (file, tail) in [("a.wav", "300"), ("b.sln44", "300"), ("c.wav", "0")] {
        folder.run(&["tone", "12", file, "--tail", tail]);
        for frame_ms in ["20", "300", "1000"] {
            let done = folder.run(&["analyze", "--json", "--frame-ms", frame_ms, file]);
            let seconds = &done.of_type("summary")[0]["seconds"];
            let keys = done.of_type("key");
            assert_eq!(keys.len(), 2, "{file}: {}", done.stdout);
            for key in keys {
                let [onset, detected] = ["onset", "detected"].map(|at| key[at].as_f64().unwrap());
                assert!(onset < detected, "{key}");
                assert!(detected <= seconds.as_f64().unwrap(), "{file}: {key}");
            }
        }
    }
}

#[test]
fn speech_is_told_with_its_times_and_keys_in_it_come_after_its_beginning() {
    let folder = Folder::new("analyze_speech");
    folder.run(&["tone", "", "quiet.raw", "--lead", "1000", "--noise", "-65"]);
    folder.run(&[
        "tone", "5", "loud.raw", "--lead", "800", "--tail", "800", "--level", "-20", "--noise",
        "-26",
    ]);
    let [quiet, loud] = ["quiet.raw", "loud.raw"].map(|f| fs::read(folder.path(f)).unwrap());
    let bytes = [&quiet[..], &loud, &quiet].concat();
    fs::write(folder.path("a.raw"), bytes).unwrap();

    let done = folder.run(&["analyze", "--json", "a.raw"]);
    let starts: Vec<f64> = done
        .json()
        .iter()
        .filter_map(|object| object["start"].as_f64().or(object["onset"].as_f64()))
        .collect();
    assert!(starts.is_sorted(), "{}", done.stdout);
    let first = &done.json()[0];
    assert_eq!(first["type"], "speech");
    assert!(
        (first["start"].as_f64().unwrap() - 1.3).abs() <= 0.02,
        "{first}"
    );
    assert!(
        (first["level_dbm0"].as_f64().unwrap() + 26.0).abs() <= 1.0,
        "{first}"
    );
    assert_eq!(done.of_type("key")[0]["key"], "5");
}

#[test]
fn other_rates_are_heard_at_most_3_ms_later_than_8_khz() {
    let folder = Folder::new("analyze_rates");
    // Onsets at every part of a frame.
    let keys = KEYS.repeat(4);
    let mean_latency = |file: &str| {
        let made = folder.run(&["tone", &keys, file, "--pause", "103.7"]);
        assert_eq!(made.status, 0, "{}", made.stderr);
        let done = folder.run(&["analyze", "--json", file]);
        let heard = done.of_type("key");
        assert_eq!(heard.len(), keys.len(), "{file}");
        let latencies = heard.iter().enumerate().map(|(n, key)| {
            let due = 0.3 + 0.2037 * n as f64;
            key["detected"].as_f64().unwrap() - due
        });
        latencies.sum::<f64>() / keys.len() as f64
    };
    let at_8_khz = mean_latency("a.raw");
    for file in ["a.sln12", "a.sln16", "a.sln44", "a.sln48", "a.sln192"] {
        let later = mean_latency(file) - at_8_khz;
        assert!((0.0..=0.003).contains(&later), "{file}: {later:.4} s later");
    }
}
