//! The recordings in `fixtures/`, by what their README says was sent.

use std::{fs, path::Path};

use crate::support::Folder;

/// A fixture, the key in it, and when its tones begin and end in seconds.
const KEYS: [(&str, &str, f64, f64); 4] = [
    ("star-in-greeting.wav", "*", 3.0, 3.16),
    ("live/star-over-greeting.asterisk-22.alaw", "*", 1.0, 1.16),
    ("live/star-over-greeting.asterisk-16.ulaw", "*", 1.0, 1.16),
    (
        "live/hash-leaking-beside-event.asterisk-22.alaw",
        "#",
        1.0,
        1.06,
    ),
];

fn path(fixture: &str) -> String {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fixtures.join(fixture).display().to_string()
}

#[test]
fn the_key_of_each_recording_is_heard_where_it_was_sent() {
    let folder = Folder::new("fixtures_keys");
    for (fixture, label, onset, end) in KEYS {
        let done = folder.run(&["analyze", "--json", &path(fixture)]);
        let keys = done.of_type("key");
        let [key] = &keys[..] else {
            panic!("{fixture}: {}", done.stdout);
        };
        assert_eq!(key["key"], label, "{fixture}");
        let near = |name: &str, due: f64| (key[name].as_f64().unwrap() - due).abs() <= 0.002;
        assert!(near("onset", onset) && near("end", end), "{fixture}: {key}");
    }
}

#[test]
fn every_key_is_heard_once_that_went_through_a_speech_codec() {
    let folder = Folder::new("fixtures_codecs");
    for name in [
        "gsm-full-rate",
        "gsm-in-a-car",
        "gsm-with-twist",
        "gsm-at-22-dbm0",
        "gsm-across-frames",
        "opus-12k",
        "g729",
        "gsm-over-a-voice",
        "amr-over-a-voice",
    ] {
        let fixture = format!("codecs/{name}.wav");
        let done = folder.run(&["analyze", "--json", &path(&fixture)]);
        let labels = done.of_type("key").into_iter();
        let heard: String = labels
            .map(|key| key["key"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(heard, "123A456B789C*0#D".repeat(6), "{fixture}");
    }
}

#[test]
fn a_caller_who_talks_presses_no_key() {
    let folder = Folder::new("fixtures_speech");
    let fixture = path("live/speech-over-greeting.asterisk-16.alaw");
    let done = folder.run(&["analyze", "--json", &fixture]);
    assert!(done.of_type("key").is_empty());
    let talks = |speech: &serde_json::Value| {
        let time = |name: &str| speech[name].as_f64().unwrap();
        time("start") <= 1.0 && time("end") >= 3.5
    };
    assert!(done.of_type("speech").iter().any(talks), "{}", done.stdout);
}

#[test]
fn the_picture_is_of_the_call_as_it_goes_today() {
    let folder = Folder::new("fixtures_picture");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = manifest
        .join("config/voiceagent.toml")
        .display()
        .to_string();
    let audio = path("star-in-greeting.wav");
    let done = folder.run(&[
        "simulate", "--config", &config, "--exten", "101", "--audio", &audio, "--plot", "call.svg",
    ]);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let drawn = fs::read_to_string(folder.path("call.svg")).unwrap();
    let kept = fs::read_to_string(path("star-in-greeting.svg")).unwrap();
    assert!(
        drawn == kept,
        "fixtures/README.md has the command that draws it anew"
    );
}
