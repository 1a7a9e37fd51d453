//! Whatever comes in: Asterisk's replies, the caller's audio, an administrator's files.
//!
//! Every property is tried with the corpus of the fuzz targets (`tests/fuzz`) and with mutations
//! of it, the same ones in every run.

#![allow(clippy::unwrap_used)]

mod mutation;
mod property;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
};

use mutation::Mutations;

/// Tries a property with its corpus and this many mutations of it.
fn hold(name: &str, property: fn(&[u8]), mutations: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/corpus")
        .join(name);
    let entries = fs::read_dir(&folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let corpus: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    for (path, case) in paths.iter().zip(&corpus) {
        attempt(property, case, &path.display().to_string());
    }
    for (n, case) in Mutations::of(&corpus).take(mutations).enumerate() {
        attempt(property, &case, &format!("mutation {n}"));
    }
}

fn attempt(property: fn(&[u8]), case: &[u8], what: &str) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| property(case))) {
        eprintln!("{what}: b\"{}\"", case.escape_ascii());
        resume_unwind(panic);
    }
}

#[test]
fn agi_from_any_peer_is_understood_or_passed_over() {
    hold("agi", property::agi::holds, 8_000);
}

#[test]
fn files_of_asterisk_with_any_content_are_read() {
    hold("asterisk_files", property::asterisk_files::holds, 8_000);
}

#[test]
fn audio_of_any_content_is_decoded_or_refused() {
    hold("audio", property::audio::holds, 2_000);
}

#[test]
fn a_configuration_of_any_text_is_taken_or_its_faulty_line_is_named() {
    hold("config", property::config::holds, 4_000);
}

#[test]
fn any_sound_gives_events_in_order() {
    hold("detector", property::detector::holds, 400);
}

#[test]
fn a_key_in_the_first_samples_gives_events_in_order() {
    for seed in 0..5_000 {
        let key = || property::detector::begins_with_a_key(seed);
        if let Err(panic) = catch_unwind(key) {
            eprintln!("seed {seed}");
            resume_unwind(panic);
        }
    }
}

#[test]
fn a_recording_of_any_content_is_run_again_or_its_faulty_line_is_named() {
    hold("recording", property::recording::holds, 8_000);
}

#[test]
fn a_call_in_which_anything_happens_ends_in_order() {
    hold("session", property::session::holds, 20_000);
}
